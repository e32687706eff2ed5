import type { Action } from '../protocol/connection/action.ts';
import { Connection, type ConnectionOptions } from '../protocol/connection/connection.ts';
import type { ConnectionEvent, ConnectionSink } from '../protocol/connection/event.ts';
import type { State } from '../protocol/connection/state.ts';
import type { Framing } from '../protocol/dialect/framing.ts';
import type { MessageView } from '../protocol/message/message.ts';
import type { PreparedMessage } from '../protocol/message/prepared.ts';
import type { Transport, TransportHandler } from '../transport/transport.ts';
import { stayAwake } from './awake.ts';
import type { Clock } from './clock.ts';
import { Stride } from './stride.ts';
import { UnansweredPings } from './unanswered-pings.ts';

/**
 * A connection on its transport: bytes in, bytes out, and the time that both take. What leaves in one turn leaves in
 * one write, nothing is read while what was written waits, and an end is never waited for without limit.
 */
export interface LinkOptions extends ConnectionOptions {
  /** How long the closing handshake, and then the peer's end of TCP, may take; milliseconds. */
  readonly closeTimeout: number;
}

export interface LinkHandler {
  /**
   * Whether messages may lie in memory that is read into again once the handler returns, as they say themselves.
   */
  readonly borrows?: boolean | undefined;
  /** A message, valid until return. */
  message(message: MessageView): void;
  event(event: ConnectionEvent): void;
  /** What was written has left: there is room again. */
  drain(): void;
  /** A ping of ours was answered after so many milliseconds. */
  roundTrip(milliseconds: number): void;
  /**
   * What should be sent cannot be said in the version that is spoken, and is left out; told once for each kind. Without it
   * sending throws `LocalProtocolError`.
   */
  cannotSend?(text: string): void;
  /** Bytes came, and are about to be read. */
  heard?(bytes: number): void;
  /** Bytes leave. */
  spoke?(): void;
}

/** Bytes waiting to be written above which a server reads nothing more from that client. */
const WRITE_LIMIT = 1024 * 1024;

export class Link {
  readonly connection: Connection;
  readonly #options: LinkOptions;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #handler: LinkHandler;
  #receiving = false;
  #scheduled = false;
  #held = false;
  readonly #stride = new Stride();
  #consumerPaused = false;
  #peerEnded = false;
  #transportClosed = false;
  /** The connection was given up from this side: what is unread stays so. */
  #givenUp = false;
  /** The state that was acted upon last. */
  #followed: State = 'open';
  #stopTimer: (() => void) | undefined;
  /** Made with the first ping of ours. */
  #pings: UnansweredPings | undefined;
  /** What was to be sent and could not be said. */
  #leftOut: Set<string> | undefined;
  /** The transport took the last bytes but wants no more for now. */
  #congested = false;
  /** Why the network ended, where it did not do so in good order. */
  networkError: { readonly code: string; readonly message: string } | undefined;

  constructor(options: LinkOptions, transport: Transport, clock: Clock, handler: LinkHandler) {
    this.#options = options;
    this.#transport = transport;
    this.#clock = clock;
    this.#handler = handler;
    this.connection = new Connection(options, new Link.#Hearing(this));
  }

  /** What its connection tells a link; as classes, so that an idle link keeps two small objects and no functions. */
  static readonly #Hearing = class implements ConnectionSink {
    readonly #link: Link;

    constructor(link: Link) {
      this.#link = link;
    }

    message(message: MessageView): void {
      this.#link.#handler.message(message);
      if (!this.#link.#held) this.#link.dealtWith();
    }

    event(event: ConnectionEvent): void {
      if (event.type === 'pong') this.#link.#pongReceived(event.payload);
      this.#link.#handler.event(event);
    }
  };

  static readonly #Reading = class implements TransportHandler {
    readonly #link: Link;

    constructor(link: Link) {
      this.#link = link;
    }

    data(chunk: Buffer, borrowed = false): void {
      this.#link.#received(chunk, borrowed);
    }

    end(): void {
      this.#link.#ended();
    }

    drain(): void {
      this.#link.#drained();
    }

    close(error: { readonly code: string; readonly message: string } | undefined): void {
      this.#link.#closed(error);
    }
  };

  /** Begins to read. `early` are bytes that came in the same segment as the end of the opening handshake. */
  start(early: Uint8Array): void {
    this.#transport.handler = new Link.#Reading(this);
    if (this.#handler.borrows) this.#transport.borrow?.();
    if (early.length > 0) this.#received(Buffer.from(early));
    this.#steer();
  }

  get open(): boolean {
    return this.connection.state === 'open';
  }

  /** Whether the version that is spoken has it: `binary`, `ping`, `fragments`, `closeCode`. Only drafts before hybi-07 lack any. */
  carries(what: keyof Framing['expresses']): boolean {
    return this.#options.framing?.expresses[what] ?? true;
  }

  /** The name of the version that is spoken, where it is one that lacks something. */
  get draft(): string | undefined {
    return this.#options.framing?.name;
  }

  #leavesOut(what: 'binary' | 'ping'): boolean {
    if (this.carries(what) || !this.#handler.cannotSend) return false;
    this.#leftOut ??= new Set();
    if (!this.#leftOut.has(what)) {
      this.#leftOut.add(what);
      const kind = what === 'ping' ? 'pings' : 'binary messages';
      this.#handler.cannotSend(`${this.draft} has no ${kind}: it carries text messages and nothing else`);
    }
    return true;
  }

  /** Bytes that were sent and have not left the process. */
  get pending(): number {
    return this.connection.pending + this.#transport.pending;
  }

  /** Bytes that were ever sent on this transport, the opening handshake's too, and how many of them have left the process. */
  get sent(): number {
    return this.#transport.written + this.connection.pending;
  }

  get left(): number {
    return this.#transport.sent;
  }

  /** Whether more should be sent now; after false, `drain` tells when. */
  get writable(): boolean {
    return this.pending < WRITE_LIMIT / 4;
  }

  /** Whether what was sent waits in this process, and the transport will say when it has left: by `drain`. */
  get congested(): boolean {
    return this.#congested;
  }

  /** As a server: a message that was built once for many. */
  sendPrepared(message: PreparedMessage): void {
    this.connection.sendPrepared(message);
    this.#schedule();
  }

  /** Returns the bytes of its UTF-8. */
  sendText(text: string): number {
    const length = this.connection.sendText(text);
    this.#schedule();
    return length;
  }

  /** `lasting`: the bytes will not change. */
  send(opcode: 'text' | 'binary', bytes: Uint8Array, start = 0, end = bytes.length, lasting = false): void {
    if (opcode === 'binary' && this.#leavesOut('binary')) return;
    this.connection.send(opcode, bytes, start, end, lasting);
    this.#schedule();
  }

  ping(payload: Uint8Array): void {
    if (this.#leavesOut('ping')) return;
    this.act({ type: 'ping', data: payload });
  }

  /** Whether a ping of ours with this payload is still to be answered. */
  awaitsPong(payload: Uint8Array): boolean {
    return this.#pings?.has(payload) ?? false;
  }

  act(action: Action): void {
    this.connection.act(action);
    if (action.type === 'ping') {
      this.#pings ??= new UnansweredPings();
      this.#pings.sent(action.data, this.#clock.now());
    }
    this.#schedule();
  }

  close(code?: number, reason?: string): void {
    this.connection.close(code, reason);
    this.flush();
  }

  fail(code: number, reason: string): void {
    this.connection.fail(code, reason);
    this.flush();
  }

  /** Hands on no more messages and reads no more, until `resume`. */
  pause(): void {
    this.#consumerPaused = true;
    this.connection.pause();
    this.#steer();
  }

  resume(): void {
    if (!this.#consumerPaused) return;
    this.#consumerPaused = false;
    this.#receiving = true;
    this.connection.resume();
    this.#receiving = false;
    this.flush();
    if (this.connection.paused) return;
    if (this.#peerEnded) this.#ended();
    if (this.#transportClosed) this.connection.end();
    this.#steer();
  }

  /** What is sent from now on waits for `release` or `flush`: whoever answers many messages in a row does so in one write. */
  hold(): void {
    this.#held = true;
    this.#stride.begin();
  }

  /** One of many messages that came together was dealt with. What was sent meanwhile leaves before the last one is. */
  dealtWith(): void {
    if (!this.#stride.pass() || this.#congested || this.connection.pending === 0) return;
    this.#stride.next();
    this.flush();
  }

  release(): void {
    this.#held = false;
    this.flush();
  }

  /** Whether bytes of the peer are read just now. */
  get reading(): boolean {
    return !this.#consumerPaused && !this.connection.paused;
  }

  /** Whether the network has ended, though what came before it may wait to be read. */
  get lost(): boolean {
    return this.#transportClosed;
  }

  /** Gives the connection up because the peer is gone: ends at once, with that for a reason. */
  lose(code: string, message: string): void {
    this.networkError = { code, message };
    this.destroy();
  }

  /** Ends at once, without a closing handshake; what was received and not handed on is dropped. */
  destroy(): void {
    this.#givenUp = true;
    this.#transport.destroy();
    if (this.#transportClosed) this.#clock.soon(() => this.#closed(undefined));
  }

  /** Writes what waits, now. */
  flush(): void {
    if (this.connection.pending > 0) this.#handler.spoke?.();
    while (this.connection.pending > 0) {
      const accepted = this.#transport.write(this.connection.take());
      this.connection.recycle(this.#transport.held);
      this.#congested = !accepted && this.#transport.pending > 0;
      if (this.#congested) break;
      this.connection.flushed();
    }
    this.#followState();
    this.#steer();
  }

  /** One write a turn: whatever is sent in it leaves together. */
  #schedule(): void {
    if (this.#receiving || this.#scheduled || this.#held) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #received(chunk: Buffer, borrowed = false): void {
    this.#receiving = true;
    this.#stride.begin();
    if (chunk.length >= MUCH) stayAwake();
    try {
      this.#handler.heard?.(chunk.length);
      // Who took this client over since may keep what it is given.
      if (borrowed && !this.#handler.borrows) this.connection.receive(Buffer.from(chunk));
      else this.connection.receive(chunk, borrowed);
    } finally {
      this.#receiving = false;
      this.flush();
    }
  }

  #drained(): void {
    this.#congested = false;
    this.connection.recycle(this.#transport.held);
    this.connection.flushed();
    this.flush();
    if (this.writable) this.#handler.drain();
  }

  /**
   * Reads only while the consumer wants more and, as a server, while the peer takes its replies. A client reads on: were
   * both to wait until the other reads, neither ever would.
   */
  #steer(): void {
    const congested = this.#options.role === 'server' && this.pending > WRITE_LIMIT;
    if (this.#consumerPaused || congested) this.#transport.pause();
    else this.#transport.resume();
  }

  #followState(): void {
    const { state } = this.connection;
    if (state === this.#followed || state === 'open') return;
    this.#followed = state;
    this.#stopTimer?.();
    if (state === 'ended') return;
    const { closeTimeout, framing } = this.#options;
    // Where the end of TCP is all there is, many a peer never ends its side; nothing more is to be learnt from it.
    const patience = framing?.close === 'tcp' ? Math.min(closeTimeout, TCP_PATIENCE) : closeTimeout;
    this.#stopTimer = this.#clock.after(patience, () => this.destroy());
    // "the server MUST close the connection immediately, whereas the client SHOULD wait for the server" (RFC 6455 §7.1.1).
    // In hixie-75 the end of TCP is the whole closing handshake, so a client does not wait for it either.
    const isLast = this.#options.role === 'server' || this.#options.framing?.close === 'tcp';
    if (state === 'failed' || (state === 'closed-cleanly' && isLast)) this.#transport.end();
  }

  #ended(): void {
    this.#peerEnded = true;
    // What was received and not yet handed on comes first.
    if (this.connection.paused) return;
    this.#transport.end();
    this.#followState();
    if (this.connection.state === 'open' || this.connection.state === 'close-sent') this.connection.end();
  }

  #closed(error: { readonly code: string; readonly message: string } | undefined): void {
    this.networkError ??= error;
    this.#transportClosed = true;
    this.connection.recycle(this.#transport.held);
    // Neither the peer nor the network ended it: somebody has destroyed the socket itself.
    if (!error && !this.#peerEnded && this.#options.role === 'server') this.#givenUp = true;
    // What was received before the peer went comes first.
    if (this.connection.paused && !this.#givenUp) return;
    this.connection.end();
    this.#followState();
  }

  #pongReceived(payload: Uint8Array): void {
    const milliseconds = this.#pings?.answered(payload, this.#clock.now());
    if (milliseconds !== undefined) this.#handler.roundTrip(milliseconds);
  }
}

/** Bytes that one read brings where more is likely to follow. */
const MUCH = 512;

/** Milliseconds that a peer of hixie-75 has to end TCP. */
const TCP_PATIENCE = 500;
