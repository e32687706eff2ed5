import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeWith, type Peer } from '../need.ts';
import { buildsProgram } from '../process.ts';
import { asServer, peers } from './draft-peers.ts';

/** A server of WebSocket++, which must be compiled first: hixie-76 to RFC 6455. */
buildsProgram();

const websocketpp: Peer = {
  debianPackage: 'g++ libwebsocketpp-dev libboost-dev',
  probe: ['sh', '-c', 'echo "#include <websocketpp/version.hpp>\n#include <boost/version.hpp>" | g++ -x c++ -E - -o /dev/null'],
};

describeWith(websocketpp, 'WebSocket++', () => {
  const folder = mkdtempSync(join(tmpdir(), 'websocketpp-'));
  const program = join(folder, 'server');
  afterAll(() => rmSync(folder, { recursive: true }));
  const compile = () =>
    execFileSync('g++', ['-std=c++14', '-O0', '-o', program, join(peers, 'drafts.cpp'), '-lpthread'], { stdio: 'ignore' });
  asServer([program], [['76'], ['7'], ['8'], ['13'], ['auto']], compile);
});
