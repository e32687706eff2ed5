import type { AsideRequest } from '../../endpoint/aside.ts';
import { type Peer, Server, type ServerHandler, type ServerOptions } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import type { Limits } from '../../protocol/connection/limits.ts';
import { firstValue, type RequestHead } from '../../protocol/http/head.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import type { EventSink, SessionEvent } from '../../session/event.ts';
import { eventJson } from '../../view/json.ts';
import { serverDefaults } from '../option/server-options.ts';
import { clientEnv } from '../session/client-env.ts';
import { Newest } from './newest.ts';
import { WatchedClients } from './watched-clients.ts';

/**
 * Those who look into a server from its page, each over a WebSocket of its own. They are clients of a server of their own,
 * so that nothing they do shows among, or counts for, the clients that they look at.
 */

/** Pages at once. */
const MOST = 16;
/** Of a frame so many bytes of payload are told, and of the wire. */
const TOLD = 4096;
/** Bytes that wait for a page beyond which what happens is kept for it, and no longer sent. */
const WAITING = 4 * 1024 * 1024;
/** Events that are kept: a page shows no more. Older ones are left out. */
const KEPT = 1000;
/** What a page may ask for is short. */
const LIMITS: Limits = { maxMessage: 64 * 1024, maxFrame: 64 * 1024, maxFragments: 16, maxPongs: 8 };
/** Raised when something changes its meaning or goes away. */
const VERSION = 1;

export class Viewers {
  readonly #server: Server;
  readonly #viewers = new Map<Peer, Viewer>();
  readonly #clients = new WatchedClients((number) => [...this.#viewers.values()].some((viewer) => viewer.sees(number)));
  readonly #hello: object;

  /** `path`: one at which something is served. */
  constructor(env: Env, path: string) {
    this.#hello = { type: 'hello', v: VERSION, ...(path !== '/' && { path }) };
    const own = { limits: LIMITS, maxConnections: MOST, deflate: undefined, hosts: [], port: 0 };
    const options: ServerOptions = { ...serverDefaults(), ...own };
    this.#server = new Server(options, clientEnv(env), undefined, {
      opened: (peer, request) => this.#opened(peer, request),
      message: (peer, message) => this.#asked(peer, message),
      drain: (peer) => this.#viewers.get(peer)?.relieved(),
      ended: (peer) => {
        this.#viewers.delete(peer);
        this.#clients.settle();
      },
      pong: () => undefined,
      peerClosed: () => undefined,
      refused: () => undefined,
      trouble: () => undefined,
    });
  }

  /** Takes a page's own socket. */
  take({ transport, request, rest, reply }: AsideRequest): void {
    this.#server.adopt(transport, request, rest, undefined, reply);
  }

  stop(code: number, reason: string): void {
    for (const viewer of this.#viewers.values()) viewer.relieved();
    this.#server.stop(code, reason);
  }

  destroy(): void {
    this.#server.destroy();
  }

  /** A sink in front of another one. */
  sink(onward: EventSink): EventSink {
    return (event) => {
      onward(event);
      if (event.type === 'closed') this.#clients.closed(event.connection);
      if (this.#viewers.size > 0) for (const viewer of this.#viewers.values()) viewer.look(event);
    };
  }

  /** A server's handler in front of another one. */
  handler(handler: ServerHandler): ServerHandler {
    return {
      ...handler,
      opened: (peer, request, transport) => {
        handler.opened(peer, request, transport);
        this.#clients.opened(peer.number, peer.link.connection);
      },
    };
  }

  #opened(peer: Peer, request: RequestHead): void {
    const viewer = new Viewer(peer, request);
    this.#viewers.set(peer, viewer);
    viewer.say(this.#hello);
  }

  #asked(peer: Peer, { opcode, buffer, start, end }: MessageView): void {
    const viewer = this.#viewers.get(peer);
    const text = opcode === 'text' ? buffer.toString('utf8', start, end) : '';
    if (viewer && !viewer.asked(text)) peer.link.close(1008, 'not understood');
    this.#clients.settle();
  }
}

/** One page. */
class Viewer {
  readonly #peer: Peer;
  readonly #request: RequestHead;
  /** The target of the connection that the page opens next. */
  #expected: string | undefined;
  readonly #seen = new Set<number>();
  #every = false;
  /** What it has not been told yet, as it takes what it is told too slowly. */
  readonly #newest = new Newest(KEPT, WAITING);

  constructor(peer: Peer, request: RequestHead) {
    this.#peer = peer;
    this.#request = request;
  }

  sees(connection: number): boolean {
    return this.#every || this.#seen.has(connection);
  }

  /** Whether it is something that a page asks. */
  asked(text: string): boolean {
    const asked = parsed(text);
    if (asked?.type === 'follow' && typeof asked.target === 'string') {
      this.#expected = asked.target;
      this.say({ type: 'following' });
      return true;
    }
    if (asked?.type !== 'every' || typeof asked.on !== 'boolean') return false;
    this.#every = asked.on;
    return true;
  }

  look(event: SessionEvent): void {
    const { type, connection } = event;
    if (type === 'head' && event.direction === 'received' && event.head.kind === 'request')
      this.#recognise(event.head, connection);
    if (!this.sees(connection)) return;
    // A message is its frames once more.
    if (type !== 'message') this.#tell(event);
    if (type === 'closed' || type === 'refused') this.#seen.delete(connection);
  }

  /** There is room again. */
  relieved(): void {
    if (this.#newest.isEmpty) return;
    const { texts, lost } = this.#newest.take();
    if (lost > 0) this.say({ type: 'dropped', count: lost });
    for (const text of texts) this.#send(text);
  }

  say(what: object): void {
    this.#send(JSON.stringify(what));
  }

  #send(text: string): void {
    if (this.#peer.link.open) this.#peer.link.sendText(text);
  }

  /** A browser says the same of itself on both connections; which of its pages it is only the page knows. */
  #recognise(request: RequestHead, connection: number): void {
    if (request.target !== this.#expected) return;
    const isSame = ['User-Agent', 'Origin'].every((name) => headerOf(request, name) === headerOf(this.#request, name));
    if (!isSame) return;
    this.#expected = undefined;
    this.#seen.add(connection);
    this.say({ type: 'own', connection });
  }

  #tell(event: SessionEvent): void {
    const { link } = this.#peer;
    if (!link.open) return;
    const wire = event.type === 'frame' ? `"wire":"${startOf(event.frame.raw)}",` : '';
    const text = `{"type":"event",${wire}"event":${eventJson(shortened(event))}}`;
    if (link.pending > WAITING) {
      this.#newest.add(text);
      return;
    }
    this.relieved();
    this.#send(text);
  }
}

function headerOf(request: RequestHead, name: string): string | undefined {
  return firstValue(request, name);
}

function parsed(text: string): { readonly type?: unknown; readonly target?: unknown; readonly on?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The first bytes in base64. */
function startOf(bytes: Uint8Array): string {
  const start = bytes.subarray(0, TOLD);
  return Buffer.from(start.buffer, start.byteOffset, start.length).toString('base64');
}

function shortened(event: SessionEvent): SessionEvent {
  if (event.type !== 'frame') return event;
  const { frame, inflated } = event;
  if (frame.payload.length <= TOLD && (inflated?.length ?? 0) <= TOLD) return event;
  // Some of what a frame has it works out when it is asked.
  const { raw, headerLength, payload } = frame;
  const cut = { ...frame, raw, headerLength, payload: payload.subarray(0, TOLD) };
  return { ...event, frame: cut, inflated: inflated?.subarray(0, TOLD) };
}
