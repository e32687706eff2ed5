import type { DraftLayout } from '../frame/draft-layout.ts';
import type { Field } from '../frame/field.ts';
import type { Frame, LengthForm } from '../frame/frame.ts';
import type { OpcodeName } from '../frame/opcode.ts';
import type { Draft } from './draft.ts';
import { draftFields, draftLengthForm } from './draft-fields.ts';
import { opcodeOf } from './draft-opcode.ts';
import type { DraftHeader } from './draft-reader.ts';
import { xorMask } from './whole-mask.ts';

/**
 * A frame of a draft that somebody watches. What it means is said as of a frame of RFC 6455; how it lies on the wire is
 * its `draft`. Its bytes are made when asked for: XOR is its own inverse, so they come out as they were.
 */
export class DraftFrame implements Frame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly maskingKey: Uint8Array | undefined;
  readonly lengthForm: LengthForm;
  readonly length: bigint;
  readonly payload: Uint8Array;
  readonly headerLength: number;
  readonly offset: number;
  readonly draft: DraftLayout;
  #raw: Uint8Array | undefined;

  /** `whole`: the sentinel of a frame that has one is there too. */
  constructor(draft: Draft, header: DraftHeader, payload: Uint8Array, whole: boolean) {
    const { nonce, bytes } = header;
    const first = draft.frames === 'sentinel' ? 0 : (bytes[0] as number);
    this.fin = header.fin;
    this.rsv1 = (first & 0x40) !== 0;
    this.rsv2 = (first & 0x20) !== 0;
    this.rsv3 = (first & 0x10) !== 0;
    this.opcode = opcodeOf(header.kind);
    this.maskingKey = nonce;
    this.lengthForm = draft.frames === 'sentinel' || bytes.length === 2 ? 7 : bytes.length === 4 ? 16 : 64;
    // A frame without a length that is not complete is longer than what is here by its sentinel at least.
    this.length = header.length ?? BigInt(payload.length + (whole ? 0 : 1));
    this.payload = payload;
    this.headerLength = (nonce?.length ?? 0) + bytes.length;
    this.offset = header.offset;
    this.draft = new Layout(draft, header, payload, whole);
  }

  get raw(): Uint8Array {
    const { mask, clear } = this.draft;
    if (!mask) return clear;
    this.#raw ??= masked(clear, mask);
    return this.#raw;
  }
}

class Layout implements DraftLayout {
  readonly dialect: string;
  readonly kind: OpcodeName | undefined;
  readonly code: number;
  readonly sentinel: boolean;
  readonly saysMore: boolean;
  readonly rsv4: boolean;
  readonly lengthForm: string;
  readonly close: DraftLayout['close'];
  readonly mask: Uint8Array | undefined;
  readonly #draft: Draft;
  readonly #header: DraftHeader;
  readonly #payload: Uint8Array;
  readonly #whole: boolean;
  #clear: Uint8Array | undefined;

  constructor(draft: Draft, header: DraftHeader, payload: Uint8Array, whole: boolean) {
    this.dialect = draft.name;
    this.kind = header.kind;
    this.code = header.code;
    this.sentinel = draft.frames === 'sentinel';
    this.saysMore = draft.frames === 'MORE';
    this.rsv4 = !this.sentinel && (header.bytes[1] as number) >= 0x80;
    this.lengthForm = draftLengthForm(draft, header);
    this.close = draft.close === 'tcp' || draft.close === 'sentinel' ? 'none' : draft.close;
    this.mask = header.mask;
    this.#draft = draft;
    this.#header = header;
    this.#payload = payload;
    this.#whole = whole;
  }

  get clear(): Uint8Array {
    this.#clear ??= Buffer.concat([
      ...(this.#header.nonce ? [this.#header.nonce] : []),
      this.#header.bytes,
      this.#payload,
      ...(this.#hasSentinel ? [Uint8Array.of(0xff)] : []),
    ]);
    return this.#clear;
  }

  get fields(): readonly Field[] {
    const { bytes, nonce } = this.#header;
    const list = draftFields(this.#draft, this.#header, (nonce?.length ?? 0) + bytes.length + this.#payload.length);
    return this.#hasSentinel ? list : list.filter(({ name }) => name !== 'sentinel');
  }

  get #hasSentinel(): boolean {
    return this.#whole && this.#header.length === undefined;
  }
}

function masked(clear: Uint8Array, mask: Uint8Array): Uint8Array {
  const raw = Buffer.from(clear);
  xorMask(raw, 4, raw.length, mask, 0);
  return raw;
}
