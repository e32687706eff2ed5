import { EventEmitter } from 'node:events';
import type { Ending } from '../endpoint/client.ts';
import type { Peer, PeerHandler } from '../endpoint/peer.ts';
import { Opcode } from '../protocol/frame/opcode.ts';
import { MessageView } from '../protocol/message/message.ts';
import { RULES, type RuleId, type Violation } from '../protocol/rule.ts';
import { EventFace, type Listener, type ListenerOptions } from './event-face.ts';
import { reportException } from './report.ts';

/**
 * A server's side of one connection: the names and shapes of npm `ws`, so that an application that knows them need not
 * change, over the same engine as everything here.
 */
export interface ServerWebSocketEvents {
  /** `data` is what `binaryType` says, text too, whose bytes are valid UTF-8. A Buffer may be kept: nobody else changes it. */
  message: [data: Buffer | ArrayBuffer, isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** The client broke the protocol or a limit; `close` follows. Without a listener nothing is thrown. */
  error: [error: ProtocolError];
  /** The end: the client's code and reason, ours where we failed the connection, 1005 for none, 1006 without a Close. */
  close: [code: number, reason: Buffer];
  /** What was sent has left the process after `bufferedAmount` had grown large. */
  drain: [];
}

/** A rule that the client broke. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code = 'ERR_WEBSOCKET_PROTOCOL';
  readonly rule: RuleId;
  /** Where the rule is written, e.g. `RFC 6455 §5.2`. */
  readonly section: string;
  /** With what the connection is closed. */
  readonly closeCode: number;

  constructor({ rule, detail }: Violation) {
    super(`${RULES[rule].text}: ${detail}`);
    this.rule = rule;
    this.section = RULES[rule].section;
    this.closeCode = RULES[rule].closeCode;
  }
}

export type Sendable = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer | MessageView | number;

export interface SendOptions {
  /** Whether it is a binary message: false for a string and true for all else where it is left out. Text must be UTF-8. */
  readonly binary?: boolean | undefined;
  /** `false` sends it as it is where permessage-deflate was agreed. */
  readonly compress?: boolean | undefined;
  /** `false`: a fragment; the next `send` goes on with the message. */
  readonly fin?: boolean | undefined;
}

/** Called once the socket has taken the bytes and holds few of them back, or with why they were not sent. */
export type SendCallback = (error?: Error) => void;

export type ServerBinaryType = 'nodebuffer' | 'arraybuffer';

const STATES = { open: 1, 'close-sent': 2, 'closed-cleanly': 2, failed: 2, ended: 3 } as const;

export class ServerWebSocket extends EventEmitter<ServerWebSocketEvents> {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  readonly #peer: Peer;
  #binaryType: ServerBinaryType = 'nodebuffer';
  #each: ((message: MessageView) => void) | undefined;
  #paused = false;
  #terminated = false;
  #inFragments = false;
  #callbacks: SendCallback[] | undefined;
  #face: EventFace | undefined;
  #clean = false;

  /** Made by a `WebSocketServer`. */
  constructor(peer: Peer) {
    super();
    this.#peer = peer;
    peer.handler = new ServerWebSocket.#Handling(this);
  }

  static readonly #Handling = class implements PeerHandler {
    readonly #socket: ServerWebSocket;

    constructor(socket: ServerWebSocket) {
      this.#socket = socket;
    }

    message(_: Peer, message: MessageView): void {
      this.#socket.#received(message);
    }

    ping(_: Peer, payload: Uint8Array): void {
      this.#socket.#tell('ping', Buffer.from(payload));
    }

    pong(_: Peer, payload: Uint8Array): void {
      this.#socket.#tell('pong', Buffer.from(payload));
    }

    drain(): void {
      this.#socket.#settle();
      this.#socket.#tell('drain');
    }

    peerClosed(): void {}

    violated(_: Peer, violation: Violation): void {
      if (this.#socket.listenerCount('error') > 0) this.#socket.#tell('error', new ProtocolError(violation));
    }

    ended(_: Peer, ending: Ending): void {
      this.#socket.#ended(ending);
    }
  };

  /** 1 open, 2 closing, 3 closed; the constants are on the class and on every instance. */
  get readyState(): 1 | 2 | 3 {
    const state = STATES[this.#peer.link.connection.state];
    return this.#terminated && state === 1 ? 2 : state;
  }

  /** The subprotocol in use; empty for none. */
  get protocol(): string {
    return this.#peer.subprotocol;
  }

  /** The extensions in use with their parameters; empty for none. */
  get extensions(): string {
    return this.#peer.extensions;
  }

  /** Bytes, frame headers included, that were sent and have not left the process. */
  get bufferedAmount(): number {
    return this.#peer.link.pending;
  }

  /** The number under which `observe` is told of this connection. */
  get connection(): number {
    return this.#peer.number;
  }

  /** The client's address and port. */
  get remote(): string {
    return this.#peer.remote;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** What listeners of `message` get; any other value is ignored. */
  get binaryType(): ServerBinaryType {
    return this.#binaryType;
  }

  set binaryType(type: ServerBinaryType) {
    if (type === 'nodebuffer' || type === 'arraybuffer') this.#binaryType = type;
  }

  /** Whether both Close frames went their way; false until closed. */
  get closedCleanly(): boolean {
    return this.#clean;
  }

  /**
   * Sends a message. What is handed over as bytes must not change until it has left. Once closing has begun it is dropped:
   * `callback` is told so.
   */
  send(data: Sendable, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    const { link } = this.#peer;
    const done = typeof options === 'function' ? options : callback;
    if (!link.open || this.#terminated) {
      if (done) refuseLater(done);
      return;
    }
    if (typeof options === 'object' && !isPlain(options)) this.#sendWith(data, options);
    else if (typeof data === 'string') {
      if (options && (options as SendOptions).binary) link.send('binary', Buffer.from(data, 'utf8'), 0, undefined, true);
      else link.sendText(data);
    } else if (data instanceof MessageView) link.send(data.opcode, data.buffer, data.start, data.end, true);
    else {
      const bytes = bytesOf(data);
      const text = (options as SendOptions | undefined)?.binary === false || typeof data === 'number';
      link.send(text ? 'text' : 'binary', bytes, 0, bytes.length, true);
    }
    if (done) this.#whenTaken(done);
  }

  /**
   * Hands every message to `handler` in place of the `message` event, as a range in the buffer that it came in: the
   * fastest way to read (`message.text()`, `message.view()`) or to send on (`socket.send(message)`). Valid until it returns.
   */
  each(handler: (message: MessageView) => void): void {
    this.#each = handler;
  }

  /** At most 125 bytes, or a `LocalProtocolError` is thrown. `mask` has no meaning; it is there for who passes it. */
  ping(data?: Sendable, mask?: boolean | SendCallback, callback?: SendCallback): void {
    this.#control('ping', data, typeof mask === 'function' ? mask : callback);
  }

  /** Pings are answered without being asked to; this one answers nothing. */
  pong(data?: Sendable, mask?: boolean | SendCallback, callback?: SendCallback): void {
    this.#control('pong', data, typeof mask === 'function' ? mask : callback);
  }

  /**
   * Begins the closing handshake. Throws a `LocalProtocolError` for a code that must not be sent and a reason above 123
   * bytes. Does nothing once closing has begun.
   */
  close(code?: number, reason: string | Uint8Array = ''): void {
    this.#peer.link.close(code, typeof reason === 'string' ? reason : Buffer.from(reason).toString('utf8'));
  }

  /** Ends the connection at once, without a closing handshake. */
  terminate(): void {
    this.#terminated = true;
    this.#peer.link.destroy();
  }

  /** Hands on no message after the one at hand, and reads no more from the client. */
  pause(): void {
    this.#paused = true;
    this.#peer.link.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#peer.link.resume();
  }

  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: Listener, options?: ListenerOptions): void {
    this.#events.add(type, listener, options);
  }

  removeEventListener(type: 'open' | 'message' | 'error' | 'close', listener: Listener): void {
    this.#face?.remove(type, listener);
  }

  get onmessage(): object | null {
    return this.#face?.handlers.get('message') ?? null;
  }

  set onmessage(handler: object | null) {
    this.#events.handlers.set('message', handler);
  }

  get onclose(): object | null {
    return this.#face?.handlers.get('close') ?? null;
  }

  set onclose(handler: object | null) {
    this.#events.handlers.set('close', handler);
  }

  get onerror(): object | null {
    return this.#face?.handlers.get('error') ?? null;
  }

  set onerror(handler: object | null) {
    this.#events.handlers.set('error', handler);
  }

  get #events(): EventFace {
    this.#face ??= new EventFace(this);
    return this.#face;
  }

  #received(message: MessageView): void {
    try {
      if (this.#each) this.#each(message);
      else if (this.listenerCount('message') > 0) this.emit('message', this.#exposed(message), message.opcode === 'binary');
    } catch (error) {
      reportException(error);
    }
  }

  #exposed(message: MessageView): Buffer | ArrayBuffer {
    if (this.#binaryType === 'nodebuffer') return message.view();
    const { buffer, byteOffset, byteLength } = message.view();
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  }

  /** A listener that throws must not take the rest of what was received with it. */
  #tell<Name extends keyof ServerWebSocketEvents>(name: Name, ...values: ServerWebSocketEvents[Name]): void {
    try {
      (this as EventEmitter).emit(name, ...values);
    } catch (error) {
      reportException(error);
    }
  }

  #sendWith(data: Sendable, { binary, compress = true, fin = true }: SendOptions): void {
    const isText = typeof data === 'string' || typeof data === 'number';
    const bytes = data instanceof MessageView ? data.view() : bytesOf(data);
    const opcode = (binary ?? !isText) ? 'binary' : 'text';
    if (fin && !this.#inFragments) {
      this.#peer.link.act({ type: 'send', opcode, data: bytes, compress });
      return;
    }
    const continued = this.#inFragments;
    this.#inFragments = !fin;
    this.#peer.link.act({
      type: 'frame',
      frame: { opcode: continued ? Opcode.continuation : Opcode[opcode], payload: bytes, fin },
    });
  }

  #control(type: 'ping' | 'pong', data: Sendable | undefined, callback: SendCallback | undefined): void {
    const { link } = this.#peer;
    if (!link.open || this.#terminated) {
      if (callback) refuseLater(callback);
      return;
    }
    const bytes = data === undefined ? EMPTY : data instanceof MessageView ? data.copy() : bytesOf(data);
    link.act({ type, data: bytes });
    if (callback) this.#whenTaken(callback);
  }

  #whenTaken(callback: SendCallback): void {
    this.#callbacks ??= [];
    // After the write that this turn ends with.
    if (this.#callbacks.push(callback) === 1) setImmediate(() => this.#settle());
  }

  #settle(): void {
    const callbacks = this.#callbacks;
    if (!callbacks || this.#peer.link.congested) return;
    this.#callbacks = undefined;
    for (const callback of callbacks) run(callback);
  }

  #ended({
    code,
    reason,
    wasClean,
  }: Extract<Ending, { type: 'closed' }> | { code: number; reason: string; wasClean: boolean }): void {
    this.#clean = wasClean;
    const callbacks = this.#callbacks ?? [];
    this.#callbacks = undefined;
    for (const callback of callbacks) run(callback, new Error('the connection ended before this was sent'));
    this.#tell('close', code, Buffer.from(reason, 'utf8'));
  }
}
