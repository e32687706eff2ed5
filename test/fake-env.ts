import { randomFillSync } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import type { EndSignal, Env } from '../src/env.ts';

/** The outside of a program that runs inside a test: streams that remember, signals that the test sends. */

/** Takes everything at once and keeps it; a terminal where `isTTY` is set. */
class Captured extends Writable {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  #pieces: Buffer[] = [];
  readonly #waiting = new Set<() => void>();

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#pieces.push(chunk);
    done();
    for (const look of this.#waiting) look();
  }

  get bytes(): Buffer {
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [whole];
    return whole;
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Resolves to what matched, once it has been written. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = () => {
        const match = pattern.exec(this.text);
        if (!match) return;
        this.#waiting.delete(look);
        resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

export interface FakeEnvOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether stdin, stdout and stderr are a terminal. */
  readonly terminal?: boolean;
  /** Milliseconds since the epoch, where another time than 2026-01-02 03:04:05 UTC counts. */
  readonly wallClock?: () => number;
  /** Stands in for the stream that remembers: one that stalls, say. */
  readonly stdout?: Writable;
}

export class FakeEnv implements Env {
  readonly stdin: PassThrough & { isTTY?: boolean } = new PassThrough();
  readonly captured = new Captured();
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  readonly stderr = new Captured();
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform = process.platform;
  readonly #wallClock: () => number;
  readonly #listeners = new Set<(signal: EndSignal) => void>();

  constructor({ variables = {}, terminal = false, stdout, wallClock }: FakeEnvOptions = {}) {
    this.variables = variables;
    this.#wallClock = wallClock ?? (() => Date.UTC(2026, 0, 2, 3, 4, 5));
    this.stdout = stdout ?? this.captured;
    if (!terminal) return;
    this.stdin.isTTY = true;
    for (const stream of [this.captured, this.stderr]) Object.assign(stream, { isTTY: true, columns: 80, rows: 24 });
  }

  now(): number {
    return performance.now();
  }

  /** 2026-01-02 03:04:05 UTC, unless the test has another. */
  wallClock(): number {
    return this.#wallClock();
  }

  fillRandom(target: Uint8Array): void {
    randomFillSync(target);
  }

  onSignal(listener: (signal: EndSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether anybody would notice a signal. */
  get listens(): boolean {
    return this.#listeners.size > 0;
  }

  signal(signal: EndSignal): void {
    for (const listener of this.#listeners) listener(signal);
  }
}
