import { createHash } from 'node:crypto';
import type { Challenge } from './challenge.ts';

/** HTTP Digest (RFC 7616) with `qop=auth`, or without a qop as servers of RFC 2069 ask. Randomness is handed in. */
export interface DigestRequest {
  readonly method: string;
  /** The request target. */
  readonly target: string;
  readonly user: string;
  readonly password: string;
  /** Our own nonce. */
  readonly cnonce: string;
}

/** RFC 7616 §6.1, without SHA-512-256, which no server is known to ask for. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5'],
  ['sha-256', 'sha256'],
]);

/** Whether we can answer it: the algorithm is known, and integrity of a body is not asked for. */
export function isAnswerable({ scheme, parameters }: Challenge): boolean {
  return (
    scheme.toLowerCase() === 'digest' &&
    hashOf(parameters) !== undefined &&
    parameters.has('nonce') &&
    qopOf(parameters) !== 'other'
  );
}

/** The value of Authorization. Call it only for a challenge that `isAnswerable`. */
export function digestAnswer({ parameters }: Challenge, request: DigestRequest): string {
  const { method, target, user, password, cnonce } = request;
  const algorithm = parameters.get('algorithm');
  const name = hashOf(parameters) ?? 'md5';
  const hash = (text: string) => createHash(name).update(text, 'utf8').digest('hex');
  const realm = parameters.get('realm') ?? '';
  const nonce = parameters.get('nonce') ?? '';
  const secret = hash(`${user}:${realm}:${password}`);
  // RFC 7616 §3.4.2: "If the "algorithm" parameter's value is "<algorithm>-sess" …"
  const a1 = algorithm?.toLowerCase().endsWith('-sess') ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = hash(`${method}:${target}`);
  const isAuth = qopOf(parameters) === 'auth';
  const response = hash(isAuth ? `${a1}:${nonce}:${COUNT}:${cnonce}:auth:${a2}` : `${a1}:${nonce}:${a2}`);
  // RFC 7616 §3.4.4: the name itself is hashed where the server asks for that.
  const hidesUser = parameters.get('userhash')?.toLowerCase() === 'true';
  const parts = [
    hidesUser ? `username="${hash(`${user}:${realm}`)}"` : userField(user),
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(target)}`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    `response="${response}"`,
    ...(isAuth ? [`qop=auth`, `nc=${COUNT}`, `cnonce=${quote(cnonce)}`] : []),
    ...(parameters.has('opaque') ? [`opaque=${quote(parameters.get('opaque') ?? '')}`] : []),
    ...(hidesUser ? ['userhash=true'] : []),
  ];
  return `Digest ${parts.join(', ')}`;
}

/** A nonce is used once: each challenge brings a new one. */
const COUNT = '00000001';

function hashOf(parameters: Challenge['parameters']): string | undefined {
  return HASHES.get((parameters.get('algorithm') ?? 'MD5').toLowerCase().replace(/-sess$/, ''));
}

function qopOf(parameters: Challenge['parameters']): 'auth' | 'none' | 'other' {
  const offered = parameters.get('qop');
  if (offered === undefined) return 'none';
  return offered.split(',').some((name) => name.trim().toLowerCase() === 'auth') ? 'auth' : 'other';
}

/** RFC 7616 §3.4: a name with other characters than ASCII goes as `username*` (RFC 8187). */
function userField(user: string): string {
  if (/^[ -~]*$/.test(user)) return `username=${quote(user)}`;
  return `username*=UTF-8''${encodeURIComponent(user).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
