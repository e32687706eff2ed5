import { constants, deflateRawSync } from 'node:zlib';
import type { FrameSpec } from '../../protocol/connection/action.ts';
import type { LengthForm } from '../../protocol/frame/frame.ts';
import { Opcode } from '../../protocol/frame/opcode.ts';
import type { FaultValue } from './fault.ts';
import type { SeededRandom } from './random.ts';
import type { FaultName } from './table.ts';

/** A message that is right → the frames that the faults make of it, and what was done to it, in words. */

/** The faults that act on this message. */
export type Active = ReadonlyMap<FaultName, FaultValue>;
export type Say = (name: FaultName, detail: string) => void;

/** A whole message as it would leave: FIN, RSV and opcode as one byte. */
export interface Outgoing {
  readonly first: number;
  readonly payload: Uint8Array;
}

const RSV1 = 0x40;

export function spoilMessage(message: Outgoing, active: Active, random: SeededRandom, say: Say): FrameSpec[] {
  const content = spoilContent(message, active, say);
  const parts = cut(content, active, say);
  const frames = spoilHeaders(content.first, parts, active, random, say);
  return active.has('ping-between') ? withPings(frames, say) : frames;
}

/** What the message says. */
function spoilContent({ first, payload }: Outgoing, active: Active, say: Say): Outgoing {
  let [byte, content] = [first, payload];
  const isText = (first & 0x0f) === Opcode.text;
  if (active.has('utf8') && isText) {
    content = Buffer.concat([content, NEVER_UTF8]);
    say('utf8', 'ff at its end');
  }
  if (active.has('utf8-cut') && isText) {
    content = Buffer.concat([content, SURROGATE]);
    say('utf8-cut', 'ed at a fragment’s end, a0 80 in the next: a surrogate');
  }
  if (active.has('compressed') && (first & RSV1) === 0) {
    content = deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    byte |= RSV1;
    say('compressed', `${payload.length} bytes as ${content.length}, and nothing was negotiated`);
  }
  const opcode = active.get('opcode')?.number;
  if (opcode !== undefined) {
    byte = (byte & 0xf0) | opcode;
    say('opcode', `opcode ${opcode}`);
  }
  return { first: byte, payload: content };
}

/** Where it is cut. */
function cut({ payload }: Outgoing, active: Active, say: Say): Uint8Array[] {
  const size = active.get('fragment')?.number;
  if (active.has('utf8-cut')) {
    const at = payload.length - SURROGATE.length + 1;
    return [payload.subarray(0, at), payload.subarray(at)];
  }
  if (size !== undefined && payload.length > size) {
    const count = Math.ceil(payload.length / size);
    say('fragment', `${count} fragments of ${size} bytes at most`);
    return Array.from({ length: count }, (_, index) => payload.subarray(index * size, (index + 1) * size));
  }
  if (!active.has('ping-between')) return [payload];
  const middle = payload.length >> 1;
  return [payload.subarray(0, middle), payload.subarray(middle)];
}

function spoilHeaders(first: number, parts: readonly Uint8Array[], active: Active, random: SeededRandom, say: Say): FrameSpec[] {
  const bits = active.get('rsv')?.text ?? '';
  if (bits !== '') say('rsv', `RSV${[...bits].join(', RSV')} set`);
  if (active.has('mask')) say('mask', 'masked, as only a client does');
  const last = parts.length - 1;
  return parts.map((payload, index) => ({
    opcode: index === 0 ? first & 0x0f : Opcode.continuation,
    payload,
    fin: index === last,
    rsv1: (index === 0 && (first & RSV1) !== 0) || bits.includes('1'),
    rsv2: bits.includes('2'),
    rsv3: bits.includes('3'),
    ...(active.has('mask') && { mask: random.bytes(4) }),
    ...(index === last && spoilLength(payload.length, active, say)),
  }));
}

function spoilLength(length: number, active: Active, say: Say): { length?: bigint; lengthForm?: LengthForm } {
  const change = active.get('length')?.number;
  const form = active.get('length-form')?.text;
  const size = active.get('oversized')?.number;
  if (change !== undefined) {
    const announced = Math.max(0, length + change);
    say('length', `announces ${announced} bytes, has ${length}`);
    return { length: BigInt(announced) };
  }
  if (active.has('length-top-bit')) {
    say('length-top-bit', `announces ${length} bytes with the top bit set`);
    return { lengthForm: 64, length: TOP_BIT | BigInt(length) };
  }
  if (size !== undefined) {
    say('oversized', `announces ${size} bytes, has ${length}`);
    return { length: BigInt(size) };
  }
  if (form === undefined) return {};
  const lengthForm = form === '64' || length > 0xffff ? 64 : 16;
  say('length-form', `length ${length} in the ${lengthForm}-bit form`);
  return { lengthForm };
}

function withPings(frames: readonly FrameSpec[], say: Say): FrameSpec[] {
  say('ping-between', `${frames.length - 1} between its fragments`);
  return frames.flatMap((frame, index) => (index === 0 ? [frame] : [{ opcode: Opcode.ping, payload: BETWEEN }, frame]));
}

const BETWEEN = Buffer.from('between');
/** No UTF-8 has it anywhere (RFC 3629 §3). */
const NEVER_UTF8 = Uint8Array.of(0xff);
/** U+D800 as if it were a character: UTF-8 prohibits it (RFC 3629 §3). */
const SURROGATE = Uint8Array.of(0xed, 0xa0, 0x80);
const TOP_BIT = 1n << 63n;
