import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { signalGroup } from '../../env.ts';
import type { Clock } from '../clock.ts';

/**
 * A process and all that it starts: a group of its own, which ends with it, and which is ended with its client. First its
 * input ends, then it is asked (SIGTERM), then it is killed (SIGKILL).
 */
export interface ForkHandler {
  /** It could not be started: the system's code. Nothing else is called. */
  failed(code: string): void;
  /** It has ended, and all that it wrote was read. `status` is null where a signal ended it. */
  ended(status: number | null, signal: NodeJS.Signals | null): void;
}

/** Milliseconds after the end of its input until it is asked to end, and from the beginning until it is killed. */
const PATIENCE = 250;
const GRACE = 2000;

export class Fork {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #over: () => void;
  /** Its process group. */
  readonly #group: number;
  readonly #stops: (() => void)[] = [];
  #leaving = false;
  #exited = false;
  #closed = false;
  #isOver = false;

  /** `over`: called once, when nothing of it is left. Throws where the system does. */
  constructor(
    [file = '', ...argv]: readonly string[],
    variables: Readonly<Record<string, string>>,
    clock: Clock,
    handler: ForkHandler,
    over: () => void,
  ) {
    this.#clock = clock;
    this.#over = over;
    const child: ChildProcess = spawn(file, argv, { env: variables, stdio: 'pipe', detached: true, windowsHide: true });
    this.#child = child;
    this.#group = child.pid ?? 0;
    let failed = false;
    child.once('error', ({ code = 'ERROR' }: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      failed = true;
      this.#conclude();
      handler.failed(code);
    });
    // Without a descriptor left there are no streams, and the error is still to come.
    this.stdin = child.stdin ?? new PassThrough();
    this.stdout = child.stdout ?? new PassThrough();
    this.stderr = child.stderr ?? new PassThrough();
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.on('error', () => undefined);
    child.once('exit', () => this.#leaderGone());
    // Not at `exit`: what it wrote last may not have been read by then.
    child.once('close', (status, signal) => {
      this.#closed = true;
      if (!failed) handler.ended(status, signal);
      this.#look();
    });
  }

  /** Its client is gone. */
  leave(): void {
    if (this.#leaving || this.#isOver) return;
    this.#leaving = true;
    this.stdin.end();
    // Nobody reads what it still writes, and it shall not wait for that.
    this.stdout.resume();
    this.stderr.resume();
    if (this.#exited) return;
    this.#after(PATIENCE, () => signalGroup(this.#group, 'SIGTERM'));
    this.#after(GRACE, () => this.kill());
  }

  /** At once, with all that it started. */
  kill(): void {
    if (this.#isOver) return;
    signalGroup(this.#group, 'SIGKILL');
    this.stdin.destroy();
    // Somebody who has left the group may hold the other end for ever.
    this.stdout.destroy();
    this.stderr.destroy();
    if (this.#exited) this.#conclude();
    else this.#child.once('exit', () => this.#conclude());
  }

  /** What it started does not outlive it. What waits to be read still is. */
  #leaderGone(): void {
    this.#exited = true;
    signalGroup(this.#group, 'SIGTERM');
    this.#after(GRACE, () => this.#killRest());
  }

  #killRest(): void {
    signalGroup(this.#group, 'SIGKILL');
    if (this.#closed) this.#conclude();
    // Its reader is slow: what it wrote is not lost for that.
    else if (this.stdout.isPaused() && !this.#leaving) this.#after(GRACE, () => this.#killRest());
    else this.kill();
  }

  #look(): void {
    if (this.#exited && !signalGroup(this.#group, 0)) this.#conclude();
  }

  #conclude(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#over();
  }

  #after(delay: number, callback: () => void): void {
    this.#stops.push(this.#clock.after(delay, callback));
  }
}
