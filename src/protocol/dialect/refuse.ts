/**
 * How each draft refuses a request (the early ones say nothing and close), and how a server says which flag would have let
 * the client in.
 */
import type { Finding } from '../handshake/finding.ts';
import { refusalFor } from '../handshake/refusal.ts';
import { type Refusal, refuse } from '../handshake/response.ts';
import { DIALECTS, type DialectName, dialectOf } from './name.ts';

export type DialectRefusal =
  | {
      /** No message exists for it: TCP is closed without a byte. */
      readonly manner: 'close';
    }
  | { readonly manner: 'answer'; readonly refusal: Refusal };

/**
 * The refusal of a dialect that is not spoken; `undefined` for a version that nobody knows. `enabled`: what is on.
 * `text`: one line for the body of an answer.
 */
export function refuseDialect(dialect: DialectName | undefined, enabled: readonly DialectName[], text: string): DialectRefusal {
  // hixie-75 to hybi-03: a client would take whatever was answered for an opening handshake or for noise.
  if (dialect !== undefined && dialectOf(dialect).version === undefined) return { manner: 'close' };
  const list = versionList(enabled);
  // Where all that is on came before version numbers, no header can say so.
  if (list === '') return { manner: 'answer', refusal: refuse(400, undefined, [], `${text}\n`) };
  const versions = { name: 'Sec-WebSocket-Version', value: list };
  return { manner: 'answer', refusal: refuse(426, undefined, [versions], `${text}\n`) };
}

/** The refusal of a request in a dialect that is on, with what was found wrong in it; `undefined` where nothing was. */
export function refuseFindings(
  dialect: DialectName | undefined,
  findings: readonly Finding[],
  enabled: readonly DialectName[],
): DialectRefusal | undefined {
  const reason = refusalFor(findings);
  if (!reason) return undefined;
  if (dialect !== undefined && dialectOf(dialect).version === undefined) return { manner: 'close' };
  const list = versionList(enabled);
  const headers = reason.headers.map((field) =>
    field.name === 'Sec-WebSocket-Version' && list !== '' ? { ...field, value: list } : field,
  );
  return { manner: 'answer', refusal: refuse(reason.status, undefined, headers, `${reason.text}\n`) };
}

/**
 * The versions that are on, for Sec-WebSocket-Version in a refusal: newest first, `13, 8`. hixie-76 is 0, as it was
 * registered later (RFC 6455 §11.6); whatever else has no number is not named.
 */
export function versionList(enabled: readonly DialectName[]): string {
  const numbers = enabled.map((name) => (name === 'hixie-76' ? 0 : dialectOf(name).version));
  const known = numbers.filter((number) => number !== undefined);
  return [...new Set(known)].sort((a, b) => b - a).join(', ');
}

/** For the one who runs the server: what came, and what lets it in beside those that are on. */
export function refusalNotice(dialect: DialectName, enabled: readonly DialectName[] = []): string {
  const names = [...new Set([...enabled, dialect].map(shortName))].join(',');
  return `the client speaks ${dialectOf(dialect).title}, which is off; --draft ${names} or --draft all accepts it`;
}

/** As people write it: by its version from 8 on. */
function shortName(dialect: DialectName): string {
  const { version = 0, aliases } = dialectOf(dialect);
  if (version >= 8) return String(version);
  return aliases[0] === undefined || dialect.startsWith('hybi') ? dialect : aliases[0];
}

/** What a server accepts where nothing else is said: the two whose handshakes prove that they were meant. */
export const USUAL_DIALECTS: readonly DialectName[] = ['rfc6455', 'hybi-11', 'hybi-08'];

/** Every dialect but the quirk, which opens exactly as hybi-04 does and must be asked for by its name. */
export const ALL_DIALECTS: readonly DialectName[] = DIALECTS.map(({ name }) => name).filter(
  (name) => name !== 'hybi-04-libwebsockets',
);
