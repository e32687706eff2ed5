/** How the 16 bytes of a hixie-76 answer come about, step by step. */
import type { Arithmetic, KeyReading } from '../protocol/dialect/hixie-key.ts';
import type { HandshakeStyle } from './handshake-head.ts';

/** `sent`: the proof that the server answered, where it is known. */
export function renderHixieProof(
  title: string,
  arithmetic: Arithmetic,
  sent: Uint8Array | undefined,
  view: HandshakeStyle,
): string[] {
  const { style } = view;
  const { key1, key2, key3, challenge, proof } = arithmetic;
  const lines = [
    style.bold(title),
    `  ${style.dim('key 1')}   ${division(key1, view)}`,
    `  ${style.dim('key 2')}   ${division(key2, view)}`,
    `  ${style.dim('bytes')}   ${shown(key3)}`,
  ];
  if (!challenge || !proof) return [...lines, `  ${style.bad('no proof can be made of these keys')}`];
  const hashed = [
    `          ${style.dim('↓ number 1, number 2, bytes')}`,
    `  ${style.dim('input')}   ${hex(challenge)}`,
    `          ${style.dim('↓ MD5')}`,
  ];
  const isRight = sent !== undefined && Buffer.from(proof).equals(sent);
  const right = `  ${style.dim('proof')}   ${style.length(shown(proof))}`;
  if (isRight) return [...lines, ...hashed, right, `          ${style.good('✓ the server sent this')}`];
  if (!sent || sent.length === 0) return [...lines, ...hashed, right];
  return [...lines, ...hashed, right, `  ${style.dim('sent ')}   ${style.bad(shown(sent))}  ${style.bad('✗')}`];
}

function division({ digits, spaces, quotient, remainder, fault }: KeyReading, { style }: HandshakeStyle): string {
  const number = digits.length > 30 ? `${digits.slice(0, 30)}…` : digits || 'no digits';
  const divided = `${number} / ${spaces} ${spaces === 1 ? 'space' : 'spaces'}`;
  if (quotient === undefined) return `${divided}  ${style.bad('✗')}`;
  const result = `${divided} = ${quotient}`;
  if (remainder !== 0n) return `${result}, ${style.bad(`remainder ${remainder}`)}`;
  return fault === undefined ? result : `${result}  ${style.bad(`✗ ${fault}`)}`;
}

const hex = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/.{8}(?=.)/g, '$& ');

function shown(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  return /^[ -~]+$/.test(text) ? `${hex(bytes)}  ${text}` : hex(bytes);
}
