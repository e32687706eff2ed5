import type { ConnectionEvent } from '../protocol/connection/event.ts';
import type { DialectName } from '../protocol/dialect/name.ts';
import type { MessageView } from '../protocol/message/message.ts';
import { LocalProtocolError, type Violation } from '../protocol/rule.ts';
import type { Happening } from '../session/event.ts';
import type { Transport } from '../transport/transport.ts';
import type { Ending } from './client.ts';
import type { Clock } from './clock.ts';
import { Link, type LinkHandler, type LinkOptions } from './link.ts';
import type { Member } from './roster.ts';
import { type Tell, tellEvent } from './stamp.ts';

/** Who uses a server's clients. */
export interface PeerHandler {
  /** As in `LinkHandler`. */
  readonly borrows?: boolean | undefined;
  /** A message, valid until return. */
  message(peer: Peer, message: MessageView): void;
  pong(peer: Peer, payload: Uint8Array): void;
  drain(peer: Peer): void;
  /** The peer's Close arrived: nothing more will come from it. */
  peerClosed(peer: Peer): void;
  ended(peer: Peer, ending: Ending): void;
  ping?(peer: Peer, payload: Uint8Array): void;
  /** As in `LinkHandler`. */
  cannotSend?(peer: Peer, text: string): void;
  /** Something was done with it, or found out about it, that whoever runs the server may want to know. */
  remark?(peer: Peer, text: string): void;
  /** The peer broke a rule and the connection fails for it. */
  violated?(peer: Peer, violation: Violation): void;
}

/** What the opening handshake came to, for one client. */
export interface PeerFacts {
  /** From 1 on, in the order in which their connections were taken. */
  readonly number: number;
  /** The request-target. */
  readonly target: string;
  /** Which version of the protocol is spoken. */
  readonly dialect: DialectName;
  readonly subprotocol: string;
  readonly extensions: string;
  /** Reading of the clock when it opened. */
  readonly openedAt: number;
}

/** Who keeps an eye on how much a client says. */
export interface PeerWatch {
  heard(bytes: number): void;
  spoke(): void;
  /** A message or a control frame came. Returns whether it may have. */
  said(): boolean;
  stop(): void;
}

/** What a peer takes from its server. */
export interface PeerEnv {
  readonly clock: Clock;
  /** `undefined`: nobody watches. */
  readonly tell: Tell | undefined;
  /** Called once, with how it ended. */
  readonly gone: (peer: Peer, tell: Tell | undefined, closed: ClosedHappening) => void;
}

type ClosedHappening = Extract<Happening, { type: 'closed' }>;

/** One client of a server, open. One object holds all that an idle one needs. */
export class Peer implements PeerFacts, LinkHandler, Member<Peer> {
  readonly number: number;
  readonly target: string;
  readonly dialect: DialectName;
  readonly subprotocol: string;
  readonly extensions: string;
  readonly openedAt: number;
  readonly link: Link;
  before: Peer | undefined;
  after: Peer | undefined;
  /** Whoever takes this client over sets it; at first it is the server's. */
  handler: PeerHandler;
  /** `undefined`: it may say as much as it likes. */
  watch: PeerWatch | undefined;
  readonly #transport: Transport;
  readonly #tell: Tell | undefined;
  readonly #gone: PeerEnv['gone'];

  constructor(
    facts: PeerFacts,
    options: LinkOptions,
    transport: Transport,
    { clock, tell, gone }: PeerEnv,
    handler: PeerHandler,
  ) {
    this.number = facts.number;
    this.target = facts.target;
    this.dialect = facts.dialect;
    this.subprotocol = facts.subprotocol;
    this.extensions = facts.extensions;
    this.openedAt = facts.openedAt;
    this.handler = handler;
    this.#transport = transport;
    this.#tell = tell;
    this.#gone = gone;
    this.link = new Link(options, transport, clock, this);
  }

  /** `address:port`. */
  get remote(): string {
    return this.#transport.remote;
  }

  get borrows(): boolean | undefined {
    return this.handler.borrows;
  }

  heard(bytes: number): void {
    this.watch?.heard(bytes);
  }

  spoke(): void {
    this.watch?.spoke();
  }

  message(message: MessageView): void {
    if (this.watch?.said() === false) return;
    this.handler.message(this, message);
  }

  drain(): void {
    this.handler.drain(this);
  }

  cannotSend(text: string): void {
    if (!this.handler.cannotSend) throw new LocalProtocolError(text);
    this.handler.cannotSend(this, text);
  }

  roundTrip(milliseconds: number): void {
    this.#tell?.({ type: 'rtt', rtt: milliseconds });
  }

  event(event: ConnectionEvent): void {
    if (event.type === 'closed') {
      const { code, reason, wasClean, by } = event;
      this.#gone(this, this.#tell, { type: 'closed', code, reason, wasClean, by });
      return;
    }
    if (this.#tell) tellEvent(this.#tell, event);
    if ((event.type === 'ping' || event.type === 'pong') && this.watch?.said() === false) return;
    if (event.type === 'ping') this.handler.ping?.(this, event.payload);
    else if (event.type === 'pong') this.handler.pong(this, event.payload);
    else if (event.type === 'close') this.handler.peerClosed(this);
    else if (event.type === 'violation' && event.fatal) this.handler.violated?.(this, event.violation);
  }
}
