import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type SessionEvent, WebSocket, type WebSocketOptions } from '../../src/index.ts';
import { describeWith } from '../need.ts';
import { answering, closeFrame, echoServer, endOnData, frame, goodServer, upgrading } from '../peer.ts';
import { makeCertificates, OPENSSL } from '../transport/certificates.ts';
import { messages, openTo, socketTo, story } from './watch.ts';

/** What goes beyond the standard: everything in the place of the subprotocols. */

async function requestWith(options: WebSocketOptions): Promise<string[]> {
  const lines: string[] = [];
  const { url } = await upgrading((_, head) => lines.push(...head.split('\r\n')));
  await openTo(url, options);
  return lines;
}

describe('headers', () => {
  test.each<[what: string, headers: NonNullable<WebSocketOptions['headers']>]>([
    ['an object', { 'X-One': '1', 'X-Two': ['2', 'zwei'], 'X-Empty': '' }],
    [
      'pairs',
      [
        ['X-One', '1'],
        ['X-Two', '2'],
        ['X-Two', 'zwei'],
        ['X-Empty', ''],
      ],
    ],
  ])('as %s', async (_, headers) => {
    const lines = await requestWith({ headers });
    expect(lines.filter((line) => line.startsWith('X-'))).toEqual(['X-One: 1', 'X-Two: 2', 'X-Two: zwei', 'X-Empty:']);
  });

  test('as a Headers', async () => {
    expect(await requestWith({ headers: new Headers({ 'X-One': '1' }) })).toContain('x-one: 1');
  });

  test('take the place of ours', async () => {
    const lines = await requestWith({
      headers: { Host: 'other.example', Authorization: 'Bearer x' },
      origin: 'http://a.example',
    });
    expect(lines.filter((line) => /^host:/i.test(line))).toEqual(['Host: other.example']);
    expect(lines).toEqual(expect.arrayContaining(['Authorization: Bearer x', 'Origin: http://a.example']));
  });

  test.each([{ 'a b': 'c' }, { a: 'b\r\nc: d' }])('%j is a TypeError', (headers) => {
    expect(() => new WebSocket('ws://127.0.0.1:1/', { headers })).toThrow(TypeError);
  });
});

test.each([
  { origin: 'http://a.example\r\nX: y' },
  { deflate: 'permessage-deflate\r\nX: y' },
  { observe: 5 as unknown as () => void },
])('%j is a TypeError', (options) => {
  expect(() => new WebSocket('ws://127.0.0.1:1/', options)).toThrow(TypeError);
});

describe('deflate', () => {
  const offer = (lines: readonly string[]) => lines.find((line) => /^sec-websocket-extensions:/i.test(line));

  test.each<[deflate: boolean | string | undefined, line: string | undefined]>([
    [undefined, 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'],
    [true, 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'],
    [false, undefined],
    [
      'permessage-deflate; server_no_context_takeover',
      'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover',
    ],
  ])('%j', async (deflate, line) => {
    expect(offer(await requestWith({ deflate }))).toBe(line);
  });

  test('is used from compressFrom on', async () => {
    const { url } = await echoServer({ perMessageDeflate: { threshold: 0 } });
    const sent: [number, boolean][] = [];
    const socket = await openTo(url, {
      compressFrom: 100,
      observe: (event) => {
        if (event.type === 'message' && event.direction === 'sent') sent.push([event.data.length, event.compressed]);
      },
    });
    const answers = messages(socket, 2);
    socket.send('x'.repeat(99));
    socket.send('x'.repeat(100));
    expect((await answers).map((data) => (data as string).length)).toEqual([99, 100]);
    expect(sent).toEqual([
      [99, false],
      [100, true],
    ]);
  });
});

test('protocols', async () => {
  const { url } = await echoServer({ handleProtocols: () => 'b' });
  expect((await openTo(url, { protocols: ['a', 'b'] })).protocol).toBe('b');
  expect((await openTo(url, { protocols: 'b' })).protocol).toBe('b');
  expect(() => new WebSocket(url, { protocols: 'a b' })).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
});

test('limits', async () => {
  const { url } = await goodServer((client) => {
    client.send('x'.repeat(10));
    client.send('x'.repeat(11));
  });
  const limits = { maxMessage: 10 };
  expect(await story(socketTo(url, { limits }))).toEqual([
    ...['open 1', `message ${'x'.repeat(10)}`, 'error 3', 'close 1006 "" unclean 3'],
  ]);
});

describe('observe', () => {
  test('is told of everything, both ways', async () => {
    const { url } = await upgrading((peer) => {
      peer.write(Buffer.concat([frame(0x81, 'hi'), frame(0x89, 'p')]));
      peer.once('data', () => peer.write(closeFrame(1000)));
      let pieces = 0;
      peer.on('data', () => {
        if (++pieces === 2) peer.end();
      });
    });
    const events: SessionEvent[] = [];
    const socket = socketTo(url, { observe: (event) => events.push(event) });
    await once(socket, 'close');
    const kinds = events.map((event) => {
      if (event.type === 'hop') return `hop ${event.hop}`;
      if (event.type === 'frame') return `${event.direction} ${event.frame.opcode}`;
      return 'direction' in event ? `${event.direction} ${event.type}` : event.type;
    });
    expect(kinds).toEqual([
      ...['hop tcp', 'sent head', 'received head', 'hop http', 'open'],
      ...['received 1', 'received message', 'received 9', 'sent 10', 'received 8', 'sent 8', 'closed'],
    ]);
  });

  test('is told why it did not open', async () => {
    const { url } = await answering('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope');
    let last: SessionEvent | undefined;
    const socket = socketTo(url, {
      observe: (event) => {
        last = event;
      },
    });
    await once(socket, 'close');
    expect(last).toMatchObject({ type: 'refused', body: Buffer.from('nope') });
  });

  test('is told of a subprotocol that was not chosen', async () => {
    const { url } = await upgrading((peer) => peer.resume());
    let last: SessionEvent | undefined;
    const socket = socketTo(url, {
      protocols: 'a',
      observe: (event) => {
        last = event;
      },
    });
    await once(socket, 'close');
    const findings = last?.type === 'refused' ? last.findings.filter(({ level }) => level === 'fail') : [];
    expect(findings).toEqual([expect.objectContaining({ id: 'subprotocol', hint: expect.stringMatching(/took none/) })]);
  });

  test('what it throws harms nobody', async () => {
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const reported: unknown[] = [];
    process.on('uncaughtException', (error) => reported.push(error));
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of before) process.on('uncaughtException', listener);
    });
    const { url } = await upgrading((peer) => {
      peer.write(closeFrame(1000));
      endOnData(peer);
    });
    const socket = socketTo(url, {
      observe: ({ type }) => {
        if (type === 'open') throw 'mine';
      },
    });
    expect(await story(socket)).toEqual(['open 1', 'close 1000 "" clean 3']);
    expect(reported).toEqual(['mine']);
  });
});

describeWith(OPENSSL, 'tls', () => {
  const { ca, good, selfSigned } = makeCertificates();

  async function secureEcho(pair: { readonly cert: string; readonly key: string }): Promise<string> {
    const https = createServer({ cert: pair.cert, key: pair.key });
    const server = new WebSocketServer({ server: https });
    server.on('connection', (client) => client.on('message', (data, binary) => client.send(data, { binary })));
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    onTestFinished(() => {
      for (const client of server.clients) client.terminate();
      https.close();
    });
    return `wss://localhost:${(https.address() as AddressInfo).port}/`;
  }

  test.each<[what: string, tls: NonNullable<WebSocketOptions['tls']>]>([
    ['a CA that is trusted', { ca: ca?.cert }],
    ['several', { ca: [selfSigned?.cert ?? '', ca?.cert ?? ''] }],
    ['insecure', { insecure: true }],
  ])('opens: %s', async (_, tls) => {
    const socket = await openTo(await secureEcho(good), { tls });
    const answer = messages(socket, 1);
    socket.send('secret');
    expect(await answer).toEqual(['secret']);
  });

  test.each<[what: string, tls: NonNullable<WebSocketOptions['tls']>]>([
    ['a CA that is not trusted', {}],
    ['another name', { ca: ca?.cert, serverName: 'other.example' }],
  ])('does not open: %s', async (_, tls) => {
    expect(await story(socketTo(await secureEcho(good), { tls }))).toEqual(['error 3', 'close 1006 "" unclean 3']);
  });
});
