import { fromBase64, hexLine, lineOf, sizeText, textOf } from './bytes.ts';
import { make } from './dom.ts';
import { dump } from './dump.ts';
import type { Bytes, FrameEvent } from './event.ts';
import type { Row } from './log.ts';

/** A frame as the server had it on its wire. */
export function frameRow(event: FrameEvent, time: string, wire: Uint8Array): Row {
  const kind = event.name === null ? `OP 0x${event.opcode.toString(16)}` : (SHORT[event.name] ?? event.name.toUpperCase());
  return {
    way: event.direction === 'sent' ? 'out' : 'in',
    bad: event.violations.length > 0,
    time,
    kind,
    marks: marksOf(event),
    size: sizeText(event.wireLength),
    preview: lineOf(previewOf(event)),
    detail: () => detailOf(event, wire),
  };
}

const SHORT: Readonly<Record<string, string>> = { continuation: 'CONT' };

/** `fin 1·· 37fa213d len 5`. */
function marksOf({ fin, rsv1, rsv2, rsv3, maskingKey, length }: FrameEvent): HTMLElement {
  const reserved = [rsv1, rsv2, rsv3].map((bit, index) => (bit ? String(index + 1) : '·')).join('');
  const mask = maskingKey === null ? make('span', 'mask', 'no mask') : make('span', 'mask key', maskingKey);
  const marks = make('span', 'marks', `${fin ? 'fin' : '···'} ${reserved} `, mask, ' ', make('span', 'length', `len ${length}`));
  return marks;
}

function previewOf({ violations, close, inflated, payload, name }: FrameEvent): string {
  const [wrong] = violations;
  if (wrong) return wrong.detail || wrong.text;
  if (close) return [close.code, close.reason.text || close.name].filter(Boolean).join(' ');
  const { text, base64 } = inflated ?? payload;
  return name === 'binary' || text === undefined ? startOf(base64) : text;
}

function startOf(base64: string): string {
  // Whole groups of four characters are whole bytes.
  return hexLine(fromBase64(base64.slice(0, 64)));
}

function detailOf(event: FrameEvent, wire: Uint8Array): Node {
  const { violations, header, headerLength, maskingKey, payload, inflated, cut, length, wireLength } = event;
  const detail = document.createDocumentFragment();
  for (const { text, detail: what, section } of violations) {
    detail.append(make('p', 'violation', `${what === '' ? '' : `${what}. `}${text} (${section})`));
  }
  const rows = header.map(({ name, bit, width, text }) => {
    return make('tr', '', make('th', '', name), make('td', '', bitsText(bit, width)), make('td', '', text));
  });
  detail.append(make('h4', '', 'Header'), make('table', 'fields', ...rows));
  const keyAt = maskingKey === null ? headerLength : headerLength - 4;
  const partAt = (at: number) => (at < keyAt ? 'h' : at < headerLength ? 'k' : '');
  detail.append(make('h4', '', 'On the wire'), dump(wire, partAt, wireLength));
  const { base64 } = payload;
  if (base64 === '') return detail;
  const missing = cut ? Number(length) : undefined;
  if (maskingKey !== null) detail.append(make('h4', '', 'Payload, unmasked'), dump(fromBase64(base64), undefined, missing));
  detail.append(...textParts(inflated ?? payload, inflated ? 'Inflated' : 'As text'));
  return detail;
}

function bitsText(bit: number, width: number): string {
  return width === 1 ? `bit ${bit}` : `bits ${bit}–${bit + width - 1}`;
}

function textParts({ base64, text }: Bytes, title: string): Node[] {
  const shown = text ?? textOf(fromBase64(base64));
  if (shown !== undefined) return [make('h4', '', title), make('pre', '', shown)];
  return title === 'Inflated' ? [make('h4', '', title), dump(fromBase64(base64))] : [];
}
