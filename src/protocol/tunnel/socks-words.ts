import type { Refusal } from './refusal.ts';

/** What a SOCKS proxy's bytes say, for people. */
export type SocksVersion = 4 | 5;

/** What was heard of an answer that does not let us go on, or was cut off. */
export interface SocksHearing {
  readonly version: SocksVersion;
  /** Which answer was awaited. */
  readonly stage: 'method' | 'login' | 'reply';
  /** That answer, as far as it came. */
  readonly heard: Uint8Array;
  /** Whether a user name was there to be given. */
  readonly loggedIn: boolean;
  /** `example.com:443`. */
  readonly authority: string;
}

const AROUND = '--no-proxy';
const ADDRESS = "check the proxy's address and port";
const REACH = `check host and port as the proxy sees them, or ${AROUND}`;
const BY_NAME = 'socks5h://, where the proxy looks the name up';

interface Reply {
  readonly words: string;
  readonly hint: string;
}

const NOT_4A = 'socks4:// or socks5h://: not every proxy takes names in SOCKS4';

/** RFC 1928 §6, field REP. */
const SOCKS5: Readonly<Record<number, Reply>> = {
  1: { words: 'general failure, says the proxy', hint: REACH },
  2: { words: 'its rules do not allow it', hint: `ask whoever runs the proxy, or ${AROUND}` },
  3: { words: 'it cannot reach that network', hint: `${BY_NAME}, or ${AROUND}` },
  4: { words: 'it cannot reach that host', hint: `${BY_NAME}, or ${AROUND}` },
  5: { words: 'the server refused the connection', hint: 'check the port; is the server up?' },
  6: { words: 'the way there is too long (TTL expired)', hint: REACH },
  7: { words: 'it does not support CONNECT', hint: 'another proxy' },
  8: { words: 'it does not support this kind of address', hint: `${BY_NAME}, or -4` },
};

/** The protocol of SOCKS 4, whose codes have no names. */
const SOCKS4: Readonly<Record<number, Reply>> = {
  91: { words: 'rejected or failed', hint: `socks4a://, where the proxy looks the name up, or ${AROUND}` },
  92: { words: 'it cannot ask this machine who you are (identd)', hint: 'socks5h://' },
  93: { words: 'this machine (identd) names another user than you', hint: 'that user: socks4://USER@…' },
};

const UNKNOWN: Reply = { words: 'a code that nobody has defined', hint: `ask whoever runs the proxy, or ${AROUND}` };

/** RFC 1928 §3, and what IANA has named since. */
const METHODS: Readonly<Record<number, string>> = {
  1: 'GSSAPI',
  2: 'user name and password',
  3: 'CHAP',
  5: 'challenge-response',
  6: 'TLS',
};

/** Why no tunnel came of it. */
export function socksRefusal(hearing: SocksHearing): Refusal {
  const foreign = notSocks(hearing);
  if (foreign) return foreign;
  const { version, stage, heard, authority } = hearing;
  if (stage === 'method') return methodRefusal(hearing);
  if (stage === 'login') {
    const message = 'it does not take this user name and password';
    return { code: 'SOCKS5_LOGIN', message, hint: 'check them: --proxy-auth USER asks for the password' };
  }
  const number = heard[1] ?? 0;
  // Granted, and yet refused: the rest is nonsense.
  if (number === (version === 5 ? 0 : 90)) {
    return { code: 'PROXY_NOT_SOCKS', message: `its reply does not follow SOCKS${version}: ${hex(heard)}`, hint: ADDRESS };
  }
  const { words, hint } = (version === 5 ? SOCKS5 : SOCKS4)[number] ?? UNKNOWN;
  const message = `it makes no tunnel to ${authority}: ${words} (${number})`;
  // Many proxies that speak SOCKS 4 take no name (4a), and say no more than that.
  const isName = !/^[\d.]+:\d+$/.test(authority);
  return { code: `SOCKS${version}_${number}`, message, hint: number === 91 && isName ? NOT_4A : hint };
}

function methodRefusal({ heard, loggedIn }: SocksHearing): Refusal {
  const code = 'SOCKS5_METHOD';
  const method = heard[1] ?? 0xff;
  // RFC 1928 §3: "If the selected METHOD is X'FF', none of the methods listed by the client are acceptable".
  if (method === 0xff) {
    return loggedIn
      ? { code, message: 'it takes no login by user name and password', hint: 'ask whoever runs the proxy how to log in' }
      : { code, message: 'it lets nobody in without a login', hint: '--proxy-auth USER' };
  }
  const name = METHODS[method] ?? `method ${method}`;
  return { code, message: `it chose a login that was not offered: ${name}`, hint: 'ask whoever runs the proxy how to log in' };
}

/** Whoever speaks another protocol shows it by the first byte. */
function notSocks({ version, stage, heard }: SocksHearing): Refusal | undefined {
  const [first] = heard;
  if (first === undefined || stage === 'login') return undefined;
  const fits = version === 5 ? first === 5 : first === 0 || first === 4;
  if (fits) return undefined;
  const code = 'PROXY_NOT_SOCKS';
  const start = Buffer.from(heard.subarray(0, 2)).toString('latin1');
  if (start === 'HT') return { code, message: 'it answers in HTTP, not SOCKS', hint: 'write http:// before its address' };
  if (version === 4 && first === 5) return { code, message: 'it answers in SOCKS5', hint: 'write socks5h:// before its address' };
  return { code, message: `it does not answer in SOCKS${version}: ${hex(heard)}`, hint: ADDRESS };
}

const hex = (bytes: Uint8Array) =>
  Buffer.from(bytes.subarray(0, 16))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');

/** It ended the connection in the middle; `total`: all bytes that it said. */
export function socksCutOff(hearing: SocksHearing, total: number): Refusal {
  const foreign = notSocks(hearing);
  if (foreign) return foreign;
  const code = 'PROXY_EMPTY';
  const { version } = hearing;
  if (total > 0) {
    const message = `it ended the connection after ${total} byte${total === 1 ? '' : 's'}, in the middle of SOCKS${version}`;
    return { code, message, hint: `again, or ${AROUND}` };
  }
  const other = version === 5 ? 'http:// or socks4a://' : 'socks5h:// or http://';
  return {
    code,
    message: 'it ended the connection without an answer',
    hint: `another protocol: ${other}`,
  };
}
