import { Blob } from 'node:buffer';
import { type CloseEvent, type MessageEvent, WebSocket } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Peer } from '../../src/endpoint/server.ts';
import { CLOSES } from './closes.ts';
import { Inbox } from './inbox.ts';
import { binary, MEBIBYTES, MESSAGES, type Message, prose, summaries, summary, text } from './message.ts';
import { serve } from './our-server.ts';

/** The WebSocket that newer Nodes have built in, and our server. It always offers permessage-deflate. */

interface UndiciClient {
  readonly socket: WebSocket;
  readonly messages: Inbox<string>;
  readonly closed: Promise<string>;
  send(message: Message): void;
}

function connectUndici(url: string, protocols: string[] = []): Promise<UndiciClient> {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = 'arraybuffer';
  const messages = new Inbox<string>();
  socket.addEventListener('message', ({ data }: MessageEvent) =>
    messages.put(typeof data === 'string' ? summary('text', Buffer.from(data)) : summary('binary', Buffer.from(data))),
  );
  const closed = new Promise<string>((resolve) =>
    socket.addEventListener('close', ({ code, reason, wasClean }: CloseEvent) => resolve(`${code} ${reason} ${wasClean}`)),
  );
  onTestFinished(() => socket.close());
  const send = ({ opcode, data }: Message) => socket.send(opcode === 'text' ? data.toString() : data);
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', ({ error }) => reject(error));
    socket.addEventListener('open', () => resolve({ socket, messages, closed, send }));
  });
}

describe.each([
  ['deflate', {}, 'permessage-deflate'],
  [
    'deflate with parameters',
    { deflate: { serverMaxWindowBits: 10, serverNoContextTakeover: true } },
    'permessage-deflate; server_no_context_takeover; server_max_window_bits=10',
  ],
  ['plain', { deflate: undefined }, ''],
])('%s', (_, options, extensions) => {
  test.each([false, true])('every length, both kinds; frames watched: %s', async (watch) => {
    const server = await serve(options, { watch });
    const client = await connectUndici(server.url);
    expect(client.socket.extensions).toBe(extensions);
    const messages = [...MESSAGES, ...MEBIBYTES];
    for (const message of messages) client.send(message);
    expect(await server.messages.take(messages.length)).toEqual(summaries(messages));
    expect(await client.messages.take(messages.length)).toEqual(summaries(messages));
  });

  test('fragments and pings from us', async () => {
    const server = await serve(options);
    const client = await connectUndici(server.url);
    const { link } = await server.opened.next();
    const parts = ['', 'one ', 'Z\xc3', '\xb6e', '', ' end'].map((part) => Buffer.from(part, 'latin1'));
    link.act({ type: 'fragment', opcode: 'text', parts });
    for (const payload of ['', 'ping', 'p'.repeat(125)]) link.ping(Buffer.from(payload));
    link.sendText('after');
    expect(await client.messages.take(2)).toEqual(summaries([text('one Zöe end'), text('after')]));
    expect(await server.pongs.take(3)).toEqual(['', 'ping', 'p'.repeat(125)]);
  });

  test('a Blob, an ArrayBuffer, a view of one', async () => {
    const server = await serve(options);
    const { socket, messages } = await connectUndici(server.url);
    const bytes = Buffer.from(prose(1000));
    socket.send(new Blob([bytes]));
    socket.send(new Uint8Array(bytes).buffer);
    socket.send(new Uint16Array(new Uint8Array(bytes).buffer, 2, 10));
    const expected = summaries([binary(bytes), binary(bytes), binary(bytes.subarray(2, 22))]);
    expect(await server.messages.take(3)).toEqual(expected);
    expect(await messages.take(3)).toEqual(expected);
  });
});

describe('the end', () => {
  test.each(CLOSES)('we close with %i %j', async (code, reason) => {
    const server = await serve({}, { greet: ({ link }) => link.close(code, reason) });
    expect(await (await connectUndici(server.url)).closed).toBe(`${code} ${reason} true`);
    expect(await server.ended.next()).toMatchObject({ code, wasClean: true, by: 'us' });
  });

  // A page, and undici as one, may use 1000 and 3000–4999 only.
  test.each(CLOSES.filter(([code]) => code === 1000 || code >= 3000))('undici closes with %i %j', async (code, reason) => {
    const server = await serve();
    const client = await connectUndici(server.url);
    client.socket.close(code, reason);
    expect(await server.ended.next()).toMatchObject({ code, reason, wasClean: true, by: 'peer' });
    expect(await client.closed).toMatch(new RegExp(`^${code} .*true$`));
  });

  test('undici closes without a code', async () => {
    const server = await serve();
    (await connectUndici(server.url)).socket.close();
    expect(await server.ended.next()).toMatchObject({ code: 1005, wasClean: true, by: 'peer' });
  });

  test('we send much, then close: all of it arrives', async () => {
    const greet = ({ link }: Peer) => {
      for (const { opcode, data } of MEBIBYTES) link.send(opcode, data);
      link.close(1000, 'all sent');
    };
    const server = await serve({}, { greet });
    const { closed, messages } = await connectUndici(server.url);
    expect(await messages.take(2)).toEqual(summaries(MEBIBYTES));
    expect(await closed).toBe('1000 all sent true');
  });

  test('a frame that breaks the protocol: undici gives up', async () => {
    const server = await serve(
      {},
      { greet: ({ link }) => link.act({ type: 'frame', frame: { opcode: 3, payload: Buffer.alloc(0) } }) },
    );
    await connectUndici(server.url).catch(() => undefined);
    expect(await server.ended.next()).toMatchObject({ type: 'closed', wasClean: false });
  });
});

describe('the opening handshake', () => {
  test('subprotocols', async () => {
    const { url } = await serve({ subprotocols: ['b', 'a'] });
    expect((await connectUndici(url, ['x', 'a', 'b'])).socket.protocol).toBe('a');
  });

  test('undici is refused', async () => {
    const { url } = await serve({ maxConnections: 0 });
    await expect(connectUndici(url)).rejects.toThrow('Received network error or non-101 status code');
  });
});
