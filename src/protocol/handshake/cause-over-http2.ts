/** Causes where HTTP/2 was spoken, or should have been. */
import { type Cause, type Facts, isSecure } from './cause-facts.ts';
import { HTTP_2, isOpening } from './extended-connect.ts';

/**
 * The likely cause where the opening handshake went over HTTP/2; its `cause` is `undefined` where all is well. `undefined`
 * where HTTP/2 has nothing to say: the causes of HTTP/1.1 are asked.
 */
export function causeOverHttp2(facts: Facts): { readonly cause: Cause | undefined } | undefined {
  const { response, findings, failure, request } = facts;
  const failed = findings.find(({ level }) => level === 'fail');
  if (failed?.id === 'settings') return { cause: NO_WEBSOCKET };
  if (failure?.hop === 'http2') return withoutAnswer(failure.code, isSecure(facts));
  if (response?.version !== HTTP_2) {
    const asked = !response && request?.version === HTTP_2 && failure?.hop === 'http';
    const cause = asked ? UNANSWERED[failure.code] : undefined;
    return cause && { cause };
  }
  if (isOpening(response)) return { cause: failed && wrongAnswer(failed) };
  const known = BY_STATUS[response.status];
  return known && { cause: known };
}

const NO_WEBSOCKET: Cause = {
  cause: "This server's HTTP/2 does not do WebSocket: its SETTINGS have no ENABLE_CONNECT_PROTOCOL (RFC 8441 §3).",
  remedy: '--http1.1: many servers upgrade over HTTP/1.1 all the same',
};

const RESET: Cause = {
  cause: 'The server reset the stream instead of answering: it takes no extended CONNECT for this address.',
  remedy: '--http1.1, or another path',
};

const MUTE: Cause = {
  cause: 'The server sent no SETTINGS in time: it may not speak HTTP/2 here.',
  remedy: '--http1.1, or --timeout 30',
};

const ENDED: Cause = {
  cause: 'The server ended the HTTP/2 connection instead of answering.',
  remedy: '--http1.1; its log may say why',
};

/** What ends a request without an answer, by the code of the failure. */
const UNANSWERED: Readonly<Record<string, Cause>> = { RST_STREAM: RESET, GOAWAY: ENDED, EMPTY: ENDED, HTTP2: ENDED };

function withoutAnswer(code: string, secure: boolean): { readonly cause: Cause } | undefined {
  if (code === 'TIMEOUT') return { cause: MUTE };
  if (code !== 'NOT_HTTP2' && code !== 'EMPTY') return undefined;
  if (secure) return { cause: { cause: 'The server chose HTTP/2 by ALPN, and does not speak it.', remedy: '--http1.1' } };
  const cause = 'What listens here speaks no HTTP/2 without being asked by TLS: most servers want it over wss only.';
  return { cause: { cause, remedy: '--http1.1, or wss:' } };
}

function wrongAnswer({ hint, requirement, actual = '' }: NonNullable<Facts['findings'][number]>): Cause {
  return { cause: hint ?? `The stream is open, but this is not met: ${requirement} (${actual}).` };
}

const NOT_FORWARDED: Cause = {
  cause: 'The server, or a proxy in front, does not take an extended CONNECT for this address.',
  remedy: '--http1.1, or another path',
};

const BY_STATUS: Readonly<Record<number, Cause>> = {
  400: NOT_FORWARDED,
  405: NOT_FORWARDED,
  501: NOT_FORWARDED,
};
