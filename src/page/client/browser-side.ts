import { byteLength, hexLine, lineOf, sizeText, textOf } from './bytes.ts';
import { announce, byId, clockText, make, now } from './dom.ts';
import { dump } from './dump.ts';
import { Log } from './log.ts';
import { subprotocolsOf } from './message.ts';

/** The connection as a script in a browser has it: one WebSocket, what it says of itself, and its messages. */

const STATES = ['connecting', 'open', 'closing', 'closed'] as const;

/** Milliseconds between two looks at what changes without an event. */
const LOOK = 250;

type Data = string | Blob | ArrayBuffer;

export class BrowserSide {
  readonly #log = new Log(byId('log', HTMLElement), {
    title: 'Messages in the browser',
    empty: 'Messages, as a script in this browser gets them.',
    ways: { out: 'sent', in: 'received' },
  });
  readonly #follow: (url: URL) => Promise<void>;
  readonly #changed: () => void;
  #socket: WebSocket | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  /** `follow` is asked before a connection is opened; `changed` is told of each change of state. */
  constructor(follow: (url: URL) => Promise<void>, changed: () => void) {
    this.#follow = follow;
    this.#changed = changed;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** There is one that is not over. */
  get isBusy(): boolean {
    return this.#socket !== undefined && this.#socket.readyState !== WebSocket.CLOSED;
  }

  get canClose(): boolean {
    return this.#socket !== undefined && this.#socket.readyState < WebSocket.CLOSING;
  }

  /** Throws what the browser throws where it takes the URL or the subprotocols for wrong. */
  async connect(address: string, subprotocols: string, binaryType: BinaryType): Promise<void> {
    const url = new URL(address, location.href);
    await this.#follow(url);
    const names = subprotocolsOf(subprotocols);
    const socket = names.length > 0 ? new WebSocket(address, names) : new WebSocket(address);
    socket.binaryType = binaryType;
    this.#socket = socket;
    this.#showEnd(undefined);
    this.#note('connect', `${url.href}${names.length > 0 ? `, asking for ${names.join(', ')}` : ''}`);
    socket.addEventListener('open', ({ timeStamp }) => this.#opened(socket, timeStamp));
    socket.addEventListener('message', ({ data, timeStamp }) => this.#message('in', data, timeStamp));
    socket.addEventListener('error', ({ timeStamp }) =>
      this.#note('error', 'the browser says no more than that', timeStamp, true),
    );
    socket.addEventListener('close', (event) => this.#closed(event));
    this.#looking ??= setInterval(() => this.#look(), LOOK);
    this.#look();
  }

  set binaryType(type: BinaryType) {
    if (this.#socket) this.#socket.binaryType = type;
  }

  send(data: string | Blob | Uint8Array<ArrayBuffer>): void {
    if (!this.#socket) return;
    this.#socket.send(data);
    this.#message('out', data instanceof Uint8Array ? data.slice().buffer : data, now());
    this.#look();
  }

  close(code: number | undefined, reason: string): void {
    if (code === undefined) this.#socket?.close();
    else this.#socket?.close(code, reason);
    this.#note('close', code === undefined ? 'without a code' : `${code} ${reason}`.trim());
    this.#look();
  }

  #opened({ protocol, extensions }: WebSocket, timeStamp: number): void {
    const agreed = [protocol, extensions].filter((text) => text !== '').join(', ');
    this.#note('open', agreed || 'no subprotocol, no extension', timeStamp);
    announce('Connected');
    this.#look();
  }

  #closed({ code, reason, wasClean, timeStamp, target }: CloseEvent): void {
    const said = `${code}${reason === '' ? '' : ` ${reason}`}`;
    this.#note('closed', `${said}, ${wasClean ? 'clean' : 'not clean'}`, timeStamp, !wasClean);
    if (target !== this.#socket) return;
    this.#showEnd({ said, wasClean });
    announce(`Closed: ${said}${wasClean ? '' : ', not clean'}`);
    this.#look();
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #message(way: 'out' | 'in', data: Data, timeStamp: number): void {
    const isText = typeof data === 'string';
    const size = isText ? byteLength(data) : data instanceof Blob ? data.size : data.byteLength;
    const name = data instanceof File ? `, file ${data.name}` : '';
    const preview = isText
      ? data
      : data instanceof Blob
        ? `Blob${name}`
        : `ArrayBuffer ${hexLine(new Uint8Array(data, 0, Math.min(16, size)))}`;
    this.#log.add({
      way,
      time: clockText(timeStamp),
      kind: isText ? 'text' : 'binary',
      size: sizeText(size),
      preview: lineOf(preview),
      text: preview,
      detail: () => (isText ? make('pre', '', data) : binaryDetail(data)),
    });
  }

  #note(kind: string, preview: string, timeStamp = now(), bad = false): void {
    this.#log.add({ way: 'note', bad, time: clockText(timeStamp), kind, preview: lineOf(preview) });
  }

  #look(): void {
    const socket = this.#socket;
    if (!socket) return;
    const state = STATES[socket.readyState] ?? 'closed';
    this.#fact('ready-state', `${socket.readyState} ${state}`);
    this.#fact('buffered', sizeText(socket.bufferedAmount));
    this.#fact('protocol', socket.protocol || '–');
    this.#fact('extensions', socket.extensions || '–');
    const isFailure = state === 'closed' && byId('was-clean', HTMLElement).textContent === 'false';
    byId('state', HTMLElement).dataset.state = isFailure ? 'failed' : state;
    this.#fact('state-text', isFailure ? 'closed, not cleanly' : state);
    this.#changed();
  }

  /** There is no end to show where none has come. */
  #showEnd(end: { readonly said: string; readonly wasClean: boolean } | undefined): void {
    this.#fact('closed', end ? lineOf(end.said) : '–');
    this.#fact('was-clean', end ? String(end.wasClean) : '–');
    for (const id of ['closed-fact', 'was-clean-fact']) byId(id, HTMLElement).hidden = !end;
  }

  #fact(id: string, text: string): void {
    const element = byId(id, HTMLElement);
    if (element.textContent !== text) element.textContent = text;
  }
}

/** Bytes of a message that are looked at. */
const PART = 1024;

async function binaryDetail(data: Blob | ArrayBuffer): Promise<Node> {
  const [start, length] =
    data instanceof Blob
      ? [new Uint8Array(await data.slice(0, PART).arrayBuffer()), data.size]
      : [new Uint8Array(data).subarray(0, PART), data.byteLength];
  const detail = document.createDocumentFragment();
  detail.append(make('h4', '', 'Bytes'), dump(start, undefined, length));
  const text = length <= PART && length > 0 ? textOf(start) : undefined;
  if (text !== undefined) detail.append(make('h4', '', 'As text'), make('pre', '', text));
  return detail;
}
