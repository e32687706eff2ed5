import type { Field } from './field.ts';
import type { Frame } from './frame.ts';
import { opcodeName } from './opcode.ts';

export type { Field } from './field.ts';

/** Names every field of a frame's header, in wire order (RFC 6455 §5.2, or as the draft has it). */
export function fields(frame: Frame): readonly Field[] {
  if (frame.draft) return frame.draft.fields;
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
