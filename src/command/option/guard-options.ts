import { type OptionSpec, UsageError } from '../../cli/option.ts';
import { parseCount, parseDuration, parseSize } from '../../cli/value.ts';

/** Who may come in at `listen`, and how much of it each may take. */
const WHO = 'Who may come in';
const LIMITS = 'Limits';

/** What a client may send a second: a number of messages, or of bytes where a unit stands behind it. */
export interface Rate {
  readonly unit: 'messages' | 'bytes';
  readonly perSecond: number;
}

/** `100`, `100/s`: messages; `64KiB`, `1MiB/s`, `500B/s`: bytes. */
export function parseRate(text: string): Rate {
  const [, amount = '', unit] = /^(\d{1,12})([A-Za-z]+)?(?:\/s)?$/.exec(text) ?? [];
  const perSecond = unit === undefined ? Number(amount) : sizeOf(`${amount}${unit}`);
  if (amount === '' || perSecond === undefined || perSecond < 1)
    throw new UsageError(`${JSON.stringify(text)} is not a rate: write 100/s (messages), or 64KiB/s (bytes)`);
  return { unit: unit === undefined ? 'messages' : 'bytes', perSecond };
}

function sizeOf(text: string): number | undefined {
  try {
    return parseSize(text);
  } catch {
    return undefined;
  }
}

export const GUARD_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'auth',
    kind: 'value',
    repeatable: true,
    placeholder: 'USER[:PASSWORD]',
    group: WHO,
    summary: 'let in who gives this user and password; else 401',
    details:
      'The other end of `connect --auth`, and of a user in its URL. It may be given several times, also beside `--bearer`: any one will do. Without a password WSTAP_PASSWORD is taken, or it is asked for. Every request is asked, plain HTTP too. A page cannot set this header on a WebSocket; but a browser that has logged in at this server, by the question that it puts itself when the server is opened in it, sends the password along with the WebSockets of all pages of that site. So that a foreign page makes no use of that, pages of other origins are then refused also on another HOST than loopback, unless `--origin` lets them in. Comparing takes the same time whatever is sent.',
  },
  {
    name: 'bearer',
    kind: 'value',
    repeatable: true,
    placeholder: 'TOKEN',
    group: WHO,
    summary: 'let in who gives this token; @FILE reads it',
    details:
      'The other end of `connect --bearer`. No browser can send it by itself, so with it alone the page of this server cannot be opened.',
  },
  {
    name: 'timeout',
    kind: 'value',
    placeholder: 'TIME',
    parse: parseDuration,
    defaultText: '10s',
    group: LIMITS,
    summary: 'deadline for a client’s whole request, TLS and all',
    details: 'From the first moment, and not from the last byte: who sends one now and then gets no more time. Late is 408.',
  },
  {
    name: 'idle-timeout',
    kind: 'value',
    placeholder: 'TIME',
    parse: parseDuration,
    group: LIMITS,
    summary: 'close with 1001 once nothing goes either way so long',
    details:
      'As proxies and load balancers in between do, to try whether a client keeps its connection alive, or opens it anew. Every byte counts, those of pings and pongs too. It is off unless given.',
  },
  {
    name: 'max-connections',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(1),
    defaultText: '1024',
    group: LIMITS,
    summary: 'clients at once; more get 503',
  },
  {
    name: 'max-per-address',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(1),
    group: LIMITS,
    summary: 'clients at once from one address; more get 429',
    details:
      'Of IPv6 the first 64 bits count, as whoever has one such address has them all. Behind a proxy all clients have the proxy’s address: what it says in X-Forwarded-For is not believed, as anybody may write it. It is off unless given.',
  },
  {
    name: 'max-handshakes',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(1),
    defaultText: '1024',
    group: LIMITS,
    summary: 'connections at once that have not opened yet',
    details:
      'Above, the one that has waited longest gets 503, of the address that has most: who opens many and says nothing keeps nobody else out.',
  },
  {
    name: 'max-rate',
    kind: 'value',
    repeatable: true,
    placeholder: 'RATE',
    parse: parseRate,
    group: LIMITS,
    summary: 'most that a client may send: 100/s, 64KiB/s',
    details:
      'Messages a second, pings and pongs among them, or bytes a second on the wire; give both by giving it twice. A second’s worth may come at once. More is close code 1008. It is off unless given; pings that come faster than their pongs can be written are 1008 always.',
  },
];
