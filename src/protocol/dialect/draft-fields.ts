import { formatHex } from '../../bytes/hex.ts';
import type { Field } from '../frame/field.ts';
import type { Draft } from './draft.ts';
import type { DraftHeader } from './draft-reader.ts';

/** Names every field of a draft's frame, in wire order and in the draft's own words. `end`: where the payload ends, in bytes. */
export function draftFields(draft: Draft, header: DraftHeader, end: number): Field[] {
  return draft.frames === 'sentinel'
    ? sentinelFields(header, end)
    : [...nonceField(draft, header), ...opcodeFields(draft, header)];
}

/** How the length was written, in words. */
export function draftLengthForm(draft: Draft, { bytes, length }: Pick<DraftHeader, 'bytes' | 'length'>): string {
  if (length === undefined) return 'to ff';
  if (draft.frames === 'sentinel') return `${bytes.length - 1}-byte`;
  return bytes.length === 2 ? '7-bit' : bytes.length === 4 ? '16-bit' : '64-bit';
}

function sentinelFields({ bytes, code, kind, length }: DraftHeader, end: number): Field[] {
  const name = code.toString(16).padStart(2, '0');
  const what = kind === 'close' ? 'closing frame' : (kind ?? 'unknown');
  const type: Field = { name: 'frame type', bit: 0, width: 8, value: code, text: `${name} = ${what}` };
  if (length === undefined) return [type, { name: 'sentinel', bit: 8 * end, width: 8, value: 0xff, text: 'ff' }];
  const groups = bytes.subarray(1);
  const text = groups.length === 1 ? String(length) : `${formatHex(groups)} = ${length}`;
  return [type, { name: 'length', bit: 8, width: 8 * groups.length, value: exact(length), text }];
}

function nonceField(draft: Draft, { nonce }: DraftHeader): Field[] {
  if (!nonce) return [];
  const name = draft.mask === 'key' ? 'masking key' : 'frame nonce';
  return [{ name, bit: 0, width: 32, value: Buffer.from(nonce).readUInt32BE(0), text: formatHex(nonce) }];
}

function opcodeFields(draft: Draft, { bytes, nonce, code, kind, length }: DraftHeader): Field[] {
  const base = nonce ? 32 : 0;
  const [first = 0, second = 0] = bytes;
  const flag = (name: Field['name'], bit: number, value: number): Field => ({
    name,
    bit: base + bit,
    width: 1,
    value,
    text: String(value),
  });
  const marker = second & 0x7f;
  const form = draftLengthForm(draft, { bytes, length });
  const short = bytes.length === 2;
  const list: Field[] = [
    flag(draft.frames === 'MORE' ? 'MORE' : 'FIN', 0, first >> 7),
    flag('RSV1', 1, (first >> 6) & 1),
    flag('RSV2', 2, (first >> 5) & 1),
    flag('RSV3', 3, (first >> 4) & 1),
    { name: 'opcode', bit: base + 4, width: 4, value: code, text: `${code} = ${kind ?? 'reserved'}` },
    flag('RSV4', 8, second >> 7),
    { name: 'payload length', bit: base + 9, width: 7, value: marker, text: short ? String(marker) : `${marker} → ${form}` },
  ];
  if (short || length === undefined) return list;
  const width = 8 * (bytes.length - 2);
  const value = width === 64 ? length : Number(length);
  return [...list, { name: 'extended payload length', bit: base + 16, width, value, text: String(length) }];
}

function exact(length: bigint): number | bigint {
  return length <= Number.MAX_SAFE_INTEGER ? Number(length) : length;
}
