import { keyBytes } from '../../bytes/mask.ts';
import { opcodeName } from '../frame/opcode.ts';
import { LocalProtocolError } from '../rule.ts';
import type { Draft } from './draft.ts';
import { type Closing, closeBody } from './draft-close.ts';
import { encodeOpcodeFrame, encodeSentinelText, SENTINEL_CLOSE } from './draft-encode.ts';
import { draftOpcode } from './draft-opcode.ts';

/**
 * Bytes on their way out, in a draft. It is asked in the terms of RFC 6455 and writes what means the same; what a draft
 * has no frame for is a `LocalProtocolError` that says so, and nothing is written.
 */
export class DraftOutbox {
  /** What the closing frames held, both ways. */
  readonly closing: Closing = { sent: undefined, received: undefined };
  readonly #draft: Draft;
  readonly #role: 'client' | 'server';
  readonly #key: Uint8Array;
  #queue: Uint8Array[] = [];
  #pending = 0;

  /** `key`: hybi-04's connection key. */
  constructor(draft: Draft, role: 'client' | 'server', key: Uint8Array) {
    this.#draft = draft;
    this.#role = role;
    this.#key = key;
  }

  /** Bytes waiting to be taken. */
  get pending(): number {
    return this.#pending;
  }

  /** `first` is FIN and opcode of RFC 6455; `key`: of a client, four fresh bytes as a number. */
  frame(first: number, payload: Uint8Array, start: number, end: number, key: number | undefined): void {
    const bytes = payload.subarray(start, end);
    const kind = opcodeName(first & 0x0f);
    if (!kind) throw new LocalProtocolError(`${this.#draft.name} has no opcode ${first & 0x0f}`);
    const fin = first >= 0x80;
    if (kind === 'close') this.#close(bytes, key);
    else if (this.#draft.frames === 'sentinel') this.#text(kind, fin, bytes);
    else this.#opcodeFrame(draftOpcode(kind), fin, bytes, key);
  }

  /** Returns the bytes of the text's UTF-8. */
  text(first: number, text: string, key: number | undefined): number {
    const bytes = Buffer.from(text, 'utf8');
    this.frame(first, bytes, 0, bytes.length, key);
    return bytes.length;
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array, lasting = false): void {
    this.#push(lasting ? bytes : new Uint8Array(bytes));
  }

  /** Everything that waits, in order; the box is empty afterwards. */
  take(): Uint8Array[] {
    const taken = this.#queue;
    this.#queue = [];
    this.#pending = 0;
    return taken;
  }

  /** Nothing is written twice here. */
  recycle(): void {}

  #text(kind: string, fin: boolean, bytes: Uint8Array): void {
    const { name } = this.#draft;
    if (!fin || kind === 'continuation') throw new LocalProtocolError(`${name} has no fragments: each message is one frame`);
    if (kind !== 'text') throw new LocalProtocolError(`${name} has no ${kind}: it carries text messages and nothing else`);
    this.#push(encodeSentinelText(bytes));
  }

  #close(wanted: Uint8Array, key: number | undefined): void {
    const { close } = this.#draft;
    if (close === 'tcp') return;
    if (close === 'sentinel') {
      this.#push(SENTINEL_CLOSE);
      return;
    }
    const body = new Uint8Array(closeBody(this.#draft, wanted, this.#role, this.closing.received));
    this.closing.sent = body;
    this.#opcodeFrame(draftOpcode('close'), true, body, key);
  }

  #opcodeFrame(code: number, fin: boolean, payload: Uint8Array, key: number | undefined): void {
    const nonce = this.#role === 'client' && key !== undefined ? keyBytes(key) : undefined;
    this.#push(encodeOpcodeFrame(this.#draft, { code, fin, payload }, nonce, this.#key));
  }

  #push(piece: Uint8Array): void {
    this.#queue.push(piece);
    this.#pending += piece.length;
  }
}
