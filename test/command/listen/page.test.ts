import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { ask } from '../../http.ts';
import { GoodClient } from '../../peer.ts';
import { type Running, startListen } from '../../program.ts';
import { waitFor } from '../../wait.ts';

/** What a browser gets that comes to `wstap listen`, and who may look inside. */

const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

async function listen(...options: string[]): Promise<Running & { port: number; token: string }> {
  const running = await startListen(options);
  const [, token = ''] = await running.env.stderr.until(/look inside with a browser: http:\/\/\S+:\d+\/\?token=([\w-]{22})\n/);
  return { ...running, token };
}

describe('a plain GET', () => {
  test('with the token: the page, and how it is to be kept', async () => {
    const { port, token } = await listen();
    const { status, headers, body } = await ask(port, `/?token=${token}`, { headers: HTML });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body.toString()).toContain('<title>wstap</title>');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    const head = await ask(port, `/?token=${token}`, { method: 'HEAD', headers: HTML });
    expect([head.status, head.headers, head.body.length]).toEqual([200, headers, 0]);
    // As curl asks.
    expect((await ask(port, `/?token=${token}`)).body.equals(body)).toBe(true);
  });

  test.each([
    ['without the token', () => '/', 403],
    ['with another token', () => '/?token=AAAAAAAAAAAAAAAAAAAAAA', 403],
    ['with the start of the token', (token: string) => `/?token=${token.slice(0, -1)}`, 403],
    ['with more than the token', (token: string) => `/?token=${token}A`, 403],
    ['with an empty token', () => '/?token=', 403],
    ['elsewhere', (token: string) => `/chat?token=${token}`, 404],
    ['for an icon', () => '/favicon.ico', 404],
  ])('%s: where the address is to be found', async (_, target, status) => {
    const { port, token } = await listen();
    const reply = await ask(port, target(token), { headers: HTML });
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(reply.headers.get('content-security-policy')).not.toContain('script-src');
    expect(reply.body.toString()).toContain('wstap: look inside with a browser: http://');
    expect(reply.body.toString()).not.toContain(token);
  });

  test('of who wants no page: 426 and words, as ever', async () => {
    const { port } = await listen();
    const { status, headers, body } = await ask(port, '/', { headers: { Accept: '*/*' } });
    expect([status, headers.get('upgrade'), headers.get('content-type')]).toEqual([
      426,
      'websocket',
      'text/plain; charset=utf-8',
    ]);
    expect(body.toString()).toContain('This is a WebSocket server');
  });

  test.each([
    ['a name that leads here (DNS rebinding)', { host: 'evil.example' }],
    ['a foreign page', { headers: { ...HTML, Origin: 'https://evil.example' } }],
  ])('of %s: 403', async (_, options) => {
    const { port, token } = await listen();
    const { status, body } = await ask(port, `/?token=${token}`, { headers: HTML, ...options });
    expect(status).toBe(403);
    expect(body.toString()).not.toContain('<title>');
  });

  test('POST is no matter of the page: 405', async () => {
    const { port, token } = await listen();
    expect((await ask(port, `/?token=${token}`, { method: 'POST', headers: HTML })).status).toBe(405);
  });

  test('a route of another path does not take the page away', async () => {
    const { port, token } = await listen('--route', '/chat=echo');
    expect((await ask(port, `/?token=${token}`, { headers: HTML })).status).toBe(200);
  });

  test.each([[['--no-page']], [['-q']]])('%j: 426', async (options) => {
    const { env, port } = options.includes('-q') ? await quiet(options) : await startListen(options);
    expect((await ask(port, '/', { headers: HTML })).status).toBe(426);
    expect(env.stderr.text).not.toContain('look inside');
  });
});

/** With -q nothing says where it is but a file. */
async function quiet(options: readonly string[]) {
  const { mkdtempSync, readFileSync, rmSync } = await import('node:fs');
  const { start } = await import('../../program.ts');
  const folder = mkdtempSync('/tmp/page-');
  const { env, outcome } = start(['listen', '--port-file', `${folder}/port`, ...options]);
  onTestFinished(async () => {
    env.signal('SIGTERM');
    env.signal('SIGTERM');
    await outcome;
    rmSync(folder, { recursive: true });
  });
  const port = await waitFor(() => Number(readFileSync(`${folder}/port`, 'utf8').match(/\d+\n/)?.[0] ?? expect.fail()));
  return { env, port };
}

/** A page's second socket. */
class Looker {
  readonly socket: WebSocket;
  readonly told: { type: string; event?: Record<string, unknown>; wire?: string; connection?: number }[] = [];

  constructor(port: number, token: string, options = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/.wstap/events?token=${token}`, options);
    this.socket.on('message', (data) => this.told.push(JSON.parse(String(data))));
    this.socket.on('error', () => undefined);
    onTestFinished(() => this.socket.terminate());
  }

  async until(type: string, event?: string) {
    for (;;) {
      const found = this.told.find((one) => one.type === type && (event === undefined || one.event?.type === event));
      if (found) return found;
      await once(this.socket, 'message');
    }
  }

  async ask(what: object, answer?: string): Promise<void> {
    this.socket.send(typeof what === 'string' ? what : JSON.stringify(what));
    if (answer) await this.until(answer);
  }

  get events() {
    return this.told.flatMap(({ event }) => (event ? [event] : []));
  }
}

describe('who looks inside', () => {
  test.each([
    ['without a token', () => '', {}],
    ['with another one', () => 'AAAAAAAAAAAAAAAAAAAAAA', {}],
    ['from a foreign page', (token: string) => token, { origin: 'https://evil.example' }],
    ['from another page of this machine', (token: string) => token, { origin: 'http://127.0.0.1:1' }],
    ['from a page without an origin', (token: string) => token, { origin: 'null' }],
    ['by another name', (token: string) => token, { headers: { Host: 'evil.example' } }],
  ])('%s: 403', async (_, token, options) => {
    const running = await listen();
    const { socket } = new Looker(running.port, token(running.token), options);
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(403);
  });

  test('sees the connection that it has named, and none besides', async () => {
    const { port, token } = await listen('--echo');
    const looker = new Looker(port, token, { origin: `http://127.0.0.1:${port}` });
    await looker.until('hello');
    await looker.ask({ type: 'follow', target: '/mine?x=1' }, 'following');
    await new GoodClient(port, {}, [], 'other').open();
    // The same target, but another browser.
    await new GoodClient(port, {}, [], 'mine?x=1').open();
    const mine = new WebSocket(`ws://127.0.0.1:${port}/mine?x=1`, {
      perMessageDeflate: false,
      origin: `http://127.0.0.1:${port}`,
    });
    await once(mine, 'open');
    mine.send('Hello');
    await once(mine, 'message');
    mine.close(4001, 'enough');
    const closed = await looker.until('event', 'closed');
    expect(closed.event).toMatchObject({ code: 4001, reason: 'enough', wasClean: true, by: 'peer' });
    const { connection: own } = await looker.until('own');
    expect(new Set(looker.events.map(({ connection }) => connection))).toEqual(new Set([own]));
    expect(looker.events.map(({ type, direction }) => [type, direction].filter(Boolean).join(' '))).toEqual([
      'head received',
      'head sent',
      'open',
      'frame received',
      'frame sent',
      'frame received',
      'frame sent',
      'closed',
    ]);
    const [frame] = looker.told.filter(({ event }) => event?.type === 'frame');
    const wire = Buffer.from(frame?.wire ?? '', 'base64');
    expect(frame?.event).toMatchObject({ name: 'text', fin: true, payload: { text: 'Hello' }, wireLength: wire.length });
    expect(wire.subarray(0, 2).toString('hex')).toBe('8185');
    expect(wire.subarray(2, 6).toString('hex')).toBe(frame?.event?.maskingKey);
  });

  test('sees why a connection was refused', async () => {
    const { port, token } = await listen('--route', '/chat=echo');
    const looker = new Looker(port, token);
    await looker.until('hello');
    await looker.ask({ type: 'follow', target: '/none' }, 'following');
    const refused = new WebSocket(`ws://127.0.0.1:${port}/none`);
    refused.on('error', () => undefined);
    const { event } = await looker.until('event', 'refused');
    expect(JSON.stringify(event?.findings)).toContain('"level":"fail"');
  });

  test('is told of a path at which something is served', async () => {
    const { port, token } = await listen('--route', '/chat=echo', '--route', '/other=sink');
    expect(await new Looker(port, token).until('hello')).toEqual({ type: 'hello', v: 1, path: '/chat' });
  });

  test('sees every client when it asks for that, and of large frames the start', async () => {
    const { port, token } = await listen('--sink');
    const looker = new Looker(port, token);
    await looker.until('hello');
    await looker.ask({ type: 'every', on: true });
    // What was asked before this is answered has been heard.
    await looker.ask({ type: 'follow', target: '/x' }, 'following');
    const client = await new GoodClient(port, {}, [], 'any').open();
    client.socket.send(Buffer.alloc(100_000, 7));
    const { event, wire } = await looker.until('event', 'frame');
    expect(event).toMatchObject({ name: 'binary', length: 100_000, cut: true });
    expect(Buffer.from(wire ?? '', 'base64').length).toBe(4096);
  });

  test('sees clients that were there before it asked, and none of them once it does not ask any more', async () => {
    const { port, token } = await listen('--echo');
    const client = await new GoodClient(port, {}, [], 'before').open();
    client.socket.send('unseen');
    await client.got(1);
    const looker = new Looker(port, token);
    await looker.until('hello');
    await looker.ask({ type: 'every', on: true });
    await looker.ask({ type: 'follow', target: '/x' }, 'following');
    client.socket.send('seen');
    await client.got(2);
    await looker.until('event', 'frame');
    await looker.ask({ type: 'every', on: false });
    const seen = () => looker.events.map(({ type, direction, payload }) => [type, direction, payload]);
    await waitFor(() => expect(seen()).toHaveLength(2));
    expect(seen()).toEqual([
      ['frame', 'received', expect.objectContaining({ text: 'seen' })],
      ['frame', 'sent', expect.objectContaining({ text: 'seen' })],
    ]);
  });

  test.each([['nonsense'], [{ type: 'follow' }], [{ type: 'every', on: 1 }], [[]], [null]])('asks %j: 1008', async (what) => {
    const { port, token } = await listen();
    const looker = new Looker(port, token);
    await looker.until('hello');
    await looker.ask(what as object);
    expect((await once(looker.socket, 'close'))[0]).toBe(1008);
  });

  test('is no client: not counted, not told of, not sent to', async () => {
    const { env, port, token } = await listen('--format', 'json', '--max-connections', '1', '-vv');
    const looker = new Looker(port, token);
    await looker.until('hello');
    await ask(port, `/?token=${token}`, { headers: HTML });
    const client = await new GoodClient(port).open();
    env.stdin.write('a line for every client\n');
    expect(await client.got(1)).toEqual(['a line for every client']);
    client.socket.close();
    await env.captured.until(/"type":"closed"/);
    const events = env.captured.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ type: 'hop', hop: 'tcp' });
    expect(new Set(events.map(({ connection }) => connection)).size).toBe(1);
    expect(looker.told).toEqual([{ type: 'hello', v: 1 }]);
  });

  test('and takes nothing holds up nobody: it gets the newest, and what it misses is counted', async () => {
    const { env, port, token } = await listen('--sink');
    const looker = new Looker(port, token, { perMessageDeflate: false });
    await looker.until('hello');
    await looker.ask({ type: 'every', on: true });
    await looker.ask({ type: 'follow', target: '/x' }, 'following');
    looker.socket.pause();
    const client = await new GoodClient(port).open();
    for (let number = 0; number < 3000; number++) client.socket.send(String(number).padEnd(4096));
    client.socket.close();
    await env.stderr.until(/#\d+ left/);
    looker.socket.resume();
    await looker.until('event', 'closed');
    const frames = looker.events.filter(({ name }) => name === 'text') as { payload?: { base64: string } }[];
    const sent = frames.map(({ payload }) => Number(Buffer.from(payload?.base64 ?? '', 'base64')));
    const gap = sent.findIndex((number, index) => number !== index);
    const count = 3000 - sent.length;
    expect(gap).toBeGreaterThan(100);
    expect(sent.slice(gap)).toEqual(Array.from({ length: sent.length - gap }, (_, index) => gap + count + index));
    expect(sent.length - gap).toBeGreaterThan(100);
    expect(looker.told.filter(({ type }) => type === 'dropped')).toEqual([{ type: 'dropped', count }]);
    expect(looker.told.findIndex(({ type }) => type === 'dropped')).toBeLessThan(looker.told.length - (sent.length - gap));
  });

  test('is told when the server ends', async () => {
    const { env, port, token, outcome } = await listen();
    const looker = new Looker(port, token);
    await looker.until('hello');
    env.signal('SIGTERM');
    const [code] = await once(looker.socket, 'close');
    expect([1001, 1006]).toContain(code);
    await outcome;
  });
});
