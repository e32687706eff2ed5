import type { Answer } from '../endpoint/admitting.ts';
import { Client, type ClientHandler, type Ending } from '../endpoint/client.ts';
import { Server, type ServerHandler, type ServerOptions } from '../endpoint/server.ts';
import { SERVER_LIMITS } from '../protocol/connection/limits.ts';
import type { ServerPreference } from '../protocol/extension/permessage-deflate.ts';
import { applyHeaderLines } from '../protocol/handshake/request.ts';
import { refuse } from '../protocol/handshake/response.ts';
import { encodeHead, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import { PinnedBudget } from '../protocol/message/pinned.ts';
import type { SessionEvent } from '../session/event.ts';
import { type Pace, PacedTransport } from '../transport/paced.ts';
import type { Transport } from '../transport/transport.ts';
import { clientOptions } from './connect.ts';
import { environment } from './environment.ts';
import { InspectedPeer, type Step } from './inspected-peer.ts';
import type { ConnectionOptions } from './options.ts';
import { reportException } from './report.ts';
import { checkedTimeout } from './timeout.ts';
import { InspectError } from './transcript.ts';
import { checkedSubprotocols, parseUrl, subprotocolNames } from './url.ts';

/**
 * For tests of WebSocket programs, in vitest or node:test: a client that looks at your server and a server that looks at
 * your client. Both record every frame, head and finding, and both misbehave when asked to.
 */
export interface InspectOptions {
  /** Milliseconds that a `frame` or `message` is waited for; 2000. `Infinity` waits for ever. */
  readonly timeout?: number | undefined;
  /** `false`: pings and Close frames are not answered; true. */
  readonly automatic?: boolean | undefined;
  /** `lenient`, the default, records what is wrong and goes on; `strict` closes the connection for it, as anybody would. */
  readonly tolerance?: 'strict' | 'lenient' | undefined;
  /** All that is sent goes in pieces: `{ bytes: 1 }` byte by byte. */
  readonly pace?: Pace | undefined;
}

export interface InspectConnectOptions extends InspectOptions, Omit<ConnectionOptions, 'observe'> {
  readonly protocols?: readonly string[] | undefined;
  /** `any` gives the peer also where the server did not let it in; `open`, the default, rejects then. */
  readonly handshake?: 'open' | 'any' | undefined;
}

/** What a server answers to the opening request. */
export type HandshakeAnswer =
  /**
   * The right answer; `headers` as of curl's -H set, add and remove (`Upgrade:`) lines of it, a wrong
   * `Sec-WebSocket-Accept: …` among them, and `status` puts another one in.
   */
  | { readonly type: 'accept'; readonly headers?: readonly string[]; readonly status?: number; readonly reason?: string }
  /** Not let in; the connection ends behind it. */
  | { readonly type: 'refuse'; readonly status: number; readonly headers?: readonly string[]; readonly body?: string }
  /** These bytes; then frames (`open`), the end of our direction (`end`, the default), or nothing (`wait`). */
  | { readonly type: 'raw'; readonly bytes: string | Uint8Array; readonly next?: 'open' | 'end' | 'wait' }
  /** Not a word, and the connection stays. */
  | { readonly type: 'silence' }
  /** Not a word, and the connection ends. */
  | { readonly type: 'hang-up' };

export interface InspectListenOptions extends InspectOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  /** The loopback address 127.0.0.1 where it is left out. */
  readonly host?: string | undefined;
  /** The subprotocols that are spoken. */
  readonly protocols?: readonly string[] | undefined;
  /** Whether permessage-deflate is accepted, and how; false. */
  readonly deflate?: boolean | ServerPreference | undefined;
  /** What every client's request is answered with, or who decides. */
  readonly answer?: HandshakeAnswer | ((request: RequestHead) => HandshakeAnswer) | undefined;
  /** Played with every client that is let in. */
  readonly script?: Iterable<Step> | undefined;
}

/** A server that looks at its clients. */
export interface InspectedListener extends AsyncDisposable {
  /** `ws://127.0.0.1:PORT/` */
  readonly url: string;
  readonly port: number;
  /** Every client so far. */
  readonly peers: readonly InspectedPeer[];
  /** The next client once its opening handshake is over, whatever came of it. Rejects after `timeout` milliseconds. */
  peer(options?: { readonly timeout?: number | undefined }): Promise<InspectedPeer>;
  /** Stops listening and cuts every client off. */
  stop(): void;
}

export const inspect = { connect, listen };

/** Opens a connection. Rejects with an `InspectError` that says what happened where it does not open, but see `handshake`. */
async function connect(url: string | URL, options: InspectConnectOptions = {}): Promise<InspectedPeer> {
  const { protocols = [], timeout = 2000, automatic, tolerance = 'lenient', pace, handshake = 'open' } = options;
  const peer = new InspectedPeer(checkedTimeout(timeout));
  const handler: ClientHandler = {
    open: (link) => {
      link.connection.watch(true);
      peer.attach(link);
      peer.setDrop(() => link.destroy());
    },
    message: ignore,
    pong: ignore,
    peerClosed: ignore,
    drain: ignore,
    end: (ending) => peer.ended(ending),
  };
  const settings = {
    ...clientOptions(parseUrl(url), checkedSubprotocols(subprotocolNames(protocols)), options),
    automatic,
    tolerance,
    wrap: wrapper(pace),
  };
  const client = new Client(settings, environment(), (event) => peer.record(event), handler);
  peer.setDrop(() => client.stop());
  await peer.settled;
  if (handshake === 'any' || peer.events.some(({ type }) => type === 'open')) return peer;
  throw new InspectError(`${String(url)} did not open\n${peer.summary()}`);
}

/** Listens. Rejects with the system's error where the port cannot be had. */
async function listen(options: InspectListenOptions = {}): Promise<InspectedListener> {
  checkedTimeout(options.timeout ?? 2000);
  const clients = new Clients(options);
  const server = new Server(serverOptions(options), environment(), (event) => clients.record(event), clients.handler);
  const { port, host } = await server.start();
  const stop = () => server.destroy();
  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    port,
    peers: clients.peers,
    peer: ({ timeout = options.timeout ?? 2000 } = {}) => clients.next(timeout),
    stop,
    [Symbol.asyncDispose]: async () => stop(),
  };
}

/** The clients of a listener, by their numbers. */
class Clients {
  readonly peers: InspectedPeer[] = [];
  readonly handler: ServerHandler;
  readonly #options: InspectListenOptions;
  readonly #byNumber = new Map<number, InspectedPeer>();
  readonly #waiting: ((peer: InspectedPeer) => void)[] = [];
  #given = 0;

  constructor(options: InspectListenOptions) {
    this.#options = options;
    this.handler = {
      opened: (open) => {
        const peer = this.#of(open.number);
        open.link.connection.watch(true);
        peer.attach(open.link);
        peer.setDrop(() => open.link.destroy());
        // What goes wrong in a script is the test's to know: it waits in vain for what should follow.
        if (options.script) setImmediate(() => peer.play(options.script ?? []).catch(reportException));
      },
      ended: ({ number }, ending) => this.#of(number).ended(ending),
      refused: (number) => this.#of(number).ended(lastOf(this.#of(number).events)),
      abandoned: (number) => this.#of(number).ended(lastOf(this.#of(number).events)),
      message: ignore,
      pong: ignore,
      drain: ignore,
      peerClosed: ignore,
      trouble: ignore,
    };
  }

  record(event: SessionEvent): void {
    this.#of(event.connection).record(event);
  }

  async next(timeout: number): Promise<InspectedPeer> {
    checkedTimeout(timeout);
    const index = this.#given++;
    const peer = this.peers[index] ?? (await this.#arrival(timeout));
    await peer.settled;
    return peer;
  }

  #arrival(timeout: number): Promise<InspectedPeer> {
    return new Promise((resolve, reject) => {
      const taken = (peer: InspectedPeer) => {
        stop();
        resolve(peer);
      };
      const stop = environment().clock.after(timeout, () => {
        // The next client is for whoever asks next.
        this.#waiting.splice(this.#waiting.indexOf(taken), 1);
        this.#given--;
        reject(new InspectError(`${timeout} ms passed, and no client came`));
      });
      this.#waiting.push(taken);
    });
  }

  #of(number: number): InspectedPeer {
    const known = this.#byNumber.get(number);
    if (known) return known;
    const peer = new InspectedPeer(this.#options.timeout ?? 2000);
    this.#byNumber.set(number, peer);
    this.peers.push(peer);
    this.#waiting.shift()?.(peer);
    return peer;
  }
}

function serverOptions(options: InspectListenOptions): ServerOptions {
  const { host = '127.0.0.1', port = 0, protocols = [], deflate = false, automatic, tolerance = 'lenient', answer } = options;
  return {
    hosts: [host],
    port,
    subprotocols: protocols,
    headers: [],
    deflate: deflate === true ? {} : deflate || undefined,
    compressFrom: 0,
    limits: SERVER_LIMITS,
    tolerance,
    automatic,
    namesFlags: false,
    wrap: wrapper(options.pace),
    handshakeTimeout: 10_000,
    closeTimeout: 5000,
    maxConnections: Infinity,
    budget: new PinnedBudget(Infinity),
    policy: () => undefined,
    ...(answer && { answer: (request, usual) => answerOf(typeof answer === 'function' ? answer(request) : answer, usual) }),
  };
}

function answerOf(answer: HandshakeAnswer, usual: ResponseHead): Answer {
  switch (answer.type) {
    case 'accept': {
      const { status = usual.status, reason = usual.reason, headers = [] } = answer;
      return { head: { ...usual, status, reason, fields: applyHeaderLines(usual.fields, headers) } };
    }
    case 'refuse': {
      const { head, body } = refuse(answer.status, undefined, applyHeaderLines([], answer.headers ?? []), answer.body);
      return { head, raw: Buffer.concat([encodeHead(head), body]), next: 'end' };
    }
    case 'raw':
      return { head: usual, raw: Buffer.from(answer.bytes as string, 'latin1'), next: answer.next ?? 'end' };
    default:
      return { head: usual, raw: new Uint8Array(0), next: answer.type === 'silence' ? 'wait' : 'end' };
  }
}

function wrapper(pace: Pace | undefined): ((transport: Transport) => Transport) | undefined {
  return pace && ((transport) => new PacedTransport(transport, pace));
}

function lastOf(events: readonly SessionEvent[]): Ending {
  const ending = events.findLast(({ type }) => type === 'refused' || type === 'failure');
  if (!ending) throw new Error('a client was refused and nobody knows why');
  return ending as Ending;
}

function ignore(): void {}
