import { acceptDigest, acceptFor, GUID } from '../protocol/handshake/key.ts';
import type { HandshakeStyle } from './handshake-head.ts';

/** How Sec-WebSocket-Accept comes about, in three steps. `accept`: what the server sent, where it is known. */
export function renderAccept(key: string, accept: string | undefined, { style, safe }: HandshakeStyle): string[] {
  const expected = acceptFor(key);
  const digest = acceptDigest(key).replace(/..(?=.)/g, '$& ');
  const lines = [
    style.bold('Sec-WebSocket-Accept'),
    `  ${style.dim('key ')}    ${style.payload(safe(key))}`,
    `  ${style.dim('GUID')}  + ${GUID}`,
    `          ${style.dim('↓ SHA-1')}`,
    `  ${style.dim('hash')}    ${digest}`,
    `          ${style.dim('↓ base64')}`,
  ];
  if (accept === undefined) return [...lines, `  ${style.dim('accept')}  ${style.length(expected)}`];
  if (accept === expected)
    return [...lines, `  ${style.dim('accept')}  ${style.length(expected)}  ${style.good('✓ the server sent this')}`];
  return [
    ...lines,
    `  ${style.dim('accept')}  ${style.length(expected)}`,
    `  ${style.dim('sent')}    ${style.bad(safe(accept))}  ${style.bad('✗')}`,
  ];
}
