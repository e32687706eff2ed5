import { endRun } from '../../bytes/ascii-run.ts';
import { Utf8Validator } from '../../bytes/utf8.ts';
import type { MessageExtension } from '../extension/extension.ts';
import type { Outcome, PieceSink } from '../extension/inflater.ts';
import type { Violation } from '../rule.ts';
import { Assembler } from './assemble.ts';
import { MessageView } from './message.ts';

/**
 * Frames' payloads → a message: inflated, validated and assembled as they arrive. It reports what is wrong and never
 * decides what follows from it.
 */
export class MessageBuilder {
  readonly #maxMessage: number;
  readonly #extension: MessageExtension | undefined;
  readonly #mends: boolean;
  readonly #view = new MessageView();
  readonly #assembler = new Assembler();
  readonly #utf8 = new Utf8Validator();
  readonly #onInflated: PieceSink;
  #active = false;
  #text = false;
  #compressed = false;
  #wireLength = 0;
  /** The whole message lies in the buffer it came in: no copy. */
  #direct = false;
  #problem: Violation | undefined;
  /** What a rule's breach was reported of is not judged, or not even decoded, any more: one report a message. */
  #validates = false;
  #undecodable = false;
  #isBroken = false;

  /** `maxMessage` in bytes, after inflation. `mends`: what is not UTF-8 in a text is given away as U+FFFD. */
  constructor(maxMessage: number, extension: MessageExtension | undefined, mends = false) {
    this.#maxMessage = maxMessage;
    this.#extension = extension;
    this.#mends = mends;
    this.#onInflated = extension ? (buffer, start, end) => this.#onPiece(buffer, start, end) : NOTHING;
  }

  /** Whether a message is unfinished. */
  get active(): boolean {
    return this.#active;
  }

  get compressed(): boolean {
    return this.#compressed;
  }

  /** Bytes assembled so far, inflated ones counted as such. */
  get length(): number {
    return this.#assembler.length;
  }

  /** What was assembled from `start` on, copied. */
  copyFrom(start: number): Uint8Array {
    return Buffer.from(this.#assembler.buffer.subarray(start, this.#assembler.length));
  }

  begin(opcode: 'text' | 'binary', compressed: boolean): void {
    this.#active = true;
    this.#text = opcode === 'text';
    this.#compressed = compressed && this.#extension !== undefined;
    this.#validates = this.#text;
    this.#undecodable = false;
  }

  /** A continuation frame begins, where each frame is compressed by itself or not. */
  continue(compressed: boolean): void {
    this.#compressed = compressed && this.#extension !== undefined;
  }

  /** Takes a piece of a frame's payload. `whole`: it is the whole message, in one frame and one piece. */
  add(bytes: Buffer, start: number, end: number, frameLength: number, whole: boolean): Violation | undefined {
    this.#wireLength += end - start;
    if (!this.#compressed || !this.#extension) return this.#append(bytes, start, end, frameLength, whole);
    if (this.#undecodable) return undefined;
    this.#problem = undefined;
    return this.#judge(this.#extension.decoder().push(bytes, start, end, this.#onInflated));
  }

  /** Takes a message that is one frame in one piece and not compressed; `take` gives it away. */
  whole(opcode: 'text' | 'binary', bytes: Buffer, start: number, end: number): Violation | undefined {
    const view = this.#view;
    this.#text = opcode === 'text';
    this.#liesIn(bytes);
    this.#wireLength = end - start;
    view.start = start;
    view.end = end;
    if (!this.#text) return undefined;
    const bad = this.#utf8.push(bytes, start, end);
    if (bad >= 0) return this.#notUtf8(bytes[bad] as number, bad - start);
    return this.#utf8.complete ? undefined : this.#cut();
  }

  /** A frame is complete that is not the message's last, where each frame is compressed by itself. */
  endFrame(): Violation | undefined {
    if (this.#undecodable || !this.#compressed || !this.#extension) return undefined;
    this.#problem = undefined;
    const problem = this.#judge(this.#extension.decoder().finish(this.#onInflated));
    this.#extension.endDecoded();
    return problem;
  }

  /** The last frame is complete: what is still wrong with the message, if anything. */
  finish(): Violation | undefined {
    if (this.#undecodable) this.#extension?.decoder().reset();
    else if (this.#compressed && this.#extension) {
      this.#problem = undefined;
      const problem = this.#judge(this.#extension.decoder().finish(this.#onInflated));
      this.#extension.endDecoded();
      if (problem) return problem;
    }
    return !this.#validates || this.#utf8.complete ? undefined : this.#cut();
  }

  /** Gives the finished message away and forgets it; valid until the next one is begun. */
  take(): MessageView {
    const view = this.#view;
    view.ascii = this.#text && this.#utf8.ascii;
    view.direct = this.#direct;
    if (!this.#direct) {
      view.start = 0;
      view.end = this.#assembler.length;
      view.buffer = this.#assembler.take().buffer;
    }
    view.opcode = this.#text ? 'text' : 'binary';
    view.compressed = this.#compressed;
    view.wireLength = this.#wireLength;
    if (this.#isBroken && this.#mends) view.mend();
    this.reset();
    return view;
  }

  /** Lets go of the bytes of the message that was given away: an idle connection pins none. */
  letGo(): void {
    endRun();
    this.#view.buffer = EMPTY;
  }

  /** Forgets an unfinished message; half of one is no context for the next. */
  drop(): void {
    if (this.#compressed) this.#extension?.decoder().reset();
    this.reset();
  }

  reset(): void {
    this.#active = false;
    this.#compressed = false;
    this.#wireLength = 0;
    this.#direct = false;
    this.#isBroken = false;
    this.#assembler.reset();
    this.#utf8.reset();
  }

  #liesIn(bytes: Buffer): void {
    this.#direct = true;
    // Many messages lie in one buffer, and a store costs more than a look.
    if (this.#view.buffer !== bytes) this.#view.buffer = bytes;
  }

  #append(bytes: Buffer, start: number, end: number, expected: number, whole: boolean): Violation | undefined {
    const bad = this.#validates ? this.#utf8.push(bytes, start, end) : -1;
    const length = this.#assembler.length;
    if (whole) {
      this.#liesIn(bytes);
      this.#view.start = start;
      this.#view.end = end;
    } else this.#assembler.add(bytes, start, end, length + expected);
    return bad < 0 ? undefined : this.#notUtf8(bytes[bad] as number, length + bad - start);
  }

  #notUtf8(byte: number, index: number): Violation {
    this.#validates = false;
    this.#isBroken = true;
    return { rule: 'text-not-utf8', detail: `byte 0x${byte.toString(16).padStart(2, '0')} at offset ${index} of the message` };
  }

  #cut(): Violation {
    this.#isBroken = true;
    return CUT;
  }

  #onPiece(buffer: Buffer, start: number, end: number): boolean {
    if (this.#assembler.length + end - start > this.#maxMessage) return false;
    this.#problem ??= this.#append(buffer, start, end, end - start, false);
    return true;
  }

  #judge(outcome: Outcome): Violation | undefined {
    if (outcome === 'data') {
      this.#undecodable = true;
      this.#validates = false;
      const rule = this.#extension?.perFrame ? 'deflate-frame-failed' : 'inflate-failed';
      return { rule, detail: 'the compressed payload is not DEFLATE data' };
    }
    if (outcome === 'done') return this.#problem;
    return { rule: 'message-too-big', detail: `a message inflates to more than ${this.#maxMessage} bytes` };
  }
}

const EMPTY = Buffer.alloc(0);
const CUT: Violation = { rule: 'text-not-utf8', detail: 'the message ends inside a character' };
const NOTHING: PieceSink = () => false;
