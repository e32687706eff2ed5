/** Causes where no HTTP answer came: the network, TLS, or another protocol on that port. */
import { type Cause, type Facts, FIND_VERSION, inspect, isSecure, withScheme } from './cause-facts.ts';
import { legacyRequest } from './legacy.ts';

/** The likely cause where nothing came that is HTTP. */
export function causeWithoutHttp(facts: Facts): Cause | undefined {
  if (facts.body && facts.body.length > 0) return otherProtocol(facts, facts.body);
  const { failure } = facts;
  if (!failure) return undefined;
  // What TLS says of a certificate or an alert is the cause already.
  if (failure.hop === 'tls' && failure.hint !== undefined) return { remedy: failure.hint };
  const cause =
    cutAnswer(failure) ?? oldVersion(facts, failure) ?? byCode(facts, failure.code, failure.message) ?? byHop(facts, failure.hop);
  // Whoever failed knows best what to try.
  return failure.hint === undefined ? cause : { ...cause, remedy: failure.hint };
}

/** What begins an answer speaks HTTP: neither TLS nor another version would change that. */
function cutAnswer({ hop, code, message }: NonNullable<Facts['failure']>): Cause | undefined {
  if (hop !== 'http' || (code !== 'CUT' && !message.includes('in the middle of its answer'))) return undefined;
  const cause = 'The server began an HTTP answer, and it was cut off: the server crashed, or something between gave up.';
  return { cause, remedy: "again; the server's log may say why" };
}

/** Servers that do not speak hixie-75 to hybi-03 have no words for it. */
function oldVersion({ request, url }: Facts, { hop, code }: NonNullable<Facts['failure']>): Cause | undefined {
  const name = request && legacyRequest(request);
  if (name === undefined || hop !== 'http' || code === 'TIMEOUT' || code === 'ABORTED') return undefined;
  const cause = `The server ended the connection without an answer, as servers do that do not speak ${name}.`;
  return url === undefined ? { cause } : { cause, remedy: FIND_VERSION };
}

/** The same URL, over TLS or not. */
function otherScheme({ url }: Facts, secure: boolean): string {
  return url === undefined ? `the same URL with ${secure ? 'wss:' : 'ws:'}` : inspect(withScheme(url, secure));
}

/** What the first bytes say about who answered. */
const BANNERS: readonly (readonly [RegExp, string])[] = [
  [/^SSH-/, 'an SSH server'],
  [/^220[ -].*(?:SMTP|mail|postfix|exim)/i, 'a mail server (SMTP)'],
  [/^220[ -]/, 'a mail or FTP server'],
  [/^(?:-ERR (?:unknown|wrong|Protocol)|-DENIED|-NOAUTH|\+PONG)/, 'a Redis server'],
  [/^[+]OK/, 'a mail server (POP3)'],
  [/^-ERR/, 'a Redis or POP3 server'],
  [/^\* (?:OK|BYE|PREAUTH)/, 'a mail server (IMAP)'],
  [/^RFB 00/, 'a VNC server'],
  [/^AMQP/, 'a message broker (AMQP)'],
  [/^INFO \{/, 'a NATS server'],
  [/^.\0\0\0\x0a[0-9]/s, 'a MySQL server'],
  [/^E\0\0\0/, 'a PostgreSQL server'],
  [/^\0\0\0\0/, 'a server of some binary protocol'],
];

function otherProtocol(facts: Facts, body: Uint8Array): Cause | undefined {
  // RFC 8446 §5.1: content type 21 (alert) or 22 (handshake), then version 3.x.
  if ((body[0] === 0x15 || body[0] === 0x16) && body[1] === 0x03) {
    return { cause: 'The answer is TLS: this port expects wss.', remedy: otherScheme(facts, true) };
  }
  if (isHttp2(body)) {
    return {
      cause: 'The server speaks HTTP/2 from the first byte and no HTTP/1.1.',
      remedy: '--http2, if it speaks WebSocket over HTTP/2 (RFC 8441)',
    };
  }
  const text = Buffer.from(body.subarray(0, 256)).toString('latin1');
  const banner = BANNERS.find(([pattern]) => pattern.test(text));
  if (banner) return { cause: `What answers is ${banner[1]}, not HTTP: the port is another service's.`, remedy: 'another port' };
  if (/^HTTP\//.test(text))
    return { cause: 'The answer begins like HTTP, but its head breaks the grammar.', remedy: '-vvv to see the bytes' };
  if (/^\s*</.test(text))
    return { cause: 'The answer is markup without an HTTP head (HTTP/0.9).', remedy: 'another port or path' };
  return { cause: 'What answers is not HTTP.', remedy: 'another port' };
}

/** RFC 9113 §4.1: 24 bits of length, a type, flags, a stream; the first frame is SETTINGS (4) on stream 0, or GOAWAY (7). */
function isHttp2(body: Uint8Array): boolean {
  const [high = 0xff, , , type, , a, b, c, d] = body;
  const onStream0 = a === 0 && b === 0 && c === 0 && d === 0;
  return (high === 0 && (type === 4 || type === 7) && onStream0) || Buffer.from(body.subarray(0, 3)).toString('latin1') === 'PRI';
}

type CodeCause = (facts: Facts) => Cause;

const untrusted = (cause: string, remedy = '--ca FILE with its CA, or --insecure if you know why'): CodeCause => {
  return () => ({ cause, remedy });
};

const BY_CODE: readonly (readonly [RegExp, CodeCause])[] = [
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number|packet length too long|HTTP_REQUEST/i, plainPort],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED/,
    untrusted("The server's certificate does not lead to a CA that is trusted here."),
  ],
  [/CERT_HAS_EXPIRED/, untrusted("The server's certificate has expired.", '--insecure to look all the same')],
  [
    /CERT_NOT_YET_VALID/,
    untrusted("The server's certificate is not valid yet; is this clock right?", '--insecure to look all the same'),
  ],
  [
    /ALTNAME|HOSTNAME_MISMATCH/,
    untrusted("The server's certificate is for another host name.", 'the name that it is for, or --insecure if you know why'),
  ],
  [
    /CERTIFICATE_REQUIRED|BAD_CERTIFICATE|certificate required/i,
    untrusted('The server wants a client certificate.', '--cert FILE --key FILE'),
  ],
  [/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/, untrusted('The server and this side have no TLS version in common.', '--tls-min')],
  [/UNRECOGNIZED_NAME|INTERNAL_ERROR/, untrusted('The server does not know this host name (SNI).', 'a name that it serves')],
  [
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER/,
    untrusted('The server and this side have no cipher or key in common.', '--tls-min, or --cert if it asks for one'),
  ],
  [
    /ENOTFOUND/,
    () => ({ cause: 'The host name does not exist.', remedy: 'the spelling, or the address itself with --host NAME' }),
  ],
  [/EAI_AGAIN/, () => ({ cause: 'The name server does not answer.', remedy: 'again, or the address itself with --host NAME' })],
  [/ECONNREFUSED/, () => ({ cause: 'Nothing listens on this port.', remedy: 'another port; is the server up?' })],
  [/EHOSTUNREACH|ENETUNREACH/, () => ({ cause: 'There is no route to this address.', remedy: 'another address or network' })],
  [/ECONNRESET|EPIPE|EMPTY|EOF|socket hang up/i, emptyAnswer],
];

/** Codes mean this of a host and a port; a Unix socket's and a proxy's failures say it all in their own words. */
const OF_HOSTS = /^(?:dns|tcp|tls|http)/;

function byCode(facts: Facts, code: string, message: string): Cause | undefined {
  if (!OF_HOSTS.test(facts.failure?.hop ?? '')) return undefined;
  const found = BY_CODE.find(([pattern]) => pattern.test(code)) ?? BY_CODE.find(([pattern]) => pattern.test(message));
  return found?.[1](facts);
}

function plainPort(facts: Facts): Cause {
  return { cause: 'The server answered TLS with plain text: this port expects ws.', remedy: otherScheme(facts, false) };
}

function emptyAnswer(facts: Facts): Cause {
  if (facts.failure?.hop === 'tls') {
    const how = wasReset(facts) ? 'reset' : 'ended';
    return {
      cause: `The server ${how} the connection in the middle of TLS: it may not speak TLS here.`,
      remedy: otherScheme(facts, false),
    };
  }
  const cause = `The server ${wasReset(facts) ? 'reset' : 'closed'} the connection without an answer`;
  if (isSecure(facts)) return { cause: `${cause}; a wrong Host, or a proxy that cannot upgrade, would explain it.` };
  return { cause: `${cause}: it may expect TLS on this port.`, remedy: otherScheme(facts, true) };
}

/** Told by the words: an end has the same code where Node says it. */
const wasReset = ({ failure }: Facts) => failure !== undefined && /\breset\b/.test(failure.message);

/** What it means that a hop was not done in time. */
const TOO_SLOW: Readonly<Record<string, Cause>> = {
  dns: { cause: 'The name server does not answer.', remedy: 'the address itself: --resolve HOST:PORT:ADDRESS' },
  unix: { cause: 'The server behind the socket takes no more clients.', remedy: '--timeout 30; is it stuck?' },
  proxy: { cause: 'The proxy did not open a way to the server in time.', remedy: '--timeout 30, or another proxy' },
  'proxy-tls': { cause: 'The proxy did not finish TLS in time.', remedy: 'an http: proxy, if it speaks no TLS' },
  tls: {
    cause: 'The server took the connection and did not finish TLS in time.',
    remedy: '--timeout 30, or ws: if it speaks no TLS',
  },
  http: { cause: 'The server took the request and did not answer in time.', remedy: '--timeout 30' },
  http2: { cause: 'The server took the request and did not answer in time.', remedy: '--timeout 30' },
};

function byHop(facts: Facts, hop: string): Cause | undefined {
  if (/TIMEDOUT|timeout/i.test(facts.failure?.code ?? '')) {
    const silent = 'The server did not answer in time: a firewall may drop the packets.';
    return TOO_SLOW[hop] ?? { cause: silent, remedy: '--timeout 30, or another port' };
  }
  if (hop === 'http') return emptyAnswer(facts);
  return undefined;
}
