import type { MessageView } from '../protocol/message/message.ts';
import type { ClientHandler, Ending } from './client.ts';
import type { Clock } from './clock.ts';
import type { Link } from './link.ts';

/**
 * A client as a filter between standard input and output. Nothing sent is lost and nothing received before the close is:
 * at the end of the input everything is flushed, a ping goes out as a barrier, and after its pong the connection may stay
 * quiet for a while before it is closed.
 */
export interface PipeOptions {
  /** Sent at every opening, in order. */
  readonly execute: readonly { readonly opcode: 'text' | 'binary'; readonly data: Uint8Array }[];
  /** Milliseconds of quiet after the last thing sent; `Infinity`: until the peer closes. */
  readonly wait: number;
  /** Close at the end of the input without waiting for replies. */
  readonly exitOnEof: boolean;
  /** Leave after so many messages. */
  readonly count: number | undefined;
  /** Leave once each was seen; not seen is failure. */
  readonly expect: readonly ((text: string) => boolean)[];
  /** Send every message back, and nothing else besides `execute`: the peer decides when it is over. */
  readonly echo: boolean;
  /** Somebody else answers the peer, and steers what is read: nothing is sent besides `execute`, and the peer decides when it is over. */
  readonly idle?: boolean;
}

/** Where the lines come from; a pipe without one has no input. */
export interface PipeInput {
  /** Bytes that were read and not handed on. */
  readonly waiting: number;
  start(): void;
  pause(): void;
  resume(): void;
  stop(): void;
}

export interface PipeOutput {
  message(message: MessageView): void;
}

/** A server that never answers the barrier is waited for this long, once everything has left. */
const BARRIER_PATIENCE = 5000;
/** Milliseconds of quiet after the last thing that was asked for, where a behaviour may still be answering it. */
const ANSWER_PATIENCE = 500;
/** Milliseconds between two looks at whether everything has left. */
const FLUSH_PATIENCE = 10;
const BARRIER = Buffer.from('end of input');

export class Pipe implements ClientHandler {
  readonly #options: PipeOptions;
  readonly #clock: Clock;
  readonly #output: PipeOutput;
  readonly #input: PipeInput | undefined;
  readonly #finished: (ending: Ending) => void;
  readonly #unseen: Set<(text: string) => boolean>;
  #link: Link | undefined;
  #received = 0;
  #inputStarted = false;
  #inputEnded = false;
  #leaving = false;
  /** What came when nothing could be sent: for the next opening, if there is one. */
  #backlog: { readonly opcode: 'text' | 'binary'; readonly data: Uint8Array }[] = [];
  /** The output is full. */
  #held = false;
  /** The peer does not take what it is sent back. */
  #congested = false;
  /** The barrier was answered: from `#lastAt` on, quiet is counted. */
  #quietBegun = false;
  #lastAt = 0;
  #wait = 0;
  /** `#lastAt` is of this turn: the clock is read once for all that comes in one go. */
  #noted = false;
  #stopQuiet: (() => void) | undefined;

  constructor(
    options: PipeOptions,
    clock: Clock,
    input: PipeInput | undefined,
    output: PipeOutput,
    finished: (ending: Ending) => void,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#input = input;
    this.#output = output;
    this.#finished = finished;
    this.#unseen = new Set(options.expect);
  }

  /** Whether everything that was asked for came. */
  get satisfied(): boolean {
    return this.#unseen.size === 0 && this.#received >= (this.#options.count ?? 0);
  }

  /** What was asked for and did not come, as a phrase. */
  get unmet(): string {
    const { count, expect } = this.#options;
    if (this.#unseen.size > 0) return `${this.#unseen.size} of ${expect.length} expected patterns were not seen`;
    return `${this.#received} of ${count ?? 0} messages came`;
  }

  /** Whether we left on our own. */
  get left(): boolean {
    return this.#leaving;
  }

  /** Whether there was input that was not sent; what nobody has written yet is none. */
  get inputLeft(): boolean {
    return !this.#leaving && (this.#backlog.length > 0 || (this.#input?.waiting ?? 0) > 0);
  }

  open(link: Link): void {
    this.#link = link;
    for (const { opcode, data } of [...this.#options.execute, ...this.#backlog]) link.send(opcode, data, 0, data.length, true);
    this.#backlog = [];
    if (this.#options.idle && Number.isFinite(this.#options.wait)) this.#quiet(this.#options.wait);
    if (this.#options.echo || this.#options.idle) return;
    if (this.#inputEnded || !this.#input) this.inputEnded();
    else if (this.#inputStarted) this.#input.resume();
    else {
      this.#inputStarted = true;
      this.#input.start();
    }
  }

  /** A message from the input. */
  send(opcode: 'text' | 'binary', bytes: Uint8Array, start: number, end: number): void {
    if (this.#link?.open) this.#link.send(opcode, bytes, start, end, true);
    else this.#backlog.push({ opcode, data: Buffer.from(bytes.subarray(start, end)) });
  }

  /** A piece of the input was sent: hold it where the peer does not keep up. */
  pieceSent(): void {
    if (this.#link && !this.#link.writable) this.#input?.pause();
  }

  inputEnded(): void {
    this.#inputEnded = true;
    const link = this.#link;
    if (!link?.open) return;
    if (this.#options.exitOnEof) {
      this.leave();
      return;
    }
    if (link.carries('ping')) link.ping(BARRIER);
    this.#awaitBarrier();
  }

  message(message: MessageView): void {
    if (this.#leaving) return;
    this.#received++;
    this.#output.message(message);
    if (this.#options.echo) this.#echo(message);
    if (this.#unseen.size > 0) this.#look(message.text());
    if (this.#quietBegun && !this.#noted) this.#noteTime();
    const { count, expect } = this.#options;
    if ((count !== undefined || expect.length > 0) && this.satisfied) this.#fulfilled();
  }

  pong(payload: Uint8Array): void {
    if (this.#inputEnded && BARRIER.equals(payload)) this.#quiet();
  }

  peerClosed(): void {
    this.#stopQuiet?.();
    this.#input?.pause();
  }

  drain(): void {
    this.#congested = false;
    this.#steer();
    if (this.#inputStarted && !this.#inputEnded) this.#input?.resume();
  }

  end(ending: Ending): void {
    this.#stopQuiet?.();
    this.#link = undefined;
    this.#input?.pause();
    this.#finished(ending);
  }

  /** Closes cleanly; nothing more is written out. */
  leave(code = 1000): void {
    this.#leaving = true;
    this.#congested = false;
    this.#steer();
    this.#stopQuiet?.();
    this.#input?.stop();
    this.#link?.close(code);
  }

  /** The output is full: nothing more is read. */
  hold(): void {
    this.#held = true;
    this.#steer();
  }

  release(): void {
    this.#held = false;
    this.#steer();
  }

  #echo(message: MessageView): void {
    const link = this.#link;
    if (!link?.open) return;
    link.send(message.opcode, message.buffer, message.start, message.end, !message.borrowed);
    // A peer that does not read its echoes gets no more of them.
    this.#congested = !link.writable;
    if (this.#congested) this.#steer();
  }

  #steer(): void {
    if (this.#options.idle) return;
    if (this.#held || this.#congested) this.#link?.pause();
    else this.#link?.resume();
  }

  #look(text: string): void {
    for (const seen of this.#unseen) if (seen(text)) this.#unseen.delete(seen);
  }

  #awaitBarrier(): void {
    this.#stopQuiet?.();
    this.#quietBegun = false;
    // Where there are no pings the quiet begins once everything has left.
    const patience = this.#link?.carries('ping') === false ? FLUSH_PATIENCE : BARRIER_PATIENCE;
    this.#stopQuiet = this.#clock.after(patience, () => {
      if (this.#link && this.#link.pending > 0) this.#awaitBarrier();
      else this.#quiet();
    });
  }

  /** Everything that was asked for came. Who is answered by somebody else gets the answer. */
  #fulfilled(): void {
    if (this.#options.idle) this.#quiet(Math.min(this.#options.wait, ANSWER_PATIENCE));
    else this.leave();
  }

  /** Starts to count the quiet: after so many milliseconds of it we leave. */
  #quiet(wait = this.#options.wait): void {
    this.#quietBegun = true;
    this.#wait = wait;
    this.#lastAt = this.#clock.now();
    this.#watchQuiet(wait);
  }

  #noteTime(): void {
    this.#lastAt = this.#clock.now();
    this.#noted = true;
    this.#clock.soon(() => {
      this.#noted = false;
    });
  }

  #watchQuiet(milliseconds: number): void {
    this.#stopQuiet?.();
    this.#stopQuiet = this.#clock.after(milliseconds, () => {
      // Nothing can come while nothing is read: that is no quiet.
      if (this.#held) this.#lastAt = this.#clock.now();
      const left = this.#lastAt + this.#wait - this.#clock.now();
      if (left > 0) this.#watchQuiet(left);
      else this.leave();
    });
  }
}
