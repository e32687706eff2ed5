import type { Limits } from '../protocol/connection/limits.ts';
import { deflateCodecs } from '../protocol/extension/permessage-deflate.ts';
import type { MaskingKeySource } from '../protocol/frame/masking-key.ts';
import { answerOverHttp2, extendedRequest } from '../protocol/handshake/extended-connect.ts';
import type { RequestHead } from '../protocol/http/head.ts';
import type { PinnedBudget } from '../protocol/message/pinned.ts';
import type { EventSink, HopName } from '../session/event.ts';
import type { Http2Request } from '../transport/h2/server.ts';
import { type Door, type Listening, listen } from '../transport/listen.ts';
import { SocketTransport } from '../transport/socket.ts';
import type { ServerTls } from '../transport/tls/server.ts';
import type { Transport } from '../transport/transport.ts';
import { Admission } from './admission.ts';
import type { AdmissionOptions, Admitted } from './admitting.ts';
import type { Reply } from './aside.ts';
import type { BothVersions } from './both-versions.ts';
import type { Clock } from './clock.ts';
import type { DraftEnv } from './draft-admission.ts';
import type { Faults } from './fault/faults.ts';
import type { FaultyConnection } from './fault/faulty-connection.ts';
import type { Guard } from './guard/guard.ts';
import type { Place } from './guard/waiting-room.ts';
import type { LinkOptions } from './link.ts';
import { Peer, type PeerEnv, type PeerHandler } from './peer.ts';
import { Roster } from './roster.ts';
import { type Tell, teller } from './stamp.ts';
import type { Passage, TlsFacts, TlsGate } from './tls-gate.ts';

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
  /** In place of hosts and port: Unix sockets, and descriptors of listening sockets that were handed down. All must be had. */
  readonly doors?: readonly Door[] | undefined;
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
  /** As in `ConnectionOptions`. */
  readonly namesFlags?: boolean | undefined;
  /** Clients come by TLS. */
  readonly tls?: ServerTls | undefined;
  /** HTTP/2 too (RFC 8441), on the same port: over TLS where ALPN chooses it, on plain TCP by its preface. */
  readonly http2?: boolean | undefined;
  /** What every connection's bytes go through. */
  readonly wrap?: ((transport: Transport) => Transport) | undefined;
  readonly budget: PinnedBudget;
  /** What it gets wrong on purpose. */
  readonly faults?: Faults | undefined;
  /** What clients may do, beyond `maxConnections`. */
  readonly guard?: Guard | undefined;
}

export interface ServerEnv {
  readonly clock: Clock;
  readonly maskingKeys: MaskingKeySource;
}

export interface ServerHandler extends PeerHandler {
  /** A client is open; nothing was read from it yet. */
  opened(peer: Peer, request: RequestHead, transport: Transport): void;
  /** A connection that never became a WebSocket. `left`: it went before its request was whole. `why`: what was wrong, as it is known. */
  refused(number: number, remote: string, left: boolean, why?: string): void;
  trouble(code: string, message: string): void;
  /** A request that `aside` has taken: nothing more is told of it. */
  taken?(number: number): void;
  /** A connection that was still in its handshake when no more clients were taken. */
  abandoned?(number: number): void;
}

export class Server {
  readonly #options: ServerOptions;
  readonly #env: ServerEnv;
  readonly #sink: EventSink | undefined;
  readonly #handler: ServerHandler;
  readonly #admissionOptions: AdmissionOptions;
  #draftEnv: DraftEnv;
  /** Shared by all links that have no codec of their own. */
  readonly #linkOptions: LinkOptions;
  readonly #startedAt: number;
  readonly #peers = new Roster<Peer>();
  /** Those whose handshake goes on: how to give each up. */
  readonly #admissions = new Roster<Admission>();
  #next = 1;
  #stopped = false;
  readonly #listening: Listening[] = [];
  /** Where TLS is spoken: who lets clients through. */
  #gate: TlsGate | undefined;
  readonly #secured = new WeakMap<Transport, TlsFacts>();
  readonly #places = new WeakMap<Transport, Place>();
  /** Where HTTP/2 is spoken too: who tells clients apart. */
  #both: BothVersions | undefined;

  /** Without a `sink` nothing is told and nothing made to be told. */
  constructor(options: ServerOptions, env: ServerEnv, sink: EventSink | undefined, handler: ServerHandler) {
    this.#options = options;
    this.#env = env;
    this.#sink = sink;
    this.#handler = handler;
    this.#startedAt = env.clock.now();
    const full = () => this.#stopped || this.#peers.size >= options.maxConnections;
    const { guard } = options;
    this.#admissionOptions = {
      ...options,
      full,
      secure: options.tls !== undefined,
      ...(guard && {
        identify: (request) => guard.identify(request),
        policy: (request, transport) => options.policy(request, transport) ?? guard.refusal(transport.remote),
      }),
    };
    const { limits, tolerance, closeTimeout, budget, automatic, namesFlags, compressFrom, compressionLevel } = options;
    const { maskingKeys } = env;
    this.#draftEnv = { maskingKeys, compressFrom, compressionLevel, maxMessage: limits.maxMessage };
    this.#linkOptions = { role: 'server', limits, tolerance, closeTimeout, maskingKeys, budget, automatic, namesFlags };
  }

  /** Rejects with the system's error where the first address, or a door, cannot be had. Gives the first. */
  async start(): Promise<Listening> {
    const observer = {
      accepted: (transport: Transport, hop: 'tcp' | 'unix') => this.#accept(transport, hop),
      trouble: (code: string, message: string) => this.#handler.trouble(code, message),
    };
    await this.#openGate();
    if (this.#options.dialects)
      this.#draftEnv = { ...this.#draftEnv, admission: (await import('./draft-admission.ts')).DraftAdmission };
    if (this.#options.http2) this.#both = await this.#bothVersions();
    const { hosts, port, backlog, doors = [] } = this.#options;
    const [host = '127.0.0.1', ...others] = hosts;
    const [door = { host, port }, ...furtherDoors] = doors;
    const first = await listen(door, observer, backlog);
    this.#listening.push(first);
    for (const further of furtherDoors) {
      const listening = await listen(further, observer, backlog).catch((error: unknown) => {
        this.stopAccepting();
        throw error;
      });
      this.#listening.push(listening);
    }
    for (const other of doors.length > 0 ? [] : others) {
      // A machine without IPv6 has no ::1.
      const listening = await listen({ host: other, port: first.port }, observer).catch(() => undefined);
      if (listening) this.#listening.push(listening);
    }
    // It may have been stopped during any of these.
    if (this.#stopped) this.stopAccepting();
    return first;
  }

  /** Where clients are taken, the first place first. */
  get places(): readonly Listening[] {
    return this.#listening;
  }

  /** How many wait in their opening handshake. */
  get admitting(): number {
    return this.#admissions.size + (this.#both?.undecided ?? 0) + (this.#gate?.waiting ?? 0);
  }

  /** Clients that are open or closing, in the order in which they opened. */
  get peers(): Pick<Roster<Peer>, 'size' | typeof Symbol.iterator> {
    return this.#peers;
  }

  /** Takes no more clients, and closes those that are open. */
  stop(code: number, reason: string): void {
    this.stopAccepting();
    this.#options.aside?.stop(code, reason);
    for (const { link } of this.#peers) link.close(code, reason);
  }

  /** Takes no more clients. */
  stopAccepting(): void {
    this.#stopped = true;
    for (const listening of this.#listening.splice(0)) listening.close();
    for (const admission of this.#admissions) admission.giveUp();
    this.#gate?.stop();
    this.#both?.stop();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.stopAccepting();
    for (const { link } of this.#peers) link.destroy();
    this.#options.aside?.destroy();
    this.#options.faults?.letGo();
    this.#both?.destroy();
  }

  /**
   * Takes a client whose request somebody else has read, with what came behind it. `opened` is called in place of the
   * handler's, unless the client does not get in. `reply`: as of `Admission.take`.
   */
  adopt(transport: Transport, request: RequestHead, rest: Uint8Array, opened?: Opened, reply?: Reply): void {
    this.#admission(transport, { hop: 'tcp', opened }).take(request, rest, reply);
  }

  async #openGate(): Promise<void> {
    const { tls, handshakeTimeout } = this.#options;
    if (tls) this.#gate = await (await import('./tls-gate.ts')).TlsGate.open(tls, this.#env.clock, handshakeTimeout);
  }

  #accept(transport: Transport, hop: 'tcp' | 'unix'): void {
    const place = this.#options.guard?.arrive(transport.remote, () => transport.destroy());
    if (this.#gate) this.#gate.take(transport, (passage) => this.#passed(passage, hop, place));
    else this.#come(transport, hop, place);
  }

  #passed(passage: Passage, hop: 'tcp' | 'unix', place: Place | undefined): void {
    if ('transport' in passage) {
      if (this.#stopped) passage.transport.destroy();
      this.#secured.set(passage.transport, passage.facts);
      this.#come(passage.transport, hop, place);
      return;
    }
    place?.leave();
    const { code, message, left, remote, arrivedAt, certificate } = passage;
    const number = this.#next++;
    const at = arrivedAt - this.#startedAt;
    this.#sink?.({
      type: 'hop',
      hop,
      startedAt: at,
      detail: remote,
      at,
      connection: number,
      ...(certificate && { certificate }),
    });
    const tell = this.#sink && teller(this.#sink, this.#env.clock, this.#startedAt, number);
    tell?.({ type: 'failure', hop: 'tls', code, message, startedAt: at });
    this.#turnedAway(number, remote, left, left ? undefined : message);
  }

  /** It did not get in. Whoever is gone once nobody gets in any more was sent away by us. */
  #turnedAway(number: number, remote: string, left: boolean, why: string | undefined): void {
    if (left && this.#stopped) this.#handler.abandoned?.(number);
    else this.#handler.refused(number, remote, left, why);
  }

  /** Comes by TCP, or through TLS. */
  #come(transport: Transport, hop: 'tcp' | 'unix', place: Place | undefined): void {
    if (this.#both) {
      if (place) this.#keepPlace(transport, place);
      this.#both.take(transport, hop);
    } else {
      const tls = this.#secured.get(transport);
      const patience = tls && Math.max(0, this.#options.handshakeTimeout - (tls.securedAt - tls.arrivedAt));
      this.#admission(this.#wrapped(transport), { hop, tls, patience, place }).read();
    }
  }

  /** Until it is known what is spoken; a connection of HTTP/2 that asks for nothing gives its place back by ending. */
  #keepPlace(transport: Transport, place: Place): void {
    place.evict = () => transport.destroy();
    this.#places.set(transport, place);
    if (SocketTransport.is(transport)) transport.socket.once('close', place.leave);
  }

  async #bothVersions(): Promise<BothVersions> {
    const { BothVersions } = await import('./both-versions.ts');
    return new BothVersions(this.#options, this.#env.clock, {
      plain: (transport, hop, early, patience) =>
        this.#admission(this.#wrapped(transport), {
          hop,
          patience,
          tls: this.#secured.get(transport),
          place: this.#places.get(transport),
        }).read(early),
      requested: (request) => this.#requested(request),
    });
  }

  /** A client on a stream of an HTTP/2 connection. */
  #requested({ transport, carrier, fields, stream, settings, answer }: Http2Request): void {
    const tls = settings && this.#secured.get(carrier);
    this.#places.get(carrier)?.leave();
    const arrival: Arrival = { hop: 'http2', detail: `${transport.remote}, stream ${stream}`, settings, tls };
    this.#admission(this.#wrapped(transport), arrival).take(extendedRequest(fields), NO_BYTES, (head) => {
      const sent = answerOverHttp2(head);
      answer(sent.fields);
      return sent;
    });
  }

  #wrapped(transport: Transport): Transport {
    return this.#options.wrap?.(transport) ?? transport;
  }

  #admission(transport: Transport, arrival: Arrival): Admission {
    const { hop, settings, patience, opened, tls, place } = arrival;
    // To ask the system where a client is costs as much as to read its request.
    const detail = () => arrival.detail ?? transport.remote;
    const number = this.#next++;
    const { clock } = this.#env;
    const tell = this.#sink && teller(this.#sink, clock, this.#startedAt, number);
    if (tls) this.#tellTls(hop, detail(), tls, number);
    else tell?.({ type: 'hop', hop, startedAt: clock.now() - this.#startedAt, detail: detail() });
    if (settings) {
      tell?.({ type: 'http2', direction: 'received', frame: 'SETTINGS', parameters: settings.received });
      tell?.({ type: 'http2', direction: 'sent', frame: 'SETTINGS', parameters: settings.sent });
    }
    const options = patience === undefined ? this.#admissionOptions : { ...this.#admissionOptions, handshakeTimeout: patience };
    const faulty = this.#options.faults?.begin(transport, number, clock, tell);
    const wire = faulty?.transport ?? transport;
    const admission = new Admission(wire, faulty?.admission(options) ?? options, this.#draftEnv, clock, tell, (admitted) => {
      this.#admissions.delete(admission);
      place?.leave();
      if (admitted) this.#open(wire, number, tell, admitted, opened, faulty);
      else if (admission.taken) this.#handler.taken?.(number);
      else this.#turnedAway(number, transport.remote, admission.left, admission.why);
    });
    this.#admissions.add(admission);
    if (place) place.evict = () => admission.giveWay();
    return admission;
  }

  /** Told late, as a client has its number only now. */
  #tellTls(hop: HopName, detail: string, { arrivedAt, securedAt, ...tls }: TlsFacts, connection: number): void {
    const [came, through] = [arrivedAt - this.#startedAt, securedAt - this.#startedAt];
    this.#sink?.({ type: 'hop', hop, startedAt: came, detail, at: came, connection });
    const certificate = tls.certificate && { certificate: tls.certificate };
    this.#sink?.({ type: 'hop', hop: 'tls', startedAt: came, detail: tls.detail, at: through, connection, ...certificate });
  }

  #open(
    transport: Transport,
    number: number,
    tell: Tell | undefined,
    admitted: Admitted,
    opened: Opened | undefined,
    faulty: FaultyConnection | undefined,
  ): void {
    const { limits, compressFrom, compressionLevel } = this.#options;
    const { deflate, subprotocol, extensions, findings, request, rest, dialect = 'rfc6455', link } = admitted;
    const codecs = deflate && deflateCodecs('server', deflate, compressFrom, limits.maxMessage, compressionLevel);
    const own = link ?? codecs;
    const rightOptions = own ? { ...this.#linkOptions, ...own } : this.#linkOptions;
    const linkOptions = faulty?.link(rightOptions) ?? rightOptions;
    const { clock } = this.#env;
    const facts = { number, target: request.target, dialect, subprotocol, extensions, openedAt: clock.now() };
    const peer = new Peer(facts, linkOptions, transport, { clock, tell, gone: this.#gone }, this.#handler);
    this.#peers.add(peer);
    this.#options.guard?.opened(peer, clock);
    tell?.({ type: 'open', dialect, subprotocol, extensions, findings });
    faulty?.attach(peer);
    if (opened) opened(peer);
    else this.#handler.opened(peer, request, transport);
    peer.link.start(rest);
    faulty?.opened();
  }

  readonly #gone: PeerEnv['gone'] = (peer, tell, closed) => {
    if (!this.#peers.delete(peer)) return;
    this.#options.guard?.left(peer);
    const error = peer.link.networkError;
    if (error) tell?.({ type: 'failure', hop: 'stream', code: error.code, message: error.message });
    tell?.(closed);
    const { code, reason, wasClean, by } = closed;
    const at = this.#env.clock.now() - this.#startedAt;
    peer.handler.ended(peer, { type: 'closed', code, reason, wasClean, by, at, connection: peer.number });
  };
}

type Opened = (peer: Peer) => void;

/** How a client came. */
interface Arrival {
  readonly hop: HopName;
  /** Where from, for people; its address where it is left out. */
  readonly detail?: string;
  readonly tls?: TlsFacts | undefined;
  /** Of an HTTP/2 connection's first request. */
  readonly settings?: Http2Request['settings'];
  /** Milliseconds for its request, where some of the time has gone already. */
  readonly patience?: number | undefined;
  readonly opened?: Opened | undefined;
  /** That it has among those who wait. */
  readonly place?: Place | undefined;
}

const NO_BYTES = new Uint8Array(0);
