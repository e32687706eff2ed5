import type { DraftLayout } from '../frame/draft-layout.ts';
import type { DialectName } from './name.ts';

/**
 * The promise: what sets the framing of one draft before hybi-07 apart from another's is a row here; readers and writers
 * ask the row, never the name. From hybi-07 on the frames are those of RFC 6455 and have no row.
 */
export interface Draft {
  readonly name: DialectName;
  /** `sentinel`: `00 … ff` (hixie). `MORE`, `FIN`: opcode and length, and what the first bit means when it is 1. */
  readonly frames: 'sentinel' | 'MORE' | 'FIN';
  /**
   * What a client does to each frame. `none`; `key`: four bytes in front, and all that follows XORed with them;
   * `hash`: the same with 20 bytes, a hash over those four and the opening handshake's key and nonce; `connection`: with
   * 20 bytes that stay the same (libwebsockets of early 2011).
   */
  readonly mask: 'none' | 'key' | 'hash' | 'connection';
  /** What a closing frame is: there is none and TCP ends; `ff 00`; a frame whose body holds what `DraftLayout` says. */
  readonly close: 'tcp' | 'sentinel' | Exclude<DraftLayout['close'], 'none'>;
  /** Whether whoever began to close compares the body that comes back. */
  readonly checksEcho: boolean;
  /** Bytes that a ping or pong may have. */
  readonly maxControl: number;
}

const row = (name: DialectName, frames: Draft['frames'], mask: Draft['mask'], close: Draft['close']): Draft => ({
  name,
  frames,
  mask,
  close,
  checksEcho: name === 'hybi-03',
  maxControl: name === 'hybi-06' ? 125 : Number.POSITIVE_INFINITY,
});

const DRAFTS: readonly Draft[] = [
  row('hixie-75', 'sentinel', 'none', 'tcp'),
  row('hixie-76', 'sentinel', 'none', 'sentinel'),
  row('hybi-01', 'MORE', 'none', 'body'),
  row('hybi-02', 'MORE', 'none', 'body'),
  row('hybi-03', 'MORE', 'none', 'body'),
  row('hybi-04', 'FIN', 'hash', 'body'),
  row('hybi-04-libwebsockets', 'FIN', 'connection', 'body'),
  row('hybi-05', 'FIN', 'key', 'letter'),
  row('hybi-06', 'FIN', 'key', 'code'),
];

/** The row of a draft before hybi-07; `undefined` from hybi-07 on. */
export function draftNamed(name: DialectName): Draft | undefined {
  return DRAFTS.find((draft) => draft.name === name);
}
