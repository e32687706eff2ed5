import type { Field } from '../protocol/frame/fields.ts';
import type { Paint, Style } from './style.ts';

/** The colour of a header field, the same in every view. */
export function paintOf(name: Field['name'], style: Style): Paint {
  switch (name) {
    case 'opcode':
    case 'frame type':
    case 'sentinel':
      return style.opcode;
    case 'payload length':
    case 'extended payload length':
    case 'length':
      return style.length;
    case 'MASK':
    case 'masking key':
    case 'frame nonce':
      return style.mask;
    default:
      return style.flags;
  }
}

/** The colour of the field that holds a bit, counted from the frame's first. */
export function fieldPaint(header: readonly Field[], bit: number, style: Style): Paint {
  const field = header.find((candidate) => bit >= candidate.bit && bit < candidate.bit + candidate.width);
  return field ? paintOf(field.name, style) : style.dim;
}
