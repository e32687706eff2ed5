import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import type { Peer } from '../../src/endpoint/server.ts';
import { SERVER_LIMITS } from '../../src/protocol/connection/limits.ts';
import { BROKEN, CLOSES, masked } from './closes.ts';
import { COMBINATIONS, defined, parameters, written } from './deflate.ts';
import { Inbox } from './inbox.ts';
import { binary, MEBIBYTES, MESSAGES, type Message, prose, summaries, summary, TELLING, text } from './message.ts';
import { type OurServer, serve } from './our-server.ts';

/** The client of npm's `ws` and our server. */

interface WsClient {
  readonly socket: WebSocket;
  readonly wire: Duplex & { readonly bytesRead: number };
  readonly messages: Inbox<string>;
  readonly pongs: Inbox<string>;
  readonly closed: Promise<string>;
  /** `Sec-WebSocket-Extensions` of the answer. */
  readonly extensions: string;
  send(message: Message): void;
}

/** Rejects with the error of ws, which tells the status of a refusal. */
function connectWs(url: string, options: ClientOptions = {}, subprotocols: string[] = []): Promise<WsClient> {
  const socket = new WebSocket(url, subprotocols, { perMessageDeflate: false, ...options });
  const messages = new Inbox<string>();
  const pongs = new Inbox<string>();
  let extensions = '';
  socket.on('upgrade', (answer: IncomingMessage) => {
    extensions = answer.headers['sec-websocket-extensions'] ?? '';
  });
  socket.on('message', (data, isBinary) => messages.put(summary(isBinary ? 'binary' : 'text', data as Buffer)));
  socket.on('pong', (data) => pongs.put(String(data)));
  const closed = new Promise<string>((resolve) => socket.on('close', (code, reason) => resolve(`${code} ${reason}`)));
  onTestFinished(() => socket.terminate());
  const send = ({ opcode, data }: Message) => socket.send(data, { binary: opcode === 'binary' });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      const { _socket: wire } = socket as unknown as { _socket: WsClient['wire'] };
      resolve({ socket, wire, messages, pongs, closed, extensions, send });
    });
  });
}

async function converse(client: WsClient, server: OurServer, messages: readonly Message[]): Promise<void> {
  for (const message of messages) client.send(message);
  const expected = summaries(messages);
  expect(await server.messages.take(messages.length)).toEqual(expected);
  expect(await client.messages.take(messages.length)).toEqual(expected);
}

async function closeCleanly(client: WsClient, server: OurServer): Promise<void> {
  client.socket.close(1000);
  expect(await client.closed).toBe('1000 ');
  expect(await server.ended.next()).toMatchObject({ type: 'closed', code: 1000, wasClean: true, by: 'peer' });
}

describe.each([
  ['plain', {}, {}, {}],
  ['plain, frames watched', {}, { watch: true }, {}],
  ['deflate', {}, {}, { perMessageDeflate: { threshold: 0 } }],
  ['deflate, frames watched', {}, { watch: true }, { perMessageDeflate: { threshold: 0 } }],
  ['deflate offered, not taken', { deflate: undefined }, {}, { perMessageDeflate: { threshold: 0 } }],
])('%s', (name, options, manner, wishes) => {
  test('every length, both kinds', async () => {
    const server = await serve(options, manner);
    const client = await connectWs(server.url, wishes);
    expect(client.extensions).toBe(/^deflate(?! offered)/.test(name) ? 'permessage-deflate' : '');
    await converse(client, server, [...MESSAGES, ...MEBIBYTES]);
    await closeCleanly(client, server);
  });

  test('10,000 small messages at once', async () => {
    const server = await serve(options, manner);
    const client = await connectWs(server.url, wishes);
    await converse(
      client,
      server,
      Array.from({ length: 10_000 }, (_, row) => text(`row ${row}`)),
    );
  });

  test('fragments from ws, with pings between them', async () => {
    const server = await serve(options, manner);
    const { socket, messages, pongs } = await connectWs(server.url, wishes);
    const big = prose(200_000);
    socket.send(big.slice(0, 100_000), { fin: false });
    socket.ping('in between');
    socket.send('', { fin: false });
    socket.send(big.slice(100_000), { fin: true });
    socket.send(Buffer.from([1, 2]), { fin: false });
    socket.ping('');
    socket.send(Buffer.alloc(0), { fin: true });
    expect(await messages.take(2)).toEqual(summaries([text(big), binary(Buffer.from([1, 2]))]));
    expect(await pongs.take(2)).toEqual(['in between', '']);
  });

  test('fragments and pings from us', async () => {
    const server = await serve(options, manner);
    const client = await connectWs(server.url, wishes);
    const { link } = await server.opened.next();
    const parts = ['', 'one ', 'Z\xc3', '\xb6e', '', ' end'].map((part) => Buffer.from(part, 'latin1'));
    link.act({ type: 'fragment', opcode: 'text', parts });
    for (const payload of ['', 'ping', 'p'.repeat(125)]) link.ping(Buffer.from(payload));
    link.send('text', Buffer.from('after'));
    expect(await client.messages.take(2)).toEqual(summaries([text('one Zöe end'), text('after')]));
    expect(await server.pongs.take(3)).toEqual(['', 'ping', 'p'.repeat(125)]);
  });
});

describe('deflate', () => {
  test.each(COMBINATIONS.map((combination) => [written(combination), combination] as const))(
    'asked: %s',
    async (offer, asked) => {
      const server = await serve();
      // ws offers client_max_window_bits where nothing else is said: false leaves it out.
      const perMessageDeflate = {
        threshold: 0,
        clientMaxWindowBits: false,
        ...defined(asked),
      } as object;
      const client = await connectWs(server.url, { perMessageDeflate });
      // A client's window of 15 needs no answer: it is what is meant without one.
      const expected = parameters(offer).filter((parameter) => parameter !== 'client_max_window_bits=15');
      expect(parameters(client.extensions)).toEqual(expected);
      await converse(client, server, TELLING);
      await closeCleanly(client, server);
    },
  );

  test.each(COMBINATIONS.map((combination) => [written(combination), combination] as const))(
    'demanded: %s',
    async (answer, combination) => {
      const server = await serve({ deflate: defined(combination) });
      const client = await connectWs(server.url, { perMessageDeflate: { threshold: 0 } });
      const expected = parameters(answer).filter((parameter) => !parameter.endsWith('=15'));
      expect(parameters(client.extensions)).toEqual(expected);
      await converse(client, server, TELLING);
      await closeCleanly(client, server);
    },
  );

  test.each([
    [{}, true, true],
    [{ clientNoContextTakeover: true }, true, false],
    [{ serverNoContextTakeover: true }, false, true],
    [{ serverNoContextTakeover: true, clientNoContextTakeover: true }, false, false],
  ])('asked for %j: who remembers', async (asked, weRemember, wsRemembers) => {
    const server = await serve();
    const client = await connectWs(server.url, { perMessageDeflate: { threshold: 0, ...asked } });
    const raw: number[] = [];
    let before = client.wire.bytesRead;
    for (const message of [text(prose(2000)), text(prose(2000))]) {
      client.send(message);
      await client.messages.next();
      raw.push(client.wire.bytesRead - before);
      before = client.wire.bytesRead;
    }
    const [first = 0, second = 0] = raw;
    expect(second < first / 2).toBe(weRemember);
    const [received = 0, again = 0] = await server.wireLengths.take(2);
    expect(again < received / 2).toBe(wsRemembers);
  });

  test('where the client cannot shrink its window, we do without deflate', async () => {
    const server = await serve({ deflate: { clientMaxWindowBits: 10 } });
    const client = await connectWs(server.url, { perMessageDeflate: { clientMaxWindowBits: false } } as unknown as ClientOptions);
    expect(client.extensions).toBe('');
    await converse(client, server, MESSAGES);
  });

  test('what inflates beyond the limit ends with 1009', async () => {
    const server = await serve({ limits: { ...SERVER_LIMITS, maxMessage: 65_536 } });
    const client = await connectWs(server.url, { perMessageDeflate: { threshold: 0 } });
    client.send(text('0'.repeat(2 ** 20)));
    expect(await client.closed).toMatch(/^1009 /);
    expect(await server.ended.next()).toMatchObject({ code: 1009, by: 'us' });
  });
});

describe('the end', () => {
  test.each(CLOSES)('ws closes with %i %j', async (code, reason) => {
    const server = await serve();
    const client = await connectWs(server.url);
    client.socket.close(code, reason);
    expect(await client.closed).toBe(`${code} `);
    expect(await server.ended.next()).toMatchObject({ type: 'closed', code, reason, wasClean: true, by: 'peer' });
  });

  test.each(CLOSES)('we close with %i %j', async (code, reason) => {
    const server = await serve({}, { greet: ({ link }) => link.close(code, reason) });
    const client = await connectWs(server.url);
    expect(await client.closed).toBe(`${code} ${reason}`);
    expect(await server.ended.next()).toMatchObject({ type: 'closed', code, wasClean: true, by: 'us' });
  });

  test('ws closes without a code', async () => {
    const server = await serve();
    (await connectWs(server.url)).socket.close();
    expect(await server.ended.next()).toMatchObject({ code: 1005, wasClean: true, by: 'peer' });
  });

  test('we close without a code', async () => {
    const server = await serve({}, { greet: ({ link }) => link.close() });
    expect(await (await connectWs(server.url)).closed).toBe('1005 ');
  });

  test('we send much, then close: all of it arrives', async () => {
    const greet = ({ link }: Peer) => {
      for (const { opcode, data } of MEBIBYTES) link.send(opcode, data);
      link.close(1000, 'all sent');
    };
    const server = await serve({}, { greet });
    const client = await connectWs(server.url, { perMessageDeflate: { threshold: 0 } });
    expect(await client.closed).toBe('1000 all sent');
    expect(await client.messages.take(2)).toEqual(summaries(MEBIBYTES));
  });

  test('ws drops the connection', async () => {
    const server = await serve();
    (await connectWs(server.url)).socket.terminate();
    expect(await server.ended.next()).toMatchObject({ code: 1006, wasClean: false, by: 'network' });
  });

  test('we drop the connection', async () => {
    const server = await serve({}, { greet: ({ link }) => link.destroy() });
    expect(await (await connectWs(server.url)).closed).toBe('1006 ');
  });
});

describe('breaches', () => {
  test.each(BROKEN)('ws sends %s: we close with %i', async (_, code, hex) => {
    const server = await serve();
    const client = await connectWs(server.url);
    client.wire.write(masked(hex));
    expect(await client.closed).toMatch(new RegExp(`^${code} RFC `));
    expect(await server.ended.next()).toMatchObject({ type: 'closed', code, by: 'us', wasClean: false });
  });

  test('ws sends a frame without a mask: we close with 1002', async () => {
    const server = await serve();
    const client = await connectWs(server.url);
    client.wire.write(Buffer.from('8100', 'hex'));
    expect(await client.closed).toMatch(/^1002 RFC 6455 §5.1/);
  });

  test.each([
    ['masked', 1002, { opcode: 1, payload: Buffer.from('a'), mask: Buffer.from([1, 2, 3, 4]) }],
    ['a reserved opcode', 1002, { opcode: 3, payload: Buffer.alloc(0) }],
    ['RSV1 without an extension', 1002, { opcode: 1, payload: Buffer.from('a'), rsv1: true }],
    ['text that is not UTF-8', 1007, { opcode: 1, payload: Buffer.from([0xff]) }],
  ] as const)('by hand we send %s: ws closes with %i', async (_, code, frame) => {
    const server = await serve({}, { greet: ({ link }) => link.act({ type: 'frame', frame }) });
    await connectWs(server.url).catch(() => undefined);
    expect(await server.ended.next()).toMatchObject({ type: 'closed', code, by: 'peer' });
  });
});

describe('the opening handshake', () => {
  test.each([
    [['b'], ['a', 'b'], 'b'],
    [['a', 'b'], ['b', 'a'], 'a'],
    [[], ['b', 'a'], ''],
  ])('ws asks for %j, we speak %j', async (asked, subprotocols, expected) => {
    const server = await serve({ subprotocols });
    const { socket } = await connectWs(server.url, {}, asked);
    expect(socket.protocol).toBe(expected);
    expect((await server.opened.next()).subprotocol).toBe(expected);
  });

  test('ws itself refuses where no subprotocol is common', async () => {
    const { url } = await serve({ subprotocols: ['a'] });
    await expect(connectWs(url, {}, ['x'])).rejects.toThrow('Server sent no subprotocol');
  });

  test('what we send in the same segment as the 101 is not lost', async () => {
    const greet = ({ link }: Peer) => {
      link.sendText('early');
      link.sendText('bird');
    };
    const server = await serve({}, { greet });
    const socket = new WebSocket(server.url);
    const received: string[] = [];
    await new Promise<void>((resolve) => socket.on('message', (data) => received.push(String(data)) === 2 && resolve()));
    expect(received).toEqual(['early', 'bird']);
    socket.terminate();
  });

  test.each([
    ['no room', { maxConnections: 0 }, 503],
    ['a policy', { policy: () => ({ status: 403, finding: NOT_YOU }) }, 403],
  ] as const)('%s refuses ws with %s', async (_, options, status) => {
    const { url } = await serve(options);
    await expect(connectWs(url)).rejects.toThrow(`Unexpected server response: ${status}`);
  });
});

const NOT_YOU = { id: 'policy', level: 'fail', side: 'client', section: 'policy', requirement: 'Not you' } as const;
