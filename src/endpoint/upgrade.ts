import { BodyReader as ProofReader } from '../protocol/dialect/body-reader.ts';
import { judgeExtensions } from '../protocol/extension/negotiate.ts';
import { checkResponse } from '../protocol/handshake/check-response.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { BodyReader } from '../protocol/http/body.ts';
import { CLIENT_HEAD_LIMITS, encodeHead, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import { HeadReader, type HeadResult } from '../protocol/http/head-reader.ts';
import type { Transport } from '../transport/transport.ts';
import {
  BODY_LIMIT,
  BODY_PATIENCE,
  isTlsCode,
  MAX_INTERIM,
  type Opening,
  type OpeningEnv,
  type Outcome,
  requireSubprotocol,
  type Speech,
} from './opening.ts';

/** As it is spoken today. */
export function todaysSpeech(request: RequestHead): Speech {
  return {
    dialect: 'rfc6455',
    request,
    requestBody: NO_BYTES,
    answerBodyLength: () => 0,
    judge: (answer) => checkResponse(request, answer, judgeExtensions),
  };
}

const NO_BYTES = new Uint8Array(0);

/** The opening handshake as an HTTP/1.1 upgrade (RFC 6455 §4.1): the request is written, its answer read and judged. */
export class Upgrade implements Opening {
  readonly #transport: Transport;
  readonly #speech: Speech;
  readonly #env: OpeningEnv;
  readonly #startedAt: number;
  /** Tells of an answer whose raw bytes are still to come. */
  #tellUnfinished: (() => void) | undefined;
  #interim = 0;
  #over = false;

  constructor(transport: Transport, speech: Speech, env: OpeningEnv) {
    this.#transport = transport;
    this.#speech = speech;
    this.#env = env;
    this.#startedAt = env.begin('http');
    const { request, requestBody } = speech;
    const raw = encodeHead(request);
    env.tell({ type: 'head', direction: 'sent', head: request, raw, ...(requestBody.length > 0 && { body: requestBody }) });
    transport.write(requestBody.length > 0 ? [raw, requestBody] : [raw]);
    this.#awaitHead(NO_BYTES);
  }

  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#tellUnfinished?.();
    this.#release();
  }

  #awaitHead(early: Uint8Array): void {
    const reader = new HeadReader('response', this.#env.headLimits ?? CLIENT_HEAD_LIMITS);
    const take = (chunk: Uint8Array) => {
      const result = reader.push(chunk);
      if (result.state !== 'incomplete') this.#headRead(result);
    };
    const over = (code: string, message: string, hint?: string) => {
      if (isTlsCode(code)) {
        this.#end({ type: 'failed', code, message, hint });
        return;
      }
      const heard = reader.length;
      this.#end({ type: 'failed', code: code === 'EMPTY' && heard > 0 ? 'CUT' : code, message: brokenOff(code, message, heard) });
    };
    this.#transport.handler = {
      data: take,
      end: () => over('EMPTY', ''),
      drain: () => undefined,
      close: (error) => over(error?.code ?? 'EMPTY', error?.message ?? '', error?.hint),
    };
    if (early.length > 0) take(early);
    this.#transport.resume();
  }

  #headRead(result: Exclude<HeadResult<ResponseHead>, { state: 'incomplete' }>): void {
    if (result.state === 'invalid') {
      const finding = {
        id: result.id,
        level: 'fail',
        side: 'server',
        section: 'RFC 9112 §2',
        requirement: 'The answer is HTTP/1.1',
      } as const;
      this.#refuse(undefined, [{ ...finding, actual: result.problem }], result.raw, false);
      return;
    }
    const { head, raw, rest } = result;
    const length = head.status === 101 ? this.#speech.answerBodyLength(head) : 0;
    if (length > 0) {
      this.#awaitProof(head, raw, rest, length);
      return;
    }
    this.#env.tell({ type: 'head', direction: 'received', head, raw });
    if (head.status < 200 && head.status !== 101) {
      // Interim answers are allowed before the real one (RFC 9110 §15.2).
      if (++this.#interim <= MAX_INTERIM) this.#awaitHead(rest);
      else this.#end({ type: 'failed', code: 'INTERIM', message: `more than ${MAX_INTERIM} interim answers (1xx)` });
      return;
    }
    this.#conclude(head, NO_BYTES, rest);
  }

  /** Servers of the day sent the head first and the proof some time after it. */
  #awaitProof(head: ResponseHead, raw: Uint8Array, rest: Uint8Array, length: number): void {
    const reader = new ProofReader(length);
    let received: Uint8Array = NO_BYTES;
    const tell = () => {
      this.#tellUnfinished = undefined;
      this.#env.tell({ type: 'head', direction: 'received', head, raw, ...(received.length > 0 && { body: received }) });
    };
    const finish = (behind: Uint8Array) => {
      if (this.#over || !this.#tellUnfinished) return;
      tell();
      this.#conclude(head, received, behind);
    };
    this.#tellUnfinished = tell;
    const take = (chunk: Uint8Array) => {
      received = Buffer.concat([received, chunk]).subarray(0, length);
      const whole = reader.push(chunk);
      if (whole) finish(whole.rest);
    };
    const cut = () => finish(NO_BYTES);
    this.#transport.handler = { data: take, end: cut, drain: () => undefined, close: cut };
    take(rest);
  }

  #conclude(head: ResponseHead, body: Uint8Array, rest: Uint8Array): void {
    const findings = this.#judge(head, body);
    this.#env.tell({ type: 'hop', hop: 'http', startedAt: this.#startedAt, detail: String(head.status) });
    if (findings.some(({ level }) => level === 'fail')) this.#readBody(head, findings, rest);
    else this.#open(head, findings, rest);
  }

  #judge(head: ResponseHead, body: Uint8Array): readonly Finding[] {
    const findings = this.#speech.judge(head, body);
    return this.#env.subprotocolRequired ? requireSubprotocol(findings, head) : findings;
  }

  #readBody(head: ResponseHead, findings: readonly Finding[], rest: Uint8Array): void {
    const body = new BodyReader(head, BODY_LIMIT);
    const finish = () => this.#refuse(head, findings, body.bytes, body.cut);
    // A server may keep the connection open after its answer: what has come by then is enough to show.
    const stopWaiting = this.#env.clock.after(BODY_PATIENCE, finish);
    const over = () => {
      stopWaiting();
      finish();
    };
    this.#transport.handler = {
      data: (chunk) => {
        if (body.push(chunk)) over();
      },
      end: over,
      drain: () => undefined,
      close: over,
    };
    if (head.status === 101 || body.push(rest)) over();
  }

  #open(response: ResponseHead, findings: readonly Finding[], rest: Uint8Array): void {
    if (this.#over) return;
    this.#over = true;
    const { request } = this.#speech;
    this.#env.done({ type: 'open', transport: this.#transport, request, response, findings, rest, speech: this.#speech });
  }

  #refuse(response: ResponseHead | undefined, findings: readonly Finding[], body: Uint8Array, bodyCut: boolean): void {
    this.#end({ type: 'refused', request: this.#speech.request, response, findings, body, bodyCut });
  }

  /** It leads to no WebSocket. */
  #end(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#release();
    this.#env.done(outcome);
  }

  #release(): void {
    this.#transport.handler = { data: () => undefined, end: () => undefined, drain: () => undefined, close: () => undefined };
    this.#transport.destroy();
  }
}

/** What became of the connection before the answer was whole; `heard`: bytes of it. `message`: the system's. */
function brokenOff(code: string, message: string, heard: number): string {
  const when = heard === 0 ? 'before it answered' : `in the middle of its answer, after ${heard} bytes`;
  switch (code) {
    case 'EMPTY':
      return `the peer ended the connection ${heard === 0 ? 'without a word' : when}`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `the peer reset the connection ${when}`;
    case 'ETIMEDOUT':
      return `the network lost the peer ${when}`;
    default:
      return `the connection broke ${heard === 0 ? 'before the peer answered' : when}: ${message}`;
  }
}
