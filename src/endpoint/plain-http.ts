import { encodeHead, type Field, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import type { AsideRequest } from './aside.ts';
import type { Clock } from './clock.ts';

/**
 * Answers to plain HTTP on the port of a WebSocket server: one request a connection, which ends with its answer. However
 * slowly a client reads, no more than a piece of the body is held for it, and one that reads nothing is let go.
 */
export interface PlainAnswer {
  readonly status: PlainStatus;
  /** Without those that are about the body's length and the connection. */
  readonly fields: readonly Field[];
  readonly body: Uint8Array | StreamedBody;
}

/** A body that is read while it is sent. */
export interface StreamedBody {
  readonly length: number;
  /** Pieces that together are so long, and that are not changed any more. Fewer: the connection is cut. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Called once, whatever came of it. */
  close(): Promise<void>;
}

const REASONS = {
  200: 'OK',
  301: 'Moved Permanently',
  304: 'Not Modified',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
} as const;

export type PlainStatus = keyof typeof REASONS;

/** Milliseconds that a client may take nothing of an answer. */
const PATIENCE = 30_000;
/** Milliseconds that it has to read the end. */
const LINGER = 1000;

/** Whether a request asks for no WebSocket at all: it has no Upgrade, and over HTTP/2 it is no CONNECT. */
export function isPlainHttp({ method, fields }: RequestHead): boolean {
  return method !== 'CONNECT' && !fields.some(({ name }) => name.toLowerCase() === 'upgrade');
}

export function textAnswer(status: PlainStatus, text: string, fields: readonly Field[] = []): PlainAnswer {
  const own = [
    { name: 'Content-Type', value: 'text/plain; charset=utf-8' },
    { name: 'X-Content-Type-Options', value: 'nosniff' },
  ];
  return { status, fields: [...own, ...fields], body: Buffer.from(`${text}\n`) };
}

/** Sends it; resolves once it has left, or cannot any more. */
export async function sendPlain(asked: AsideRequest, answer: PlainAnswer, clock: Clock): Promise<void> {
  const { transport, reply, request } = asked;
  const { body } = answer;
  const sending = new Sending(asked, clock);
  try {
    const head = headOf(answer);
    if (reply) reply(head);
    else transport.write([encodeHead(head)]);
    if (request.method === 'HEAD' || answer.status === 304) return;
    if (body instanceof Uint8Array) await sending.write(body);
    else await sending.stream(body);
  } finally {
    if (!(body instanceof Uint8Array)) await body.close();
    sending.finish();
  }
}

function headOf({ status, fields, body }: PlainAnswer): ResponseHead {
  const length = status === 304 ? [] : [{ name: 'Content-Length', value: String(body.length) }];
  // One request a connection: what follows is not looked at.
  const all = [...fields, ...length, { name: 'Connection', value: 'close' }];
  return { kind: 'response', version: 'HTTP/1.1', status, reason: REASONS[status], fields: all };
}

class Sending {
  readonly #asked: AsideRequest;
  readonly #clock: Clock;
  #gone = false;
  #room: () => void = () => undefined;

  constructor(asked: AsideRequest, clock: Clock) {
    this.#asked = asked;
    this.#clock = clock;
    asked.transport.handler = {
      data: () => undefined,
      end: () => undefined,
      drain: () => this.#room(),
      close: () => this.#close(),
    };
    asked.transport.resume();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#gone || bytes.length === 0) return;
    const { transport } = this.#asked;
    if (transport.write([bytes]) || transport.pending === 0) return;
    const stop = this.#clock.after(PATIENCE, () => transport.destroy());
    await new Promise<void>((resolve) => {
      this.#room = resolve;
    });
    stop();
  }

  async stream(body: StreamedBody): Promise<void> {
    let left = body.length;
    for await (const piece of body.pieces()) {
      if (this.#gone) return;
      left -= piece.length;
      await this.write(piece);
    }
    // A length was promised: only a cut tells that it was not kept.
    if (left !== 0) this.#asked.transport.destroy();
  }

  /** Lets the answer be read: a reset on unread bytes would take it from the client. */
  finish(): void {
    if (this.#gone) return;
    const { transport, reply } = this.#asked;
    const stop = this.#clock.after(LINGER + (transport.pending > 0 ? PATIENCE : 0), () => transport.destroy());
    // A request over HTTP/2 may have ended long ago, and its stream ends by itself.
    const end = () => {
      if (!reply && transport.pending === 0) transport.destroy();
    };
    transport.handler = { data: () => undefined, end, drain: () => undefined, close: stop };
    transport.end();
  }

  #close(): void {
    this.#gone = true;
    this.#room();
  }
}
