import { accept } from '../protocol/extension/negotiate.ts';
import type { DeflateParameters, ServerPreference } from '../protocol/extension/permessage-deflate.ts';
import { checkRequest } from '../protocol/handshake/check-request.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { refusalFor } from '../protocol/handshake/refusal.ts';
import { answerRequest, type Refusal, refuse, selectSubprotocol } from '../protocol/handshake/response.ts';
import { encodeHead, type Field, fieldValues, type RequestHead, SERVER_HEAD_LIMITS } from '../protocol/http/head.ts';
import { HeadReader, type HeadResult } from '../protocol/http/head-reader.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock } from './clock.ts';
import type { Tell } from './stamp.ts';

/**
 * One client's opening handshake, from the server's side (RFC 6455 §4.2): read under one deadline, checked in full,
 * and answered with a 101 or with a status that says why not. Nobody is refused silently.
 */
export interface AdmissionOptions {
  readonly subprotocols: readonly string[];
  /** Header lines added to every 101. */
  readonly headers: readonly string[];
  /** `undefined`: permessage-deflate is never accepted. */
  readonly deflate: ServerPreference | undefined;
  /** Milliseconds for the whole request. */
  readonly handshakeTimeout: number;
  /** Who may not come in, beyond the protocol. */
  readonly policy: (request: RequestHead) => PolicyRefusal | undefined;
  /** Whether there is no room for one more. */
  readonly full: () => boolean;
}

export interface PolicyRefusal {
  readonly status: number;
  readonly finding: Finding;
}

export interface Admitted {
  readonly request: RequestHead;
  readonly subprotocol: string;
  readonly extensions: string;
  readonly deflate: DeflateParameters | undefined;
  readonly findings: readonly Finding[];
  /** Bytes that came behind the request: frames already. */
  readonly rest: Uint8Array;
}

/** Calls `done` once, with `undefined` where the client did not get in. The function returned gives up. */
export function admit(
  transport: Transport,
  options: AdmissionOptions,
  clock: Clock,
  tell: Tell,
  done: (admitted: Admitted | undefined) => void,
): () => void {
  const reader = new HeadReader('request', SERVER_HEAD_LIMITS);
  let over = false;
  const finish = (admitted: Admitted | undefined) => {
    if (over) return;
    over = true;
    stopDeadline();
    done(admitted);
  };
  const answer = (refusal: Refusal, findings: readonly Finding[]) => {
    if (over) return;
    tell({ type: 'head', direction: 'sent', head: refusal.head, raw: encodeHead(refusal.head) });
    transport.write([encodeHead(refusal.head), refusal.body]);
    leave(transport, clock);
    tell({ type: 'refused', findings, body: refusal.body, bodyCut: false });
    finish(undefined);
  };
  const gone = (code: string, message: string) => {
    if (over) return;
    transport.destroy();
    tell({ type: 'failure', hop: 'http', code, message });
    finish(undefined);
  };
  const stopDeadline = clock.after(options.handshakeTimeout, () => {
    const finding = failure('timeout', 'limit', 'The request arrives in time', `${reader.length} bytes so far`);
    answer(refuse(408, undefined, [], 'No whole request in time.\n'), [finding]);
  });
  transport.handler = {
    data: (chunk) => {
      const result = reader.push(chunk);
      if (result.state === 'incomplete' || over) return;
      transport.pause();
      const verdict = judge(result, options, tell);
      if ('refusal' in verdict) answer(verdict.refusal, verdict.findings);
      else {
        welcome(transport, verdict, options, tell);
        finish(verdict);
      }
    },
    end: () => gone('EMPTY', `the client left after ${reader.length} bytes, before its request was whole`),
    drain: () => undefined,
    close: (error) => gone(error?.code ?? 'EMPTY', error?.message ?? 'the client left before its request was whole'),
  };
  transport.resume();
  return () => gone('ABORTED', 'the server stopped');
}

type Whole = Exclude<HeadResult<RequestHead>, { state: 'incomplete' }>;
type Refused = { readonly refusal: Refusal; readonly findings: readonly Finding[] };

function judge(result: Whole, options: AdmissionOptions, tell: Tell): Admitted | Refused {
  if (result.state === 'invalid') {
    const finding = failure(result.id, 'RFC 9112 §2', 'The request is HTTP/1.1', result.problem);
    return { refusal: refuse(result.status, undefined, [], `${result.problem}\n`), findings: [finding] };
  }
  const { head, raw, rest } = result;
  tell({ type: 'head', direction: 'received', head, raw });
  const findings = checkRequest(head);
  const reason = refusalFor(findings);
  if (reason) return { refusal: refuse(reason.status, undefined, reason.headers, `${reason.text}\n`), findings };
  const barred = options.policy(head) ?? (options.full() ? FULL : undefined);
  if (barred) {
    const text = `${barred.finding.requirement}.\n`;
    return {
      refusal: refuse(barred.status, undefined, barred.status === 401 ? CHALLENGE : [], text),
      findings: [...findings, barred.finding],
    };
  }
  const offer = fieldValues(head, 'Sec-WebSocket-Extensions').join(', ');
  const chosen = options.deflate && offer ? accept(offer, options.deflate) : undefined;
  const subprotocol = selectSubprotocol(head, options.subprotocols) ?? '';
  return { request: head, subprotocol, extensions: chosen?.answer ?? '', deflate: chosen?.agreed, findings, rest };
}

function welcome(transport: Transport, admitted: Admitted, options: AdmissionOptions, tell: Tell): void {
  const { subprotocols, headers } = options;
  const head = answerRequest(admitted.request, { subprotocols, headers, extensions: admitted.extensions });
  const raw = encodeHead(head);
  tell({ type: 'head', direction: 'sent', head, raw });
  transport.write([raw]);
}

/** Ends our direction and lets the refusal be read: a reset on unread bytes would take it from the client. */
function leave(transport: Transport, clock: Clock): void {
  const stop = clock.after(LINGER, () => transport.destroy());
  transport.handler = { data: () => undefined, end: () => transport.destroy(), drain: () => undefined, close: stop };
  transport.resume();
  transport.end();
}

function failure(id: string, section: string, requirement: string, actual: string): Finding {
  return { id, level: 'fail', side: 'client', section, requirement, actual };
}

const CHALLENGE: readonly Field[] = [{ name: 'WWW-Authenticate', value: 'Basic realm="wstap"' }];
const FULL: PolicyRefusal = {
  status: 503,
  finding: {
    id: 'full',
    level: 'fail',
    side: 'server',
    section: 'limit',
    requirement: 'The server has room for one more connection',
  },
};
/** Milliseconds that a refused client has to read why. */
const LINGER = 1000;
