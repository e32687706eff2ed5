import type { Client } from '../endpoint/client.ts';
import type { Link } from '../endpoint/link.ts';
import { bytesOf, sendable } from './binary.ts';
import { checkedCloseWords, clampedCode, type Outcome, reasonText } from './close.ts';
import { CloseEvent } from './close-event.ts';
import { connect } from './connect.ts';
import { EventHandlers } from './event-handlers.ts';
import { expose } from './expose.ts';
import { fire } from './fire.ts';
import {
  callWithMessage,
  type MessageData,
  type MessageListener,
  messageEvent,
  type SocketMessageEvent,
} from './message-event.ts';
import type { ConnectionOptions } from './options.ts';
import { Outgoing } from './outgoing.ts';
import { reportException } from './report.ts';
import { hearListeners, SoleListener, settleListener } from './sole-listener.ts';
import { Tasks } from './tasks.ts';
import { checkedSubprotocols, parseUrl, subprotocolNames } from './url.ts';

/**
 * The `WebSocket` of the WHATWG WebSockets Standard, to the letter; what goes beyond it is in the options and is not there
 * when they are not given.
 */
export interface WebSocketOptions extends ConnectionOptions {
  /** As the standard's second argument. */
  readonly protocols?: string | Iterable<string> | undefined;
}

export interface WebSocketEventMap {
  open: Event;
  message: SocketMessageEvent;
  error: Event;
  close: CloseEvent;
}

export type BinaryType = 'blob' | 'arraybuffer';

interface AddListener {
  <Type extends keyof WebSocketEventMap>(type: Type, listener: Listener<WebSocketEventMap[Type]>, options?: AddOptions): void;
  (type: string, listener: Listener<Event>, options?: AddOptions): void;
}

interface RemoveListener {
  <Type extends keyof WebSocketEventMap>(type: Type, listener: Listener<WebSocketEventMap[Type]>, options?: RemoveOptions): void;
  (type: string, listener: Listener<Event>, options?: RemoveOptions): void;
}

type Handler<E extends Event> = ((this: WebSocket, event: E) => unknown) | null;
type Data = string | ArrayBuffer;
type Listener<E extends Event> = ((this: WebSocket, event: E) => unknown) | { handleEvent(event: E): unknown } | null;
type AddOptions = Parameters<EventTarget['addEventListener']>[2];
type RemoveOptions = Parameters<EventTarget['removeEventListener']>[2];

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** What an operation is called on is looked at before its arguments (Web IDL). Throws a `TypeError`. */
let mustBeWebSocket: (value: WebSocket) => void;

export class WebSocket extends EventTarget {
  declare addEventListener: AddListener;
  declare removeEventListener: RemoveListener;
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #url: string;
  readonly #origin: string;
  readonly #client: Client;
  readonly #handlers = new EventHandlers(this);
  readonly #listeners = new SoleListener();
  readonly #outgoing = new Outgoing();
  readonly #tasks: Tasks<Data | (() => void)>;
  #link: Link | undefined;
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #protocol = '';
  #extensions = '';
  #binaryType: BinaryType = 'blob';

  /**
   * Connects at once. `url`: `ws:`, `wss:`, `http:` or `https:`. Throws a `SyntaxError` DOMException for a URL that is none
   * or has a fragment and for subprotocols that are no tokens or come twice, and a `TypeError` for headers that are none.
   */
  constructor(url: string | URL, protocols: string | Iterable<string> | WebSocketOptions = []) {
    super();
    // biome-ignore lint/complexity/noArguments: undefined is a URL relative to a page's, nothing is none
    if (arguments.length === 0) throw new TypeError('a WebSocket needs a URL');
    const options = isOptions(protocols) ? protocols : undefined;
    // Web IDL converts both arguments before either is judged.
    const address = `${url}`;
    const names = subprotocolNames(options ? (options.protocols ?? []) : protocols);
    const record = parseUrl(address);
    const subprotocols = checkedSubprotocols(names);
    this.#url = record.href;
    this.#origin = record.origin;
    this.#tasks = new Tasks(
      (task) => {
        const goesOn = this.#perform(task);
        this.#link?.dealtWith();
        return goesOn;
      },
      () => this.#link?.release(),
    );
    this.#client = connect(record, subprotocols, options ?? {}, {
      open: (link, agreed) => {
        this.#link = link;
        this.#outgoing.open(link, agreed.extensions);
        this.#queue(() => this.#opened(agreed.subprotocol, agreed.extensions));
      },
      borrows: true,
      message: (message) => this.#queue(message.opcode === 'text' ? message.text() : bytesOf(message)),
      peerClosed: () =>
        this.#queue(() => {
          if (this.#readyState === OPEN) this.#readyState = CLOSING;
        }),
      drain: () => undefined,
      end: (outcome) => this.#queue(() => this.#closed(outcome)),
    });
  }

  /** The URL, serialized. */
  get url(): string {
    return this.#url;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState;
  }

  /** Payload bytes given to `send` that had not left the process when the event loop last came round. */
  get bufferedAmount(): number {
    return this.#outgoing.amount.value;
  }

  get onopen(): Handler<Event> {
    return this.#handlers.get('open') as Handler<Event>;
  }

  set onopen(handler: Handler<Event>) {
    this.#handlers.set('open', handler);
  }

  get onerror(): Handler<Event> {
    return this.#handlers.get('error') as Handler<Event>;
  }

  set onerror(handler: Handler<Event>) {
    this.#handlers.set('error', handler);
  }

  get onclose(): Handler<CloseEvent> {
    return this.#handlers.get('close') as Handler<CloseEvent>;
  }

  set onclose(handler: Handler<CloseEvent>) {
    this.#handlers.set('close', handler);
  }

  /** The extensions in use, as the server named them; empty until open. */
  get extensions(): string {
    return this.#extensions;
  }

  /** The subprotocol in use; empty for none and until open. */
  get protocol(): string {
    return this.#protocol;
  }

  get onmessage(): Handler<SocketMessageEvent> {
    return this.#handlers.get('message') as Handler<SocketMessageEvent>;
  }

  set onmessage(handler: Handler<SocketMessageEvent>) {
    this.#handlers.set('message', handler);
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  /** Anything but the two values is ignored, as an enumeration of Web IDL asks. */
  set binaryType(type: BinaryType) {
    const text = `${type}`;
    this.#binaryType = text === 'blob' || text === 'arraybuffer' ? text : this.#binaryType;
  }

  /**
   * Begins the closing handshake once everything is sent; while connecting, gives up. Throws an `InvalidAccessError`
   * DOMException for a code that is neither 1000 nor in 3000–4999, and a `SyntaxError` one for a reason above 123 bytes.
   */
  close(code?: number, reason?: string): void {
    mustBeWebSocket(this);
    const words = checkedCloseWords(code === undefined ? undefined : clampedCode(code), reasonText(reason));
    if (this.#readyState === CLOSING || this.#readyState === CLOSED) return;
    this.#readyState = CLOSING;
    if (this.#link) this.#outgoing.close(words);
    else this.#client.stop();
  }

  /**
   * Sends a message: text for a string, else binary. Once closing has begun it is dropped, and only counted. Throws an
   * `InvalidStateError` DOMException while connecting.
   */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
    mustBeWebSocket(this);
    // biome-ignore lint/complexity/noArguments: undefined is something that can be sent, nothing is not
    if (arguments.length === 0) throw new TypeError('send() needs something to send');
    const message = typeof data === 'string' ? data : sendable(data);
    if (this.#readyState === CONNECTING) throw new DOMException('the connection is not open yet', 'InvalidStateError');
    if (typeof message === 'string') this.#outgoing.text(message);
    else if (message instanceof Blob) this.#outgoing.blob(message);
    else this.#outgoing.bytes(message);
  }

  #queue(task: Data | (() => void)): void {
    if (!this.#tasks.busy) this.#link?.hold();
    this.#tasks.add(task);
  }

  #perform(task: Data | (() => void)): boolean {
    if (typeof task !== 'function') return this.#readyState === OPEN && this.#receive(task);
    task();
    return true;
  }

  #receive(data: Data): boolean {
    const { listener, count } = this.#listeners;
    // What nobody hears need not be made.
    if (count === 0) return false;
    if (listener) return this.#call(listener, this.#exposed(data));
    fire(this, messageEvent(this.#exposed(data), this.#origin));
    return true;
  }

  /** Returns whether the listener goes on: whether it gave a promise, or another one may come before the next message. */
  #call(listener: MessageListener, data: MessageData): boolean {
    const handlers = this.#handlers;
    const listeners = this.#listeners;
    const isNew = handlers.changed || listeners.changed;
    handlers.changed = false;
    listeners.changed = false;
    handlers.gavePromise = false;
    try {
      if (settleListener(callWithMessage(listener, data, this.#origin, this)) || handlers.gavePromise) return true;
    } catch (error) {
      reportException(error);
    }
    return isNew || handlers.changed || listeners.changed;
  }

  #exposed(data: Data): Data | Blob {
    return typeof data !== 'string' && this.#binaryType === 'blob' ? new Blob([data]) : data;
  }

  #opened(subprotocol: string, extensions: string): void {
    // Closed between the server's answer and this task.
    if (this.#readyState !== CONNECTING) return;
    this.#readyState = OPEN;
    this.#extensions = extensions;
    this.#protocol = subprotocol;
    fire(this, new Event('open'));
  }

  #closed({ code, reason, wasClean }: Outcome): void {
    this.#readyState = CLOSED;
    const close = () => fire(this, new CloseEvent('close', { code, reason, wasClean }));
    if (wasClean) close();
    else {
      fire(this, new Event('error'));
      // A task of its own: the microtasks that listeners of error leave behind come first.
      this.#queue(close);
    }
  }

  static {
    mustBeWebSocket = (value) => {
      if (!(#readyState in value)) throw new TypeError('this is not a WebSocket');
    };
    // biome-ignore lint/complexity/noThisInStatic: by its own name in its body, bundlers would give the class another one
    hearListeners(this.prototype, (socket: WebSocket) => socket.#listeners);
  }
}

// The members of the class stand in the order of the interface in the standard, in which `for … in` finds them.
const ATTRIBUTES = ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol', 'binaryType'];
const HANDLERS = ['onopen', 'onmessage', 'onerror', 'onclose'];
expose(WebSocket, 'WebSocket', [...ATTRIBUTES, ...HANDLERS, 'send', 'close'], { CONNECTING, OPEN, CLOSING, CLOSED });
// All its arguments are optional.
Object.defineProperty(WebSocket.prototype.close, 'length', { value: 0 });

/** In the standard's place of the subprotocols: an object that is no list and has no words of its own to be taken for. */
function isOptions(value: unknown): value is WebSocketOptions {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return false;
  return !('toString' in value) || value.toString === Object.prototype.toString;
}
