import type { Limits } from '../protocol/connection/limits.ts';
import { deflateCodecs } from '../protocol/extension/permessage-deflate.ts';
import type { MaskingKeySource } from '../protocol/frame/masking-key.ts';
import type { RequestHead } from '../protocol/http/head.ts';
import type { PinnedBudget } from '../protocol/message/pinned.ts';
import type { EventSink } from '../session/event.ts';
import { type Listening, listen } from '../transport/listen.ts';
import type { Transport } from '../transport/transport.ts';
import { Admission, type AdmissionOptions, type Admitted } from './admission.ts';
import type { Clock } from './clock.ts';
import type { LinkOptions } from './link.ts';
import { Peer, type PeerEnv, type PeerHandler } from './peer.ts';
import { type Tell, teller } from './stamp.ts';

export type { Peer } from './peer.ts';

/**
 * A server: takes clients, checks their opening handshakes and gives a link for each. One client's failure is that
 * client's alone; every step is told to the sink under the client's number.
 */
export interface ServerOptions extends Omit<AdmissionOptions, 'full'> {
  /** The first must be had; the others are taken where they can be. Empty: every address of this machine. */
  readonly hosts: readonly string[];
  /** 0: a free one, the same for all. */
  readonly port: number;
  /** How many may wait to be accepted; the system's usual number where it is left out. */
  readonly backlog?: number | undefined;
  readonly limits: Limits;
  readonly tolerance: 'strict' | 'lenient';
  /** Messages shorter than this go uncompressed, in bytes. */
  readonly compressFrom: number;
  /** 0–9; 6 where it is left out. */
  readonly compressionLevel?: number | undefined;
  readonly closeTimeout: number;
  readonly maxConnections: number;
  /** `false`: pings and Close frames are not answered. */
  readonly automatic?: boolean | undefined;
  /** What every connection's bytes go through. */
  readonly wrap?: ((transport: Transport) => Transport) | undefined;
  readonly budget: PinnedBudget;
}

export interface ServerEnv {
  readonly clock: Clock;
  readonly maskingKeys: MaskingKeySource;
}

export interface ServerHandler extends PeerHandler {
  /** A client is open; nothing was read from it yet. */
  opened(peer: Peer, request: RequestHead, transport: Transport): void;
  /** A connection that never became a WebSocket. */
  /** `left`: it went before its request was whole. */
  refused(number: number, remote: string, left: boolean): void;
  trouble(code: string, message: string): void;
}

export class Server {
  readonly #options: ServerOptions;
  readonly #env: ServerEnv;
  readonly #sink: EventSink | undefined;
  readonly #handler: ServerHandler;
  readonly #admissionOptions: AdmissionOptions;
  /** Shared by all links that have no codec of their own. */
  readonly #linkOptions: LinkOptions;
  readonly #startedAt: number;
  readonly #peers = new Map<number, Peer>();
  /** Those whose handshake goes on: how to give each up. */
  readonly #admissions = new Set<Admission>();
  #next = 1;
  #stopped = false;
  readonly #listening: Listening[] = [];

  /** Without a `sink` nothing is told and nothing made to be told. */
  constructor(options: ServerOptions, env: ServerEnv, sink: EventSink | undefined, handler: ServerHandler) {
    this.#options = options;
    this.#env = env;
    this.#sink = sink;
    this.#handler = handler;
    this.#startedAt = env.clock.now();
    const full = () => this.#stopped || this.#peers.size >= options.maxConnections;
    this.#admissionOptions = { ...options, full };
    const { limits, tolerance, closeTimeout, budget, automatic } = options;
    const { maskingKeys } = env;
    this.#linkOptions = { role: 'server', limits, tolerance, closeTimeout, maskingKeys, budget, automatic };
  }

  /** Rejects with the system's error where the first address cannot be had. */
  async start(): Promise<Listening> {
    const observer = {
      accepted: (transport: Transport) => this.#accept(this.#options.wrap?.(transport) ?? transport),
      trouble: (code: string, message: string) => this.#handler.trouble(code, message),
    };
    const [host = '127.0.0.1', ...others] = this.#options.hosts;
    const first = await listen(host, this.#options.port, observer, this.#options.backlog);
    this.#listening.push(first);
    if (this.#stopped) this.stopAccepting();
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
    this.#stopped = true;
    for (const listening of this.#listening.splice(0)) listening.close();
    for (const admission of this.#admissions) admission.giveUp();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.stopAccepting();
    for (const { link } of this.#peers.values()) link.destroy();
  }

  /**
   * Takes a client whose request somebody else has read, with what came behind it. `opened` is called in place of the
   * handler's, unless the client does not get in.
   */
  adopt(transport: Transport, request: RequestHead, rest: Uint8Array, opened?: Opened): void {
    this.#admission(transport, opened).take(request, rest);
  }

  #accept(transport: Transport): void {
    this.#admission(transport).read();
  }

  #admission(transport: Transport, opened?: Opened): Admission {
    const number = this.#next++;
    const { clock } = this.#env;
    const tell = this.#sink && teller(this.#sink, clock, this.#startedAt, number);
    tell?.({ type: 'hop', hop: 'tcp', startedAt: clock.now() - this.#startedAt, detail: transport.remote });
    const admission = new Admission(transport, this.#admissionOptions, clock, tell, (admitted) => {
      this.#admissions.delete(admission);
      if (admitted) this.#open(transport, number, tell, admitted, opened);
      else this.#handler.refused(number, transport.remote, admission.left);
    });
    this.#admissions.add(admission);
    return admission;
  }

  #open(transport: Transport, number: number, tell: Tell | undefined, admitted: Admitted, opened: Opened | undefined): void {
    const { limits, compressFrom, compressionLevel } = this.#options;
    const { deflate, subprotocol, extensions, findings, request, rest } = admitted;
    const codecs = deflate && deflateCodecs('server', deflate, compressFrom, limits.maxMessage, compressionLevel);
    const linkOptions = codecs ? { ...this.#linkOptions, ...codecs } : this.#linkOptions;
    const { clock } = this.#env;
    const facts = { number, target: request.target, subprotocol, extensions, openedAt: clock.now() };
    const peer = new Peer(facts, linkOptions, transport, { clock, tell, gone: this.#gone }, this.#handler);
    this.#peers.set(number, peer);
    tell?.({ type: 'open', subprotocol, extensions, findings });
    if (opened) opened(peer);
    else this.#handler.opened(peer, request, transport);
    peer.link.start(rest);
  }

  readonly #gone: PeerEnv['gone'] = (peer, tell, closed) => {
    if (!this.#peers.delete(peer.number)) return;
    const error = peer.link.networkError;
    if (error) tell?.({ type: 'failure', hop: 'stream', code: error.code, message: error.message });
    tell?.(closed);
    peer.handler.ended(peer, { ...closed, at: this.#env.clock.now() - this.#startedAt, connection: peer.number });
  };
}

type Opened = (peer: Peer) => void;
