import type { NetworkError, Transport, TransportHandler } from '../../transport/transport.ts';
import type { Clock } from '../clock.ts';

/**
 * A transport that fails as networks and careless servers do: late, slowly, cut anywhere, never ending, or not at all. What
 * is written leaves in order, or is lost with all that follows it.
 */
export class FaultTransport implements Transport {
  readonly #raw: Transport;
  readonly #clock: Clock;
  readonly #over: () => void;
  handler: TransportHandler = IDLE;
  written = 0;
  readonly #queue: Entry[] = [];
  #queued = 0;
  #stopTimer: (() => void) | undefined;
  #ending = false;
  /** Written and held until more comes or this turn of the event loop is over. */
  #glue: Uint8Array | 'next' | undefined;
  /** Of the next write: milliseconds between its bytes. */
  #headPace: number | undefined;
  #stalled = false;
  #frozen = false;
  #letGo = false;
  /** Asked when it is to end, by `end` or `destroy`: whether it stays. */
  keeps: () => boolean = () => false;
  /** Asked of every write: how many milliseconds it waits, and bytes a second. */
  conditions: () => Conditions = () => CALM;

  /** `over`: told once, when the connection is. */
  constructor(raw: Transport, clock: Clock, over: () => void) {
    this.#raw = raw;
    this.#clock = clock;
    this.#over = over;
    raw.handler = {
      data: (chunk) => this.#stalled || this.handler.data(chunk),
      end: () => this.#peerEnded(),
      drain: () => this.#queue.length > 0 || this.handler.drain(),
      close: (error) => this.#closed(error),
    };
  }

  get remote(): string {
    return this.#raw.remote;
  }

  get pending(): number {
    return this.#queued + this.#raw.pending;
  }

  /** Whatever is written is copied. */
  get held(): number {
    return 0;
  }

  get sent(): number {
    return this.#raw.sent;
  }

  /** What is written next leaves together with what is written then. */
  glueHead(): void {
    this.#glue = 'next';
  }

  /** What is written next leaves a byte at a time. */
  paceHead(milliseconds: number): void {
    this.#headPace = milliseconds;
  }

  /** Reads nothing more. */
  stall(): void {
    this.#stalled = true;
    this.#raw.pause();
  }

  /** Calls back once all that was written has been handed to the network. */
  afterwards(run: () => void): void {
    this.#queue.push({ run });
    this.#pump();
  }

  /** Reads and writes nothing more, and stays. */
  freeze(): void {
    this.#frozen = true;
    this.stall();
  }

  /** FIN, and nothing else. */
  finish(): void {
    this.#raw.end();
  }

  /** RST, where the network has one. */
  reset(): void {
    if (this.#raw.reset) this.#raw.reset();
    else this.#raw.destroy();
  }

  /** Ends it, kept or not. */
  letGo(): void {
    this.#letGo = true;
    this.destroy();
  }

  write(pieces: readonly Uint8Array[]): boolean {
    const bytes = new Uint8Array(Buffer.concat(pieces));
    this.written += bytes.length;
    if (this.#frozen) return true;
    if (this.#glue !== undefined) return this.#join(this.#glue, bytes);
    const pace = this.#headPace;
    this.#headPace = undefined;
    if (pace === undefined) this.#enqueue(bytes);
    else for (let at = 0; at < bytes.length; at++) this.#push({ bytes: bytes.subarray(at, at + 1), due: 0, pause: pace });
    this.#pump();
    return this.#queued < HIGH;
  }

  pause(): void {
    this.#raw.pause();
  }

  resume(): void {
    if (!this.#stalled) this.#raw.resume();
  }

  end(): void {
    if (this.#stays()) return;
    this.#release();
    this.#ending = true;
    if (this.#queue.length === 0) this.#raw.end();
  }

  destroy(): void {
    if (this.#stays()) return;
    this.#stopTimer?.();
    this.#queue.length = 0;
    this.#raw.destroy();
  }

  #stays(): boolean {
    return !this.#letGo && (this.#frozen || this.keeps());
  }

  #peerEnded(): void {
    if (this.#frozen) return;
    // Whoever waits for our end has waited long enough.
    if (this.keeps()) this.letGo();
    else this.handler.end();
  }

  #closed(error: NetworkError | undefined): void {
    this.#stopTimer?.();
    this.#queue.length = 0;
    this.#over();
    this.handler.close(error);
  }

  #join(glue: Uint8Array | 'next', bytes: Uint8Array): boolean {
    if (glue === 'next') {
      this.#glue = bytes;
      // Behind all that is sent in this turn of the event loop, microtasks included.
      this.#clock.after(0, () => this.#release());
      return true;
    }
    this.#glue = undefined;
    this.#enqueue(new Uint8Array(Buffer.concat([glue, bytes])));
    this.#pump();
    return true;
  }

  #release(): void {
    const glue = this.#glue;
    this.#glue = undefined;
    if (glue === undefined || glue === 'next') return;
    this.#enqueue(glue);
    this.#pump();
  }

  #enqueue(bytes: Uint8Array): void {
    const { delay, rate } = this.conditions();
    const due = delay === 0 ? 0 : this.#clock.now() + delay;
    if (rate === undefined) {
      this.#push({ bytes, due });
      return;
    }
    const step = Math.max(1, Math.floor((rate * TICK) / 1000));
    for (let at = 0; at < bytes.length; at += step) {
      const part = bytes.subarray(at, at + step);
      this.#push({ bytes: part, due, pause: (1000 * part.length) / rate });
    }
  }

  #push(entry: Extract<Entry, { bytes: Uint8Array }>): void {
    this.#queue.push(entry);
    this.#queued += entry.bytes.length;
  }

  /** Writes what is due; sets a timer for what is not. */
  #pump(): void {
    if (this.#stopTimer) return;
    for (let entry = this.#queue[0]; entry; entry = this.#queue[0]) {
      if ('run' in entry) {
        this.#queue.shift();
        entry.run();
        continue;
      }
      const wait = entry.due - this.#clock.now();
      if (wait > 0) {
        this.#later(wait);
        return;
      }
      this.#queue.shift();
      this.#queued -= entry.bytes.length;
      this.#raw.write([entry.bytes]);
      if (entry.pause !== undefined) {
        this.#later(entry.pause);
        return;
      }
    }
    if (this.#ending) this.#raw.end();
  }

  #later(milliseconds: number): void {
    this.#stopTimer = this.#clock.after(milliseconds, () => {
      this.#stopTimer = undefined;
      this.#pump();
      if (this.#queue.length === 0 && !this.#stopTimer && this.#raw.pending === 0) this.handler.drain();
    });
  }
}

export interface Conditions {
  readonly delay: number;
  readonly rate: number | undefined;
}

type Entry =
  | { readonly bytes: Uint8Array; readonly due: number /** Milliseconds before the next. */; readonly pause?: number }
  | { readonly run: () => void };

const CALM: Conditions = { delay: 0, rate: undefined };
/** Bytes that may wait before no more are taken. */
const HIGH = 1024 * 1024;
/** Milliseconds between the pieces that a narrow line lets through. */
const TICK = 50;
const IDLE: TransportHandler = { data: () => undefined, end: () => undefined, drain: () => undefined, close: () => undefined };
