import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ask } from '../../http.ts';
import { GoodClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';

/** `--static DIR`: the files in it, and nothing else of this machine. */

const folder = mkdtempSync(join(tmpdir(), 'static-'));
afterAll(() => rmSync(folder, { recursive: true }));
const directory = join(folder, 'site');
const big = Buffer.alloc(3_000_000, 'wstap ');

mkdirSync(join(directory, 'sub', '.git'), { recursive: true });
mkdirSync(join(directory, 'bare'));
mkdirSync(join(folder, 'site-secret'));
writeFileSync(join(directory, 'index.html'), '<h1>here</h1>');
writeFileSync(join(directory, 'app.js'), 'new WebSocket(location);');
writeFileSync(join(directory, 'ä b.txt'), 'spaces');
writeFileSync(join(directory, 'big.bin'), big);
writeFileSync(join(directory, 'empty.css'), '');
writeFileSync(join(directory, '.env'), 'SECRET');
writeFileSync(join(directory, 'sub', 'index.html'), 'sub');
writeFileSync(join(directory, 'sub', '.git', 'config'), 'SECRET');
writeFileSync(join(folder, 'outside.txt'), 'SECRET');
writeFileSync(join(folder, 'site-secret', 'a.txt'), 'SECRET');
symlinkSync('app.js', join(directory, 'link.js'));
symlinkSync('../outside.txt', join(directory, 'out.txt'));
symlinkSync(join(folder, 'site-secret'), join(directory, 'out'));
symlinkSync('.env', join(directory, 'env.txt'));
symlinkSync('sub/.git', join(directory, 'git'));
symlinkSync('loop', join(directory, 'loop'));
execFileSync('mkfifo', [join(directory, 'pipe')]);

const listen = (...more: string[]) => startListen(['--static', directory, '--echo', ...more]);

describe('what is there', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', '<h1>here</h1>'],
    ['/index.html', 'text/html; charset=utf-8', '<h1>here</h1>'],
    ['/app.js?v=2', 'text/javascript; charset=utf-8', 'new WebSocket(location);'],
    ['/%C3%A4%20b.txt', 'text/plain; charset=utf-8', 'spaces'],
    ['/sub/', 'text/html; charset=utf-8', 'sub'],
    ['/empty.css', 'text/css; charset=utf-8', ''],
    ['/link.js', 'text/javascript; charset=utf-8', 'new WebSocket(location);'],
  ])('%s', async (target, type, body) => {
    const { port } = await listen();
    const reply = await ask(port, target);
    expect([reply.status, reply.headers.get('content-type'), reply.body.toString()]).toEqual([200, type, body]);
    expect(reply.headers.get('content-length')).toBe(String(body.length));
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    const head = await ask(port, target, { method: 'HEAD' });
    expect([head.status, head.headers, head.body.length]).toEqual([200, reply.headers, 0]);
  });

  test('a file of megabytes, whole', async () => {
    const { port } = await listen();
    const { status, headers, body } = await ask(port, '/big.bin');
    expect([status, headers.get('content-type'), body.equals(big)]).toEqual([200, 'application/octet-stream', true]);
  });

  test('a directory without its slash is pointed at', async () => {
    const { port } = await listen();
    const { status, headers } = await ask(port, '/sub?x=1');
    expect([status, headers.get('location')]).toEqual([301, '/sub/?x=1']);
  });

  test('what a browser has is not sent again', async () => {
    const { port } = await listen();
    const first = await ask(port, '/app.js');
    const tag = first.headers.get('etag') ?? '';
    const again = await ask(port, '/app.js', { headers: { 'If-None-Match': `"x", ${tag}` } });
    expect([again.status, again.body.length, again.headers.has('content-length')]).toEqual([304, 0, false]);
    expect((await ask(port, '/app.js', { headers: { 'If-None-Match': '"x"' } })).status).toBe(200);
  });

  test.each<[status: number, headers: (changed: string, tag: string) => Record<string, string>]>([
    [304, () => ({ 'If-None-Match': '*' })],
    [304, (_, tag) => ({ 'If-None-Match': tag.replace('W/', '') })],
    [304, (changed) => ({ 'If-Modified-Since': changed })],
    [304, () => ({ 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' })],
    [200, () => ({ 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' })],
    [200, () => ({ 'If-Modified-Since': '2100' })],
    [200, (changed) => ({ 'If-Modified-Since': changed, 'If-None-Match': '"x"' })],
  ])('%i: what else is said of what one has', async (status, headers) => {
    const { port } = await listen();
    const first = await ask(port, '/app.js');
    const given = headers(first.headers.get('last-modified') ?? '', first.headers.get('etag') ?? '');
    expect((await ask(port, '/app.js', { headers: given })).status).toBe(status);
  });

  test('WebSockets come in beside it', async () => {
    const { port } = await listen();
    const client = await new GoodClient(port).open();
    client.socket.send('hi');
    expect(await client.got(1)).toEqual(['hi']);
  });
});

describe('what is not there', () => {
  test.each([
    '/none',
    '/bare/',
    '/app.js/',
    '/app.js/x',
    '/.env',
    '/%2eenv',
    '/env.txt',
    '/sub/.git/config',
    '/git/config',
    '/out.txt',
    '/out/',
    '/out/a.txt',
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/sub/../../outside.txt',
    '/../site-secret/a.txt',
    '//etc/passwd',
    '/..\\outside.txt',
    '/app.js%00.txt',
    '/loop',
    '/pipe',
    `/${'x'.repeat(300)}`,
    '/%ff',
  ])('%s: 404', async (target) => {
    const { port } = await listen();
    const { status, body } = await ask(port, target);
    expect([status, body.toString()]).toEqual([404, 'There is no such file.\n']);
  });

  test('nothing is listed', async () => {
    const { port } = await listen();
    expect((await ask(port, '/bare')).headers.get('location')).toBe('/bare/');
    expect((await ask(port, '/bare/')).body.toString()).not.toContain('site');
  });
});

test('what is read is no client: nothing of it is among the events', async () => {
  const { env, port } = await listen('--format', 'json');
  await ask(port, '/app.js');
  const client = await new GoodClient(port).open();
  client.socket.close();
  await env.captured.until(/"type":"closed"/);
  const events = env.captured.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'hop' });
  expect(new Set(events.map(({ connection }) => connection)).size).toBe(1);
});

test('--once: files until the client has come', async () => {
  const { port, outcome } = await startListen(['--once', '--static', directory, '--echo']);
  expect((await ask(port, '/app.js')).status).toBe(200);
  expect((await ask(port, '/')).status).toBe(200);
  const client = await new GoodClient(port).open();
  client.socket.send('hi');
  expect(await client.got(1)).toEqual(['hi']);
  client.socket.close(1000);
  expect((await outcome).status).toBe(0);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s: 405, and what is possible', async (method) => {
  const { port } = await listen();
  const { status, headers } = await ask(port, '/app.js', { method });
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

describe('who is kept out', () => {
  test('a name that is not ours (DNS rebinding)', async () => {
    const { port } = await listen();
    expect((await ask(port, '/app.js', { host: 'evil.example' })).status).toBe(403);
  });

  test('a foreign page', async () => {
    const { port } = await listen();
    expect((await ask(port, '/app.js', { headers: { Origin: 'https://evil.example' } })).status).toBe(403);
    expect((await ask(port, '/app.js')).headers.get('cross-origin-resource-policy')).toBe('same-site');
  });
});

test('what fails is told, with -v all of it', async () => {
  const { env, port } = await listen('-v');
  await ask(port, '/app.js?token=abc');
  await ask(port, '/none');
  await env.stderr.until(/127\.0\.0\.1:\d+ GET \/none: 404, 23 B\n/);
  expect(env.stderr.text).toMatch(/wstap: files are at http:\/\/127\.0\.0\.1:\d+\/\n/);
  expect(env.stderr.text).toMatch(/127\.0\.0\.1:\d+ GET \/app\.js\?token=\*\*\*: 200, 24 B\n/);
});

test('a client that takes nothing holds no more than a piece', async () => {
  const { env, port } = await listen();
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write(`GET /big.bin HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  // Others are served meanwhile.
  expect((await ask(port, '/app.js')).status).toBe(200);
  env.signal('SIGTERM');
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined));
});

describe('a directory that is none', () => {
  test.each([
    ['nothing there', join(folder, 'none'), /^wstap: there is no directory ".*\/none"\n$/],
    ['nothing below a file', join(folder, 'outside.txt', 'x'), /^wstap: there is no directory ".*\/x"\n$/],
    ['a link to itself', join(directory, 'loop'), /^wstap: ".*\/loop" cannot be read: ELOOP/],
    ['a file', join(folder, 'outside.txt'), /is no directory/],
  ])('%s: 3', async (_, path, words) => {
    const { status, stderr } = await run(['listen', '--static', path]);
    expect(status).toBe(3);
    expect(stderr).toMatch(words);
  });

  test('together with --page: 2', async () => {
    const { status, stderr } = await run(['listen', '--static', directory, '--page']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--page and --static exclude each other')]);
  });
});
