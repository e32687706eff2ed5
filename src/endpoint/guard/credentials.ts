import { createHash, timingSafeEqual } from 'node:crypto';
import { type Field, fieldValues, type RequestHead } from '../../protocol/http/head.ts';
import type { PolicyRefusal } from '../admitting.ts';

/** What a client must present. */
export type Credential =
  | { readonly type: 'basic'; readonly user: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string };

/**
 * Judges the Authorization of a request (RFC 7617, RFC 6750). How long that takes tells nothing about the secrets: digests
 * are compared, all of them, each in constant time. What was sent is never repeated.
 */
export class Credentials {
  readonly #digests: readonly Buffer[];
  readonly #challenges: readonly Field[];
  readonly #wanted: string;

  /** At least one, any of which will do. */
  constructor(credentials: readonly Credential[]) {
    this.#digests = credentials.map((credential) => digestOf(credential.type, secretOf(credential)));
    const asked = (type: Credential['type']) => credentials.some((credential) => credential.type === type);
    this.#challenges = [
      // RFC 7617 §2.1: the only allowed value of charset; it says how non-ASCII is to be read.
      ...(asked('basic') ? [{ name: 'WWW-Authenticate', value: 'Basic realm="wstap", charset="UTF-8"' }] : []),
      ...(asked('bearer') ? [{ name: 'WWW-Authenticate', value: 'Bearer realm="wstap"' }] : []),
    ];
    this.#wanted = [asked('basic') && 'a user and password (Basic)', asked('bearer') && 'a token (Bearer)']
      .filter((words) => words !== false)
      .join(' or ');
  }

  refusal(request: RequestHead): PolicyRefusal | undefined {
    const sent = fieldValues(request, 'Authorization');
    const [value = ''] = sent;
    const given = sent.length === 1 ? parse(value) : sent.length === 0 ? 'not sent' : `sent ${sent.length} times`;
    if (typeof given !== 'string' && this.#knows(given)) return undefined;
    const actual = typeof given === 'string' ? given : `${SCHEMES[given.type]}, but not the right one`;
    const finding = { id: 'credentials', level: 'fail', side: 'client', section: 'RFC 9110 §11.6.2' } as const;
    const requirement = `Authorization has ${this.#wanted}`;
    return {
      status: 401,
      headers: this.#challenges,
      body: this.#words(request, actual),
      why: `Authorization: ${actual}`,
      finding: { ...finding, requirement, actual },
    };
  }

  #knows({ type, secret }: Given): boolean {
    const digest = digestOf(type, secret);
    let known = false;
    for (const candidate of this.#digests) known = timingSafeEqual(candidate, digest) || known;
    return known;
  }

  #words(request: RequestHead, actual: string): string {
    const words = `This server asks for ${this.#wanted}. Authorization: ${actual}.\n`;
    if (fieldValues(request, 'Origin').length === 0) return words;
    return `${words}A page cannot set that header on a WebSocket. With Basic, open this server in the browser first and log in there.\n`;
  }
}

interface Given {
  readonly type: Credential['type'];
  readonly secret: Uint8Array;
}

const SCHEMES = { basic: 'Basic', bearer: 'Bearer' } as const;

/** What is wrong with it, where it is no credential at all. */
function parse(value: string): Given | string {
  const [, scheme = '', rest = ''] = /^([^ ]*) *(.*)$/s.exec(value.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return rest === '' ? 'Bearer without a token' : { type: 'bearer', secret: Buffer.from(rest, 'latin1') };
    case 'basic': {
      if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(rest)) return 'Basic without base64';
      const secret = Buffer.from(rest, 'base64');
      return secret.includes(0x3a) ? { type: 'basic', secret } : 'Basic without a colon';
    }
    default:
      return 'another scheme than Basic and Bearer';
  }
}

function secretOf(credential: Credential): Uint8Array {
  return Buffer.from(credential.type === 'basic' ? `${credential.user}:${credential.password}` : credential.token, 'utf8');
}

function digestOf(type: Credential['type'], secret: Uint8Array): Buffer {
  return createHash('sha256').update(`${type} `).update(secret).digest();
}
