import { describe, expect, onTestFinished, test } from 'vitest';
import { buildsProgram } from '../process.ts';
import { type Listening, listen, wstap } from './program.ts';

/** Every version of the protocol from our client to our server, through the real program. */
buildsProgram();

async function serve(...args: string[]): Promise<Listening> {
  const server = await listen(args);
  onTestFinished(async () => {
    await server.stop();
  });
  return server;
}

/** `binary`: whether the version has it; `hello`: a frame of text `Hello` by the server, as a dump shows it. */
const VERSIONS = [
  { draft: '75', name: 'hixie-75', binary: false, hello: '00  48 65 6c 6c 6f  ff' },
  { draft: '76', name: 'hixie-76', binary: false, hello: '00  48 65 6c 6c 6f  ff' },
  { draft: 'hybi-01', name: 'hybi-01', binary: true, hello: '04 05  48 65 6c 6c 6f' },
  { draft: 'hybi-02', name: 'hybi-02', binary: true, hello: '04 05  48 65 6c 6c 6f' },
  { draft: 'hybi-03', name: 'hybi-03', binary: true, hello: '04 05  48 65 6c 6c 6f' },
  { draft: '4', name: 'hybi-04', binary: true, hello: '84 05  48 65 6c 6c 6f' },
  { draft: '4-lws', name: 'hybi-04-libwebsockets', binary: true, hello: '84 05  48 65 6c 6c 6f' },
  { draft: '5', name: 'hybi-05', binary: true, hello: '84 05  48 65 6c 6c 6f' },
  { draft: '6', name: 'hybi-06', binary: true, hello: '84 05  48 65 6c 6c 6f' },
  { draft: 'hybi-07', name: 'hybi-07', binary: true, hello: '81 05  48 65 6c 6c 6f' },
  { draft: '8', name: 'hybi-08', binary: true, hello: '81 05  48 65 6c 6c 6f' },
  { draft: 'hybi-12', name: 'hybi-11', binary: true, hello: '81 05  48 65 6c 6c 6f' },
  { draft: '13', name: 'rfc6455', binary: true, hello: '81 05  48 65 6c 6c 6f' },
] as const;

describe.each(VERSIONS)('$name', ({ draft, name, binary, hello }) => {
  test('lines and bytes go there and back, frames are shown, each side names it, the close is clean', async () => {
    const server = await serve('--echo', '--draft', draft);
    const asking = ['--draft', draft, '-o', 'http://localhost', '-w', '50ms', server.url];
    const bytes = wstap(['--format', 'json', '--hex', '-x', '00ff', ...asking]);
    const run = await wstap(['--dump=hex', ...asking], 'Hello\nGrüße\n\n');
    expect(run).toMatchObject({ status: 0, stdout: 'Hello\nGrüße\n\n' });
    expect(run.stderr.replaceAll(/ {2,}/g, '  ')).toContain(hello);
    const { status, stdout, stderr } = await bytes;
    if (binary) {
      expect(stdout).toContain(`"type":"open","dialect":"${name}"`);
      expect(stdout).toContain('"direction":"received","opcode":"binary","length":2');
    } else expect(stderr).toBe(`wstap: ${name} has no binary messages: leave out -b, --hex and --base64, or add -t\n`);
    expect(status).toBe(binary ? 0 : 2);
    const said = (await server.stop()).stderr;
    expect(said).toMatch(name === 'rfc6455' ? /connected\n/ : `connected, ${name}\n`);
    expect(said).not.toContain('not cleanly');
  });
});

test('a server tells scripts which version each client speaks', async () => {
  const server = await serve('--draft', 'all', '--format', 'json');
  for (const draft of ['75', '8']) await wstap(['--draft', draft, '-x', 'a', '-w', '0', server.url]);
  expect((await server.stop()).stdout.match(/"type":"open","dialect":"[^"]*"/g)).toEqual([
    '"type":"open","dialect":"hixie-75"',
    '"type":"open","dialect":"hybi-08"',
  ]);
});
