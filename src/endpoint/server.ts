import type { Limits } from '../protocol/connection/limits.ts';
import { deflateCodecs } from '../protocol/extension/permessage-deflate.ts';
import type { MaskingKeySource } from '../protocol/frame/masking-key.ts';
import type { MessageView } from '../protocol/message/message.ts';
import type { PinnedBudget } from '../protocol/message/pinned.ts';
import type { EventSink, Happening } from '../session/event.ts';
import { type Listening, listen } from '../transport/listen.ts';
import type { Transport } from '../transport/transport.ts';
import { type AdmissionOptions, type Admitted, admit } from './admission.ts';
import type { Ending } from './client.ts';
import type { Clock } from './clock.ts';
import { Link } from './link.ts';
import { type Tell, tellEvent, teller } from './stamp.ts';

/**
 * A server: takes clients, checks their opening handshakes and gives a link for each. One client's failure is that
 * client's alone; every step is told to the sink under the client's number.
 */
export interface ServerOptions extends Omit<AdmissionOptions, 'full'> {
  /** The first must be had; the others are taken where they can be. */
  readonly hosts: readonly string[];
  /** 0: a free one, the same for all. */
  readonly port: number;
  readonly limits: Limits;
  readonly tolerance: 'strict' | 'lenient';
  /** Messages shorter than this go uncompressed, in bytes. */
  readonly compressFrom: number;
  readonly closeTimeout: number;
  readonly maxConnections: number;
  readonly budget: PinnedBudget;
}

export interface ServerEnv {
  readonly clock: Clock;
  readonly maskingKeys: MaskingKeySource;
}

/** One client, open. */
export interface Peer {
  /** From 1 on, in the order in which their connections were taken. */
  readonly number: number;
  readonly link: Link;
  readonly remote: string;
  readonly target: string;
  readonly subprotocol: string;
  readonly extensions: string;
  /** Reading of the clock when it opened. */
  readonly openedAt: number;
}

export interface ServerHandler {
  opened(peer: Peer): void;
  message(peer: Peer, message: MessageView): void;
  pong(peer: Peer, payload: Uint8Array): void;
  drain(peer: Peer): void;
  /** The peer's Close arrived: nothing more will come from it. */
  peerClosed(peer: Peer): void;
  ended(peer: Peer, ending: Ending): void;
  /** A connection that never became a WebSocket. */
  refused(number: number, remote: string): void;
  trouble(code: string, message: string): void;
}

export class Server {
  readonly #options: ServerOptions;
  readonly #env: ServerEnv;
  readonly #sink: EventSink;
  readonly #handler: ServerHandler;
  readonly #startedAt: number;
  readonly #peers = new Map<number, Peer>();
  /** Those whose handshake goes on: how to give each up. */
  readonly #admissions = new Set<() => void>();
  #next = 1;
  readonly #listening: Listening[] = [];

  constructor(options: ServerOptions, env: ServerEnv, sink: EventSink, handler: ServerHandler) {
    this.#options = options;
    this.#env = env;
    this.#sink = sink;
    this.#handler = handler;
    this.#startedAt = env.clock.now();
  }

  /** Rejects with the system's error where the first address cannot be had. */
  async start(): Promise<Listening> {
    const observer = {
      accepted: (transport: Transport) => this.#accept(transport),
      trouble: (code: string, message: string) => this.#handler.trouble(code, message),
    };
    const [host = '127.0.0.1', ...others] = this.#options.hosts;
    const first = await listen(host, this.#options.port, observer);
    this.#listening.push(first);
    for (const other of others) {
      // A machine without IPv6 has no ::1.
      const listening = await listen(other, first.port, observer).catch(() => undefined);
      if (listening) this.#listening.push(listening);
    }
    return first;
  }

  /** How many wait in their opening handshake. */
  get admitting(): number {
    return this.#admissions.size;
  }

  /** Open clients by number. */
  get peers(): ReadonlyMap<number, Peer> {
    return this.#peers;
  }

  /** Takes no more clients, and closes those that are open. */
  stop(code: number, reason: string): void {
    this.stopAccepting();
    for (const { link } of this.#peers.values()) link.close(code, reason);
  }

  /** Takes no more clients. */
  stopAccepting(): void {
    for (const listening of this.#listening) listening.close();
    for (const giveUp of this.#admissions) giveUp();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.stopAccepting();
    for (const { link } of this.#peers.values()) link.destroy();
  }

  #accept(transport: Transport): void {
    const number = this.#next++;
    const tell = teller(this.#sink, this.#env.clock, this.#startedAt, number);
    const startedAt = this.#env.clock.now() - this.#startedAt;
    tell({ type: 'hop', hop: 'tcp', startedAt, detail: transport.remote });
    const full = () => this.#peers.size >= this.#options.maxConnections;
    const giveUp = admit(transport, { ...this.#options, full }, this.#env.clock, tell, (admitted) => {
      this.#admissions.delete(giveUp);
      if (admitted) this.#open(transport, number, tell, admitted);
      else this.#handler.refused(number, transport.remote);
    });
    this.#admissions.add(giveUp);
  }

  #open(transport: Transport, number: number, tell: Tell, admitted: Admitted): void {
    const { limits, tolerance, closeTimeout, budget, compressFrom } = this.#options;
    const { deflate, subprotocol, extensions, findings, request, rest } = admitted;
    const codecs = deflate ? deflateCodecs('server', deflate, compressFrom, limits.maxMessage) : {};
    const { maskingKeys, clock } = this.#env;
    const link: Link = new Link(
      { role: 'server', limits, tolerance, closeTimeout, maskingKeys, budget, ...codecs },
      transport,
      clock,
      {
        message: (message) => this.#handler.message(peer, message),
        drain: () => this.#handler.drain(peer),
        roundTrip: (rtt) => tell({ type: 'rtt', rtt }),
        event: (event) => {
          if (event.type === 'closed') {
            const { code, reason, wasClean, by } = event;
            this.#ended(peer, tell, { type: 'closed', code, reason, wasClean, by });
          } else tellEvent(tell, event);
          if (event.type === 'pong') this.#handler.pong(peer, event.payload);
          if (event.type === 'close') this.#handler.peerClosed(peer);
        },
      },
    );
    const openedAt = clock.now();
    const peer: Peer = { number, link, remote: transport.remote, target: request.target, subprotocol, extensions, openedAt };
    this.#peers.set(number, peer);
    tell({ type: 'open', subprotocol, extensions, findings });
    this.#handler.opened(peer);
    link.start(rest);
  }

  #ended(peer: Peer, tell: Tell, closed: ClosedHappening): void {
    if (!this.#peers.delete(peer.number)) return;
    const error = peer.link.networkError;
    if (error) tell({ type: 'failure', hop: 'stream', code: error.code, message: error.message });
    tell(closed);
    this.#handler.ended(peer, { ...closed, at: this.#env.clock.now() - this.#startedAt, connection: peer.number });
  }
}

type ClosedHappening = Extract<Happening, { type: 'closed' }>;
