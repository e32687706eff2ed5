import { parseChallenges } from '../http/challenge.ts';
import { fieldValues, type ResponseHead } from '../http/head.ts';

/** An HTTP proxy's refusal in words. */
export interface Refusal {
  /** `PROXY_407` and so on; `PROXY_NOT_HTTP`. */
  readonly code: string;
  /** One phrase, whose subject is the proxy. May quote it: escape before printing. */
  readonly message: string;
  /** What to try: a phrase that begins with a verb. */
  readonly hint: string;
}

/** What the proxy was asked for. */
export interface Asked {
  /** `example.com:443`. */
  readonly authority: string;
  /** Whether a name and a password went along. */
  readonly loggedIn: boolean;
}

/** An answer that is HTTP and opens no tunnel; `body` is its start. */
export function refusalOf(head: ResponseHead, body: Uint8Array, asked: Asked): Refusal {
  const answer = `${head.status} ${head.reason}`.trimEnd();
  const meaning =
    head.status === 407 || head.status === 401 ? loginMeaning(head, asked) : (meaningOf(head.status, asked) ?? OTHER);
  const says = excerpt(body);
  const quote = says === '' ? '' : `; it says: “${says}”`;
  return {
    code: `PROXY_${head.status}`,
    message: `it answered ${answer} when asked for a tunnel to ${asked.authority}: ${meaning.words}${quote}`,
    hint: meaning.hint,
  };
}

interface Meaning {
  readonly words: string;
  readonly hint: string;
}

const AROUND = '--no-proxy';
const OTHER: Meaning = { words: 'it makes no tunnel', hint: `ask whoever runs the proxy, or ${AROUND}` };

function meaningOf(status: number, { authority }: Asked): Meaning | undefined {
  switch (status) {
    case 403:
      return {
        words: 'it does not let you there',
        hint: /:443$/.test(authority)
          ? `ask whoever runs the proxy to allow it, or ${AROUND}`
          : `port 443 (wss), often the only one allowed, or ${AROUND}`,
      };
    case 400:
    case 404:
    case 405:
    case 501:
      return {
        words: 'it makes no tunnels (CONNECT); it may be a web server and no proxy',
        hint: "check the proxy's address and port",
      };
    case 429:
      return { words: 'too many requests come from here', hint: 'again later' };
    case 500:
    case 502:
    case 503:
      return { words: 'it could not reach the server', hint: `check host and port as the proxy sees them, or ${AROUND}` };
    case 504:
      return { words: 'the server did not answer it in time', hint: `check host and port as the proxy sees them, or ${AROUND}` };
    default:
      if (status === 101) return { words: 'that is no answer to CONNECT', hint: "check the proxy's address and port" };
      return status >= 300 && status < 400
        ? { words: 'it sends us elsewhere, to log in perhaps', hint: 'open any page in a browser first' }
        : undefined;
  }
}

/** RFC 9110 §15.5.8: "The proxy MUST send a Proxy-Authenticate header field". Some answer with 401, as a server would. */
function loginMeaning(head: ResponseHead, { loggedIn }: Asked): Meaning {
  const fields = ['Proxy-Authenticate', 'WWW-Authenticate'].flatMap((name) => fieldValues(head, name));
  const schemes = [...new Set(parseChallenges(fields).map(({ scheme }) => scheme))];
  const takesBasic = schemes.some((scheme) => /^basic$/i.test(scheme));
  if (loggedIn && (takesBasic || schemes.length === 0)) {
    return { words: 'it does not take this user name and password', hint: 'check them: --proxy-auth USER asks for the password' };
  }
  if (takesBasic) {
    const hint = '--proxy-auth USER, or --proxy http://USER:PASSWORD@…';
    return { words: 'it wants a user name and a password (Basic)', hint };
  }
  if (schemes.length === 0) {
    const hint = "--proxy-auth USER, or --proxy-header 'Proxy-Authorization: …'";
    return { words: 'it wants a login and does not say of which kind', hint };
  }
  return {
    words: `it wants a login by ${schemes.join(' or ')}, and only Basic is spoken here`,
    hint: "--proxy-header 'Proxy-Authorization: …', or a local proxy that logs in",
  };
}

const EXCERPT = 160;

/** The start of a body on one line, markup left out. */
function excerpt(body: Uint8Array): string {
  const text = Buffer.from(body.subarray(0, 4096))
    .toString('utf8')
    .replace(/<(style|script|title)\b[^>]*>[^<]*(?:<\/\1\s*>)?/gi, ' ')
    .replace(/<!--[^>]*>|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^ | $/g, '');
  return text.length > EXCERPT ? `${[...text].slice(0, EXCERPT).join('').trimEnd()}…` : text;
}

/** What arrived is not HTTP. */
export function notHttp(problem: string, raw: Uint8Array): Refusal {
  const code = 'PROXY_NOT_HTTP';
  // RFC 8446 §5.1: content type 21 (alert) or 22 (handshake), then version 3.x.
  if ((raw[0] === 0x15 || raw[0] === 0x16) && raw[1] === 0x03) {
    return { code, message: 'it answers in TLS: it is an HTTPS proxy', hint: 'write https:// before its address' };
  }
  if (raw[0] === 0x05 || (raw[0] === 0x00 && (raw[1] ?? 0) >= 0x5a && (raw[1] ?? 0) <= 0x5d)) {
    return { code, message: 'it answers in SOCKS, not HTTP', hint: 'write socks5h:// before its address' };
  }
  const isHttp = Buffer.from(raw.subarray(0, 5)).toString('latin1') === 'HTTP/';
  const start = Buffer.from(raw.subarray(0, 40)).toString('latin1').replace(/\s+/g, ' ');
  if (isHttp)
    return { code, message: `its answer breaks the grammar of HTTP: ${problem}`, hint: `ask whoever runs it, or ${AROUND}` };
  return { code, message: `it does not answer in HTTP: “${start}”`, hint: "check the proxy's address and port" };
}

/** It ended the connection before its answer was whole, or `reset` it. */
export function cutOff(received: number, isTls: boolean, how: 'ended' | 'reset' = 'ended'): Refusal {
  const code = 'PROXY_EMPTY';
  if (received > 0) {
    const message = `it ${how} the connection after ${received} bytes that are no whole answer`;
    return { code, message, hint: `again, or ${AROUND}` };
  }
  const message = `it ${how} the connection without an answer`;
  const hint = isTls ? "check the proxy's address and port" : 'https:// before its address, if it expects TLS, or socks5h://';
  return { code, message, hint };
}
