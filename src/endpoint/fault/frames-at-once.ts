import { constants, deflateRawSync } from 'node:zlib';
import type { FrameSpec } from '../../protocol/connection/action.ts';
import { Opcode } from '../../protocol/frame/opcode.ts';
import type { FaultValue } from './fault.ts';
import type { FaultName } from './table.ts';

/** Faults that are frames of their own, sent once. */
export type FramesAtOnce = Extract<
  FaultName,
  | 'continuation'
  | 'interleave'
  | 'ping-fragmented'
  | 'ping-long'
  | 'bomb'
  | 'bad-deflate'
  | 'pong'
  | 'close'
  | 'close-one-byte'
  | 'close-utf8'
  | 'data-after-close'
>;

interface Made {
  readonly frames: readonly FrameSpec[];
  /** What they are, in words. */
  readonly detail: string;
}

const text = (words: string): FrameSpec => ({ opcode: Opcode.text, payload: Buffer.from(words) });
const close = (code: number, reason: Uint8Array): FrameSpec => ({
  opcode: Opcode.close,
  payload: Buffer.concat([Buffer.from([code >> 8, code & 0xff]), reason]),
});

export const FRAMES_AT_ONCE: Readonly<Record<FramesAtOnce, (value: FaultValue) => Made>> = {
  continuation: () => ({
    frames: [{ opcode: Opcode.continuation, payload: Buffer.from('stray') }],
    detail: 'a continuation of nothing',
  }),
  interleave: () => ({
    frames: [{ ...text('begun'), fin: false }, text('another')],
    detail: 'a message within another',
  }),
  'ping-fragmented': () => ({
    frames: [{ opcode: Opcode.ping, payload: Buffer.from('half'), fin: false }],
    detail: 'a ping with FIN 0',
  }),
  'ping-long': ({ number }) => ({
    frames: [{ opcode: Opcode.ping, payload: Buffer.alloc(number, 'x') }],
    detail: `a ping of ${number} bytes`,
  }),
  bomb: ({ number }) => {
    const payload = bomb(number);
    return {
      frames: [{ opcode: Opcode.binary, payload, rsv1: true }],
      detail: `${payload.length} bytes that inflate to ${number}`,
    };
  },
  'bad-deflate': () => ({
    frames: [{ opcode: Opcode.binary, payload: BAD_BLOCK, rsv1: true }],
    detail: 'a message whose first block has the reserved type 11',
  }),
  pong: ({ number }) => ({
    frames: Array.from({ length: number }, (_, index) => ({ opcode: Opcode.pong, payload: Buffer.from(`unasked ${index + 1}`) })),
    detail: `${number} unasked`,
  }),
  close: ({ number, text: reason }) => ({ frames: [close(number, Buffer.from(reason))], detail: `a Close with ${number}` }),
  'close-one-byte': () => ({
    frames: [{ opcode: Opcode.close, payload: Uint8Array.of(3) }],
    detail: 'a Close of one byte',
  }),
  'close-utf8': () => ({ frames: [close(1000, Uint8Array.of(0xc3, 0x28))], detail: 'a Close whose reason is c3 28' }),
  'data-after-close': () => ({
    frames: [close(1000, new Uint8Array(0)), text('after the close')],
    detail: 'a message behind our Close',
  }),
};

export function isFramesAtOnce(name: FaultName): name is FramesAtOnce {
  return Object.hasOwn(FRAMES_AT_ONCE, name);
}

/** RFC 1951 §3.2.3: block type 11 is "reserved (error)". */
const BAD_BLOCK = Uint8Array.of(0b0000_0111);

const BLOCK = 1024 * 1024;

/** A message that inflates to `size` zeros: one block of a mebibyte, over and over, as a full flush lets each stand alone. */
function bomb(size: number): Uint8Array {
  const zeros = (length: number) => deflateRawSync(Buffer.alloc(length), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const block = zeros(Math.min(size, BLOCK));
  const count = Math.floor(size / BLOCK);
  const rest = size % BLOCK;
  const whole = Buffer.concat([...Array.from({ length: count }, () => block), ...(rest > 0 ? [zeros(rest)] : [])]);
  // "Removing 4 octets that are 0x00 0x00 0xff 0xff from the tail end" (RFC 7692 §7.2.1).
  return whole.subarray(0, -4);
}
