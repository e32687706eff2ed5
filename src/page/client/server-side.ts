import { fromBase64, lineOf } from './bytes.ts';
import { announce, byId, make } from './dom.ts';
import type { Finding, HeadEvent, ServerEvent, Told } from './event.ts';
import { frameRow } from './frame-row.ts';
import { Log, type Row } from './log.ts';

/** What the server sees of this page's connection, over a second socket that it keeps apart from its clients. */

/** Milliseconds that a connection waits for the server to look. */
const PATIENCE = 1000;

export class ServerSide {
  readonly #frames = new Log(byId('frames', HTMLElement), {
    title: 'Frames on the server',
    empty: 'Every frame, with its bytes as they were on the wire.',
    ways: { out: 'sent', in: 'received' },
  });
  readonly #state = byId('view-state', HTMLElement);
  readonly #handshake = byId('handshake', HTMLDetailsElement);
  readonly #heads = byId('heads', HTMLElement);
  readonly #every = byId('every', HTMLInputElement);
  #socket: WebSocket | undefined;
  #following: () => void = () => undefined;
  /** The connection whose handshake is shown. */
  #connection = 0;
  /** The connection that this page opened last, and what became of it. */
  #own = 0;
  #ownState = '';
  readonly #served: (path: string) => void;

  /** `served`: is told of a path at which something is served. */
  constructor(served: (path: string) => void) {
    this.#served = served;
    this.#every.addEventListener('change', () => {
      this.#tell({ type: 'every', on: this.#every.checked });
      this.#showState();
    });
    this.#open();
  }

  /** The next connection to this URL is ours: resolves once the server knows, or does not answer. */
  async follow(url: URL): Promise<void> {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (!isHere(url)) {
      this.#say('This connection goes to another server, which only that one can look into.');
      return;
    }
    const known = new Promise<void>((resolve) => {
      this.#following = resolve;
      setTimeout(resolve, PATIENCE);
    });
    this.#tell({ type: 'follow', target: `${url.pathname}${url.search}` });
    await known;
  }

  #open(): void {
    const token = new URLSearchParams(location.search).get('token') ?? '';
    const url = new URL(`/.wstap/events?token=${encodeURIComponent(token)}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.#socket = socket;
    let isOpen = false;
    socket.addEventListener('message', ({ data }) => {
      isOpen = true;
      if (typeof data === 'string') this.#told(JSON.parse(data));
    });
    socket.addEventListener('close', ({ code }) => {
      const why = isOpen
        ? code === 1001
          ? 'The server has ended'
          : 'The server’s view is gone'
        : 'The server does not show its view';
      this.#say(`${why}. Open the address that it prints at its start.`);
      this.#every.disabled = true;
    });
  }

  #tell(request: { readonly type: 'follow'; readonly target: string } | { readonly type: 'every'; readonly on: boolean }): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #told(told: Told): void {
    if (told.type === 'hello') {
      this.#served(told.path ?? '/');
      this.#sayOwn('Ready. It shows the connection that you open here.');
    } else if (told.type === 'following') this.#following();
    else if (told.type === 'own') this.#own = told.connection;
    else if (told.type === 'dropped') this.#missed(told.count);
    else this.#happened(told.event, told.wire);
  }

  #happened(event: ServerEvent, wire: string | undefined): void {
    const { connection } = event;
    if (event.type === 'head') this.#showHead(event, connection);
    else if (event.type === 'frame')
      this.#frames.add(this.#numbered(connection, frameRow(event, timeOf(event), fromBase64(wire ?? ''))));
    else {
      if (event.type === 'open' || event.type === 'refused') this.#showFindings(event.findings, connection);
      const row = rowOf(event);
      if (row) this.#frames.add(this.#numbered(connection, row));
      if (connection === this.#own) this.#happenedToOwn(event);
    }
  }

  #happenedToOwn({ type, connection }: ServerEvent): void {
    if (type === 'open') this.#sayOwn(`Client #${connection} of the server is this page’s connection.`);
    else if (type === 'refused') this.#sayOwn(`The server refused connection #${connection}.`);
    else if (type === 'closed') this.#sayOwn(`Connection #${connection} is over.`);
  }

  /** Of several clients each line says whose it is. */
  #numbered(connection: number, row: Row): Row {
    return this.#every.checked ? { ...row, time: `#${connection} ${row.time}` } : row;
  }

  #missed(count: number): void {
    const preview = 'were more than this page could take, and are left out';
    this.#frames.miss(count, { way: 'note', time: '', kind: `${count} events`, preview });
  }

  #say(text: string): void {
    this.#state.textContent = text;
  }

  #sayOwn(text: string): void {
    this.#ownState = text;
    this.#showState();
  }

  #showState(): void {
    this.#say(this.#every.checked ? 'Every client of this server is shown.' : this.#ownState);
  }

  #showHead(event: HeadEvent, connection: number): void {
    if (event.direction === 'received') {
      this.#connection = connection;
      this.#heads.replaceChildren();
    }
    if (connection !== this.#connection) return;
    const start =
      event.kind === 'request'
        ? `${event.method} ${event.target} ${event.version}`
        : `${event.version} ${event.status} ${event.reason ?? ''}`;
    const lines = event.fields.map(({ name, value }) => `${name}: ${value}`);
    const title = event.direction === 'received' ? 'Received' : 'Sent';
    this.#heads.append(make('h3', '', title), make('pre', '', [start, ...lines].join('\n')));
    if (event.kind === 'response') this.#summary(`${event.status} ${event.reason ?? ''}`);
  }

  #summary(text: string): void {
    const summary = this.#handshake.querySelector('summary');
    if (summary) summary.textContent = `Opening handshake: ${text}`;
  }

  #showFindings(findings: readonly Finding[], connection: number): void {
    if (connection !== this.#connection) return;
    const wrong = findings.filter(({ level }) => level !== 'pass');
    for (const { requirement, actual, section, hint } of wrong) {
      const what = `${requirement} (${section})${actual === undefined ? '' : `: ${actual}`}${hint === undefined ? '' : `. ${hint}`}`;
      this.#heads.append(make('p', 'violation', what));
    }
    if (findings.some(({ level }) => level === 'fail')) {
      this.#handshake.open = true;
      announce('The server refused the opening handshake');
    }
  }
}

/** Whether a URL leads to the server of this page: another name of this machine is the same. */
function isHere(url: URL): boolean {
  const port = (of: URL | Location) => of.port || (/^(?:https|wss):$/.test(of.protocol) ? '443' : '80');
  const isLoopback = (name: string) => /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name);
  const sameName = url.hostname === location.hostname || (isLoopback(url.hostname) && isLoopback(location.hostname));
  return sameName && port(url) === port(location);
}

/** Seconds since the server began, as its own output has them. */
function timeOf({ at }: ServerEvent): string {
  return (at / 1000).toFixed(4);
}

function rowOf(event: ServerEvent): Row | undefined {
  const time = timeOf(event);
  switch (event.type) {
    case 'open': {
      const agreed = [event.subprotocol, event.extensions].filter((text) => text !== '').join(', ');
      return { way: 'note', time, kind: 'open', preview: lineOf(agreed || 'no subprotocol, no extension') };
    }
    case 'refused': {
      const why = event.findings.find(({ level }) => level === 'fail');
      return { way: 'note', bad: true, time, kind: 'refused', preview: lineOf(why ? why.requirement : 'as it was told to') };
    }
    case 'violation':
      return { way: 'note', bad: true, time, kind: 'violation', preview: lineOf(`${event.text} (${event.section})`) };
    case 'fault':
      return { way: 'note', time, kind: 'fault', preview: lineOf(`${event.name}: ${event.detail}`) };
    case 'failure':
      return { way: 'note', bad: true, time, kind: 'failure', preview: lineOf(event.message) };
    case 'rtt':
      return { way: 'note', time, kind: 'pong', preview: `${event.rtt} ms after its ping` };
    case 'closed': {
      const { code, name, reason, wasClean, by } = event;
      const who = { us: 'the server closed first', peer: 'the browser closed first', network: 'nobody closed' }[by];
      const words = [[code, reason || name].filter(Boolean).join(' '), who, wasClean ? 'clean' : 'not clean'];
      return { way: 'note', bad: !wasClean, time, kind: 'closed', preview: lineOf(words.join(', ')) };
    }
    default:
      return undefined;
  }
}
