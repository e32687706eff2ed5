import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { isMainThread } from 'node:worker_threads';

/** A stream that may be a terminal. */
export type InputStream = Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown };
export type OutputStream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/**
 * Everything that the program takes from outside itself: nothing below `main` touches `process`.
 * Tests hand in a fake one and run the whole program in-process.
 */
export interface Env {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Of this process; whoever hands descriptors on (systemd) names it. */
  readonly pid?: number;
  /** Takes the command line out of what other users of the machine can list (`ps`), where the platform allows. */
  readonly hideArguments?: () => void;
  /** Monotonic clock, in milliseconds with a fraction; for every duration and timeout. */
  now(): number;
  /** Wall clock, milliseconds since the epoch; for display only. */
  wallClock(): number;
  /** Fills the array with cryptographically strong random bytes. */
  fillRandom(target: Uint8Array): void;
  /** Calls back on SIGINT, SIGTERM or SIGHUP; returns the function that stops listening. */
  onSignal(listener: (signal: EndSignal) => void): () => void;
  /** Until what it returns is called, a signal ends the process at once: for a question, at which the event loop stands still. */
  readonly yieldToSignals?: () => () => void;
  /** Calls back with what nobody has caught, and ends the process with the status that comes back. */
  readonly onCrash?: (explain: (error: unknown) => number) => void;
}

/** The signals that ask for an orderly end. */
export type EndSignal = (typeof endSignals)[number];

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long after a signal unwritten output may hold up the end, in milliseconds: its reader may have stalled for ever. */
const graceAfterSignal = 3000;

/** The last signal that a listener was told of, and whether it was not the first. */
let received: EndSignal | undefined;
let urged = false;

/** The real outside. The streams are opened when first asked for: `--help` need not touch standard input. */
export function processEnv(): Env {
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    variables: process.env,
    platform: process.platform,
    pid: process.pid,
    hideArguments: () => {
      process.title = 'wstap';
    },
    now() {
      // The global `performance` is a millisecond of loading.
      const [seconds, nanoseconds] = process.hrtime();
      return seconds * 1000 + nanoseconds / 1_000_000;
    },
    wallClock: () => Date.now(),
    fillRandom: (target) => {
      // Loaded when first wanted: help wants none.
      process.getBuiltinModule('node:crypto').randomFillSync(target);
    },
    onSignal,
    yieldToSignals,
    // A rejection that nobody handles comes here too.
    onCrash: (explain) => {
      process.once('uncaughtException', (error) => process.exit(explain(error)));
    },
  };
}

function onSignal(listener: (signal: EndSignal) => void): () => void {
  const relay = (signal: EndSignal): void => {
    urged = received !== undefined;
    received = signal;
    listener(signal);
  };
  relays.add(relay);
  for (const signal of endSignals) process.on(signal, relay);
  return () => {
    relays.delete(relay);
    for (const signal of endSignals) process.off(signal, relay);
  };
}

/** Those that are called on a signal. */
const relays = new Set<(signal: EndSignal) => void>();

function yieldToSignals(): () => void {
  const all = (change: 'on' | 'off') => {
    for (const relay of relays) for (const signal of endSignals) process[change](signal, relay);
  };
  all('off');
  return () => all('on');
}

/** Calls back once what runs now has returned, before any microtask that waits. */
export function nextTick(callback: () => void): void {
  process.nextTick(callback);
}

/** Sends a signal to all processes of a group (0: to nobody, only to ask). Returns whether there is anybody. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  // 0 and 1 would stand for our own group, and for everybody.
  if (!(leader > 1)) return false;
  try {
    return process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Runs `action`, which makes TLS sockets, as if Node had not been told to verify nothing (NODE_TLS_REJECT_UNAUTHORIZED=0): that is
 * not heeded here, and Node would warn that it is.
 */
export function unheeding<Result>(action: () => Result): Result {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return action();
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  try {
    return action();
  } finally {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  }
}

/** Runs `action` while files that it creates lose the rights in `mask`; threads other than the first cannot change that. */
export function withUmask<Result>(mask: number, action: () => Result): Result {
  if (!isMainThread) return action();
  const before = process.umask(mask);
  try {
    return action();
  } finally {
    process.umask(before);
  }
}

/**
 * Ends the process with `status` once everything that was written has left it. A run that a signal ended is ended by that
 * signal after all, so that the shell (or make, or a loop around us) sees what happened.
 */
export function endWith(status: number): void {
  process.exitCode = status;
  const signal = received;
  if (signal === undefined || status !== 128 + constants.signals[signal]) return;
  const raise = (): void => {
    process.kill(process.pid, signal);
  };
  // Asked twice, we wait for nothing.
  if (urged) {
    raise();
    return;
  }
  process.once('beforeExit', raise);
  setTimeout(raise, graceAfterSignal).unref();
}
