import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CANDIDATES } from './candidate/table.js';

const SIDE = fileURLToPath(new URL('side.js', import.meta.url));

/** Milliseconds after which a process that does not answer is given up. */
const PATIENCE = 60_000;
const STDIO = ['ignore', 'inherit', 'inherit', 'ipc'];

let profiles;

/** From now on each process writes where its time went into a file of this folder. */
export function profileInto(folder) {
  profiles = folder;
}

/** A process of a measurement, seen from its parent. */
export class SideProcess {
  #child;
  #candidate;
  #next = 1;
  #waiting = new Map();

  constructor(candidate) {
    this.#candidate = candidate;
    const env = { ...process.env, ...CANDIDATES[candidate].variables };
    this.#child = fork(SIDE, [candidate], { env, execArgv: ['--expose-gc', ...profiling(candidate)], stdio: STDIO });
    this.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(`${candidate}: ${error}`));
      else resolve(result);
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${candidate} ended (${code ?? signal})`));
    });
  }

  call(method, options) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.#candidate} gave no answer to ${method}`)), PATIENCE);
      const settled = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      this.#child.send({ id, method, options });
    });
  }

  stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return undefined;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (profiles) this.#child.disconnect();
    else this.#child.kill('SIGKILL');
    return ended;
  }
}

function profiling(candidate) {
  if (!profiles) return [];
  const name = `${candidate.replace(/\W+/g, '-')}-${started++}.cpuprofile`;
  return ['--cpu-prof', '--cpu-prof-dir', profiles, '--cpu-prof-name', name];
}

let started = 1;

/** Starts the processes, hands them to `work`, and ends them whatever happens. */
export async function withSides(names, work) {
  const sides = names.map((name) => new SideProcess(name));
  try {
    return await work(...sides);
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}
