import { EventEmitter } from 'node:events';
import type { Ending } from '../endpoint/client.ts';
import type { Peer, PeerHandler } from '../endpoint/peer.ts';
import { checkedClosePayload } from '../protocol/connection/close-payload.ts';
import { checkedControlPayload } from '../protocol/connection/control-payload.ts';
import type { MessageView } from '../protocol/message/message.ts';
import type { PreparedMessage } from '../protocol/message/prepared.ts';
import type { Violation } from '../protocol/rule.ts';
import { EventFace, type Listener, type ListenerOptions } from './event-face.ts';
import { nameClass } from './expose.ts';
import { InOrder } from './in-order.ts';
import { ProtocolError } from './protocol-error.ts';
import { reportException } from './report.ts';
import { runCallback, SendCallbacks } from './send-callbacks.ts';
import {
  bytesToSend,
  isBlob,
  lasting,
  type Sendable,
  type SendableNow,
  type SendCallback,
  type SendOptions,
  sendFragment,
  sendWhole,
  sizeOf,
} from './sending.ts';
import type { FaceEvent, ServerBinaryType, ServerHandler, ServerListener, ServerWebSocketEvents } from './server-events.ts';

type Self = ServerWebSocket;

const STATES = { open: 1, 'close-sent': 2, 'closed-cleanly': 2, failed: 2, ended: 3 } as const;
const CONSTANTS = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

let socketOf: (handler: PeerHandler) => ServerWebSocket | undefined;

/** The socket that handles a peer; `undefined` where something else does. No part of the class, whose members are public. */
export function clientOf(peer: Peer): ServerWebSocket | undefined {
  return socketOf(peer.handler);
}

/**
 * A server's side of one connection: the names and shapes of npm `ws`, so that an application that knows them need not
 * change, over the same engine as everything here.
 */
export class ServerWebSocket extends EventEmitter<ServerWebSocketEvents> {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #peer: Peer;
  #binaryType: ServerBinaryType = 'nodebuffer';
  #each: ((message: MessageView) => void) | undefined;
  #paused = false;
  #terminated = false;
  /** Asked for, but a Blob goes out first. */
  #closeWaits = false;
  #inFragments = false;
  #closedCleanly = false;
  #callbacks: SendCallbacks | undefined;
  /** The Blobs that are being read, and the messages that were sent after them. */
  #order: InOrder | undefined;
  #face: EventFace | undefined;

  readonly #left: (socket: ServerWebSocket) => void;

  /** Made by a `WebSocketServer`; `left` is called once the connection is over, before the listeners of `close`. */
  constructor(peer: Peer, left: (socket: ServerWebSocket) => void) {
    super();
    this.#peer = peer;
    this.#left = left;
    peer.handler = new ServerWebSocket.#Handling(this);
  }

  /** What its peer tells a socket. */
  static readonly #Handling = class implements PeerHandler {
    readonly #socket: ServerWebSocket;
    readonly borrows = true;

    constructor(socket: ServerWebSocket) {
      this.#socket = socket;
    }

    static socketOf(handler: PeerHandler): ServerWebSocket | undefined {
      return #socket in handler ? handler.#socket : undefined;
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
      if (ending.type === 'closed') this.#socket.#ended(ending.code, ending.reason, ending.wasClean);
    }
  };

  /** 1 open, 2 closing, 3 closed; the constants are on the class and on every instance. */
  get readyState(): 1 | 2 | 3 {
    const state = STATES[this.#peer.link.connection.state];
    return (this.#terminated || this.#closeWaits) && state === 1 ? 2 : state;
  }

  /** The subprotocol in use; empty for none. */
  get protocol(): string {
    return this.#peer.subprotocol;
  }

  /** The extensions in use with their parameters; empty for none. */
  get extensions(): string {
    return this.#peer.extensions;
  }

  /** Bytes, frame headers included, that were sent and have not left the process; of a Blob that is still read, its size. */
  get bufferedAmount(): number {
    return this.#peer.link.pending + (this.#order?.size ?? 0);
  }

  /** The number under which `observe` is told of this connection. */
  get connection(): number {
    return this.#peer.number;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Whether both Close frames went their way; false until closed. */
  get closedCleanly(): boolean {
    return this.#closedCleanly;
  }

  /** What listeners of `message` get for binary messages; any other value is ignored. */
  get binaryType(): ServerBinaryType {
    return this.#binaryType;
  }

  set binaryType(type: ServerBinaryType) {
    if (type === 'nodebuffer' || type === 'arraybuffer') this.#binaryType = type;
  }

  /**
   * Sends a message. Bytes that are handed over must not change until they have left. A Blob goes out once it is read, and
   * whatever is sent after it waits for it; one that cannot be read ends the connection with 1011. Once closing has begun it
   * is dropped, and `callback` is told so.
   */
  send(data: Sendable, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    const done = typeof options === 'function' ? options : callback;
    const settings = typeof options === 'function' ? undefined : options;
    if (!this.#takes(done)) return;
    if (this.#order?.waiting || isBlob(data)) this.#sendInOrder(...lasting(data, settings), done);
    else this.#send(data, settings, done);
  }

  #send(data: SendableNow, settings: SendOptions | undefined, done: SendCallback | undefined): void {
    const { link } = this.#peer;
    const last = settings?.fin !== false;
    if (last && !this.#inFragments) sendWhole(link, data, settings);
    else sendFragment(link, data, settings, !this.#inFragments, last);
    this.#inFragments = !last;
    if (done) this.#whenTaken(done);
  }

  #sendInOrder(data: Sendable, settings: SendOptions | undefined, done: SendCallback | undefined): void {
    this.#order ??= new InOrder(() => this.#peer.link.fail(1011, 'a Blob could not be read'));
    this.#order.add(async () => {
      let bytes: SendableNow;
      try {
        bytes = isBlob(data) ? Buffer.from(await data.arrayBuffer()) : data;
      } catch (error) {
        if (done) runCallback(done, new Error('not sent: the Blob could not be read', { cause: error }));
        throw error;
      }
      if (this.#isOpen) this.#send(bytes, settings, done);
      else this.#refuse(done);
    }, sizeOf(data));
  }

  /** Sends a message that was built once for many. Returns whether this client was open to it. */
  sendPrepared(message: PreparedMessage): boolean {
    if (!this.#takes(undefined) || this.#inFragments) return false;
    const { link } = this.#peer;
    if (message.opcode === 'binary' && !link.carries('binary')) return false;
    if (!this.#order?.waiting) link.sendPrepared(message);
    else
      this.#order.add(() => {
        if (this.#isOpen) link.sendPrepared(message);
      });
    return true;
  }

  /**
   * Hands every message to `handler` in place of the `message` event, as a range in the buffer that it came in: the
   * fastest way to read it (`message.text()`, `message.view()`) or to send it on (`socket.send(message)`). The message and
   * its bytes are valid until `handler` returns; `message.kept()` gives bytes to keep.
   */
  each(handler: (message: MessageView) => void): void {
    this.#each = handler;
  }

  /** At most 125 bytes, else it throws a `LocalProtocolError`. `mask` means nothing here; `ws` has it. */
  ping(data?: SendableNow | SendCallback, mask?: boolean | SendCallback, callback?: SendCallback): void {
    this.#control('ping', data, mask, callback);
  }

  /** A pong that nobody asked for: pings are answered by themselves. As `ping`. */
  pong(data?: SendableNow | SendCallback, mask?: boolean | SendCallback, callback?: SendCallback): void {
    this.#control('pong', data, mask, callback);
  }

  /**
   * Begins the closing handshake, behind a Blob that is still read. Throws a `LocalProtocolError` for a code that must not be
   * sent and for a reason above 123 bytes of UTF-8. Does nothing once closing has begun.
   */
  close(code?: number, reason: string | Uint8Array = ''): void {
    const text = typeof reason === 'string' ? reason : Buffer.from(reason).toString('utf8');
    const { link } = this.#peer;
    if (!this.#order?.waiting) link.close(code, text);
    else if (this.#takes(undefined)) {
      checkedClosePayload(code, text, 'server');
      this.#closeWaits = true;
      this.#order.add(() => link.close(code, text));
    }
  }

  /** Ends the connection at once, without a closing handshake. */
  terminate(): void {
    this.#terminated = true;
    this.#peer.link.destroy();
  }

  /** Hands on no message after the one at hand and reads no more from the client, until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#peer.link.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#peer.link.resume();
  }

  addEventListener<Type extends FaceEvent>(type: Type, listener: ServerListener<Type, Self>, options?: ListenerOptions): void {
    this.#events.add(type, listener as Listener, options);
  }

  removeEventListener<Type extends FaceEvent>(type: Type, listener: ServerListener<Type, Self>): void {
    this.#face?.remove(type, listener as Listener);
  }

  get onmessage(): ServerHandler<'message', Self> {
    return this.#events.handlers.get('message') as ServerHandler<'message', Self>;
  }

  set onmessage(handler: ServerHandler<'message', Self>) {
    this.#events.handlers.set('message', handler);
  }

  get onerror(): ServerHandler<'error', Self> {
    return this.#events.handlers.get('error') as ServerHandler<'error', Self>;
  }

  set onerror(handler: ServerHandler<'error', Self>) {
    this.#events.handlers.set('error', handler);
  }

  get onclose(): ServerHandler<'close', Self> {
    return this.#events.handlers.get('close') as ServerHandler<'close', Self>;
  }

  set onclose(handler: ServerHandler<'close', Self>) {
    this.#events.handlers.set('close', handler);
  }

  get #events(): EventFace {
    this.#face ??= new EventFace(this);
    return this.#face;
  }

  #received(message: MessageView): void {
    try {
      if (this.#each) this.#each(message);
      else this.emit('message', this.#exposed(message), message.opcode === 'binary');
    } catch (error) {
      // What else was received must not be lost with it.
      reportException(error);
    }
  }

  #exposed(message: MessageView): Buffer | ArrayBuffer {
    const asBuffer = this.#binaryType === 'nodebuffer' || message.opcode === 'text';
    return asBuffer ? message.kept() : arrayBufferOf(message.view());
  }

  #tell(name: string, ...values: unknown[]): void {
    try {
      (this as EventEmitter).emit(name, ...values);
    } catch (error) {
      reportException(error);
    }
  }

  #takes(callback: SendCallback | undefined): boolean {
    if (this.#isOpen && !this.#closeWaits) return true;
    this.#refuse(callback);
    return false;
  }

  get #isOpen(): boolean {
    return this.#peer.link.open && !this.#terminated;
  }

  #refuse(callback: SendCallback | undefined): void {
    if (callback)
      setImmediate(() => runCallback(callback, new Error(`not sent: the connection is closing (${this.readyState})`)));
  }

  #control(
    type: 'ping' | 'pong',
    data: SendableNow | SendCallback | undefined,
    mask: boolean | SendCallback | undefined,
    callback: SendCallback | undefined,
  ): void {
    const done = [data, mask, callback].find((each) => typeof each === 'function');
    if (!this.#takes(done)) return;
    const bytes = checkedControlPayload(data === undefined || typeof data === 'function' ? EMPTY : bytesToSend(data));
    if (!this.#order?.waiting) this.#act(type, bytes, done);
    else this.#order.add(() => (this.#isOpen ? this.#act(type, bytes, done) : this.#refuse(done)));
  }

  #act(type: 'ping' | 'pong', data: Uint8Array, done: SendCallback | undefined): void {
    this.#peer.link.act({ type, data });
    if (done) this.#whenTaken(done);
  }

  #whenTaken(callback: SendCallback): void {
    this.#callbacks ??= new SendCallbacks();
    // After the write with which this turn ends.
    if (this.#callbacks.empty) setImmediate(() => this.#settle());
    this.#callbacks.add(callback);
  }

  #settle(): void {
    if (!this.#peer.link.congested) this.#callbacks?.tell();
  }

  #ended(code: number, reason: string, wasClean: boolean): void {
    this.#closedCleanly = wasClean;
    this.#callbacks?.tell(new Error('not sent: the connection ended'));
    this.#left(this);
    this.#tell('close', code, reason === '' ? EMPTY : Buffer.from(reason, 'utf8'));
  }

  static {
    socketOf = (handler) => ServerWebSocket.#Handling.socketOf(handler);
    const constants = Object.entries(CONSTANTS).map(([name, value]) => [name, { value, enumerable: true }]);
    Object.defineProperties(ServerWebSocket, Object.fromEntries(constants));
    Object.defineProperties(ServerWebSocket.prototype, Object.fromEntries(constants));
  }
}

nameClass(ServerWebSocket, 'ServerWebSocket');

const EMPTY = Buffer.alloc(0);

function arrayBufferOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
