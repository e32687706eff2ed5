import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Peer } from '../need.ts';
import { Inbox } from './inbox.ts';

/** Debian's Python, which has Debian's packages. */
const PYTHON = '/usr/bin/python3';

export const websockets: Peer = { debianPackage: 'python3-websockets', probe: [PYTHON, '-c', 'import websockets'] };

/** A script beside this file that answers in lines of JSON. */
export interface Script {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** The next line. Rejects where the script is gone. */
  answer(): Promise<unknown>;
}

/** Whoever starts it ends it. */
export function startScript(file: string, ...args: string[]): Script {
  const child = spawn(PYTHON, [join(import.meta.dirname, 'peers', file), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = new Inbox<unknown>();
  createInterface(child.stdout).on('line', (line) => answers.put(JSON.parse(line)));
  const gone = once(child, 'exit').then(([status]) => {
    throw new Error(`${file} ended with status ${status}`);
  });
  gone.catch(() => undefined);
  return { child, answer: () => Promise.race([answers.next(), gone]) };
}
