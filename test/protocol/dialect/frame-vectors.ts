import { readFileSync } from 'node:fs';
import { type Framing, framingOf } from '../../../src/protocol/dialect/framing.ts';
import type { DialectName } from '../../../src/protocol/dialect/name.ts';

/** The frames of `vectors.json`: every draft's bytes, and what they mean. */
export interface FrameVector {
  readonly id: string;
  readonly draft: string;
  readonly from: 'client' | 'server';
  /** Hex; of a long one `prefix`, `totalLength` and `sha256` instead. */
  readonly bytes?: string;
  readonly prefix?: string;
  readonly totalLength?: number;
  readonly sha256?: string;
  readonly frames: readonly {
    readonly type: 'text' | 'binary' | 'close' | 'ping' | 'pong' | 'cont';
    readonly payload?: string;
    readonly length: number;
    readonly fin: boolean;
  }[];
}

interface Vectors {
  readonly frames: readonly (Omit<FrameVector, 'frames' | 'from'> & Partial<FrameVector>)[];
  readonly reject: readonly { id: string; draft: string; from: 'client' | 'server'; bytes: string; why: string }[];
  readonly deflate: readonly { id: string; bytes?: string; plain?: string }[];
  readonly ambiguous: readonly { bytes: string; readings: readonly string[] }[];
  readonly hybi04: { keyText: string; nonceText: string; connectionMaskingKey: string; frameNonce: string; frameKey: string };
}

export const VECTORS = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as Vectors;

/** The masking key, or nonce in front, of every masked frame. */
export const KEY = 0x37fa213d;

export const SECRETS = { key: VECTORS.hybi04.keyText, nonce: VECTORS.hybi04.nonceText };

/** Every frame that a draft before hybi-07 gives a meaning to. */
export const DRAFT_VECTORS: readonly FrameVector[] = VECTORS.frames.filter(
  (vector): vector is FrameVector => vector.frames !== undefined && nameOf(vector.draft) !== undefined,
);

/** `hybi03` → `hybi-03`; `undefined` from hybi-07 on. */
function nameOf(draft: string): DialectName | undefined {
  const name = draft.replace(/^(hixie|hybi)(\d\d)$/, '$1-$2') as DialectName;
  return framingOf(name) && name;
}

export function framingFor(draft: string): Framing {
  const name = nameOf(draft) ?? draft;
  const framing = framingOf(name as DialectName, SECRETS);
  if (!framing) throw new Error(`no framing for ${draft}`);
  return framing;
}

/** The payload: in full, or so many bytes `a`. */
export function payloadOf({ payload, length }: FrameVector['frames'][number]): Buffer {
  return payload === undefined ? Buffer.alloc(length, 0x61) : Buffer.from(payload, 'hex');
}
