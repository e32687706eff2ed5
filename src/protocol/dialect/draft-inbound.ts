import { startOf } from '../frame/start-of.ts';
import { Assembler } from '../message/assemble.ts';
import { MessageBuilder } from '../message/build.ts';
import type { DirectionReader, InboundSink } from '../message/direction.ts';
import { PART, type PinnedBudget } from '../message/pinned.ts';
import type { RuleId, Violation } from '../rule.ts';
import type { Draft } from './draft.ts';
import { BEARABLE_IN_DRAFTS, checkDraftHeader, HARMLESS, isMeaningless, TURNED_ROUND } from './draft-check.ts';
import { type Closing, readCloseBody } from './draft-close.ts';
import { DraftFrame } from './draft-frame.ts';
import type { DraftHeader, DraftReader, DraftSink } from './draft-reader.ts';
import { OpcodeReader } from './opcode-reader.ts';
import { SentinelReader } from './sentinel-reader.ts';
import { xorMask } from './whole-mask.ts';

/** One direction's bytes in a draft before hybi-07 → what they say, with the limits and the manners of the reader of RFC 6455. */
export interface DraftInboundOptions {
  /** Who sends what is read here. */
  readonly sender: 'client' | 'server';
  readonly limits: { readonly maxMessage: number; readonly maxFrame: number; readonly maxFragments: number };
  /** `strict`: a violation is fatal unless the draft says what to do instead. `lenient`: goes on where one can. */
  readonly tolerance: 'strict' | 'lenient';
  readonly budget?: PinnedBudget | undefined;
  /** Reads frames behind a closing one too. */
  readonly readsOn?: boolean;
  /** Where in the stream reading begins, in bytes; 0 where it is left out. */
  readonly offset?: number;
  /** Told of the closing body that came, and asked for the one that was sent. */
  readonly closing?: Closing;
}

export class DraftInbound implements DraftSink, DirectionReader {
  watched = false;

  readonly #draft: Draft;
  readonly #options: DraftInboundOptions;
  readonly #sink: InboundSink;
  readonly #reader: DraftReader;
  readonly #builder: MessageBuilder;
  readonly #control = new Assembler();
  #header: DraftHeader | undefined;
  /** Payload bytes of the frame at hand so far. */
  #frameLength = 0;
  #fragments = 0;
  #ignored = false;
  #violations: Violation[] = [];
  /** What the stream begins with, while its first frame is at hand. */
  #start: Uint8Array | undefined;
  #watchedPayload: Assembler | undefined;
  #shownUnfinished = false;
  #dead = false;
  #held = 0;

  /** `key`: hybi-04's connection key. */
  constructor(draft: Draft, key: Uint8Array, options: DraftInboundOptions, sink: InboundSink) {
    const { sender, offset = 0, limits } = options;
    const isMasked = sender === 'client' && draft.mask !== 'none';
    this.#draft = draft;
    this.#options = options;
    this.#sink = sink;
    this.#builder = new MessageBuilder(limits.maxMessage, undefined, true);
    this.#reader =
      draft.frames === 'sentinel'
        ? new SentinelReader(this, draft.close === 'sentinel', offset)
        : new OpcodeReader(this, draft, isMasked ? key : undefined, offset);
  }

  get held(): number {
    return this.#held;
  }

  get atBoundary(): boolean {
    return this.#reader.atBoundary;
  }

  pause(): void {
    this.#reader.pause();
  }

  read(chunk: Uint8Array, start = 0): number {
    if (this.#dead) return chunk.length;
    const bytes = chunk instanceof Buffer ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return this.#reader.read(bytes, start);
  }

  evict(): void {
    this.#fail({ rule: 'too-much-pinned', detail: `${this.#held} bytes held by one unfinished message` });
  }

  stop(): void {
    this.#dead = true;
    this.#release();
    this.#builder.reset();
    this.#control.reset();
  }

  header(header: DraftHeader, chunk: Buffer, at: number, end: number): boolean {
    this.#header = header;
    this.#frameLength = 0;
    const piece = { chunk, at, end };
    const headerLength = header.bytes.length + (header.nonce?.length ?? 0);
    this.#start = header.offset === 0 ? startOf(headerLength, chunk, at, end) : undefined;
    this.#violations = checkDraftHeader(this.#draft, header, this.#builder.active, () => clearPart(header, piece)).map(
      (violation) => this.#withStart(violation),
    );
    this.#ignored = isMeaningless(header, this.#violations);
    if (this.watched) {
      this.#watchedPayload = new Assembler();
      this.#shownUnfinished = false;
    }
    const fatal = this.#violations.find(({ rule }) => !this.#bears(rule)) ?? this.#lengthBreach(header.length ?? 0n);
    if (fatal) return this.#dieAtHeader(fatal, chunk, at, end);
    for (const violation of this.#violations) this.#sink.violation(violation, false);
    if (this.#dead) return false;
    return this.#isData ? this.#beginData(header) : true;
  }

  payload(chunk: Buffer, start: number, end: number, ends: boolean): boolean {
    this.#watchedPayload?.add(chunk, start, end, end - start);
    const first = this.#frameLength === 0;
    this.#frameLength += end - start;
    const breach = this.#header?.length === undefined ? this.#lengthBreach(BigInt(this.#frameLength)) : undefined;
    if (breach) return this.#fail(breach);
    if (this.#ignored) return true;
    if (!this.#isData) {
      this.#control.add(chunk, start, end, end - start);
      this.#account();
      return !this.#dead;
    }
    const whole = first && ends && this.#fragments === 1 && this.#header?.fin === true;
    const violation = this.#builder.add(chunk, start, end, Number(this.#header?.length ?? 0), whole);
    if (violation && !this.#fail(inDraft(violation))) return false;
    if (!whole) this.#account();
    return !this.#dead;
  }

  end(): boolean {
    if (!this.#ignored && !this.#isData) return this.#endControl();
    const last = !this.#ignored && this.#header?.fin === true;
    if (last) {
      const violation = this.#builder.finish();
      if (violation && !this.#fail(inDraft(violation))) return false;
    }
    this.#showFrame();
    if (last && !this.#dead) {
      this.#fragments = 0;
      this.#release();
      this.#sink.message(this.#builder.take());
      this.#builder.letGo();
    }
    return !this.#dead;
  }

  showUnfinished(): void {
    if (!this.#watchedPayload || !this.#header || this.#shownUnfinished || this.#reader.atBoundary) return;
    this.#shownUnfinished = true;
    const { buffer, length } = this.#watchedPayload;
    this.#sink.frame(
      new DraftFrame(this.#draft, this.#header, Buffer.from(buffer.subarray(0, length)), false),
      this.#violations,
      undefined,
    );
  }

  get #isData(): boolean {
    const kind = this.#header?.kind;
    return kind === 'text' || kind === 'binary' || kind === 'continuation';
  }

  #beginData(header: DraftHeader): boolean {
    if (this.#ignored) return true;
    if (this.#violations.some(({ rule }) => rule === 'draft-message-interleaved')) this.#dropMessage();
    if (header.kind === 'text' || header.kind === 'binary') this.#builder.begin(header.kind, false);
    this.#fragments++;
    const { maxFragments } = this.#options.limits;
    if (this.#fragments > maxFragments) {
      return this.#fail({ rule: 'too-many-fragments', detail: `more than ${maxFragments} fragments` });
    }
    this.#account();
    return !this.#dead;
  }

  /** Judged on a header that announces a length, else on every piece that comes. */
  #lengthBreach(length: bigint): Violation | undefined {
    const { maxFrame, maxMessage } = this.#options.limits;
    if (length > maxFrame)
      return { rule: 'frame-too-big', detail: `a frame of ${length} bytes or more; the limit is ${maxFrame}` };
    if (this.#ignored || !this.#isData) return undefined;
    const before = this.#header?.length === undefined ? 0 : this.#builder.length;
    const whole = BigInt(before) + length;
    return whole > maxMessage
      ? { rule: 'message-too-big', detail: `a message of ${whole} bytes or more; the limit is ${maxMessage}` }
      : undefined;
  }

  #endControl(): boolean {
    const { buffer, length } = this.#control.take();
    const body = Buffer.from(buffer.subarray(0, length));
    this.#account();
    if (this.#header?.kind === 'close') return this.#endClose(body);
    this.#showFrame();
    if (this.#dead) return false;
    if (this.#header?.kind === 'ping') this.#sink.ping(body);
    else this.#sink.pong(body);
    return !this.#dead;
  }

  #endClose(body: Buffer): boolean {
    const { sender, closing, readsOn } = this.#options;
    const { code, reason, violations: ofBody } = readCloseBody(this.#draft, body, sender, closing?.sent);
    const early = this.#draft.frames === 'MORE' && this.#builder.active ? [CLOSED_EARLY] : [];
    const violations = [...early, ...ofBody].map((violation) => this.#withStart(violation));
    this.#violations = [...this.#violations, ...violations];
    this.#showFrame();
    const fatal = violations.find(({ rule }) => !this.#bears(rule));
    if (fatal) return this.#die(fatal);
    if (this.#dead) return false;
    for (const violation of violations) this.#sink.violation(violation, false);
    if (this.#dead) return false;
    if (closing) closing.received = body;
    if (!readsOn) this.stop();
    this.#sink.close(code, reason);
    return !this.#dead;
  }

  #bears(rule: RuleId): boolean {
    return HARMLESS.has(rule) || (this.#options.tolerance === 'lenient' && BEARABLE_IN_DRAFTS.has(rule));
  }

  /** Something is wrong with the frame at hand. Returns whether reading goes on. */
  #fail(violation: Violation): boolean {
    this.#violations = [...this.#violations, violation];
    if (this.#bears(violation.rule)) {
      this.#sink.violation(violation, false);
      return !this.#dead;
    }
    this.#showFrame(false);
    return this.#die(violation);
  }

  /** A debugger shows broken frames too: with what came of them in the same piece. */
  #dieAtHeader(violation: Violation, chunk: Buffer, at: number, end: number): false {
    if (!this.#violations.includes(violation)) this.#violations = [...this.#violations, violation];
    const header = this.#header as DraftHeader;
    if (this.#watchedPayload && header.length !== undefined) {
      const shown = clearPart(header, { chunk, at, end });
      this.#watchedPayload.add(shown, 0, shown.length, 0);
    }
    this.#showFrame(false);
    return this.#die(violation);
  }

  #die(violation: Violation): false {
    // Whoever was shown the frame may have ended the connection.
    if (this.#dead) return false;
    this.stop();
    this.#sink.violation(violation, true);
    return false;
  }

  /** `whole`: the frame is complete. */
  #showFrame(whole = true): void {
    const watched = this.#watchedPayload;
    if (!watched || !this.#header) return;
    this.#watchedPayload = undefined;
    const { buffer, length } = watched.take();
    this.#sink.frame(new DraftFrame(this.#draft, this.#header, buffer.subarray(0, length), whole), this.#violations, undefined);
  }

  #account(): void {
    const { budget } = this.#options;
    if (!budget) return;
    const parts = Math.max(0, this.#fragments - 1) * PART;
    const change = this.#builder.length + this.#control.length + parts - this.#held;
    this.#held += change;
    if (change !== 0) budget.change(this, change);
  }

  #release(): void {
    if (this.#held === 0) return;
    const held = this.#held;
    this.#held = 0;
    this.#options.budget?.change(this, -held);
  }

  #withStart(violation: Violation): Violation {
    return this.#start ? { ...violation, start: this.#start } : violation;
  }

  #dropMessage(): void {
    this.#fragments = 0;
    this.#builder.drop();
    this.#release();
  }
}

/** The drafts before hybi-10 read what is not UTF-8 as U+FFFD; nothing else can be wrong with a message that is not compressed. */
function inDraft({ detail }: Violation): Violation {
  return { rule: 'draft-text-not-utf8', detail };
}

const CLOSED_EARLY: Violation = {
  rule: 'draft-close-early',
  detail: `a Close inside an unfinished message${TURNED_ROUND}`,
};

/** Received bytes behind a header: `chunk[at, end)`. */
interface Piece {
  readonly chunk: Buffer;
  readonly at: number;
  readonly end: number;
}

/** The payload as far as it is here, unmasked; a copy. */
function clearPart({ length, mask, bytes }: DraftHeader, { chunk, at, end }: Piece): Buffer {
  const part = Buffer.from(chunk.subarray(at, Math.min(end, at + Math.min(Number(length ?? 0n), SHOWN))));
  if (mask) xorMask(part, 0, part.length, mask, bytes.length);
  return part;
}

/** Payload bytes of a frame with a fatal header that are shown at most. */
const SHOWN = 4096;
