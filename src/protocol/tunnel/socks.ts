import { authorityForm, type Credentials } from './http-connect.ts';
import type { Refusal } from './refusal.ts';
import { type SocksHearing, type SocksVersion, socksCutOff, socksRefusal } from './socks-words.ts';

/**
 * SOCKS 4, 4a and 5 (RFC 1928, RFC 1929) as a dialogue in bytes: what to say first, and to each answer what to say next. It
 * takes the answers in any pieces, no byte more than they have, and gives back what came behind the last one.
 */
export interface SocksWish {
  readonly version: SocksVersion;
  /** An address, or a name that the proxy looks up: that makes 4a of 4. IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly credentials?: Credentials | undefined;
}

export type SocksStep =
  /** `send`: what to say now; empty where the proxy is to go on. */
  | { readonly state: 'more'; readonly send: Uint8Array }
  /** `rest`: the first bytes of the tunnel. */
  | { readonly state: 'open'; readonly rest: Uint8Array }
  | { readonly state: 'refused'; readonly refusal: Refusal };

const NOTHING = new Uint8Array(0);
const CONNECT = 1;
const METHOD = { none: 0, userPassword: 2 } as const;
const ATYP = { ipv4: 1, name: 3, ipv6: 4 } as const;

export class SocksDialogue {
  readonly #wish: SocksWish;
  #stage: SocksHearing['stage'];
  /** What was heard since the stage began. */
  #heard: Buffer = Buffer.alloc(0);
  #total = 0;

  constructor(wish: SocksWish) {
    this.#wish = wish;
    this.#stage = wish.version === 5 ? 'method' : 'reply';
  }

  /** What cannot be said in SOCKS; `undefined` where all can. */
  get unsayable(): Refusal | undefined {
    const { version, host, credentials } = this.#wish;
    const { user = '', password = '' } = credentials ?? {};
    // RFC 1928 §5 and RFC 1929 §2: each length is one byte.
    if ([user, password, host].some((text) => Buffer.byteLength(text) > 255)) {
      const message = 'a name, a user name and a password have 255 bytes at most in SOCKS';
      return { code: 'SOCKS_LENGTH', message, hint: 'use an HTTP proxy' };
    }
    if (version === 5) return undefined;
    if (user.includes('\0')) return { code: 'SOCKS_NUL', message: 'a user name of SOCKS4 holds no zero', hint: 'use socks5h://' };
    if (host.includes(':')) return { code: 'SOCKS4_IPV6', message: 'SOCKS4 carries IPv4 only', hint: 'use socks5h://' };
    return undefined;
  }

  /** The first words. */
  get opening(): Uint8Array {
    const { version, credentials } = this.#wish;
    if (version === 4) return request4(this.#wish);
    // A login that nobody asked us for is not offered.
    const methods = credentials ? [METHOD.none, METHOD.userPassword] : [METHOD.none];
    return Uint8Array.from([5, methods.length, ...methods]);
  }

  push(bytes: Uint8Array): SocksStep {
    this.#heard = this.#heard.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#heard, bytes]);
    this.#total += bytes.length;
    return this.#take();
  }

  /** The proxy ended the connection. */
  cutOff(): Refusal {
    return socksCutOff(this.#hearing(), this.#total);
  }

  #take(): SocksStep {
    const heard = this.#heard;
    const [first, second] = heard;
    if (first === undefined || second === undefined) return { state: 'more', send: NOTHING };
    if (!this.#fits(first, second)) return { state: 'refused', refusal: socksRefusal(this.#hearing()) };
    if (this.#stage === 'reply') return this.#takeReply();
    const login = this.#stage === 'method' && second === METHOD.userPassword;
    return this.#next(login ? 'login' : 'reply', login ? login5(this.#wish.credentials) : request5(this.#wish));
  }

  /** Whether an answer is the one that lets us go on. */
  #fits(first: number, second: number): boolean {
    switch (this.#stage) {
      case 'method':
        return (
          first === 5 && (second === METHOD.none || (second === METHOD.userPassword && this.#wish.credentials !== undefined))
        );
      case 'login':
        // RFC 1929 §2: "A STATUS field of X'00' indicates success". Its version is 1; some say 5.
        return second === 0;
      case 'reply':
        // A reply of SOCKS 4 begins with 0; some say 4.
        return this.#wish.version === 5 ? first === 5 && second === 0 : (first === 0 || first === 4) && second === 90;
    }
  }

  #next(stage: SocksHearing['stage'], send: Uint8Array): SocksStep {
    this.#stage = stage;
    this.#heard = this.#heard.subarray(2);
    if (this.#heard.length < 2) return { state: 'more', send };
    // It answers before it was asked: whatever that is, it is judged.
    const step = this.#take();
    return step.state === 'more' ? { state: 'more', send: Buffer.concat([send, step.send]) } : step;
  }

  #takeReply(): SocksStep {
    const length = this.#wish.version === 4 ? 8 : replyLength(this.#heard);
    if (length === 'unknown') return { state: 'refused', refusal: socksRefusal(this.#hearing()) };
    if (this.#heard.length < length) return { state: 'more', send: NOTHING };
    return { state: 'open', rest: this.#heard.subarray(length) };
  }

  #hearing(): SocksHearing {
    const { version, host, port, credentials } = this.#wish;
    const loggedIn = credentials !== undefined;
    return { version, stage: this.#stage, heard: this.#heard, loggedIn, authority: authorityForm(host, port) };
  }
}

/** RFC 1928 §6: VER, REP, RSV, ATYP, the address, two bytes of port. Five bytes are needed to tell. */
function replyLength(heard: Buffer): number | 'unknown' {
  const [, , , type, first] = heard;
  if (type === undefined || first === undefined) return 5;
  if (type === ATYP.ipv4) return 4 + 4 + 2;
  if (type === ATYP.ipv6) return 4 + 16 + 2;
  return type === ATYP.name ? 4 + 1 + first + 2 : 'unknown';
}

function request5({ host, port }: SocksWish): Uint8Array {
  const ipv4 = ipv4Bytes(host);
  const ipv6 = ipv4 ? undefined : ipv6Bytes(host);
  const name = Buffer.from(host, 'utf8');
  const address = ipv4 ? [ATYP.ipv4, ...ipv4] : ipv6 ? [ATYP.ipv6, ...ipv6] : [ATYP.name, name.length, ...name];
  return Uint8Array.from([5, CONNECT, 0, ...address, port >> 8, port & 0xff]);
}

/** RFC 1929 §2. */
function login5(credentials: Credentials | undefined): Uint8Array {
  const [user, password] = [Buffer.from(credentials?.user ?? ''), Buffer.from(credentials?.password ?? '')];
  return Uint8Array.from([1, user.length, ...user, password.length, ...password]);
}

/** SOCKS 4 takes an address; 4a takes 0.0.0.x, x not 0, and a name behind the user. */
function request4({ host, port, credentials }: SocksWish): Uint8Array {
  const address = ipv4Bytes(host);
  const user = [...Buffer.from(credentials?.user ?? ''), 0];
  const name = address ? [] : [...Buffer.from(host, 'utf8'), 0];
  return Uint8Array.from([4, CONNECT, port >> 8, port & 0xff, ...(address ?? [0, 0, 0, 1]), ...user, ...name]);
}

function ipv4Bytes(host: string): number[] | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return undefined;
  const bytes = host.split('.').map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function ipv6Bytes(host: string): number[] | undefined {
  const plain = `http://[${host.replace(/%.*$/, '')}]/`;
  if (!host.includes(':') || !URL.canParse(plain)) return undefined;
  // In its canonical form there is no dotted tail any more.
  const [front = '', back] = new URL(plain).hostname.slice(1, -1).split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(front), groups(back ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff]);
}
