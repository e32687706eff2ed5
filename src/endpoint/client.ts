import type { Closed } from '../protocol/connection/event.ts';
import type { Limits } from '../protocol/connection/limits.ts';
import { agreed } from '../protocol/extension/negotiate.ts';
import { deflateCodecs } from '../protocol/extension/permessage-deflate.ts';
import type { MaskingKeySource } from '../protocol/frame/masking-key.ts';
import type { Cause } from '../protocol/handshake/cause-facts.ts';
import { keyFrom } from '../protocol/handshake/key.ts';
import { buildRequest } from '../protocol/handshake/request.ts';
import { fieldValues, firstValue, type HeadLimits, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import type { MessageView } from '../protocol/message/message.ts';
import { LocalProtocolError } from '../protocol/rule.ts';
import type { EventSink, Happening, HopName, SessionEvent } from '../session/event.ts';
import { type Dialing, dial } from '../transport/dial.ts';
import { RouteError, type Target } from '../transport/route.ts';
import type { SocketTransport } from '../transport/socket.ts';
import type { Transport } from '../transport/transport.ts';
import type { Again, Answered, Asking, Retry, Silence } from './again.ts';
import type { Clock } from './clock.ts';
import { type HttpVersion, speaksHttp2 } from './http-version.ts';
import { Link } from './link.ts';
import { isTlsCode, type Opening, type OpeningEnv, type Outcome, type Refused } from './opening.ts';
import { RouteLog } from './route-log.ts';
import { stamp, type Tell, tellEvent, teller } from './stamp.ts';
import { todaysSpeech, Upgrade } from './upgrade.ts';

/**
 * A client: takes the route, speaks the opening handshake and gives the link. One deadline covers the way there,
 * however the bytes dribble; every step is told to the sink.
 */
export interface ClientOptions {
  readonly target: Target;
  readonly request: Asking;
  /** `undefined`: HTTP/1.1, unless TLS was told to choose and chose HTTP/2. */
  readonly http?: HttpVersion | undefined;
  readonly limits: Limits;
  readonly headLimits?: HeadLimits;
  readonly tolerance: 'strict' | 'lenient';
  /** `false`: pings and Close frames are not answered. */
  readonly automatic?: boolean | undefined;
  /** As in `ConnectionOptions`. */
  readonly namesFlags?: boolean | undefined;
  /** What the connection's bytes go through. */
  readonly wrap?: ((transport: Transport) => Transport) | undefined;
  /** Milliseconds for the whole way to an open connection. */
  readonly handshakeTimeout: number;
  readonly closeTimeout: number;
  /** Messages shorter than this go uncompressed, in bytes. */
  readonly compressFrom: number;
  /** Refuses a server that chooses none of the subprotocols that it was asked for, as browsers do. */
  readonly subprotocolRequired?: boolean;
  /** Called at once; the connection is dialed once `go` is called. */
  readonly turn?: ((go: () => void) => void) | undefined;
  /** Told every answer but interim ones. */
  readonly answered?: ((answer: Answered) => void) | undefined;
  /** Asked about an answer that opens nothing, once its connection is over. Each further try has a deadline of its own. */
  readonly again?: Again | undefined;
  /** Asked where a connection was there and ended, or stayed silent, without an answer. */
  readonly unanswered?: ((silence: Silence) => Retry | undefined) | undefined;
  /** What one try may take of the milliseconds that are left of the whole deadline; else each has a deadline of its own. */
  readonly patience?: ((left: number) => number) | undefined;
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
  /** As in `LinkHandler`. */
  readonly borrows?: boolean | undefined;
  open(link: Link): void;
  message(message: MessageView): void;
  pong(payload: Uint8Array): void;
  /** The peer sent its Close: no message will follow. */
  peerClosed(): void;
  drain(): void;
  end(ending: Ending): void;
}

export class Client {
  readonly #options: ClientOptions;
  readonly #env: ClientEnv;
  readonly #handler: ClientHandler;
  readonly #sink: EventSink;
  readonly #startedAt: number;
  readonly #tell: Tell;
  #dialing: Dialing | undefined;
  #opening: Opening | undefined;
  #target: Target;
  #parts: ClientOptions['request'];
  #request: RequestHead;
  #attempt = 1;
  readonly #route: RouteLog;
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
    this.#route = new RouteLog(this.#tell, () => env.clock.now() - this.#startedAt);
    this.#target = options.target;
    this.#parts = options.request;
    this.#request = this.#build();
    if (options.turn) options.turn(() => !this.#ended && this.#dial());
    else this.#dial();
  }

  /** Gives up, whatever the state; an open connection is closed with 1000 first. `code` and `message` say why, before that. */
  stop(code = 'ABORTED', message = 'given up'): void {
    if (this.link) this.link.close(1000);
    else this.#fail(code, message);
  }

  #build(): RequestHead {
    const nonce = new Uint8Array(16);
    this.#env.fillRandom(nonce);
    return buildRequest({ ...this.#parts, key: keyFrom(nonce) });
  }

  #dial(): void {
    const { clock, variables } = this.#env;
    const { handshakeTimeout, patience } = this.#options;
    const left = Math.max(0, handshakeTimeout - (clock.now() - this.#startedAt));
    this.#stopDeadline = clock.after(patience?.(left) ?? handshakeTimeout, () => {
      if (this.#opening && this.#askOnSilence(true)) return;
      this.#fail('TIMEOUT', `no open connection within ${Math.round(handshakeTimeout) / 1000} s; --timeout allows more`);
    });
    this.#dialing = dial(this.#target, variables, this.#route);
    this.#dialing.transport.then(
      (transport) => this.#shake(transport),
      (error: unknown) => {
        if (!RouteError.is(error)) throw error;
        this.#fail(error.code, error.message, error.hop, error.hint);
      },
    );
  }

  #shake(transport: Transport): void {
    if (this.#ended) {
      transport.destroy();
      return;
    }
    const { headLimits, subprotocolRequired = false, wrap } = this.#options;
    const { clock } = this.#env;
    const done = (outcome: Outcome) => this.#done(outcome);
    const env = { clock, tell: this.#tell, headLimits, subprotocolRequired, begin: this.#route.begin, done };
    const secure = this.#target.tls !== undefined;
    if (speaksHttp2(transport, secure, this.#options.http)) this.#shakeOverHttp2(transport, secure, env);
    else if (this.#isOfToday()) this.#opening = new Upgrade(wrap?.(transport) ?? transport, todaysSpeech(this.#request), env);
    else this.#shakeInDraft(wrap?.(transport) ?? transport, secure, env);
  }

  /** Whether all that is asked is spoken today, so that nothing older need be loaded. */
  #isOfToday(): boolean {
    const { dialect = 'rfc6455' } = this.#parts;
    return dialect === 'rfc6455' && !OLD_EXTENSION.test(fieldValues(this.#request, 'Sec-WebSocket-Extensions').join());
  }

  #shakeInDraft(transport: Transport, secure: boolean, env: OpeningEnv): void {
    this.#opening = { abandon: () => transport.destroy() };
    const random = (size: number) => {
      const bytes = new Uint8Array(size);
      this.#env.fillRandom(bytes);
      return bytes;
    };
    const start = async () => {
      const { draftSpeech } = await import('./draft-speech.ts');
      if (this.#ended) return;
      this.#opening = new Upgrade(transport, draftSpeech(this.#parts, secure, random), env);
    };
    start().catch((error: unknown) => {
      if (!LocalProtocolError.is(error)) throw error;
      this.#fail('REQUEST', error.message);
    });
  }

  #shakeOverHttp2(transport: SocketTransport, secure: boolean, env: OpeningEnv): void {
    this.#opening = { abandon: () => transport.destroy() };
    const start = async () => {
      const { ExtendedConnect } = await import('./extended-connect.ts');
      if (this.#ended) return;
      this.#opening = new ExtendedConnect(transport, { ...this.#parts, secure }, env, this.#options.wrap);
    };
    start().catch((error: unknown) => {
      if (!LocalProtocolError.is(error)) throw error;
      this.#fail('REQUEST', error.message);
    });
  }

  #done(outcome: Outcome): void {
    if (outcome.type !== 'failed' && outcome.response) this.#options.answered?.(this.#answered(outcome.response));
    if (outcome.type === 'failed') {
      if (SILENT.has(outcome.code) && this.#askOnSilence(false)) return;
      this.#fail(outcome.code, outcome.message, isTlsCode(outcome.code) ? 'tls' : undefined, outcome.hint);
    } else if (outcome.type === 'refused') this.#refuse(outcome);
    else this.#open(outcome);
  }

  #open({ transport, request, response, findings, rest, speech }: Extract<Outcome, { type: 'open' }>): void {
    this.#stopDeadline?.();
    const { limits, tolerance, automatic, namesFlags, closeTimeout, compressFrom } = this.#options;
    const offer = fieldValues(request, 'Sec-WebSocket-Extensions').join(', ');
    const answer = fieldValues(response, 'Sec-WebSocket-Extensions').join(', ');
    const { maxMessage } = limits;
    const parameters = answer && !speech?.link ? agreed(offer, answer) : undefined;
    const deflate = parameters && !('problem' in parameters) ? parameters : undefined;
    const codecs = deflate ? deflateCodecs('client', deflate, compressFrom, maxMessage) : {};
    const spoken = speech?.link?.(response, { compressFrom, maxMessage });
    const { maskingKeys } = this.#env;
    const stream = spoken?.stream?.(transport, rest);
    const link = new Link(
      { role: 'client', limits, tolerance, automatic, namesFlags, closeTimeout, maskingKeys, ...codecs, ...spoken },
      stream ?? transport,
      this.#env.clock,
      {
        borrows: this.#handler.borrows,
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
    const dialect = speech?.dialect ?? 'rfc6455';
    const subprotocol = firstValue(response, dialect === 'hixie-75' ? 'WebSocket-Protocol' : 'Sec-WebSocket-Protocol') ?? '';
    this.#tell({ type: 'open', dialect, subprotocol, extensions: answer, findings });
    this.#handler.open(link);
    if (stream) {
      stream.broken = (violation) => {
        link.connection.breach(violation);
        link.flush();
      };
    }
    link.start(stream ? new Uint8Array(0) : rest);
  }

  #closed(closed: Closed, error: { readonly code: string; readonly message: string } | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    if (error) this.#tell({ type: 'failure', hop: 'stream', code: error.code, message: error.message });
    const { code, reason, wasClean, by } = closed;
    this.#finish({ type: 'closed', code, reason, wasClean, by });
  }

  #answered(response: ResponseHead): Answered {
    return { response, target: this.#target, request: this.#parts, attempt: this.#attempt };
  }

  #refuse(refused: Refused): void {
    if (this.#ended) return;
    this.#stopDeadline?.();
    const { response, body } = refused;
    const decided = response && this.#options.again?.({ ...this.#answered(response), body });
    if (!decided || !response) this.#end(refused);
    else
      void Promise.resolve(decided).then((next) => {
        if (this.#ended) return;
        if (next && 'to' in next) this.#retry(next, response.status);
        else this.#end(refused, next?.cause);
      });
  }

  /** Whether the server is asked once more, after no answer. */
  #askOnSilence(late: boolean): boolean {
    if (this.#ended) return false;
    const next = this.#options.unanswered?.({ target: this.#target, request: this.#parts, attempt: this.#attempt, late });
    if (!next) return false;
    this.#stopDeadline?.();
    this.#opening?.abandon();
    this.#retry(next, undefined);
    return true;
  }

  #retry({ reason, to, target, request, learnt }: Retry, status: number | undefined): void {
    const news = learnt === undefined ? {} : { dialect: request.dialect ?? 'rfc6455', learnt };
    this.#tell({ type: 'again', reason, ...(status !== undefined && { status }), to, ...news });
    this.#target = target;
    this.#parts = request;
    this.#attempt++;
    this.#opening = undefined;
    this.#request = this.#build();
    this.#dial();
  }

  #end({ findings, body, bodyCut }: Refused, cause?: Cause): void {
    this.#ended = true;
    this.#finish({ type: 'refused', findings, body, bodyCut, ...(cause && { cause }) });
  }

  #fail(code: string, message: string, hop?: HopName, hint?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const failure = { type: 'failure', ...this.#route.failure(hop), code, message, ...(hint !== undefined && { hint }) } as const;
    this.#release();
    this.#finish(failure);
  }

  #release(): void {
    this.#stopDeadline?.();
    if (this.#opening) this.#opening.abandon();
    else this.#dialing?.abort();
  }

  #finish(happening: Extract<Happening, { type: 'failure' | 'refused' | 'closed' }>): void {
    const ending: Ending = stamp(happening, this.#env.clock.now() - this.#startedAt, 1);
    this.#sink(ending);
    this.#handler.end(ending);
  }
}

/** Offered by hand, these are judged and spoken as drafts have them. */
const OLD_EXTENSION = /deflate-(?:frame|stream)|mux/;
/** How a connection ends where the other side just closes it. */
const SILENT: ReadonlySet<string> = new Set(['EMPTY', 'ECONNRESET', 'EPIPE']);
