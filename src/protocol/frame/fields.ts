import type { Frame } from './frame.ts';
import { opcodeName } from './opcode.ts';

/** One field of a frame's header with its place: the single source for hex dump, bit figure and JSON. */
export interface Field {
  readonly name:
    | 'FIN'
    | 'RSV1'
    | 'RSV2'
    | 'RSV3'
    | 'opcode'
    | 'MASK'
    | 'payload length'
    | 'extended payload length'
    | 'masking key';
  /** First bit, counted from the frame's first bit (bit 0 is FIN). */
  readonly bit: number;
  /** Width in bits. */
  readonly width: number;
  /** The value as a number; `bigint` only for the 64-bit length and the masking key is 32 bits big-endian. */
  readonly value: number | bigint;
  /** The value in words, e.g. `1 = text`, `126 → 16-bit`, `37 fa 21 3d`. */
  readonly text: string;
}

/** Names every field of a frame's header, in wire order (RFC 6455 §5.2). */
export function fields(frame: Frame): Field[] {
  const [first = 0, second = 0] = frame.raw;
  const marker = second & 0x7f;
  const list: Field[] = [
    bitField('FIN', 0, first >> 7),
    bitField('RSV1', 1, (first >> 6) & 1),
    bitField('RSV2', 2, (first >> 5) & 1),
    bitField('RSV3', 3, (first >> 4) & 1),
    {
      name: 'opcode',
      bit: 4,
      width: 4,
      value: frame.opcode,
      text: `${frame.opcode} = ${opcodeName(frame.opcode) ?? 'reserved'}`,
    },
    bitField('MASK', 8, second >> 7),
    {
      name: 'payload length',
      bit: 9,
      width: 7,
      value: marker,
      text: frame.lengthForm === 7 ? String(marker) : `${marker} → ${frame.lengthForm}-bit`,
    },
  ];
  let bit = 16;
  if (frame.lengthForm !== 7) {
    const value = frame.lengthForm === 16 ? Number(frame.length) : frame.length;
    list.push({ name: 'extended payload length', bit, width: frame.lengthForm, value, text: String(frame.length) });
    bit += frame.lengthForm;
  }
  if (frame.maskingKey) {
    const key = Buffer.from(frame.maskingKey);
    list.push({
      name: 'masking key',
      bit,
      width: 32,
      value: key.readUInt32BE(0),
      text: key.toString('hex').replace(/..(?=.)/g, '$& '),
    });
  }
  return list;
}

function bitField(name: Field['name'], bit: number, value: number): Field {
  return { name, bit, width: 1, value, text: String(value) };
}
