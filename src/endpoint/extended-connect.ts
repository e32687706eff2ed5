import { judgeExtensions } from '../protocol/extension/negotiate.ts';
import { checkConnectProtocol, checkExtendedResponse } from '../protocol/handshake/check-extended-connect.ts';
import { buildExtendedConnect, type ExtendedConnectParts, extendedResponse } from '../protocol/handshake/extended-connect.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { CLIENT_HEAD_LIMITS, encodeHead, type Field, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import { Http2Client } from '../transport/h2/client.ts';
import type { SocketTransport } from '../transport/socket.ts';
import type { Transport } from '../transport/transport.ts';
import {
  BODY_LIMIT,
  BODY_PATIENCE,
  MAX_INTERIM,
  type Opening,
  type OpeningEnv,
  type Outcome,
  requireSubprotocol,
} from './opening.ts';

/**
 * The opening handshake as an extended CONNECT on an HTTP/2 connection (RFC 8441): the server's SETTINGS are waited for, and
 * only where they allow it the request is sent; its stream is the transport.
 */
export class ExtendedConnect implements Opening {
  readonly #request: RequestHead;
  readonly #env: OpeningEnv;
  readonly #wrap: ((transport: Transport) => Transport) | undefined;
  readonly #client: Http2Client;
  #startedAt: number;
  #stream: Transport | undefined;
  #interim = 0;
  #over = false;
  #settings: Finding = checkConnectProtocol(false);

  /** `wrap`: what the stream's bytes go through once it is open. Throws `LocalProtocolError` where the request cannot be built. */
  constructor(
    socket: SocketTransport,
    parts: ExtendedConnectParts,
    env: OpeningEnv,
    wrap: ((transport: Transport) => Transport) | undefined,
  ) {
    this.#request = buildExtendedConnect(parts);
    this.#env = env;
    this.#wrap = wrap;
    this.#startedAt = env.begin('http2');
    const maxHeaderListSize = (env.headLimits ?? CLIENT_HEAD_LIMITS).maxBytes;
    const { remote } = socket;
    const { secure } = parts;
    this.#client = new Http2Client(
      socket.release(),
      remote,
      { secure, maxHeaderListSize },
      {
        told: (direction, frame, parameters) => env.tell({ type: 'http2', direction, frame, parameters }),
        ready: (allowed) => this.#ready(allowed),
        failed: ({ code, message }) => this.#end({ type: 'failed', code, message }),
      },
    );
  }

  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#client.destroy();
  }

  #ready(allowed: boolean): void {
    if (this.#over) return;
    const { tell, begin } = this.#env;
    this.#settings = checkConnectProtocol(allowed);
    const detail = allowed ? 'SETTINGS allow WebSocket' : 'SETTINGS without WebSocket';
    tell({ type: 'hop', hop: 'http2', startedAt: this.#startedAt, detail });
    if (!allowed) {
      this.#refuse(undefined, [this.#settings], NO_BODY, false);
      return;
    }
    this.#startedAt = begin('http');
    try {
      const stream = this.#client.request(this.#request.fields, { head: (fields, interim) => this.#answered(fields, interim) });
      this.#stream = stream;
      const over = (code: string, message: string) => this.#end({ type: 'failed', code, message });
      stream.handler = {
        ...IDLE,
        end: () => over('EMPTY', 'the peer ended the stream without an answer'),
        close: (error) => over(error?.code ?? 'EMPTY', error?.message ?? 'the stream ended without an answer'),
      };
    } catch (error) {
      this.#end({ type: 'failed', code: 'REQUEST', message: `HTTP/2 cannot carry this request: ${(error as Error).message}` });
      return;
    }
    tell({ type: 'head', direction: 'sent', head: this.#request, raw: encodeHead(this.#request) });
  }

  #answered(fields: readonly Field[], interim: boolean): void {
    const stream = this.#stream;
    if (this.#over || !stream) return;
    const head = extendedResponse(fields);
    this.#env.tell({ type: 'head', direction: 'received', head, raw: encodeHead(head) });
    if (interim) {
      if (++this.#interim > MAX_INTERIM)
        this.#end({ type: 'failed', code: 'INTERIM', message: `more than ${MAX_INTERIM} interim answers (1xx)` });
      return;
    }
    const findings = [this.#settings, ...this.#judge(head)];
    this.#env.tell({ type: 'hop', hop: 'http', startedAt: this.#startedAt, detail: `${head.status}, HTTP/2 stream 1` });
    if (findings.some(({ level }) => level === 'fail')) this.#readBody(stream, head, findings);
    else this.#open(stream, head, findings);
  }

  #judge(head: ResponseHead): readonly Finding[] {
    const findings = checkExtendedResponse(this.#request, head, judgeExtensions);
    return this.#env.subprotocolRequired ? requireSubprotocol(findings, head) : findings;
  }

  #readBody(stream: Transport, head: ResponseHead, findings: readonly Finding[]): void {
    const pieces: Buffer[] = [];
    let length = 0;
    const finish = () => {
      const body = Buffer.concat(pieces);
      this.#refuse(head, findings, body.subarray(0, BODY_LIMIT), body.length > BODY_LIMIT);
    };
    const stopWaiting = this.#env.clock.after(BODY_PATIENCE, finish);
    const over = () => {
      stopWaiting();
      finish();
    };
    const data = (chunk: Buffer) => {
      pieces.push(chunk);
      length += chunk.length;
      if (length > BODY_LIMIT) over();
    };
    // What follows a 2xx is a tunnel: no body.
    if (head.status < 300) {
      over();
      return;
    }
    stream.handler = { ...IDLE, data, end: over, close: over };
    stream.resume();
  }

  #open(stream: Transport, response: ResponseHead, findings: readonly Finding[]): void {
    this.#over = true;
    const transport = this.#wrap?.(stream) ?? stream;
    this.#env.done({ type: 'open', transport, request: this.#request, response, findings, rest: NO_BODY });
  }

  #refuse(response: ResponseHead | undefined, findings: readonly Finding[], body: Uint8Array, bodyCut: boolean): void {
    this.#end({ type: 'refused', request: this.#request, response, findings, body, bodyCut });
  }

  /** It leads to no WebSocket. */
  #end(outcome: Outcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#client.destroy();
    this.#env.done(outcome);
  }
}

const NO_BODY = new Uint8Array(0);
const IDLE = { data: () => undefined, end: () => undefined, drain: () => undefined, close: () => undefined };
