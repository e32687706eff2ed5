/**
 * The promise: what opens doors is not printed. A value that is secret becomes `***`, so that not even its length shows.
 */
import type { Field, Head } from './head.ts';

const REDACTED = '***';

const SECRET_FIELDS = new Set(['cookie', 'cookie2', 'set-cookie', 'set-cookie2']);
/** Words that a secret's name holds; what only speaks of authentication, such as WWW-Authenticate or :authority, is none. */
const SECRET_WORD = /auth(?!enticat|ority|or(?!iz))|token|secret|passw|passphrase|session|credential|jwt|signature/;
/** `X-Api-Key`, `Subscription-Key`, `PRIVATE-KEY`. */
const KEY = /(?:^|[-_.]|api)key$/;
const OPEN_KEYS = new Set(['sec-websocket-key', 'idempotency-key', 'surrogate-key', 'public-key']);

/** Whether a field's whole value is a secret: credentials, cookies, keys, tokens, sessions, by what its name says. */
export function isSecretField(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_FIELDS.has(lower) || SECRET_WORD.test(lower) || (KEY.test(lower) && !OPEN_KEYS.has(lower));
}

/** How Kubernetes takes a token from browsers, which can send no Authorization: as a subprotocol. */
const SECRET_SUBPROTOCOL = /(\bbase64url\.bearer\.authorization\.[a-z0-9.]*\.)[^\s,.]+/gi;

/** Whether a subprotocol is a token in disguise. */
export function isSecretSubprotocol(name: string): boolean {
  return name.search(SECRET_SUBPROTOCOL) >= 0;
}

/** Fields that carry URLs, whose queries may hold secrets. */
const URL_FIELDS = new Set([':path', 'location', 'content-location', 'referer', 'sec-websocket-location', 'websocket-location']);

/** A field's value as it may be shown. An empty value hides nothing and stays. */
export function redactField(name: string, value: string): string {
  if (value === '') return value;
  if (isSecretField(name)) return REDACTED;
  if (/^sec-websocket-protocol$/i.test(name)) return value.replace(SECRET_SUBPROTOCOL, `$1${REDACTED}`);
  return URL_FIELDS.has(name.toLowerCase()) ? redactUrl(value) : value;
}

/** A head as it may be shown or written down: secret values, and secrets in the request target. */
export function redactHead<H extends Head>(head: H): H {
  const fields: Field[] = head.fields.map(({ name, value }) => ({ name, value: redactField(name, value) }));
  return head.kind === 'request' ? { ...head, target: redactUrl(head.target), fields } : { ...head, fields };
}

/** A path without parameters, which has nothing to hide. */
const PLAIN = /^\/(?!\/)[^?#@]*$/;

/** A URL or request target without its user name and password and without the values of secret query parameters. */
export function redactUrl(url: string): string {
  if (PLAIN.test(url)) return url;
  const start = firstOf(url, '?#');
  const front = url.slice(0, start).replace(/^([A-Za-z][A-Za-z0-9+.-]*:)?\/\/[^/]*@/, (match, scheme = '') => {
    return match.length > 0 ? `${scheme}//${REDACTED}@` : match;
  });
  return (
    front +
    url.slice(start).replace(/([?&;#])([^?=&;#]*)=([^&;#]*)/g, (match, mark: string, name: string, value: string) => {
      return value !== '' && isSecretParameter(name) ? `${mark}${name}=${REDACTED}` : match;
    })
  );
}

/** Whether a query parameter's name says that its value is a secret: token, key, secret, password, sig and their kin. */
function isSecretParameter(name: string): boolean {
  const plain = decode(name);
  if (/token|secret|passw|signature|credential|jwt/i.test(plain)) return true;
  return /(?:^|[-_.[])(?:key|sig|auth|pwd|pass|authorization)\]?$/i.test(plain) || /(?:api|access|private|auth)key$/i.test(plain);
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function firstOf(text: string, characters: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (characters.includes(text.charAt(at))) return at;
  }
  return text.length;
}
