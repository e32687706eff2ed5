import { encodeByHand } from '../../protocol/connection/by-hand.ts';
import type { FrameOutbox } from '../../protocol/connection/outbox.ts';
import { isControl, Opcode } from '../../protocol/frame/opcode.ts';
import type { FaultValue } from './fault.ts';
import { type Active, spoilMessage } from './message-faults.ts';
import type { SeededRandom } from './random.ts';
import type { FaultName } from './table.ts';

/** Stands between a connection and its outbox: frames go in right and come out wrong. What is made by hand passes as it is. */

/** What an outbox knows of its connection. */
export interface OutboxSession {
  readonly random: SeededRandom;
  /** Nothing is sent any more. */
  readonly silent: boolean;
  /** A message is about to be sent: its number, and the faults that act on it. */
  nextMessage(): { readonly number: number; readonly active: Active };
  /** Those that act on what is not a message. */
  now(): Active;
  /** It was sent, or was not: faults behind it have their turn. */
  messageDone(number: number): void;
  say(name: FaultName, detail: string): void;
  /** Calls back, and sends what that writes. */
  later(milliseconds: number, run: () => void): () => void;
  /** The client's Close is not answered. */
  closeKept(): void;
}

const FIN = 0x80;
/** Milliseconds that a message waits for the one that it changes places with. */
const PATIENCE = 1000;

export class FaultyOutbox implements FrameOutbox {
  readonly #usual: FrameOutbox;
  readonly #session: OutboxSession;
  /** A message that the next one overtakes. */
  #overtaken: { readonly frames: readonly Uint8Array[]; readonly stop: () => void } | undefined;

  constructor(usual: FrameOutbox, session: OutboxSession) {
    this.#usual = usual;
    this.#session = session;
  }

  get pending(): number {
    return this.#usual.pending;
  }

  take(): Uint8Array[] {
    return this.#usual.take();
  }

  recycle(held: number): void {
    this.#usual.recycle(held);
  }

  bytes(bytes: Uint8Array, lasting?: boolean): void {
    if (!this.#session.silent) this.#usual.bytes(bytes, lasting);
  }

  text(first: number, text: string, key: number | undefined): number {
    const bytes = Buffer.from(text, 'utf8');
    this.frame(first, bytes, 0, bytes.length, key, true);
    return bytes.length;
  }

  frame(first: number, payload: Uint8Array, start: number, end: number, key: number | undefined, lasting = false): void {
    if (this.#session.silent) return;
    const opcode = first & 0x0f;
    if (isControl(opcode)) {
      if (!this.#withheld(opcode)) this.#usual.frame(first, payload, start, end, key, lasting);
    } else if ((first & FIN) === 0 || opcode === Opcode.continuation) {
      // Fragmented by hand: its sender wants it as it is.
      this.#usual.frame(first, payload, start, end, key, lasting);
    } else this.#message(first, payload.slice(start, end));
  }

  #withheld(opcode: number): boolean {
    const { say, active } = { say: this.#session.say.bind(this.#session), active: this.#session.now() };
    if (opcode === Opcode.close) this.#letPass();
    if (opcode === Opcode.pong && active.has('no-pong')) {
      say('no-pong', 'a ping is not answered');
      return true;
    }
    if (opcode !== Opcode.close || !active.has('no-close')) return false;
    say('no-close', 'no Close is sent');
    this.#session.closeKept();
    return true;
  }

  #message(first: number, payload: Uint8Array): void {
    const session = this.#session;
    const { number, active } = session.nextMessage();
    const say = (name: FaultName, detail: string) => session.say(name, `message ${number}: ${detail}`);
    if (this.#hits('drop', active, number)) say('drop', `${payload.length} bytes are not sent`);
    else {
      const frames = spoilMessage({ first, payload }, active, session.random, say).map((spec) => encodeByHand(spec, undefined));
      if (this.#hits('duplicate', active, number)) {
        say('duplicate', 'sent twice');
        frames.push(...frames);
      }
      if (this.#overtaken) this.#write(frames, true);
      else if (this.#hits('reorder', active, number)) {
        say('reorder', 'changes places with the next');
        this.#overtaken = { frames, stop: session.later(PATIENCE, () => this.#letPass()) };
      } else this.#write(frames, false);
    }
    session.messageDone(number);
  }

  #write(frames: readonly Uint8Array[], passing: boolean): void {
    for (const frame of frames) this.#usual.bytes(frame, true);
    if (passing) this.#letPass();
  }

  /** The overtaken message leaves, if there is one. */
  #letPass(): void {
    const overtaken = this.#overtaken;
    this.#overtaken = undefined;
    overtaken?.stop();
    for (const frame of overtaken?.frames ?? []) this.#usual.bytes(frame, true);
  }

  #hits(name: FaultName, active: Active, number: number): boolean {
    const value: FaultValue | undefined = active.get(name);
    if (!value) return false;
    return value.share === undefined ? number % value.number === 0 : this.#session.random.next() < value.share;
  }
}
