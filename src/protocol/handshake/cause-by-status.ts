/** Causes where an HTTP answer with another status than 101 came. */
import { fieldValues, type ResponseHead } from '../http/head.ts';
import { redactUrl } from '../http/redact.ts';
import { bodyText, type Cause, type Facts, FIND_VERSION, header, inspect, isSecure, withScheme } from './cause-facts.ts';
import { unauthorized } from './cause-unauthorized.ts';
import { legacyRequest } from './legacy.ts';

/** The likely cause of an answer with any status but 101. */
export function causeByStatus(facts: Facts, response: ResponseHead): Cause | undefined {
  return plainOnTls(facts, response) ?? certificateWanted(facts, response) ?? byStatus(facts, response);
}

function plainOnTls(facts: Facts, response: ResponseHead): Cause | undefined {
  if (response.status !== 400 && response.status !== 497) return undefined;
  const says =
    /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL|This port speaks TLS|requires TLS/i;
  if (!says.test(bodyText(facts)) && !says.test(response.reason)) return undefined;
  if (isSecure(facts)) {
    return { cause: 'The server expects TLS, and a proxy in front of it hands the request on in plain text.' };
  }
  const remedy = facts.url === undefined ? 'the same URL with wss:' : inspect(withScheme(facts.url, true));
  return { cause: 'This port expects TLS, and the request came in plain text.', remedy };
}

/** Some servers let everybody through TLS and ask for the certificate afterwards: nginx with 400 (495 and 496 inside), wstap with 403. */
function certificateWanted(facts: Facts, { status }: ResponseHead): Cause | undefined {
  if (![400, 403, 495, 496].includes(status)) return undefined;
  const body = bodyText(facts);
  if (/No required SSL certificate was sent/i.test(body) || status === 496) {
    return { cause: 'The server wants a client certificate, and none was shown.', remedy: '--cert FILE --key FILE' };
  }
  if (!/The SSL certificate error|certificate is not accepted/i.test(body) && status !== 495) return undefined;
  return { cause: 'The server does not accept our client certificate.', remedy: '--cert FILE --key FILE with another one' };
}

type StatusCause = (facts: Facts, response: ResponseHead) => Cause | undefined;

const BY_STATUS: Readonly<Record<number, StatusCause>> = {
  200: noWebSocketHere,
  400: badRequest,
  401: unauthorized,
  403: forbidden,
  404: (_facts, { status }) => notFound(status),
  405: () => ({ cause: 'The server does not take GET at this path: it is no WebSocket address.', remedy: 'another path' }),
  407: proxyAuthentication,
  410: (_facts, { status }) => notFound(status),
  421: () => ({ cause: 'The server does not answer for this host name.', remedy: "another name: --host 'NAME'" }),
  426: upgradeRequired,
  429: overloaded,
  431: () => ({
    cause: 'The request is too large for the server: too many or too long fields.',
    remedy: 'with fewer headers or cookies',
  }),
  502: gateway,
  503: overloaded,
  504: gateway,
  505: () => ({
    cause: 'The server does not want HTTP/1.1: it may speak HTTP/2 only.',
    remedy: '--http2, if it speaks WebSocket over HTTP/2 (RFC 8441)',
  }),
};

function byStatus(facts: Facts, response: ResponseHead): Cause | undefined {
  const { status } = response;
  const known = BY_STATUS[status]?.(facts, response);
  if (known) return known;
  if (status >= 300 && status < 400) return redirected(facts, response);
  if (status >= 200 && status < 300) return noWebSocketHere(facts, response);
  if (status >= 500) return { cause: `The server failed while it answered (${status}); its log says why.` };
  return status >= 400 ? { cause: `The server refused the request (${status}); the body may say why.` } : undefined;
}

function notFound(status: number): Cause {
  return { cause: `There is nothing at this path (${status}).`, remedy: 'another path: often /ws, /socket or /websocket' };
}

function noWebSocketHere(facts: Facts, response: ResponseHead): Cause {
  const isPage = /html/i.test(header(response, 'Content-Type') ?? '') || /^\s*<(?:!doctype|html)/i.test(bodyText(facts));
  const what = isPage ? 'a web page' : 'an ordinary answer';
  const cause = `There is no WebSocket at this address: it answers with ${what}, or a proxy in front dropped Upgrade.`;
  return { cause, remedy: 'another path: often /ws, /socket or /websocket' };
}

function forbidden(facts: Facts, response: ResponseHead): Cause {
  const challenged = header(response, 'cf-mitigated') ?? header(response, 'x-amzn-waf-action');
  if (challenged !== undefined)
    return { cause: 'A bot check in front of the server refused the request; only a browser passes it.' };
  const origin = header(facts.request, 'Origin');
  if (origin === undefined) {
    return {
      cause: 'The server refused (403); many do so when no Origin is sent.',
      remedy: "-o 'https://the-site-that-uses-it'",
    };
  }
  return {
    cause: `The server refused (403), perhaps because of the Origin ${origin}.`,
    remedy: 'another -o ORIGIN, or credentials',
  };
}

function upgradeRequired(facts: Facts, response: ResponseHead): Cause {
  const versions = fieldValues(response, 'Sec-WebSocket-Version').join(', ');
  const sent = header(facts.request, 'Sec-WebSocket-Version') ?? '13';
  const speaksOurs = versions.split(',').some((version) => version.trim() === sent);
  if (versions !== '' && !speaksOurs) {
    const cause = `The server speaks other versions of the protocol: ${versions}.`;
    return facts.url === undefined ? { cause } : { cause, remedy: FIND_VERSION };
  }
  return (
    droppedUpgrade(facts, response) ?? {
      cause: 'The server did not see a WebSocket request (426): a proxy on the way may have dropped Upgrade.',
    }
  );
}

/** A request that asked for the upgrade, answered as if it had not: something between took the hop-by-hop fields away. */
function droppedUpgrade(facts: Facts, response: ResponseHead): Cause | undefined {
  if (facts.request && fieldValues(facts.request, 'Upgrade').length === 0) return { cause: 'The request has no Upgrade field.' };
  const via = ['Via', 'X-Cache', 'X-Squid-Error', 'X-Varnish', 'X-Forwarded-For', 'X-Proxy-Cache'].find(
    (name) => header(response, name) !== undefined,
  );
  // We ask in HTTP/1.1: a server that speaks of another version got it from a proxy, as nginx does by default.
  const complains =
    /upgrade|hop-by-hop|not a websocket|websocket (?:handshake|request)|Sec-WebSocket-Key|HTTP(?:\/1\.0| version)/i.test(
      bodyText(facts) + response.reason,
    );
  if (via === undefined && !complains && response.status !== 426) return undefined;
  const sign = via === undefined ? '' : ` (${via}: ${header(response, via) ?? ''})`;
  const cause = `An HTTP proxy on the way${sign} seems to have dropped Upgrade and Connection, so that the server saw a plain request.`;
  const forward = 'let the proxy forward both fields over HTTP/1.1';
  return { cause, remedy: isSecure(facts) ? `to ${forward}` : `wss:, which proxies pass through; or ${forward}` };
}

function badRequest(facts: Facts, response: ResponseHead): Cause {
  const versions = fieldValues(response, 'Sec-WebSocket-Version').join(', ');
  const sent = header(facts.request, 'Sec-WebSocket-Version') ?? '13';
  if (versions !== '' && !versions.split(',').some((version) => version.trim() === sent)) return upgradeRequired(facts, response);
  const faults = facts.findings.filter((finding) => finding.level === 'fail' && finding.side === 'client');
  if (faults[0]) return { cause: `The request itself is wrong: ${faults.map((fault) => fault.requirement).join('; ')}.` };
  const dropped = droppedUpgrade(facts, response);
  if (dropped) return dropped;
  const old = facts.request && legacyRequest(facts.request);
  if (old !== undefined) {
    const cause = `The server found fault with the request (400): it may not speak ${old}.`;
    return facts.url === undefined ? { cause } : { cause, remedy: FIND_VERSION };
  }
  return { cause: 'The server found fault with the request (400); wrong Host, Origin, path or a missing parameter are usual.' };
}

function proxyAuthentication(_facts: Facts, response: ResponseHead): Cause {
  const scheme = header(response, 'Proxy-Authenticate')?.split(/[ ,]/, 1)[0];
  return {
    cause: `The proxy asks for ${scheme ? `${scheme} ` : ''}credentials.`,
    remedy: '--proxy-auth USER (and --proxy URL, where none was given)',
  };
}

function overloaded(_facts: Facts, response: ResponseHead): Cause {
  const after = header(response, 'Retry-After');
  const wait = after === undefined ? 'again later' : /^[0-9]+$/.test(after) ? `again in ${after} s` : `again after ${after}`;
  const cause = response.status === 429 ? 'Too many requests from here.' : 'The server is overloaded, or not up yet (503).';
  return { cause, remedy: wait };
}

function gateway(_facts: Facts, response: ResponseHead): Cause {
  const what = response.status === 504 ? 'got no answer in time from' : 'could not reach';
  return { cause: `A gateway answered: it ${what} the server behind it (${response.status}). Is that one up?` };
}

function redirected(facts: Facts, response: ResponseHead): Cause {
  const location = header(response, 'Location');
  if (location === undefined) return { cause: `The server redirects (${response.status}) without saying where.` };
  const target = resolve(location, facts.url);
  const cause = `The server redirects to ${redactUrl(location)}.`;
  return { cause, remedy: target === undefined ? 'the address that it means' : `-L follows it; or ${inspect(target)}` };
}

/** The ws: or wss: form of a redirect's target. */
function resolve(location: string, base: string | undefined): string | undefined {
  const url = URL.canParse(location, base) ? new URL(location, base) : undefined;
  if (!url || !/^(?:http|ws)s?:$/.test(url.protocol)) return undefined;
  url.hash = '';
  return withScheme(url.href, url.protocol === 'https:' || url.protocol === 'wss:');
}
