import { randomFillSync } from 'node:crypto';
import { Client, type ClientEnv } from '../../src/endpoint/client.ts';
import { systemClock } from '../../src/endpoint/clock.ts';
import { type Peer, Server } from '../../src/endpoint/server.ts';
import { Connection } from '../../src/protocol/connection/connection.ts';
import { CLIENT_LIMITS, SERVER_LIMITS } from '../../src/protocol/connection/limits.ts';
import { maskingKeySource } from '../../src/protocol/frame/masking-key.ts';
import { PinnedBudget } from '../../src/protocol/message/pinned.ts';
import { Tally } from '../../src/session/tally.ts';

/** wstap's own engine, through the client and the server that its commands use. */

export interface Counter {
  messages: number;
  openedAt?: number;
  firstAt?: number;
  lastAt?: number;
  endedAt?: number;
}

interface ServeOptions {
  /** `once` sends the first message back and closes; `lines` sends `count` payloads and closes. */
  readonly mode: 'echo' | 'flood' | 'sink' | 'once' | 'lines';
  readonly payload: string | Uint8Array;
  readonly count?: number;
  readonly deflate: boolean;
  /** Every frame is watched and counted. */
  readonly observed: boolean;
}

interface ConnectOptions {
  readonly port: number;
  readonly deflate: boolean;
  readonly observed: boolean;
}

const fillRandom = (target: Uint8Array): void => {
  randomFillSync(target);
};

const clientEnv: ClientEnv = {
  clock: systemClock(() => performance.now()),
  maskingKeys: maskingKeySource(fillRandom),
  fillRandom,
  variables: {},
};

const nothing = (): void => undefined;

export async function serve(options: ServeOptions, counter: Counter): Promise<number> {
  const pumps = new Map<Peer, () => void>();
  const server = new Server(
    {
      hosts: ['127.0.0.1'],
      port: 0,
      limits: SERVER_LIMITS,
      tolerance: 'strict',
      subprotocols: [],
      headers: [],
      deflate: options.deflate ? {} : undefined,
      compressFrom: 0,
      handshakeTimeout: 10_000,
      closeTimeout: 5000,
      maxConnections: 1_000_000,
      budget: new PinnedBudget(64 * 1024 * 1024),
      policy: () => undefined,
    },
    clientEnv,
    options.observed ? new Tally().record : nothing,
    {
      opened: (peer) => {
        counter.openedAt ??= performance.now();
        if (options.observed) peer.link.connection.watch(true);
        if (options.mode !== 'flood' && options.mode !== 'lines') return;
        const pump = pumpOf(peer, options, counter);
        pumps.set(peer, pump);
        pump();
      },
      message: ({ link }, { opcode, buffer, start, end }) => {
        counter.messages++;
        if (options.mode === 'sink') {
          counter.firstAt ??= performance.now();
          counter.lastAt = performance.now();
          return;
        }
        // The bytes of a message stay as they are: they may go out by reference.
        link.send(opcode, buffer, start, end, true);
        if (options.mode === 'once') link.close(1000);
      },
      drain: (peer) => pumps.get(peer)?.(),
      ended: (peer) => {
        pumps.delete(peer);
        counter.endedAt = performance.now();
      },
      pong: nothing,
      peerClosed: nothing,
      refused: nothing,
      trouble: nothing,
    },
  );
  return (await server.start()).port;
}

function pumpOf({ link }: Peer, { payload, mode, count = 0 }: ServeOptions, counter: Counter): () => void {
  const bytes = Buffer.from(payload);
  const opcode = typeof payload === 'string' ? 'text' : 'binary';
  const most = mode === 'lines' ? count : Number.POSITIVE_INFINITY;
  return () => {
    while (link.open && link.writable && counter.messages < most) {
      link.send(opcode, bytes, 0, bytes.length, true);
      counter.messages++;
    }
    if (counter.messages >= most) link.close(1000);
  };
}

export function connect({ port, deflate, observed }: ConnectOptions, _counter: Counter, received: (length: number) => void) {
  return new Promise<{ send(payload: string | Uint8Array): void; extensions: string }>((resolve, reject) => {
    const tally = new Tally();
    let extensions = '';
    new Client(
      {
        target: { host: '127.0.0.1', port },
        request: { host: `127.0.0.1:${port}`, target: '/', ...(deflate && { extensions: 'permessage-deflate' }) },
        limits: CLIENT_LIMITS,
        tolerance: 'strict',
        handshakeTimeout: 5000,
        closeTimeout: 5000,
        compressFrom: 0,
      },
      clientEnv,
      (event) => {
        if (event.type === 'open') extensions = event.extensions;
        if (observed) tally.record(event);
      },
      {
        open: (link) => {
          if (observed) link.connection.watch(true);
          const send = (payload: string | Uint8Array) =>
            typeof payload === 'string' ? link.sendText(payload) : link.send('binary', payload, 0, payload.length, true);
          resolve({ send, extensions });
        },
        message: (message) => received(message.end - message.start),
        pong: nothing,
        peerClosed: nothing,
        drain: nothing,
        end: (ending) => reject(new Error(`the connection ended: ${JSON.stringify(ending)}`)),
      },
    );
  });
}

export function parser({ masked }: { readonly masked: boolean }, received: (length: number) => void): (chunk: Buffer) => void {
  const limits = { ...SERVER_LIMITS };
  const connection = new Connection(
    { role: masked ? 'server' : 'client', limits, maskingKeys: clientEnv.maskingKeys },
    { message: (message) => received(message.end - message.start), event: nothing },
  );
  return (chunk) => connection.receive(chunk);
}

export function builder(): { text(text: string): void; flush(): void } {
  const connection = new Connection(
    { role: 'client', limits: CLIENT_LIMITS, maskingKeys: clientEnv.maskingKeys },
    { message: nothing, event: nothing },
  );
  return { text: (text) => connection.sendText(text), flush: () => connection.take() };
}
