import type { Closed } from '../protocol/connection/event.ts';
import type { Limits } from '../protocol/connection/limits.ts';
import { agreed, judgeExtensions } from '../protocol/extension/negotiate.ts';
import { deflateCodecs } from '../protocol/extension/permessage-deflate.ts';
import type { MaskingKeySource } from '../protocol/frame/masking-key.ts';
import { checkResponse } from '../protocol/handshake/check-response.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { keyFrom } from '../protocol/handshake/key.ts';
import { buildRequest, type RequestParts } from '../protocol/handshake/request.ts';
import { BodyReader } from '../protocol/http/body.ts';
import {
  CLIENT_HEAD_LIMITS,
  encodeHead,
  fieldValues,
  type HeadLimits,
  type RequestHead,
  type ResponseHead,
} from '../protocol/http/head.ts';
import { HeadReader, type HeadResult } from '../protocol/http/head-reader.ts';
import type { MessageView } from '../protocol/message/message.ts';
import type { EventSink, Happening, HopName, SessionEvent } from '../session/event.ts';
import { type Dialing, dial } from '../transport/dial.ts';
import { RouteError, type Target } from '../transport/route.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock } from './clock.ts';
import { Link } from './link.ts';
import { type Tell, tellEvent, teller } from './stamp.ts';

/**
 * A client: takes the route, speaks the opening handshake and gives the link. One deadline covers the way there,
 * however the bytes dribble; every step is told to the sink.
 */
export interface ClientOptions {
  readonly target: Target;
  readonly request: Omit<RequestParts, 'key'>;
  readonly limits: Limits;
  readonly headLimits?: HeadLimits;
  readonly tolerance: 'strict' | 'lenient';
  /** `false`: pings and Close frames are not answered. */
  readonly automatic?: boolean | undefined;
  /** What the connection's bytes go through. */
  readonly wrap?: ((transport: Transport) => Transport) | undefined;
  /** Milliseconds for the whole way to an open connection. */
  readonly handshakeTimeout: number;
  readonly closeTimeout: number;
  /** Messages shorter than this go uncompressed, in bytes. */
  readonly compressFrom: number;
  /** Refuses a server that chooses none of the subprotocols that it was asked for, as browsers do. */
  readonly subprotocolRequired?: boolean;
}

export interface ClientEnv {
  readonly clock: Clock;
  readonly maskingKeys: MaskingKeySource;
  readonly fillRandom: (target: Uint8Array) => void;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** How it ended: one of these is always the last event. */
export type Ending = Extract<SessionEvent, { type: 'failure' | 'refused' | 'closed' }>;

export interface ClientHandler {
  open(link: Link): void;
  message(message: MessageView): void;
  pong(payload: Uint8Array): void;
  /** The peer sent its Close: no message will follow. */
  peerClosed(): void;
  drain(): void;
  end(ending: Ending): void;
}

/** The start of a refusal's body that is kept. */
const BODY_LIMIT = 64 * 1024;
/** Interim 1xx answers before the real one. */
const MAX_INTERIM = 8;
/** Milliseconds that a body that does not end is waited for. */
const BODY_PATIENCE = 1000;

export class Client {
  readonly #options: ClientOptions;
  readonly #env: ClientEnv;
  readonly #handler: ClientHandler;
  readonly #sink: EventSink;
  readonly #startedAt: number;
  readonly #tell: Tell;
  #dialing: Dialing | undefined;
  #transport: Transport | undefined;
  #request: RequestHead | undefined;
  #hop: HopName = 'tcp';
  #hopStartedAt = 0;
  #interim = 0;
  #stopDeadline: (() => void) | undefined;
  #ended = false;
  link: Link | undefined;

  /** Starts at once. Throws `LocalProtocolError` where the request cannot be built. */
  constructor(options: ClientOptions, env: ClientEnv, sink: EventSink, handler: ClientHandler) {
    this.#options = options;
    this.#env = env;
    this.#handler = handler;
    this.#sink = sink;
    this.#startedAt = env.clock.now();
    this.#tell = teller(sink, env.clock, this.#startedAt, 1);
    const nonce = new Uint8Array(16);
    env.fillRandom(nonce);
    this.#request = buildRequest({ ...options.request, key: keyFrom(nonce) });
    this.#dial();
  }

  /** Gives up, whatever the state; an open connection is closed with 1000 first. */
  stop(): void {
    if (this.link) this.link.close(1000);
    else this.#fail('ABORTED', 'given up');
  }

  #dial(): void {
    const { clock, variables } = this.#env;
    const { handshakeTimeout, target } = this.#options;
    this.#stopDeadline = clock.after(handshakeTimeout, () => {
      this.#fail('TIMEOUT', `no open connection within ${Math.round(handshakeTimeout) / 1000} s; --timeout allows more`);
    });
    const begin = (hop: HopName) => {
      this.#hop = hop;
      this.#hopStartedAt = clock.now() - this.#startedAt;
    };
    this.#dialing = dial(target, variables, {
      begin,
      done: (hop, detail, certificate) =>
        this.#tell({ type: 'hop', hop, startedAt: this.#hopStartedAt, detail, ...(certificate && { certificate }) }),
    });
    this.#dialing.transport.then(
      (transport) => {
        begin('http');
        this.#shake(this.#options.wrap?.(transport) ?? transport);
      },
      (error: unknown) => {
        if (!RouteError.is(error)) throw error;
        this.#hop = error.hop;
        this.#fail(error.code, error.message);
      },
    );
  }

  #shake(transport: Transport): void {
    if (this.#ended || !this.#request) {
      transport.destroy();
      return;
    }
    this.#transport = transport;
    const raw = encodeHead(this.#request);
    this.#tell({ type: 'head', direction: 'sent', head: this.#request, raw });
    transport.write([raw]);
    this.#awaitHead(transport, new Uint8Array(0));
  }

  #awaitHead(transport: Transport, early: Uint8Array): void {
    const reader = new HeadReader('response', this.#options.headLimits ?? CLIENT_HEAD_LIMITS);
    const take = (chunk: Uint8Array) => {
      const result = reader.push(chunk);
      if (result.state !== 'incomplete') this.#headRead(transport, result);
    };
    const over = (code: string, message: string) => {
      const heard = reader.length === 0 ? 'without a word' : `after ${reader.length} bytes that are no whole answer`;
      this.#fail(code, `${message} ${heard}`);
    };
    transport.handler = {
      data: take,
      end: () => over('EMPTY', 'the peer ended the connection'),
      drain: () => undefined,
      close: (error) => over(error?.code ?? 'EMPTY', error?.message ?? 'the connection ended'),
    };
    if (early.length > 0) take(early);
    transport.resume();
  }

  #headRead(transport: Transport, result: Exclude<HeadResult<ResponseHead>, { state: 'incomplete' }>): void {
    if (result.state === 'invalid') {
      const finding = {
        id: result.id,
        level: 'fail',
        side: 'server',
        section: 'RFC 9112 §2',
        requirement: 'The answer is HTTP/1.1',
      } as const;
      this.#refuse([{ ...finding, actual: result.problem }], result.raw, false);
      return;
    }
    const { head, raw, rest } = result;
    this.#tell({ type: 'head', direction: 'received', head, raw });
    if (head.status < 200 && head.status !== 101) {
      // Interim answers are allowed before the real one (RFC 9110 §15.2).
      if (++this.#interim <= MAX_INTERIM) this.#awaitHead(transport, rest);
      else this.#fail('INTERIM', `more than ${MAX_INTERIM} interim answers (1xx)`);
      return;
    }
    const findings = this.#judge(head);
    this.#tell({ type: 'hop', hop: 'http', startedAt: this.#hopStartedAt, detail: String(head.status) });
    if (findings.some(({ level }) => level === 'fail')) this.#readBody(transport, head, findings, rest);
    else this.#open(transport, head, findings, rest);
  }

  #judge(head: ResponseHead): Finding[] {
    const findings = this.#request ? checkResponse(this.#request, head, judgeExtensions) : [];
    const unchosen = this.#options.subprotocolRequired && fieldValues(head, 'Sec-WebSocket-Protocol').length === 0;
    if (!unchosen) return findings;
    return findings.map((finding) => {
      // All that may be odd about none is that one was asked for.
      if (finding.id !== 'subprotocol' || finding.level !== 'warn') return finding;
      return { ...finding, level: 'fail', hint: 'The server took none of the subprotocols that it was asked for.' };
    });
  }

  #readBody(transport: Transport, head: ResponseHead, findings: readonly Finding[], rest: Uint8Array): void {
    const body = new BodyReader(head, BODY_LIMIT);
    const finish = () => this.#refuse(findings, body.bytes, body.cut);
    // A server may keep the connection open after its answer: what has come by then is enough to show.
    const stopWaiting = this.#env.clock.after(BODY_PATIENCE, finish);
    const over = () => {
      stopWaiting();
      finish();
    };
    transport.handler = {
      data: (chunk) => {
        if (body.push(chunk)) over();
      },
      end: over,
      drain: () => undefined,
      close: over,
    };
    if (head.status === 101 || body.push(rest)) over();
  }

  #open(transport: Transport, head: ResponseHead, findings: readonly Finding[], rest: Uint8Array): void {
    this.#stopDeadline?.();
    const { limits, tolerance, automatic, closeTimeout } = this.#options;
    const offer = this.#request ? fieldValues(this.#request, 'Sec-WebSocket-Extensions').join(', ') : '';
    const answer = fieldValues(head, 'Sec-WebSocket-Extensions').join(', ');
    const parameters = answer ? agreed(offer, answer) : undefined;
    const deflate = parameters && !('problem' in parameters) ? parameters : undefined;
    const compressFrom = this.#options.compressFrom;
    const codecs = deflate ? deflateCodecs('client', deflate, compressFrom, limits.maxMessage) : {};
    const link = new Link(
      { role: 'client', limits, tolerance, automatic, closeTimeout, maskingKeys: this.#env.maskingKeys, ...codecs },
      transport,
      this.#env.clock,
      {
        message: (message) => this.#handler.message(message),
        drain: () => this.#handler.drain(),
        roundTrip: (rtt) => this.#tell({ type: 'rtt', rtt }),
        event: (event) => {
          if (event.type === 'closed') this.#closed(event, link.networkError);
          else tellEvent(this.#tell, event);
          if (event.type === 'pong') this.#handler.pong(event.payload);
          if (event.type === 'close') this.#handler.peerClosed();
        },
      },
    );
    this.link = link;
    const [subprotocol = ''] = fieldValues(head, 'Sec-WebSocket-Protocol');
    this.#tell({ type: 'open', subprotocol, extensions: answer, findings });
    this.#handler.open(link);
    link.start(rest);
  }

  #closed(closed: Closed, error: { readonly code: string; readonly message: string } | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    if (error) this.#tell({ type: 'failure', hop: 'stream', code: error.code, message: error.message });
    const { code, reason, wasClean, by } = closed;
    this.#finish({ type: 'closed', code, reason, wasClean, by });
  }

  #refuse(findings: readonly Finding[], body: Uint8Array, bodyCut: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    this.#finish({ type: 'refused', findings, body, bodyCut });
  }

  #fail(code: string, message: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#release();
    this.#finish({ type: 'failure', hop: this.#hop, code, message });
  }

  #release(): void {
    this.#stopDeadline?.();
    if (this.#transport) {
      this.#transport.handler = { data: () => undefined, end: () => undefined, drain: () => undefined, close: () => undefined };
      this.#transport.destroy();
    } else this.#dialing?.abort();
  }

  #finish(happening: Extract<Happening, { type: 'failure' | 'refused' | 'closed' }>): void {
    const ending = { ...happening, at: this.#env.clock.now() - this.#startedAt, connection: 1 } as Ending;
    this.#sink(ending);
    this.#handler.end(ending);
  }
}
