import { hash } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, type WebSocketOptions } from '../../src/index.ts';
import { Inbox } from '../interop/inbox.ts';
import { echoServer, rawServer, SWITCHING, upgrading } from '../peer.ts';
import { openTo, socketTo } from './watch.ts';

const NOWHERE = 'ws://127.0.0.1:1/';
const syntaxError = expect.objectContaining({ name: 'SyntaxError' });

describe('the interface', () => {
  const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

  test.each(Object.entries(constants))('%s is %i, for ever, on class, prototype and instance', (name, value) => {
    for (const object of [WebSocket, WebSocket.prototype]) {
      const fixed = { value, writable: false, enumerable: true, configurable: false };
      expect(Object.getOwnPropertyDescriptor(object, name)).toEqual(fixed);
    }
    expect(Reflect.get(socketTo(NOWHERE), name)).toBe(value);
  });

  test('is an EventTarget called WebSocket', () => {
    expect(Object.getPrototypeOf(WebSocket)).toBe(EventTarget);
    expect(WebSocket.name).toBe('WebSocket');
    expect(WebSocket).toHaveLength(1);
    expect(String(socketTo(NOWHERE))).toBe('[object WebSocket]');
    expect(() => Reflect.apply(WebSocket, undefined, [NOWHERE])).toThrow(TypeError);
    expect(() => Reflect.construct(WebSocket, [])).toThrow(TypeError);
  });

  test.each(['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol'])('%s can only be read', (name) => {
    const socket = socketTo(NOWHERE);
    const before: unknown = Reflect.get(socket, name);
    expect(Reflect.set(socket, name, 7)).toBe(false);
    expect(Reflect.get(socket, name)).toBe(before);
    expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)).toMatchObject({ enumerable: true, configurable: true });
    expect(() => Reflect.get(WebSocket.prototype, name, {})).toThrow(TypeError);
  });

  test('methods are enumerable, replaceable, and have their lengths', () => {
    expect(WebSocket.prototype.send).toHaveLength(1);
    expect(WebSocket.prototype.close).toHaveLength(0);
    const socket = socketTo(NOWHERE);
    expect(socket.close()).toBeUndefined();
    const mine = () => undefined;
    socket.close = mine;
    expect(socket.close).toBe(mine);
    expect(Object.keys(WebSocket.prototype)).toEqual(
      expect.arrayContaining(['url', 'send', 'close', 'onopen', 'onmessage', 'onerror', 'onclose', 'binaryType', 'OPEN']),
    );
    Reflect.deleteProperty(socket, 'close');
  });

  test.each(['onopen', 'onmessage', 'onerror', 'onclose'] as const)('%s is null until it is set', (name) => {
    const socket = socketTo(NOWHERE);
    expect(socket[name]).toBeNull();
    const handler = () => undefined;
    socket[name] = handler;
    expect(socket[name]).toBe(handler);
    Reflect.set(socket, name, 2);
    expect(socket[name]).toBeNull();
  });
});

describe('new WebSocket', () => {
  test('is connecting, with nothing known yet', () => {
    const socket = socketTo('http://user@127.0.0.1:1/a?b');
    expect(socket).toMatchObject({ readyState: 0, bufferedAmount: 0, extensions: '', protocol: '', binaryType: 'blob' });
    expect(socket.url).toBe('ws://user@127.0.0.1:1/a?b');
  });

  test('takes a URL object', () => {
    expect(socketTo(new URL('ws://127.0.0.1:1/') as unknown as string).url).toBe(NOWHERE);
  });

  test('converts both arguments before it judges either', () => {
    expect(() => Reflect.construct(WebSocket, ['no URL', Symbol('x')])).toThrow(TypeError);
    expect(() => Reflect.construct(WebSocket, [Symbol('x')])).toThrow(TypeError);
    expect(() => Reflect.construct(WebSocket, [NOWHERE, ['a', Symbol('x')]])).toThrow(TypeError);
  });

  test('does not mind arguments that nobody asked for', () => {
    Reflect.construct(WebSocket, [NOWHERE, 'echo', 'stray']).close();
  });

  test('connects to nobody where it throws', () => {
    expect(() => new WebSocket('ws://127.0.0.1:1/#')).toThrow(syntaxError);
    expect(() => new WebSocket(NOWHERE, 'a b')).toThrow(syntaxError);
    expect(() => new WebSocket(NOWHERE, ['a', 'a'])).toThrow(syntaxError);
  });

  test.each<[unknown]>([[{ toString: () => 'a b' }], [null], [['x', 'X']]])('protocols %o are words as anywhere', (protocols) => {
    const make = () => Reflect.construct(WebSocket, [NOWHERE, protocols]).close();
    if (protocols === null) expect(make).not.toThrow();
    else expect(make).toThrow(syntaxError);
  });

  test('protocols may be any list', async () => {
    const { url } = await echoServer({ handleProtocols: (offered) => [...offered][1] ?? false });
    const socket = await openTo(url, new Set(['a', 'b']) as unknown as string[]);
    expect(socket.protocol).toBe('b');
  });

  test('what the server chose is known when it opens, not before', async () => {
    const { url } = await echoServer({ perMessageDeflate: { threshold: 0 }, handleProtocols: () => 'chat' });
    const socket = socketTo(url, 'chat');
    expect(socket.protocol).toBe('');
    await once(socket, 'open');
    expect(socket).toMatchObject({ protocol: 'chat', extensions: 'permessage-deflate', readyState: 1 });
  });
});

describe('the opening request', () => {
  /** Its lines. */
  async function request(url: (port: number) => string, protocols?: string[] | WebSocketOptions): Promise<string[]> {
    const lines: string[] = [];
    const { port } = await upgrading((_, head) => lines.push(...head.split('\r\n')), 'Sec-WebSocket-Protocol: a\r\n');
    const socket = socketTo(url(port), protocols ?? ['a']);
    await once(socket, 'open');
    return lines;
  }

  test('is a browser’s', async () => {
    const lines = await request((port) => `http://127.0.0.1:${port}/a/../b%20c?d=e&f`, ['a', 'b']);
    expect(lines[0]).toBe('GET /b%20c?d=e&f HTTP/1.1');
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Host: 127\.0\.0\.1:\d+$/),
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        expect.stringMatching(/^Sec-WebSocket-Key: [A-Za-z0-9+/]{22}==$/),
        'Sec-WebSocket-Protocol: a, b',
        'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
      ]),
    );
    expect(lines.filter((line) => /^(origin|authorization):/i.test(line))).toEqual([]);
  });

  describe('where there is a page', () => {
    afterEach(() => {
      Reflect.deleteProperty(globalThis, 'location');
    });

    test('is of its origin, and relative to it', async () => {
      let origin = '';
      const lines = await request((port) => {
        origin = `http://127.0.0.1:${port}`;
        Object.assign(globalThis, { location: new URL(`${origin}/page/index.html`) });
        return 'chat';
      });
      expect(lines[0]).toBe('GET /page/chat HTTP/1.1');
      expect(lines).toContain(`Origin: ${origin}`);
    });

    test('is of another origin where the options say so', async () => {
      Object.assign(globalThis, { location: new URL('https://page.example/') });
      const options = { protocols: ['a'], origin: 'https://other.example' };
      const lines = await request((port) => `ws://127.0.0.1:${port}/`, options);
      expect(lines.filter((line) => line.startsWith('Origin:'))).toEqual(['Origin: https://other.example']);
    });
  });

  test('takes user and password of the URL along', async () => {
    const lines = await request((port) => `ws://us%C3%A9r:p%40ss@127.0.0.1:${port}/`);
    expect(lines).toContain(`Authorization: Basic ${Buffer.from('usér:p@ss').toString('base64')}`);
  });
});

describe('binaryType', () => {
  test.each(['Blob', '', 'text', null, undefined, {}, 'fragments'])('%o is ignored', (value) => {
    const socket = socketTo(NOWHERE);
    Reflect.set(socket, 'binaryType', value);
    expect(socket.binaryType).toBe('blob');
    socket.binaryType = 'arraybuffer';
    Reflect.set(socket, 'binaryType', value);
    expect(socket.binaryType).toBe('arraybuffer');
  });

  test('counts when the message is handed over, not when it came', async () => {
    const { url } = await upgrading((socket) => socket.write(Buffer.from('82013182013282013382 0134'.replace(' ', ''), 'hex')));
    const socket = socketTo(url);
    const kinds: string[] = [];
    await new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        kinds.push(Object.prototype.toString.call(data));
        socket.binaryType = kinds.length % 2 === 1 ? 'arraybuffer' : 'blob';
        if (kinds.length === 4) resolve();
      };
    });
    expect(kinds).toEqual(['[object Blob]', '[object ArrayBuffer]', '[object Blob]', '[object ArrayBuffer]']);
  });
});

describe('several to one host and port', () => {
  /** A server that answers when it is told to: which connections it has, and their answers. */
  async function slow() {
    const waiting = new Inbox<() => void>();
    let connections = 0;
    const { url } = await rawServer((peer) => {
      connections++;
      peer.once('data', (head) => {
        const key = /^sec-websocket-key: *(\S+)/im.exec(String(head))?.[1] ?? '';
        const accept = hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64');
        waiting.put(() => peer.write(`${SWITCHING}Sec-WebSocket-Accept: ${accept}\r\n\r\n`));
      });
    });
    return { url, waiting, connections: () => connections };
  }

  test('open one after another, and one that fails or is given up holds up nobody', async () => {
    const { url, waiting, connections } = await slow();
    const sockets = [socketTo(url), socketTo(`${url}other`), socketTo(url), socketTo(url)] as const;
    const seen: string[] = [];
    sockets.forEach((socket, index) => {
      for (const type of ['open', 'close']) socket.addEventListener(type, () => seen.push(`${type} ${index}`));
    });
    const answer = await waiting.next();
    expect(connections()).toBe(1);
    sockets[2].close();
    await once(sockets[2], 'close');
    answer();
    await waiting.next();
    expect(connections()).toBe(2);
    sockets[1].close();
    (await waiting.next())();
    await once(sockets[3], 'open');
    expect(connections()).toBe(3);
    expect(seen).toEqual(['close 2', 'open 0', 'close 1', 'open 3']);
  });

  test('open at once where the options say so', async () => {
    const { url, waiting } = await slow();
    const sockets = [socketTo(url), socketTo(url, { serial: false }), socketTo(url, { serial: false })];
    for (const answer of await waiting.take(3)) answer();
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
  });
});
