import { accept } from '../protocol/extension/negotiate.ts';
import type { DeflateParameters, ServerPreference } from '../protocol/extension/permessage-deflate.ts';
import { checkRequest } from '../protocol/handshake/check-request.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { isPlainRequest } from '../protocol/handshake/plain-request.ts';
import { refusalFor } from '../protocol/handshake/refusal.ts';
import { answerRequest, type Refusal, refuse, selectSubprotocol } from '../protocol/handshake/response.ts';
import {
  encodeHead,
  type Field,
  fieldValues,
  type HeadLimits,
  type RequestHead,
  type ResponseHead,
  SERVER_HEAD_LIMITS,
} from '../protocol/http/head.ts';
import { HeadReader } from '../protocol/http/head-reader.ts';
import { listMembers } from '../protocol/http/parameter-list.ts';
import type { Transport, TransportHandler } from '../transport/transport.ts';
import type { Clock } from './clock.ts';
import type { Tell } from './stamp.ts';

/**
 * One client's opening handshake, from the server's side (RFC 6455 §4.2): read under one deadline, checked in full,
 * and answered with a 101 or with a status that says why not. Nobody is refused silently.
 */
export interface AdmissionOptions {
  /** How much of a request is read; `SERVER_HEAD_LIMITS` where it is left out. */
  readonly headLimits?: HeadLimits;
  /** Those that are spoken, of which the client's first choice is taken; or who chooses among the client's. */
  readonly subprotocols: readonly string[] | SubprotocolChooser;
  /** Header lines added to every 101. */
  readonly headers: readonly string[];
  /** `undefined`: permessage-deflate is never accepted. */
  readonly deflate: ServerPreference | undefined;
  /** Milliseconds for the whole request. */
  readonly handshakeTimeout: number;
  /** Who may not come in, beyond the protocol. */
  readonly policy: (request: RequestHead, transport: Transport) => PolicyRefusal | undefined;
  /** Asked last, of whom all the rest let in; may take its time, within `handshakeTimeout`. `decide` without a refusal lets in. */
  readonly verify?: (request: RequestHead, transport: Transport, decide: (refusal?: PolicyRefusal) => void) => void;
  /** Has the last word on the answer to a request that is let in. */
  readonly answer?: (request: RequestHead, usual: ResponseHead, transport: Transport) => Answer;
  /** Told of a request that breaks the protocol; returns true where it answers in our place. No request: it was none. */
  readonly rejected?: (request: RequestHead | undefined, findings: readonly Finding[], transport: Transport) => boolean;
  /** Whether there is no room for one more. */
  readonly full: () => boolean;
}

/** `offered` is never empty, in the client's order of preference. */
type SubprotocolChooser = (offered: readonly string[], request: RequestHead, transport: Transport) => string | undefined;

export interface Answer {
  readonly head: ResponseHead;
  /** Sent in place of the head, for whoever wants it wrong; empty: nothing is. */
  readonly raw?: Uint8Array;
  /** `open`, the default: frames follow. `end`: our direction ends. `wait`: nothing follows. */
  readonly next?: 'open' | 'end' | 'wait';
}

export interface PolicyRefusal {
  readonly status: number;
  /** What is refused and why; its requirement is the body where there is no other. */
  readonly finding: Finding;
  /** The reason phrase; the usual one where it is left out. */
  readonly reason?: string;
  readonly headers?: readonly Field[];
  readonly body?: string;
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

/** Reads and answers one request, or answers one that was read already; calls `done` once, with `undefined` where the client did not get in. */
export class Admission implements TransportHandler {
  readonly #transport: Transport;
  readonly #options: AdmissionOptions;
  readonly #clock: Clock;
  /** `undefined`: nobody watches. */
  readonly #tell: Tell | undefined;
  readonly #done: (admitted: Admitted | undefined) => void;
  readonly #reader: HeadReader<'request'>;
  #stopDeadline: (() => void) | undefined;
  #over = false;
  /** Whether it was the client that went, before its request was whole. */
  left = false;

  constructor(
    transport: Transport,
    options: AdmissionOptions,
    clock: Clock,
    tell: Tell | undefined,
    done: (admitted: Admitted | undefined) => void,
  ) {
    this.#transport = transport;
    this.#options = options;
    this.#reader = new HeadReader('request', options.headLimits ?? SERVER_HEAD_LIMITS);
    this.#clock = clock;
    this.#tell = tell;
    this.#done = done;
  }

  /** Reads the request from the transport. */
  read(): void {
    this.#begin();
    this.#transport.resume();
  }

  /** Takes a request that somebody else read, and what came behind it. */
  take(request: RequestHead, rest: Uint8Array): void {
    this.#begin();
    this.#tell?.({ type: 'head', direction: 'received', head: request, raw: encodeHead(request) });
    this.#judge(request, rest);
  }

  giveUp(): void {
    this.#gone('ABORTED', 'the server stopped');
  }

  data(chunk: Buffer): void {
    const result = this.#reader.push(chunk);
    if (result.state === 'incomplete' || this.#over) return;
    this.#transport.pause();
    if (result.state === 'complete') {
      this.#tell?.({ type: 'head', direction: 'received', head: result.head, raw: result.raw });
      this.#judge(result.head, result.rest);
      return;
    }
    const findings = [failure(result.id, 'RFC 9112 §2', 'The request is HTTP/1.1', result.problem)];
    this.#reject(undefined, refuse(result.status, undefined, [], `${result.problem}\n`), findings);
  }

  end(): void {
    this.#gone('EMPTY', `the client left after ${this.#reader.length} bytes, before its request was whole`);
  }

  drain(): void {}

  close(error: { readonly code: string; readonly message: string } | undefined): void {
    this.#gone(error?.code ?? 'EMPTY', error?.message ?? 'the client left before its request was whole');
  }

  #begin(): void {
    this.#transport.handler = this;
    this.#stopDeadline = this.#clock.after(this.#options.handshakeTimeout, () => {
      const finding = failure('timeout', 'limit', 'The request arrives in time', `${this.#reader.length} bytes so far`);
      this.#refuse(refuse(408, undefined, [], 'No whole request in time.\n'), [finding]);
    });
  }

  #judge(request: RequestHead, rest: Uint8Array): void {
    const { policy, verify } = this.#options;
    // Where nobody reads them no findings are made of a request that is plainly right.
    const findings = !this.#tell && isPlainRequest(request) ? NONE : checkRequest(request);
    const reason = refusalFor(findings);
    if (reason) {
      this.#reject(request, refuse(reason.status, undefined, reason.headers, `${reason.text}\n`), findings);
      return;
    }
    const barred = policy(request, this.#transport);
    if (barred || !verify) this.#decide(request, findings, rest, barred);
    else verify(request, this.#transport, (refusal) => this.#decide(request, findings, rest, refusal));
  }

  #decide(request: RequestHead, findings: readonly Finding[], rest: Uint8Array, refusal: PolicyRefusal | undefined): void {
    if (this.#over) return;
    const barred = refusal ?? (this.#options.full() ? FULL : undefined);
    if (!barred) {
      this.#welcome(request, findings, rest);
      return;
    }
    const { status, finding, reason, body = `${finding.requirement}.\n` } = barred;
    const headers = barred.headers ?? (status === 401 ? CHALLENGE : []);
    this.#refuse(refuse(status, reason, headers, body), [...findings, finding]);
  }

  #welcome(request: RequestHead, findings: readonly Finding[], rest: Uint8Array): void {
    const { deflate, headers } = this.#options;
    const offer = fieldValues(request, 'Sec-WebSocket-Extensions').join(', ');
    const chosen = deflate && offer ? accept(offer, deflate) : undefined;
    const subprotocol = this.#subprotocol(request) ?? '';
    const extensions = chosen?.answer ?? '';
    const usual = answerRequest(request, { subprotocols: [subprotocol], headers, extensions });
    const answer = this.#options.answer?.(request, usual, this.#transport) ?? { head: usual };
    const raw = answer.raw ?? encodeHead(answer.head);
    if (raw.length > 0) {
      this.#tell?.({ type: 'head', direction: 'sent', head: answer.head, raw });
      this.#transport.write([raw]);
    }
    const { next = 'open' } = answer;
    if (next !== 'open') this.#tell?.({ type: 'refused', findings, body: NO_BODY, bodyCut: false });
    if (next === 'open') this.#finish({ request, subprotocol, extensions, deflate: chosen?.agreed, findings, rest });
    else if (next === 'end') {
      leave(this.#transport, this.#clock);
      this.#finish(undefined);
    } else {
      this.#stopDeadline?.();
      const transport = this.#transport;
      transport.handler = { ...IGNORING, end: () => transport.destroy(), close: () => this.#finish(undefined) };
      this.#transport.resume();
    }
  }

  #subprotocol(request: RequestHead): string | undefined {
    const { subprotocols } = this.#options;
    if (typeof subprotocols !== 'function') return selectSubprotocol(request, subprotocols);
    const offered = listMembers(fieldValues(request, 'Sec-WebSocket-Protocol'));
    return offered.length > 0 ? subprotocols(offered, request, this.#transport) : undefined;
  }

  /** The request breaks a rule of the protocol. */
  #reject(request: RequestHead | undefined, refusal: Refusal, findings: readonly Finding[]): void {
    if (this.#over) return;
    if (!this.#options.rejected?.(request, findings, this.#transport)) {
      this.#refuse(refusal, findings);
      return;
    }
    this.#tell?.({ type: 'refused', findings, body: NO_BODY, bodyCut: false });
    this.#finish(undefined);
  }

  #refuse(refusal: Refusal, findings: readonly Finding[]): void {
    if (this.#over) return;
    const raw = encodeHead(refusal.head);
    this.#tell?.({ type: 'head', direction: 'sent', head: refusal.head, raw });
    this.#transport.write([raw, refusal.body]);
    leave(this.#transport, this.#clock);
    this.#tell?.({ type: 'refused', findings, body: refusal.body, bodyCut: false });
    this.#finish(undefined);
  }

  #gone(code: string, message: string): void {
    if (this.#over) return;
    this.left = true;
    this.#transport.destroy();
    this.#tell?.({ type: 'failure', hop: 'http', code, message });
    this.#finish(undefined);
  }

  #finish(admitted: Admitted | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopDeadline?.();
    this.#done(admitted);
  }
}

/** Ends our direction and lets the refusal be read: a reset on unread bytes would take it from the client. */
function leave(transport: Transport, clock: Clock): void {
  const stop = clock.after(LINGER, () => transport.destroy());
  transport.handler = { ...IGNORING, end: () => transport.destroy(), close: stop };
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
const NONE: readonly Finding[] = [];
const NO_BODY = new Uint8Array(0);
const IGNORING = { data: () => undefined, end: () => undefined, drain: () => undefined };
/** Milliseconds that a refused client has to read why. */
const LINGER = 1000;
