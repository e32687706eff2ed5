import type { Duplex } from 'node:stream';
import { applyHeaderLines } from '../../protocol/handshake/request.ts';
import { BodyReader } from '../../protocol/http/body.ts';
import { encodeHead, fieldValues, type RequestHead, type ResponseHead } from '../../protocol/http/head.ts';
import { type ConnectAnswer, ConnectAnswerReader, connectRequest } from '../../protocol/tunnel/http-connect.ts';
import { cutOff, notHttp, type Refusal, refusalOf } from '../../protocol/tunnel/refusal.ts';
import { type ProxyServer, RouteError, type RouteObserver } from '../route.ts';

/** The start of a refusal's body that is kept, in bytes. */
const BODY_LIMIT = 4096;
/** Milliseconds that a body that does not end is waited for. */
const BODY_PATIENCE = 500;

/** A tunnel by CONNECT (RFC 9110 §9.3.6). As `OpenTunnel`. */
export async function openHttpTunnel(
  socket: Duplex,
  target: { readonly host: string; readonly port: number },
  proxy: ProxyServer,
  observer: RouteObserver,
): Promise<Duplex> {
  observer.begin('proxy');
  const request = requestFor(target, proxy);
  socket.write(encodeHead(request));
  const answer = await new Asking(socket).answer;
  if (answer.state === 'open') {
    observer.done('proxy', `${proxy.origin}: CONNECT ${answer.head.status}`);
    // What came behind the answer is the server's already.
    if (answer.rest.length > 0) socket.unshift(answer.rest);
    return socket;
  }
  const refusal = await reasonFor(answer, socket, request, proxy);
  socket.on('error', () => undefined).destroy();
  throw new RouteError('proxy', refusal.code, refusal.message, refusal.hint);
}

function requestFor({ host, port }: { readonly host: string; readonly port: number }, proxy: ProxyServer): RequestHead {
  const request = connectRequest(host, port, proxy.credentials);
  return { ...request, fields: applyHeaderLines(request.fields, proxy.headers ?? []) };
}

type Final =
  | Exclude<ConnectAnswer, { state: 'incomplete' }>
  | { readonly state: 'over'; readonly length: number; readonly error?: NodeJS.ErrnoException };

/** Listens for the answer; the socket is paused when it is there. */
class Asking {
  readonly answer: Promise<Final>;
  readonly #socket: Duplex;
  readonly #reader = new ConnectAnswerReader();
  #settle: (answer: Final) => void = () => undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    this.answer = new Promise((resolve) => {
      this.#settle = resolve;
    });
    socket.on('data', this.#data).on('end', this.#end).on('close', this.#end).on('error', this.#error);
    socket.resume();
  }

  readonly #data = (chunk: Buffer): void => {
    const answer = this.#reader.push(chunk);
    if (answer.state !== 'incomplete') this.#finish(answer);
  };

  readonly #end = (): void => this.#finish({ state: 'over', length: this.#reader.length });

  readonly #error = (error: NodeJS.ErrnoException): void => this.#finish({ state: 'over', length: this.#reader.length, error });

  #finish(answer: Final): void {
    this.#socket.pause();
    this.#socket.off('data', this.#data).off('end', this.#end).off('close', this.#end).off('error', this.#error);
    this.#settle(answer);
  }
}

async function reasonFor(
  answer: Exclude<Final, { state: 'open' }>,
  socket: Duplex,
  request: RequestHead,
  proxy: ProxyServer,
): Promise<Refusal> {
  if (answer.state === 'invalid') return notHttp(answer.problem, answer.raw);
  if (answer.state === 'over') {
    const { length, error } = answer;
    const wasReset = error?.code === 'ECONNRESET';
    const refusal = cutOff(length, proxy.tls !== undefined, wasReset ? 'reset' : 'ended');
    return error && !wasReset ? { ...refusal, message: `${refusal.message} (${error.message})` } : refusal;
  }
  const body = await bodyOf(socket, answer.head, answer.rest);
  const loggedIn = fieldValues(request, 'Proxy-Authorization').length > 0;
  return refusalOf(answer.head, body, { authority: request.target, loggedIn });
}

/** What comes of it within a moment is enough to show: a proxy may keep the connection open after its answer. */
function bodyOf(socket: Duplex, head: ResponseHead, rest: Uint8Array): Promise<Uint8Array> {
  const body = new BodyReader(head, BODY_LIMIT);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(patience);
      socket.off('data', take).off('end', finish).off('close', finish).off('error', finish);
      resolve(body.bytes);
    };
    const take = (chunk: Uint8Array): void => {
      if (body.push(chunk)) finish();
    };
    const patience = setTimeout(finish, BODY_PATIENCE);
    socket.on('data', take).on('end', finish).on('close', finish).on('error', finish);
    take(rest);
    if (!body.done) socket.resume();
  });
}
