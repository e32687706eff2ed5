import { UsageError } from '../../cli/option.ts';
import type { ClientOptions } from '../../endpoint/client.ts';
import type { Cause } from '../../protocol/handshake/cause-facts.ts';
import { proxyAuthorization } from '../../protocol/tunnel/http-connect.ts';
import type { HandshakeReport } from '../../view/handshake.ts';
import type { Address } from '../option/target.ts';
import type { Ending } from '../session/failure.ts';

/**
 * `--via-get`: the opening request goes to the HTTP proxy as one for a page does, in absolute form and without a tunnel. Browsers
 * never do so: RFC 6455 §4.1 asks for CONNECT ("If the user configured the UA to use a proxy"), because many proxies
 * drop Upgrade. This shows what a given proxy makes of it.
 */
export function viaGet(client: ClientOptions, address: Address): ClientOptions {
  const { proxy } = client.target;
  if (!proxy || (proxy.scheme !== 'http' && proxy.scheme !== 'https')) {
    throw new UsageError('--via-get needs an HTTP proxy: --proxy http://HOST:PORT');
  }
  if (client.http === '2') {
    throw new UsageError('--via-get and --http2 exclude each other: a proxy passes an Upgrade on in HTTP/1.1 or not at all');
  }
  if (address.secure) {
    throw new UsageError('--via-get is for ws:// only: wss:// goes through a proxy by a tunnel and in no other way');
  }
  const login = proxy.credentials ? [proxyAuthorization(proxy.credentials)] : [];
  const headers = [...login.map(({ name, value }) => `${name}: ${value}`), ...(proxy.headers ?? [])];
  return {
    ...client,
    target: { ...client.target, proxy: { ...proxy, tunnels: false } },
    request: {
      ...client.request,
      // RFC 9112 §3.2.2: "a client MUST send the target URI in 'absolute-form' as the request-target".
      target: `http://${address.hostField}${address.target}`,
      headers: [...headers, ...(client.request.headers ?? [])],
    },
  };
}

/** Statuses whose usual cause is better: the proxy speaks for itself. */
const OF_THE_PROXY: ReadonlySet<number> = new Set([403, 407, 429, 502, 503, 504]);

const INSTEAD = 'the same without --via-get, through a tunnel; wss:// always takes one';

/** The report of such a handshake, with what it shows in words. */
export function explainedViaGet(report: HandshakeReport, ending: Ending | 'opened'): HandshakeReport {
  if (ending === 'opened') {
    const note =
      'This proxy passed Upgrade on. Many do not: without --via-get a tunnel (CONNECT) is asked for, which all of them pass.';
    return { ...report, notes: [...(report.notes ?? []), note] };
  }
  const cause = causeOf(report, ending);
  return cause ? { ...report, cause } : report;
}

function causeOf({ response }: HandshakeReport, ending: Ending): Cause | undefined {
  if (ending.type === 'failure' && ending.hop === 'http' && ending.code !== 'TIMEOUT') {
    return { cause: 'The proxy ended the connection without an answer: it does not do WebSocket this way.', remedy: INSTEAD };
  }
  if (!response) return undefined;
  const { status } = response;
  if (status === 101 || OF_THE_PROXY.has(status)) return undefined;
  // RFC 9110 §7.6.1: "Intermediaries MUST parse a received Connection header field before a message is forwarded and, for
  // each connection-option in this field, remove any header or trailer field(s) from the message with the same name".
  const cause =
    'Without a tunnel the proxy took the request for one like any other: Upgrade and Connection are for one hop only, so it dropped them, ' +
    `and the server answered ${status} to an ordinary GET.`;
  return { cause, remedy: INSTEAD };
}
