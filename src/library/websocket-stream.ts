import {
  ReadableStream,
  type ReadableStreamDefaultController,
  WritableStream,
  type WritableStreamDefaultController,
} from 'node:stream/web';
import type { Client, Ending } from '../endpoint/client.ts';
import type { Link } from '../endpoint/link.ts';
import type { MessageView } from '../protocol/message/message.ts';
import { bytesOf, sendable } from './binary.ts';
import type { Outcome } from './close.ts';
import { connect } from './connect.ts';
import { Deferred } from './deferred.ts';
import { expose } from './expose.ts';
import type { ConnectionOptions } from './options.ts';
import { checkedSubprotocols, parseUrl, subprotocolList } from './url.ts';
import { closeWords, endedError, type WebSocketCloseInfo, WebSocketError } from './websocket-error.ts';

/**
 * `WebSocketStream` as proposed for the WHATWG standard: a connection as two streams. What is not read is not asked of the
 * server, down to its own socket; what is written waits until the network takes it.
 */
export interface WebSocketStreamOptions extends ConnectionOptions {
  readonly protocols?: Iterable<string> | undefined;
  /** Gives up connecting; once open it does nothing. */
  readonly signal?: AbortSignal | undefined;
}

export interface WebSocketOpenInfo {
  /** Text messages as strings, binary ones as bytes. */
  readonly readable: ReadableStream<string | Uint8Array>;
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  readonly protocol: string;
  readonly extensions: string;
}

/** How it was closed: `closeCode` 1005 where the server's Close had none. */
export interface WebSocketClosed {
  readonly closeCode: number;
  readonly reason: string;
}

let isStream: (value: unknown) => boolean;

export class WebSocketStream {
  readonly #url: string;
  readonly #client: Client | undefined;
  readonly #opened = new Deferred<WebSocketOpenInfo>();
  readonly #closed = new Deferred<WebSocketClosed>();
  readonly #stopListening: () => void;
  #link: Link | undefined;
  #readable: ReadableStreamDefaultController<string | Uint8Array> | undefined;
  #writable: WritableStreamDefaultController | undefined;
  /** Closing has begun: nothing is handed on any more. */
  #closing = false;
  /** What was written last, until it has left. */
  #writing: Deferred<void> | undefined;
  /** The server closed, or the connection ended, before what was written had left. */
  #incomplete = false;

  /** Connects at once. Throws as the constructor of `WebSocket` does. */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    // biome-ignore lint/complexity/noArguments: undefined is a URL relative to a page's, nothing is none
    if (arguments.length === 0) throw new TypeError('a WebSocketStream needs a URL');
    const address = `${url}`;
    const { names, signal } = convertedOptions(options);
    const record = parseUrl(address);
    const subprotocols = checkedSubprotocols(names);
    this.#url = record.href;
    const abort = () => this.#abort(signal?.reason);
    this.#stopListening = () => signal?.removeEventListener('abort', abort);
    if (signal?.aborted) abort();
    else {
      this.#client = connect(record, subprotocols, options ?? {}, {
        open: (link, { subprotocol, extensions }) => this.#open(link, subprotocol, extensions),
        message: (message) => this.#receive(message),
        peerClosed: () => this.#peerClosed(),
        drain: () => this.#written(),
        end: (outcome, ending) => this.#end(outcome, ending),
      });
      signal?.addEventListener('abort', abort);
    }
  }

  /** The URL, serialized. */
  get url(): string {
    return this.#url;
  }

  /** Rejects with a `WebSocketError` where it does not come to a connection, or with the reason of the signal. */
  get opened(): Promise<WebSocketOpenInfo> {
    return isStream(this) ? this.#opened.promise : notAStream();
  }

  /** Rejects with a `WebSocketError` unless both Close frames went their way. */
  get closed(): Promise<WebSocketClosed> {
    return isStream(this) ? this.#closed.promise : notAStream();
  }

  /**
   * Begins the closing handshake; while connecting, gives up. Messages that arrive from now on are dropped. A reason without
   * a code goes with 1000. Throws `TypeError`, `InvalidAccessError` or `SyntaxError` for what may not be said.
   */
  close(closeInfo: WebSocketCloseInfo = {}): void {
    const { closeCode, reason } = closeWords(closeInfo);
    this.#close(closeCode, reason);
  }

  #close(code: number | undefined, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    if (!this.#link) this.#client?.stop();
    else {
      this.#link.close(code, reason);
      // The server's Close comes behind what it sent before.
      this.#link.resume();
    }
  }

  /** The standard's "close using reason". */
  #closeFor(reason: unknown): void {
    if (reason instanceof WebSocketError) this.#close(reason.closeCode ?? undefined, reason.reason);
    else this.#close(undefined, '');
  }

  #abort(reason: unknown): void {
    if (this.#link) return;
    this.#opened.reject(reason);
    this.#closed.reject(reason);
    this.#closing = true;
    this.#client?.stop();
  }

  #open(link: Link, protocol: string, extensions: string): void {
    this.#stopListening();
    this.#link = link;
    const readable = new ReadableStream<string | Uint8Array>({
      start: (controller) => {
        this.#readable = controller;
      },
      pull: () => link.resume(),
      cancel: (reason) => {
        this.#readable = undefined;
        this.#closeFor(reason);
      },
    });
    const writable = new WritableStream<string | ArrayBuffer | ArrayBufferView>({
      start: (controller) => {
        this.#writable = controller;
      },
      write: (chunk) => this.#write(link, chunk),
      close: async () => {
        this.#writable = undefined;
        this.#close(undefined, '');
        await this.#closed.promise;
      },
      abort: (reason) => {
        this.#writable = undefined;
        this.#closeFor(reason);
      },
    });
    this.#opened.resolve({ readable, writable, protocol, extensions });
  }

  #receive(message: MessageView): void {
    if (this.#closing || !this.#readable) return;
    this.#readable.enqueue(message.opcode === 'text' ? message.text() : new Uint8Array(bytesOf(message)));
    if ((this.#readable.desiredSize ?? 0) <= 0) this.#link?.pause();
  }

  /** Done once there is room for more; fails where the server closes before that: it is not read to its end then. */
  #write(link: Link, chunk: unknown): Promise<void> | undefined {
    const message = ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer ? sendable(chunk) : `${chunk as string}`;
    // "If the closing handshake has not yet started": what comes after a close of ours is dropped.
    if (this.#closing) return undefined;
    if (!link.open) return this.#cannotWrite();
    if (typeof message === 'string') link.sendText(message);
    else if (!(message instanceof Blob)) link.send('binary', message);
    if (link.writable) return undefined;
    this.#writing = new Deferred();
    return this.#writing.promise;
  }

  #cannotWrite(): Promise<never> {
    this.#incomplete = true;
    this.#writable = undefined;
    return Promise.reject(new DOMException('the server closed the connection: this was not sent', 'InvalidStateError'));
  }

  #written(): void {
    this.#writing?.resolve();
    this.#writing = undefined;
  }

  #peerClosed(): void {
    if (this.#writing) this.#failWriting();
  }

  #failWriting(): void {
    this.#incomplete = true;
    // The writable stream takes the error of its write.
    this.#writable = undefined;
    this.#writing?.reject(new DOMException('the connection was closed before all of this was sent', 'InvalidStateError'));
    this.#writing = undefined;
  }

  #end({ wasClean, code, reason }: Outcome, ending: Ending): void {
    this.#stopListening();
    if (this.#writing) this.#failWriting();
    if (wasClean && !this.#incomplete) this.#endCleanly(code, reason);
    else this.#fail(endedError(describe(ending), code, reason));
  }

  #endCleanly(closeCode: number, reason: string): void {
    this.#readable?.close();
    this.#writable?.error(new DOMException('the connection is closed', 'InvalidStateError'));
    this.#closed.resolve({ closeCode, reason });
  }

  #fail(error: WebSocketError): void {
    this.#opened.reject(error);
    this.#readable?.error(error);
    this.#writable?.error(error);
    this.#closed.reject(error);
  }

  static {
    isStream = (value) => typeof value === 'object' && value !== null && #opened in value;
  }
}

expose(WebSocketStream, 'WebSocketStream', ['url', 'opened', 'closed', 'close']);
Object.defineProperty(WebSocketStream.prototype.close, 'length', { value: 0 });

/** Web IDL's conversion of the dictionary. Throws a `TypeError` for what is none. */
function convertedOptions(options: unknown): { readonly names: readonly string[]; readonly signal: AbortSignal | undefined } {
  if (options === undefined || options === null) return { names: [], signal: undefined };
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw new TypeError('the options of a WebSocketStream are an object');
  }
  const { protocols, signal } = options as { readonly protocols?: unknown; readonly signal?: unknown };
  const names = protocols === undefined ? [] : subprotocolList(protocols);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('signal is not an AbortSignal');
  return { names, signal };
}

/** An attribute that is a promise throws nothing, even on another object: its promise is rejected (Web IDL). */
function notAStream(): Promise<never> {
  return Promise.reject(new TypeError('this is not a WebSocketStream'));
}

function describe(ending: Ending): string {
  if (ending.type === 'failure') return ending.message;
  if (ending.type === 'refused') return 'the server refused the opening handshake';
  if (ending.type === 'closed' && ending.wasClean) return 'the connection was closed before all that was written had been sent';
  return 'the connection ended without a closing handshake';
}
