import type { Action } from '../protocol/connection/action.ts';
import { Connection, type ConnectionOptions } from '../protocol/connection/connection.ts';
import type { ConnectionEvent } from '../protocol/connection/event.ts';
import type { State } from '../protocol/connection/state.ts';
import type { MessageView } from '../protocol/message/message.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock } from './clock.ts';

/**
 * A connection on its transport: bytes in, bytes out, and the time that both take. What leaves in one turn leaves in
 * one write, nothing is read while what was written waits, and an end is never waited for without limit.
 */
export interface LinkOptions extends ConnectionOptions {
  /** How long the closing handshake, and then the peer's end of TCP, may take; milliseconds. */
  readonly closeTimeout: number;
}

export interface LinkHandler {
  /** A message, valid until return. */
  message(message: MessageView): void;
  event(event: ConnectionEvent): void;
  /** What was written has left: there is room again. */
  drain(): void;
  /** A ping of ours was answered after so many milliseconds. */
  roundTrip(milliseconds: number): void;
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
  #consumerPaused = false;
  #peerEnded = false;
  #transportClosed = false;
  /** The state that was acted upon last. */
  #followed: State = 'open';
  #stopTimer: (() => void) | undefined;
  /** When each ping of ours that is not answered yet was sent, by its payload. */
  readonly #pings = new Map<string, number>();
  /** Why the network ended, where it did not do so in good order. */
  networkError: { readonly code: string; readonly message: string } | undefined;

  constructor(options: LinkOptions, transport: Transport, clock: Clock, handler: LinkHandler) {
    this.#options = options;
    this.#transport = transport;
    this.#clock = clock;
    this.#handler = handler;
    this.connection = new Connection(options, {
      message: (message) => handler.message(message),
      event: (event) => {
        if (event.type === 'pong') this.#pongReceived(event.payload);
        handler.event(event);
      },
    });
  }

  /** Begins to read. `early` are bytes that came in the same segment as the end of the opening handshake. */
  start(early: Uint8Array): void {
    this.#transport.handler = {
      data: (chunk) => this.#received(chunk),
      end: () => this.#ended(),
      drain: () => this.#drained(),
      close: (error) => this.#closed(error),
    };
    if (early.length > 0) this.#received(Buffer.from(early));
    this.#steer();
  }

  get open(): boolean {
    return this.connection.state === 'open';
  }

  /** Bytes that were sent and have not left the process. */
  get pending(): number {
    return this.connection.pending + this.#transport.pending;
  }

  /** Whether more should be sent now; after false, `drain` tells when. */
  get writable(): boolean {
    return this.pending < WRITE_LIMIT / 4;
  }

  sendText(text: string): void {
    this.connection.sendText(text);
    this.#schedule();
  }

  /** `lasting`: the bytes will not change. */
  send(opcode: 'text' | 'binary', bytes: Uint8Array, start = 0, end = bytes.length, lasting = false): void {
    this.connection.send(opcode, bytes, start, end, lasting);
    this.#schedule();
  }

  ping(payload: Uint8Array): void {
    this.act({ type: 'ping', data: payload });
  }

  act(action: Action): void {
    this.connection.act(action);
    if (action.type === 'ping') this.#pingSent(action.data);
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

  /** Ends at once, without a closing handshake. */
  destroy(): void {
    this.#transport.destroy();
  }

  /** Writes what waits, now. */
  flush(): void {
    while (this.connection.pending > 0) {
      if (!this.#transport.write(this.connection.take())) break;
      this.connection.flushed();
    }
    this.#followState();
    this.#steer();
  }

  /** One write a turn: whatever is sent in it leaves together. */
  #schedule(): void {
    if (this.#receiving || this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #received(chunk: Buffer): void {
    this.#receiving = true;
    this.connection.receive(chunk);
    this.#receiving = false;
    this.flush();
  }

  #drained(): void {
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
    this.#stopTimer = this.#clock.after(this.#options.closeTimeout, () => this.#transport.destroy());
    // "the server MUST close the connection immediately, whereas the client SHOULD wait for the server" (RFC 6455 §7.1.1).
    if (state === 'failed' || (state === 'closed-cleanly' && this.#options.role === 'server')) this.#transport.end();
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
    this.networkError = error;
    this.#transportClosed = true;
    if (this.connection.paused) return;
    this.connection.end();
    this.#followState();
  }

  #pingSent(payload: Uint8Array): void {
    if (this.#pings.size >= MAX_PINGS) this.#pings.delete(this.#pings.keys().next().value ?? '');
    this.#pings.set(Buffer.from(payload).toString('latin1'), this.#clock.now());
  }

  #pongReceived(payload: Uint8Array): void {
    const key = Buffer.from(payload).toString('latin1');
    const sentAt = this.#pings.get(key);
    if (sentAt === undefined) return;
    this.#pings.delete(key);
    this.#handler.roundTrip(this.#clock.now() - sentAt);
  }
}

/** Unanswered pings whose time is remembered. */
const MAX_PINGS = 64;
