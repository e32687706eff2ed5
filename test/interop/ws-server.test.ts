import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { CLIENT_LIMITS } from '../../src/protocol/connection/limits.ts';
import { BROKEN, CLOSES } from './closes.ts';
import { COMBINATIONS, defined, parameters, written } from './deflate.ts';
import { Inbox } from './inbox.ts';
import { binary, MEBIBYTES, MESSAGES, prose, summaries, TELLING, text } from './message.ts';
import { connect, type OurClient } from './our-client.ts';

/** Our client and a server of npm's `ws`. */

const OFFER = 'permessage-deflate; client_max_window_bits';

interface WsServer {
  readonly url: string;
  /** Our client as `ws` sees it. */
  readonly sockets: Inbox<WebSocket>;
  readonly closed: Inbox<string>;
}

async function serveWs(options: ServerOptions = {}, use: (socket: WebSocket) => void = echo): Promise<WsServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  const sockets = new Inbox<WebSocket>();
  const closed = new Inbox<string>();
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => closed.put(`${code} ${reason}`));
    use(socket);
    sockets.put(socket);
  });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets, closed };
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
}

/** Sends all at once and expects all back, in order. */
async function converse(client: OurClient, messages: readonly ReturnType<typeof text>[]): Promise<void> {
  for (const message of messages) client.send(message);
  expect(await client.messages.take(messages.length)).toEqual(summaries(messages));
}

async function closeCleanly(client: OurClient): Promise<void> {
  client.link.close(1000);
  expect(await client.ended).toMatchObject({ type: 'closed', code: 1000, wasClean: true, by: 'us' });
}

describe.each([
  ['plain', {}, {}],
  ['plain, frames watched', {}, { watch: true }],
  ['deflate', { perMessageDeflate: { threshold: 0 } }, { extensions: OFFER }],
  ['deflate, frames watched', { perMessageDeflate: { threshold: 0 } }, { extensions: OFFER, watch: true }],
  ['deflate offered, not taken', { perMessageDeflate: false }, { extensions: OFFER }],
])('%s', (name, server, wishes) => {
  test('every length, both kinds', async () => {
    const client = await connect((await serveWs(server)).url, wishes);
    expect(client.extensions).toBe(/^deflate(?! offered)/.test(name) ? 'permessage-deflate' : '');
    await converse(client, [...MESSAGES, ...MEBIBYTES]);
    await closeCleanly(client);
  });

  test('10,000 small messages at once', async () => {
    const client = await connect((await serveWs(server)).url, wishes);
    await converse(
      client,
      Array.from({ length: 10_000 }, (_, row) => text(`row ${row}`)),
    );
    await closeCleanly(client);
  });

  test('fragments from us are one message', async () => {
    const client = await connect((await serveWs(server)).url, wishes);
    const parts = ['', 'one ', 'Z\xc3', '\xb6e', '', ' end'].map((part) => Buffer.from(part, 'latin1'));
    client.link.act({ type: 'fragment', opcode: 'text', parts });
    client.send(text('after'));
    expect(await client.messages.take(2)).toEqual(summaries([text('one Zöe end'), text('after')]));
  });

  test('fragments from ws, with pings between them', async () => {
    const { url, sockets } = await serveWs(server);
    const client = await connect(url, wishes);
    const socket = await sockets.next();
    const pongs = new Inbox<string>();
    socket.on('pong', (data) => pongs.put(String(data)));
    const big = prose(200_000);
    socket.send(big.slice(0, 100_000), { fin: false });
    socket.ping('in between');
    socket.send('', { fin: false });
    socket.send(big.slice(100_000), { fin: true });
    socket.send(Buffer.from([1, 2]), { fin: false });
    socket.ping('');
    socket.send(Buffer.alloc(0), { fin: true });
    expect(await client.messages.take(2)).toEqual(summaries([text(big), binary(Buffer.from([1, 2]))]));
    expect(await pongs.take(2)).toEqual(['in between', '']);
  });

  test('pings from us', async () => {
    const client = await connect((await serveWs(server)).url, wishes);
    for (const payload of ['', 'ping', 'p'.repeat(125)]) client.link.ping(Buffer.from(payload));
    expect(await client.pongs.take(3)).toEqual(['', 'ping', 'p'.repeat(125)]);
  });
});

describe('deflate', () => {
  test.each(COMBINATIONS.map(written))('asked: %s', async (offer) => {
    const client = await connect((await serveWs({ perMessageDeflate: { threshold: 0 } })).url, { extensions: offer });
    expect(client.extensions).toBe(offer);
    await converse(client, TELLING);
    await closeCleanly(client);
  });

  const demands = COMBINATIONS.map((combination) => [written(combination), combination] as const);
  test.each(demands)('demanded: %s', async (answer, combination) => {
    const perMessageDeflate = { threshold: 0, ...defined(combination) };
    const client = await connect((await serveWs({ perMessageDeflate })).url, { extensions: OFFER });
    expect(parameters(client.extensions)).toEqual(parameters(answer));
    await converse(client, TELLING);
    await closeCleanly(client);
  });

  test.each([
    [OFFER, true, true],
    ['permessage-deflate; client_no_context_takeover', false, true],
    ['permessage-deflate; server_no_context_takeover', true, false],
    ['permessage-deflate; server_no_context_takeover; client_no_context_takeover', false, false],
  ])('%s: who remembers', async (offer, weRemember, wsRemembers) => {
    const { url, sockets } = await serveWs({ perMessageDeflate: { threshold: 0 } });
    const client = await connect(url, { extensions: offer });
    const socket = await sockets.next();
    const raw: number[] = [];
    // ws tells no wire lengths: the socket's own count does, a message at a time.
    const { _socket: wire } = socket as unknown as { _socket: { bytesRead: number } };
    let before = wire.bytesRead;
    for (const message of [text(prose(2000)), text(prose(2000))]) {
      client.send(message);
      await client.messages.next();
      raw.push(wire.bytesRead - before);
      before = wire.bytesRead;
    }
    const [first = 0, second = 0] = raw;
    expect(second < first / 2).toBe(weRemember);
    const [received = 0, again = 0] = await client.wireLengths.take(2);
    expect(again < received / 2).toBe(wsRemembers);
  });

  test('ws demands a window that we did not offer', async () => {
    const { url } = await serveWs({ perMessageDeflate: { threshold: 0, clientMaxWindowBits: 10 } });
    // RFC 7692 §7.1.2.2: it cannot demand what was not offered; ws answers 400 then.
    await expect(connect(url, { extensions: 'permessage-deflate' })).rejects.toMatchObject({ ending: { type: 'refused' } });
  });

  test('some messages of a connection are compressed, some are not', async () => {
    // ws leaves short messages plain where it keeps no context.
    const { url } = await serveWs({ perMessageDeflate: { threshold: 1024, serverNoContextTakeover: true } });
    const client = await connect(url, { extensions: OFFER });
    const link = client.link;
    const mixed = [text(prose(3000)), text('short'), text(prose(3000)), text('')];
    for (const [index, { opcode, data }] of mixed.entries()) link.act({ type: 'send', opcode, data, compress: index % 2 === 0 });
    expect(await client.messages.take(4)).toEqual(summaries(mixed));
    const [first, second, third] = await client.wireLengths.take(3);
    expect(first).toBeLessThan(1500);
    expect([second, third]).toEqual([5, first]);
  });

  test('what inflates beyond the limit ends with 1009', async () => {
    const { url, closed } = await serveWs({ perMessageDeflate: { threshold: 0 } }, (socket) => socket.send('0'.repeat(2 ** 20)));
    const client = await connect(url, { extensions: OFFER, limits: { ...CLIENT_LIMITS, maxMessage: 65_536 } });
    expect(await closed.next()).toMatch(/^1009 /);
    expect(await client.ended).toMatchObject({ code: 1009, by: 'us', wasClean: false });
  });
});

describe('the end', () => {
  test.each(CLOSES)('we close with %i %j', async (code, reason) => {
    const { url, closed } = await serveWs();
    const client = await connect(url);
    client.link.close(code, reason);
    expect(await closed.next()).toBe(`${code} ${reason}`);
    expect(await client.ended).toMatchObject({ type: 'closed', code, wasClean: true, by: 'us' });
  });

  test.each(CLOSES)('ws closes with %i %j', async (code, reason) => {
    const { url, closed } = await serveWs({}, (socket) => socket.close(code, reason));
    const client = await connect(url);
    expect(await client.ended).toMatchObject({ type: 'closed', code, reason, wasClean: true, by: 'peer' });
    expect(await closed.next()).toBe(`${code} `);
  });

  test('we close without a code', async () => {
    const { url, closed } = await serveWs();
    const client = await connect(url);
    client.link.close();
    expect(await closed.next()).toBe('1005 ');
    expect(await client.ended).toMatchObject({ code: 1005, wasClean: true, by: 'us' });
  });

  test('ws closes without a code', async () => {
    const { url } = await serveWs({}, (socket) => socket.close());
    expect(await (await connect(url)).ended).toMatchObject({ code: 1005, wasClean: true, by: 'peer' });
  });

  test('ws sends much, then closes: all of it arrives', async () => {
    const { url } = await serveWs({ perMessageDeflate: { threshold: 0 } }, (socket) => {
      for (const { data, opcode } of MEBIBYTES) socket.send(data, { binary: opcode === 'binary' });
      socket.close(1000, 'all sent');
    });
    const client = await connect(url, { extensions: OFFER });
    expect(await client.ended).toMatchObject({ code: 1000, reason: 'all sent', wasClean: true });
    expect(await client.messages.take(2)).toEqual(summaries(MEBIBYTES));
  });

  test('both close at once', async () => {
    const { url, sockets } = await serveWs();
    const client = await connect(url);
    const socket = await sockets.next();
    client.link.close(4001, 'ours');
    socket.close(4002, 'theirs');
    expect(await client.ended).toMatchObject({ code: 4002, reason: 'theirs', wasClean: true, by: 'us' });
  });

  test('ws drops the connection', async () => {
    const { url } = await serveWs({}, (socket) => socket.terminate());
    expect(await (await connect(url)).ended).toMatchObject({ code: 1006, wasClean: false, by: 'network' });
  });

  test('we drop the connection', async () => {
    const { url, closed } = await serveWs();
    (await connect(url)).link.destroy();
    expect(await closed.next()).toBe('1006 ');
  });
});

describe('breaches', () => {
  test.each(BROKEN)('ws sends %s: we close with %i', async (_, code, hex) => {
    const { url, closed } = await serveWs({}, (socket) => {
      const { _socket: wire } = socket as unknown as { _socket: { write(bytes: Buffer): void } };
      wire.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    });
    const client = await connect(url);
    expect(await client.ended).toMatchObject({ type: 'closed', code, by: 'us', wasClean: false });
    expect(await closed.next()).toMatch(new RegExp(`^${code} RFC `));
  });

  test.each([
    ['not masked', 1002, { opcode: 1, payload: Buffer.from('a'), mask: 'none' }],
    ['a reserved opcode', 1002, { opcode: 3, payload: Buffer.alloc(0) }],
    ['RSV1 without an extension', 1002, { opcode: 1, payload: Buffer.from('a'), rsv1: true }],
    ['RSV3', 1002, { opcode: 1, payload: Buffer.from('a'), rsv3: true }],
    ['a fragmented ping', 1002, { opcode: 9, payload: Buffer.alloc(0), fin: false }],
    ['text that is not UTF-8', 1007, { opcode: 1, payload: Buffer.from([0xff]) }],
    ['a length above its limit', 1009, { opcode: 2, payload: Buffer.alloc(0), length: 2n ** 31n, lengthForm: 64 }],
  ] as const)('by hand we send %s: ws closes with %i', async (_, code, frame) => {
    const client = await connect((await serveWs()).url);
    client.link.act({ type: 'frame', frame });
    expect(await client.ended).toMatchObject({ type: 'closed', code, by: 'peer' });
  });
});

describe('the opening handshake', () => {
  test.each([
    [['a', 'b'], 'b', 'b'],
    [['a', 'b'], false, ''],
    [[], false, ''],
  ] as const)('subprotocols %j, ws takes %j', async (subprotocols, choice, expected) => {
    const { url } = await serveWs({ handleProtocols: () => choice });
    expect((await connect(url, { subprotocols })).subprotocol).toBe(expected);
  });

  test('ws names a subprotocol that was not asked for', async () => {
    const { url } = await serveWs({ handleProtocols: () => 'c' });
    await expect(connect(url, { subprotocols: ['a'] })).rejects.toMatchObject({
      ending: {
        type: 'refused',
        findings: expect.arrayContaining([expect.objectContaining({ id: 'subprotocol', level: 'fail' })]),
      },
    });
  });

  test('what comes in the same segment as the 101 is not lost', async () => {
    const { url } = await serveWs({}, (socket) => {
      socket.send('early');
      socket.send('bird');
    });
    expect(await (await connect(url)).messages.take(2)).toEqual(summaries([text('early'), text('bird')]));
  });

  test('ws does not let us in', async () => {
    const { url } = await serveWs({
      verifyClient: (_, done) => done(false, 401, 'log in first', { 'WWW-Authenticate': 'Basic' }),
    });
    const refusal = await connect(url).catch((error) => error.ending);
    expect(refusal.type).toBe('refused');
    expect(Buffer.from(refusal.body).toString()).toBe('log in first');
  });
});
