import { type HexRow, hexRows, ROW } from './bytes.ts';
import { make } from './dom.ts';

/** Bytes that a dump shows until it is asked for more. */
const SHOWN = 1024;

/** Which part of a frame its byte is: header, masking key, payload. */
export type Part = 'h' | 'k' | '';

/** A hex dump; `partAt` colours its bytes. `length`: of all, where not all of them are here. */
export function dump(bytes: Uint8Array, partAt: (at: number) => Part = () => '', length = bytes.length): HTMLElement {
  const pre = make('pre', 'hex');
  pre.tabIndex = 0;
  pre.append(...hexRows(bytes.subarray(0, SHOWN)).map((row, index) => rowOf(row, index * ROW, partAt)));
  const hidden = length - Math.min(bytes.length, SHOWN);
  if (hidden > 0) pre.append(make('span', 'at', `… and ${hidden.toLocaleString('en')} bytes more`));
  return pre;
}

function rowOf({ at, bytes, ascii }: HexRow, start: number, partAt: (at: number) => Part): HTMLElement {
  const row = make('span', '', make('span', 'at', `${at}  `));
  // Neighbours of one part share an element.
  for (let from = 0; from < bytes.length; ) {
    const part = partAt(start + from);
    let to = from + 1;
    while (to < bytes.length && partAt(start + to) === part) to++;
    row.append(make('span', part, `${bytes.slice(from, to).join(' ')} `));
    from = to;
  }
  row.append(make('span', 'ascii', `${'   '.repeat(ROW - bytes.length)} ${ascii}\n`));
  return row;
}
