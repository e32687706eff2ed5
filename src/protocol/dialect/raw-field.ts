import { fieldValues, type RequestHead } from '../http/head.ts';

/**
 * The values of a field with nothing removed but one space behind the colon: hixie-76 counts the spaces of its keys, and a
 * key that begins or ends with one is told from others only here. From the head as read where there are no raw bytes.
 */
export function exactValues(head: RequestHead, raw: Uint8Array | undefined, name: string): string[] {
  if (!raw) return fieldValues(head, name);
  const wanted = name.toLowerCase();
  const [, ...lines] = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1').split('\n');
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon === -1 || line.slice(0, colon).toLowerCase() !== wanted) return [];
    const value = line.slice(colon + 1, line.endsWith('\r') ? -1 : undefined);
    return [value.startsWith(' ') ? value.slice(1) : value];
  });
}
