import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type HandshakeAnswer, type InspectListenOptions, inspect } from '../../src/library/inspect.ts';
import type { Step } from '../../src/library/inspected-peer.ts';
import { InspectError } from '../../src/library/transcript.ts';
import { Inbox } from '../interop/inbox.ts';
import { echoing, listening } from './listening.ts';

const text = (value: string) => Buffer.from(value, 'utf8');

async function fake(options: InspectListenOptions = {}) {
  const listener = await inspect.listen(options);
  onTestFinished(() => listener.stop());
  return listener;
}

/** A client of ws and what became of it. */
function client(url: string, protocols: string[] = []) {
  const socket = new WebSocket(url, protocols);
  onTestFinished(() => socket.terminate());
  const errors: string[] = [];
  socket.on('error', ({ message }) => errors.push(message));
  const closed = new Promise<string>((resolve) => {
    socket.once('close', (code, reason) => resolve(`${code} ${reason}`.trim()));
  });
  const inbox = new Inbox<string>();
  socket.on('message', (data) => inbox.put(String(data)));
  const send = (message: string) =>
    socket.readyState === socket.OPEN ? socket.send(message) : socket.on('open', () => socket.send(message));
  return { socket, errors, closed, inbox, send };
}

describe('inspect.connect looks at a server', () => {
  test('head, findings, frames, messages and the end', async () => {
    const { server, url } = await listening({ perMessageDeflate: { threshold: 0 } });
    echoing(server);
    server.on('connection', (socket) => socket.ping('are you there'));
    const peer = await inspect.connect(url, { protocols: ['chat'] });
    expect(peer.head).toMatchObject({ kind: 'response', status: 101 });
    expect(peer.ownHead).toMatchObject({ kind: 'request', target: '/' });
    expect(peer.findings.filter(({ level }) => level !== 'pass')).toEqual([]);
    expect(await peer.frame({ opcode: 'ping' })).toMatchObject({ text: 'are you there', masked: false, violations: [] });
    expect(await peer.frame({ opcode: 'pong', direction: 'sent' })).toMatchObject({ masked: true });

    peer.send('hello hello hello');
    expect(await peer.message(/^hello/)).toMatchObject({ opcode: 'text', text: 'hello hello hello', compressed: true });
    expect(await peer.frame({ opcode: 'text', rsv1: true, violation: 'none' })).toMatchObject({ text: 'hello hello hello' });
    peer.send(Buffer.from([0, 255]));
    expect((await peer.message(Buffer.from([0, 255]))).opcode).toBe('binary');

    peer.close(4001, 'enough');
    expect(await peer.frame({ opcode: 'close', code: 4001 })).toMatchObject({ text: '' });
    expect(await peer.closed).toMatchObject({ type: 'closed', code: 4001, by: 'us', wasClean: true });
    expect(peer.frames.filter(({ direction }) => direction === 'received').map(({ opcode }) => opcode)).toEqual([
      'ping',
      'text',
      'binary',
      'close',
    ]);
  });

  test.each<[what: string, steps: Step[], code: number]>([
    ['a reserved opcode', [{ type: 'frame', frame: { opcode: 3, payload: text('') } }], 1002],
    ['no mask', [{ type: 'frame', frame: { opcode: 1, payload: text('a'), mask: 'none' } }], 1002],
    ['a fragmented ping', [{ type: 'frame', frame: { opcode: 9, payload: text(''), fin: false } }], 1002],
    ['text that is not UTF-8', [{ type: 'send', opcode: 'text', data: Buffer.from([0xff]) }], 1007],
    ['a length that is too long', [{ type: 'frame', frame: { opcode: 2, payload: text(''), length: 2n ** 40n } }], 1009],
    [
      'bytes',
      [
        { type: 'bytes', bytes: Buffer.from('ffff', 'hex') },
        { type: 'bytes', bytes: Buffer.alloc(20) },
      ],
      1002,
    ],
  ])('it can send %s, and sees %#', async (_, steps, code) => {
    const { url } = await listening();
    const peer = await inspect.connect(url);
    await peer.play(steps);
    expect(await peer.frame({ opcode: 'close' })).toMatchObject({ code });
  });

  test('a server that refuses', async () => {
    const { url } = await listening({ path: '/here' });
    const refused = inspect.connect(url);
    await expect(refused).rejects.toThrow(InspectError);
    await expect(refused).rejects.toThrow(/did not open[\s\S]*status 404/);
    const peer = await inspect.connect(url, { handshake: 'any' });
    expect(peer.open).toBe(false);
    expect(peer.findings.filter(({ level }) => level === 'fail').map(({ id }) => id)).toContain('status');
    expect(await peer.closed).toMatchObject({ type: 'refused', body: text('Refused: nothing is served at this path.\n') });
    expect(() => peer.send('x')).toThrow(/no open connection/);
  });

  test('nobody there', async () => {
    const { server, url } = await listening();
    await server.close({});
    await expect(inspect.connect(url)).rejects.toThrow(/ECONNREFUSED/);
    const peer = await inspect.connect(url, { handshake: 'any' });
    expect(await peer.closed).toMatchObject({ type: 'failure', hop: 'tcp', code: 'ECONNREFUSED' });
  });

  test('byte by byte, a server understands it too', async () => {
    const { server, url } = await listening();
    echoing(server);
    const peer = await inspect.connect(url, { pace: { bytes: 1 } });
    peer.send('slowly');
    expect((await peer.message()).text).toBe('slowly');
  });

  test('pings and Close frames that are not answered', async () => {
    const { server, url } = await listening({ closeTimeout: 50 });
    const opened = once(server, 'connection');
    const peer = await inspect.connect(url, { automatic: false });
    const [socket] = await opened;
    socket.ping('?');
    await peer.frame({ opcode: 'ping' });
    socket.close(4000);
    await peer.frame({ opcode: 'close', code: 4000 });
    expect(await once(socket, 'close')).toEqual([1006, Buffer.alloc(0)]);
    expect(peer.frames.filter(({ direction }) => direction === 'sent')).toEqual([]);
    expect(await peer.closed).toMatchObject({ wasClean: false, by: 'peer' });
  });

  test('a Close that is answered by hand is clean, and as the server said', async () => {
    const { server, url } = await listening();
    const opened = once(server, 'connection');
    const peer = await inspect.connect(url, { automatic: false });
    const [socket] = await opened;
    socket.close(1000, 'server');
    await peer.frame({ opcode: 'close', code: 1000 });
    peer.close(1000, 'me');
    expect(await once(socket, 'close')).toEqual([1000, Buffer.from('me')]);
    expect(await peer.closed).toMatchObject({ code: 1000, reason: 'server', wasClean: true, by: 'peer' });
  });

  test.each([Infinity, 2 ** 31, 2 ** 40])('a timeout of %d is no short one', async (timeout) => {
    const { server, url } = await listening();
    const opened = once(server, 'connection');
    const peer = await inspect.connect(url, { timeout });
    const [socket] = await opened;
    const message = peer.message('late');
    const listener = await fake({ timeout });
    const client = listener.peer();
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.send('late');
    expect((await message).text).toBe('late');
    expect(await Promise.all([client, inspect.connect(listener.url)])).toHaveLength(2);
  });

  test('and one of NaN is a TypeError', async () => {
    const { url } = await listening();
    const timeout = Number.NaN;
    await expect(inspect.connect(url, { timeout })).rejects.toThrow(TypeError);
    await expect(inspect.listen({ timeout })).rejects.toThrow(TypeError);
    const peer = await inspect.connect(url);
    await expect(peer.frame({}, { timeout })).rejects.toThrow(TypeError);
    await expect(peer.message('x', { timeout })).rejects.toThrow(TypeError);
    const listener = await fake();
    await expect(listener.peer({ timeout })).rejects.toThrow(TypeError);
    const first = listener.peer();
    await inspect.connect(listener.url);
    expect(await first).toBe(listener.peers[0]);
  });

  test('what does not come is told with what did', async () => {
    const { server, url } = await listening();
    server.on('connection', (socket) => socket.send('something else'));
    const peer = await inspect.connect(url, { timeout: 50 });
    const waited = peer.frame({ opcode: 'ping', payload: /x/ });
    await expect(waited).rejects.toThrow('50 ms passed, and a frame like {"opcode":"ping","payload":"/x/"} was not seen');
    await expect(waited).rejects.toThrow(/received text "something else"/);
    const late = peer.message('never', { timeout: 60_000 });
    peer.close();
    await expect(late).rejects.toThrow(/the connection ended, and a message like "never" was not seen/);
    await expect(peer.message('never')).rejects.toThrow(/the connection ended/);
    expect((await peer.message('something else')).at).toBeGreaterThan(0);
  });
});

describe('inspect.listen looks at a client', () => {
  test('its request and its frames', async () => {
    const listener = await fake({ protocols: ['b'] });
    const { socket, closed, send } = client(listener.url, ['a', 'b']);
    const peer = await listener.peer();
    expect(peer.head).toMatchObject({ kind: 'request', method: 'GET' });
    expect(peer.findings.every(({ level }) => level === 'pass')).toBe(true);
    send('hi');
    expect(await peer.message('hi')).toMatchObject({ direction: 'received', opcode: 'text' });
    expect(await peer.frame({ opcode: 'text' })).toMatchObject({ masked: true, fin: true });
    expect(socket.protocol).toBe('b');
    socket.close(4999, 'bye');
    expect(await peer.closed).toMatchObject({ type: 'closed', code: 4999, reason: 'bye', by: 'peer' });
    expect(await closed).toBe('4999');
  });

  test('two clients, in their order, each with a record of its own', async () => {
    const listener = await fake();
    const one = client(`${listener.url}1`);
    const first = await listener.peer();
    const two = client(`${listener.url}2`);
    const second = await listener.peer();
    expect([first, second].map(({ head }) => head?.kind === 'request' && head.target)).toEqual(['/1', '/2']);
    first.send('for one');
    second.send('for two');
    expect([await one.inbox.next(), await two.inbox.next()]).toEqual(['for one', 'for two']);
    expect(listener.peers).toEqual([first, second]);
    await expect(listener.peer({ timeout: 20 })).rejects.toThrow('20 ms passed, and no client came');
  });

  test('who was waited for in vain is given to the next who asks', async () => {
    const listener = await fake();
    const patient = listener.peer({ timeout: 2000 });
    await expect(listener.peer({ timeout: 20 })).rejects.toThrow('no client came');
    client(`${listener.url}1`);
    client(`${listener.url}2`);
    expect([await patient, await listener.peer()]).toEqual(listener.peers);
  });

  test('a global pattern finds each message, not every other one', async () => {
    const listener = await fake();
    const { send } = client(listener.url);
    const peer = await listener.peer();
    const pattern = /hello/g;
    for (const number of [1, 2, 3]) {
      send(`hello ${number}`);
      expect((await peer.message(pattern)).text).toBe(`hello ${number}`);
    }
  });

  test.each<[what: string, answer: HandshakeAnswer, error: RegExp]>([
    ['a wrong Accept', { type: 'accept', headers: ['Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='] }, /Accept/],
    ['no Upgrade', { type: 'accept', headers: ['Upgrade:'] }, /Upgrade|hang up|200|101/],
    ['another status', { type: 'accept', status: 200, reason: 'OK' }, /200/],
    ['a subprotocol that nobody asked for', { type: 'accept', headers: ['Sec-WebSocket-Protocol: x'] }, /subprotocol/],
    ['a refusal', { type: 'refuse', status: 503, body: 'later', headers: ['Retry-After: 3'] }, /503/],
    ['something raw', { type: 'raw', bytes: 'SSH-2.0-OpenSSH_9.2\r\n' }, /Parse Error/],
    ['nothing, and ends', { type: 'hang-up' }, /hang up/],
  ])('it answers %s', async (_, answer, error) => {
    const listener = await fake({ answer });
    const { errors, closed } = client(listener.url);
    await closed;
    expect(errors.join()).toMatch(error);
    await listener.peer();
  });

  test('it answers nothing and stays', async () => {
    const listener = await fake({ answer: ({ target }) => ({ type: target === '/mute' ? 'silence' : 'accept' }) });
    const { socket, closed } = client(`${listener.url}mute`);
    const peer = await listener.peer();
    expect(peer.open).toBe(false);
    expect(socket.readyState).toBe(socket.CONNECTING);
    socket.terminate();
    expect(await closed).toBe('1006');
    expect(await peer.closed).toMatchObject({ type: 'refused' });
    client(listener.url);
    expect((await listener.peer()).open).toBe(true);
  });

  test('a right answer byte by byte', async () => {
    const listener = await fake({ pace: { bytes: 1 } });
    const { inbox } = client(listener.url);
    const peer = await listener.peer();
    peer.send('a byte at a time');
    expect(await inbox.next()).toBe('a byte at a time');
  });

  test.each<[what: string, script: Step[], code: string, error: RegExp]>([
    ['a masked frame', [{ type: 'frame', frame: { opcode: 1, payload: text('x'), mask: Buffer.alloc(4, 7) } }], '1006', /MASK/],
    ['rsv bits', [{ type: 'frame', frame: { opcode: 1, payload: text('x'), rsv2: true } }], '1006', /RSV2/],
    ['no Close', [{ type: 'drop' }], '1006', /^$/],
    ['a Close code of its own', [{ type: 'close', code: 4321, reason: 'so' }], '4321 so', /^$/],
    [
      'what a dialogue wants',
      [
        { type: 'await-message', message: 'please' },
        { type: 'await-frame', frame: { opcode: 'text' } },
        { type: 'close', code: 1000 },
      ],
      '1000',
      /^$/,
    ],
  ])('a script with %s', async (_, script, code, error) => {
    const listener = await fake({ script });
    const { send, errors, closed } = client(listener.url);
    send('please');
    expect(await closed).toBe(code);
    expect(errors.join()).toMatch(error);
  });

  test('it stops reading', async () => {
    const listener = await fake();
    const { send } = client(listener.url);
    const peer = await listener.peer();
    peer.pause();
    send('now?');
    await expect(peer.message('now?', { timeout: 50 })).rejects.toThrow(/50 ms/);
    peer.resume();
    expect((await peer.message('now?')).text).toBe('now?');
  });
});
