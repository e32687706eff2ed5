import { maskInPlace } from '../../bytes/mask.ts';
import type { MessageExtension } from '../extension/extension.ts';
import { looksCompressed } from '../extension/looks-compressed.ts';
import { checkHeader, readClosePayload } from '../frame/check.ts';
import { FrameReader, type FrameSink } from '../frame/decode.ts';
import type { Frame } from '../frame/frame.ts';
import { isControl, Opcode } from '../frame/opcode.ts';
import { startOf } from '../frame/start-of.ts';
import { WholeFrame } from '../frame/whole-frame.ts';
import { Assembler } from '../message/assemble.ts';
import { MessageBuilder } from '../message/build.ts';
import type { DirectionReader, InboundSink } from '../message/direction.ts';
import { PART, type PinnedBudget } from '../message/pinned.ts';
import type { RuleId, Violation } from '../rule.ts';
import { mayBeReceived } from './close-code.ts';
import type { Limits } from './limits.ts';

export interface InboundOptions {
  /** Who sends what is read here. */
  readonly sender: 'client' | 'server';
  readonly limits: Limits;
  readonly extension?: MessageExtension | undefined;
  /** `strict`: any violation is fatal. `lenient`: goes on where one can. */
  readonly tolerance: 'strict' | 'lenient';
  /** Rules that the peer's draft did not have yet: borne even where we are strict. */
  readonly spared?: ReadonlySet<RuleId> | undefined;
  /** Codes that a Close may hold; those of RFC 6455 where it is left out. */
  readonly mayBeReceived?: ((code: number) => boolean) | undefined;
  /** What unfinished messages may hold in the whole process. */
  readonly budget?: PinnedBudget | undefined;
  /** Reads frames behind a Close too: whoever only watches shows whatever is on the wire. */
  readonly readsOn?: boolean;
  /** Where in the stream reading begins, in bytes; 0 where it is left out. */
  readonly offset?: number;
}

/** The rules after whose breach reading can go on. */
const BEARABLE: ReadonlySet<RuleId> = new Set<RuleId>([
  'rsv-set',
  'opcode-reserved',
  'length-not-minimal',
  'mask-missing',
  'mask-unexpected',
  'control-too-long',
  'control-fragmented',
  'continuation-stray',
  'message-interleaved',
  'text-not-utf8',
  'close-one-byte',
  'close-code-invalid',
  'close-reason-not-utf8',
  'compressed-continuation',
  'compressed-control',
  'inflate-failed',
  'deflate-frame-control',
  'deflate-frame-failed',
]);

/** Frames that break one of these are borne but have nothing to say. */
const MEANINGLESS: ReadonlySet<RuleId> = new Set<RuleId>(['opcode-reserved', 'continuation-stray', 'control-too-long']);

/**
 * One direction's bytes → what they say, with no duties: the live connection, the relay and offline decoding all read
 * through it. Messages are handed on as ranges of the buffer they came in; frames are made only while somebody watches.
 */
export class Inbound implements FrameSink, DirectionReader {
  /** Whether frames are made and handed on. May change at any time; counts from the next frame on. */
  watched = false;
  /** Whether the bytes that are read are good only until the reader returns. */
  borrowed = false;

  readonly #sink: InboundSink;
  readonly #options: InboundOptions;
  readonly #reader: FrameReader;
  readonly #builder: MessageBuilder;
  /** Bytes of the largest message that one frame may be. */
  readonly #maxWhole: number;
  #fragments = 0;
  #control: Buffer = EMPTY;
  #controlLength = 0;
  #watchedPayload: Assembler | undefined;
  #violations: Violation[] = NONE;
  #shownUnfinished = false;
  /** A bearable frame whose content means nothing here, such as one with a reserved opcode. */
  #ignored = false;
  /** How much of the message stood before this frame. */
  #frameStart = 0;
  #dead = false;
  #held = 0;

  constructor(options: InboundOptions, sink: InboundSink) {
    this.#options = options;
    this.#sink = sink;
    this.#reader = new FrameReader(this, options.offset);
    this.#builder = new MessageBuilder(options.limits.maxMessage, options.extension, options.spared?.has('text-not-utf8'));
    this.#maxWhole = Math.min(options.limits.maxFrame, options.limits.maxMessage);
  }

  /** Bytes that an unfinished message holds, its parts weighed in. */
  get held(): number {
    return this.#held;
  }

  /** Whether the stream may end here without cutting a frame. */
  get atBoundary(): boolean {
    return this.#reader.atBoundary;
  }

  /** Stops after the frame at hand; the next `read` goes on. */
  pause(): void {
    this.#reader.pause();
  }

  /** Reads on; `chunk` is unmasked in place. Returns the index after the last byte that was taken. */
  read(chunk: Uint8Array, start = 0): number {
    if (this.#dead) return chunk.length;
    const bytes = chunk instanceof Buffer ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const at = this.#reader.read(bytes, start);
    this.#builder.letGo();
    return at;
  }

  evict(): void {
    this.#fail({ rule: 'too-much-pinned', detail: `${this.#held} bytes held by one unfinished message` });
  }

  /** Forgets everything and reads no more. */
  stop(): void {
    this.#dead = true;
    this.#release();
    this.#builder.reset();
  }

  /** The commonest frame: a whole message, legal, uncompressed, while nobody watches. */
  takesWhole(): boolean {
    const { first, second, lengthLow } = this.#reader;
    if (first !== WHOLE_TEXT && first !== WHOLE_BINARY) return false;
    if (this.watched || this.#builder.active || lengthLow > this.#maxWhole) return false;
    if (((second & 0x80) !== 0) !== (this.#options.sender === 'client')) return false;
    const marker = second & 0x7f;
    return marker < 126 || lengthLow >= (marker === 126 ? 126 : 0x1_0000);
  }

  whole(chunk: Buffer, start: number, end: number): boolean {
    this.#violations = NONE;
    const violation = this.#builder.whole(this.#reader.first === WHOLE_TEXT ? 'text' : 'binary', chunk, start, end);
    if (violation && !this.#fail(violation)) return false;
    this.#hand();
    return !this.#dead;
  }

  header(chunk: Buffer, at: number, end: number): boolean {
    this.#violations = NONE;
    this.#ignored = false;
    if (!this.#isClean(this.#reader) && !this.#judgeHeader(chunk, at, end)) return false;
    this.#frameStart = this.#builder.length;
    if (this.watched) {
      this.#watchedPayload = new Assembler();
      this.#shownUnfinished = false;
    }
    if (!this.#ignored && isControl(this.#reader.first & 0x0f)) {
      this.#controlLength = 0;
      return true;
    }
    return this.#beginData(chunk, at, end);
  }

  payload(chunk: Buffer, start: number, end: number): boolean {
    const { first, length } = this.#reader;
    this.#watchedPayload?.add(chunk, start, end, length);
    if (this.#ignored) return true;
    if (isControl(first & 0x0f)) {
      if (this.#control.length === 0) this.#control = Buffer.alloc(125);
      this.#control.set(chunk.subarray(start, end), this.#controlLength);
      this.#controlLength += end - start;
      return true;
    }
    const whole = this.#fragments === 1 && end - start === length && (first & 0x80) !== 0;
    const violation = this.#builder.add(chunk, start, end, length, whole);
    if (violation && !this.#fail(violation)) return false;
    if (!whole) this.#account();
    return !this.#dead;
  }

  end(): boolean {
    const { first } = this.#reader;
    if (isControl(first & 0x0f) && !this.#ignored) return this.#endControl(first & 0x0f);
    const last = (first & 0x80) !== 0 && !this.#ignored;
    if (last || (this.#options.extension?.perFrame && !this.#ignored)) {
      const violation = last ? this.#builder.finish() : this.#builder.endFrame();
      if (violation && !this.#fail(violation)) return false;
    }
    this.#showFrame();
    if (last && !this.#dead) {
      this.#fragments = 0;
      this.#release();
      this.#hand();
    }
    return !this.#dead;
  }

  #hand(): void {
    const message = this.#builder.take();
    message.borrowed = message.direct && this.borrowed;
    message.asReceived = message.direct && this.#reader.key === 0;
    this.#sink.message(message);
    if (!message.direct) this.#builder.letGo();
  }

  /** Hands on the frame that is not complete yet, once: for whoever must show what was sent so far. */
  showUnfinished(): void {
    if (!this.#watchedPayload || this.#shownUnfinished || this.#reader.atBoundary) return;
    this.#shownUnfinished = true;
    const { buffer, length } = this.#watchedPayload;
    this.#sink.frame(this.#wholeFrame(Buffer.from(buffer.subarray(0, length))), this.#violations, undefined);
  }

  /** The common, legal frame, told by a few comparisons; everything else is judged in full. */
  #isClean(reader: FrameReader): boolean {
    const { first, second, lengthLow, lengthHigh } = reader;
    const opcode = first & 0x0f;
    const marker = second & 0x7f;
    if (((second & 0x80) !== 0) !== (this.#options.sender === 'client')) return false;
    if ((first & 0x70) !== 0) {
      if ((first & 0x70) !== 0x40 || this.#options.extension === undefined || opcode === 0 || opcode > 2) return false;
    }
    if (marker === 126 && lengthLow < 126) return false;
    if (marker === 127 && (lengthHigh === 0 ? lengthLow < 0x1_0000 : lengthHigh >= 0x8000_0000)) return false;
    if (opcode <= 2) return (opcode === 0) === this.#builder.active;
    return opcode >= 8 && opcode <= 10 && (first & 0x80) !== 0 && marker < 126;
  }

  #judgeHeader(chunk: Uint8Array, at: number, end: number): boolean {
    const expect = {
      sender: this.#options.sender,
      rsv1Allowed: this.#options.extension !== undefined,
      inMessage: this.#builder.active,
      rsv1PerFrame: this.#options.extension?.perFrame === true,
    };
    this.#violations = checkHeader(this.#reader.snapshot, expect).map((found) => this.#withHint(found, chunk, at, end));
    const fatal = this.#violations.find(({ rule }) => !this.#bears(rule));
    if (fatal) {
      this.#showCut(chunk, at, end);
      return this.#die(fatal);
    }
    for (const violation of this.#violations) this.#sink.violation(violation, false);
    this.#ignored = this.#violations.some(({ rule }) => MEANINGLESS.has(rule));
    if (this.#violations.some(({ rule }) => rule === 'message-interleaved')) this.#dropMessage();
    return !this.#dead;
  }

  /** RSV1 without an extension: what the payload looks like, as far as it is here. */
  #withHint(violation: Violation, chunk: Uint8Array, at: number, end: number): Violation {
    const { length, offset, first, headerLength } = this.#reader;
    if (offset === 0 && violation.rule !== 'rsv-set') return { ...violation, start: startOf(headerLength, chunk, at, end) };
    if (violation.rule !== 'rsv-set' || this.#options.extension || (first & 0x40) === 0) return violation;
    const part = this.#clearPart(chunk, at, end);
    const hint = looksCompressed(part.length === length ? part : undefined);
    return { rule: 'rsv-set', detail: violation.detail.replace(/\(RSV1: .*\)/, `(RSV1: ${hint})`) };
  }

  #beginData(chunk: Uint8Array, at: number, end: number): boolean {
    const { first } = this.#reader;
    const opcode = first & 0x0f;
    if (!this.#ignored) {
      if (opcode !== Opcode.continuation) this.#builder.begin(opcode === Opcode.text ? 'text' : 'binary', (first & 0x40) !== 0);
      else if (this.#options.extension?.perFrame) this.#builder.continue((first & 0x40) !== 0);
      this.#fragments++;
    }
    const breach = this.#limitBreach();
    if (breach) {
      this.#violations = [...this.#violations, breach];
      this.#showCut(chunk, at, end);
      return this.#die(breach);
    }
    if (!this.#ignored) this.#account();
    return !this.#dead;
  }

  /** Judged on the header alone, before a byte of payload is waited for. */
  #limitBreach(): Violation | undefined {
    const { maxFrame, maxMessage, maxFragments } = this.#options.limits;
    const { length } = this.#reader;
    if (length > maxFrame) return { rule: 'frame-too-big', detail: `a frame of ${length} bytes; the limit is ${maxFrame}` };
    if (this.#ignored) return undefined;
    const whole = this.#builder.length + length;
    if (!this.#builder.compressed && whole > maxMessage) {
      return { rule: 'message-too-big', detail: `a message of ${whole} bytes or more; the limit is ${maxMessage}` };
    }
    if (this.#fragments > maxFragments) return { rule: 'too-many-fragments', detail: `more than ${maxFragments} fragments` };
    return undefined;
  }

  #endControl(opcode: number): boolean {
    const payload = Buffer.from(this.#control.subarray(0, this.#controlLength));
    if (opcode === Opcode.close) return this.#endClose(payload);
    this.#showFrame();
    if (this.#dead) return false;
    if (opcode === Opcode.ping) this.#sink.ping(payload);
    else this.#sink.pong(payload);
    return !this.#dead;
  }

  #endClose(payload: Buffer): boolean {
    const close = readClosePayload(payload, this.#options.mayBeReceived ?? mayBeReceived);
    this.#violations = [...this.#violations, ...close.violations];
    this.#showFrame();
    const fatal = close.violations.find(({ rule }) => !this.#bears(rule));
    if (fatal) return this.#die(fatal);
    if (this.#dead) return false;
    for (const violation of close.violations) this.#sink.violation(violation, false);
    if (this.#dead) return false;
    if (!this.#options.readsOn) this.stop();
    this.#sink.close(close.code, close.reason);
    return !this.#dead;
  }

  #bears(rule: RuleId): boolean {
    return BEARABLE.has(rule) && (this.#options.tolerance === 'lenient' || this.#options.spared?.has(rule) === true);
  }

  /** Something is wrong with the frame at hand. Returns whether reading goes on. */
  #fail(violation: Violation): boolean {
    this.#violations = [...this.#violations, violation];
    if (this.#bears(violation.rule)) {
      this.#sink.violation(violation, false);
      return !this.#dead;
    }
    this.#showFrame();
    return this.#die(violation);
  }

  #die(violation: Violation): false {
    // Whoever was shown the frame may have ended the connection.
    if (this.#dead) return false;
    this.stop();
    this.#sink.violation(violation, true);
    return false;
  }

  #wholeFrame(payload: Uint8Array): Frame {
    return new WholeFrame(this.#reader.snapshot, payload, this.#reader.offset);
  }

  #showFrame(): void {
    const watched = this.#watchedPayload;
    if (!watched) return;
    this.#watchedPayload = undefined;
    const { buffer, length } = watched.take();
    const inflated = this.#builder.compressed && !isControl(this.#reader.first & 0x0f) && !this.#ignored;
    this.#sink.frame(
      this.#wholeFrame(buffer.subarray(0, length)),
      this.#violations,
      inflated ? this.#builder.copyFrom(this.#frameStart) : undefined,
    );
  }

  /** A frame whose header is fatal is shown with what came in the same chunk: a debugger shows broken frames too. */
  #showCut(chunk: Uint8Array, at: number, end: number): void {
    if (!this.watched) return;
    this.#sink.frame(this.#wholeFrame(this.#clearPart(chunk, at, end)), this.#violations, undefined);
  }

  /** A copy of the payload as far as it lies in `chunk`, unmasked. */
  #clearPart(chunk: Uint8Array, at: number, end: number): Uint8Array {
    const { length, key } = this.#reader;
    const payload = new Uint8Array(chunk.subarray(at, Math.min(end, at + Math.min(length, SHOWN))));
    maskInPlace(payload, 0, payload.length, key);
    return payload;
  }

  #account(): void {
    const { budget } = this.#options;
    if (!budget) return;
    const change = this.#builder.length + (this.#fragments - 1) * PART - this.#held;
    this.#held += change;
    if (change !== 0) budget.change(this, change);
  }

  #release(): void {
    if (this.#held === 0) return;
    const held = this.#held;
    this.#held = 0;
    this.#options.budget?.change(this, -held);
  }

  #dropMessage(): void {
    this.#fragments = 0;
    this.#builder.drop();
    this.#release();
  }
}

const EMPTY = Buffer.alloc(0);
const NONE: Violation[] = [];
/** FIN, no RSV bit, and the opcode, as the first byte has them. */
const WHOLE_TEXT = 0x80 | Opcode.text;
const WHOLE_BINARY = 0x80 | Opcode.binary;
/** Payload bytes of a frame with a fatal header that are shown at most. */
const SHOWN = 4096;
