import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeWith } from '../../need.ts';
import { answering, echoServer, rawServer, upgrading } from '../../peer.ts';
import { run } from '../../program.ts';
import { site } from '../../site.ts';
import { makeCertificates, OPENSSL } from '../../transport/certificates.ts';

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('handshake --via-get', () => {
  test('sends the whole URL to the proxy, its login and its headers along', async () => {
    let request = '';
    const proxy = await upgrading((socket, head) => {
      request = head.replace(/(Key: ).*/, '$1KEY');
      socket.end();
    });
    const options = [
      '--proxy',
      `127.0.0.1:${proxy.port}`,
      '--proxy-auth',
      'me:pw',
      '--proxy-header',
      'X-One: 1',
      '-H',
      'X-Two: 2',
    ];
    const outcome = await run(['handshake', '--via-get', ...options, 'ws://server.test:81/chat?a=b']);
    expect(request.split('\r\n')).toEqual([
      'GET http://server.test:81/chat?a=b HTTP/1.1',
      'Host: server.test:81',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: KEY',
      `Proxy-Authorization: Basic ${btoa('me:pw')}`,
      'X-One: 1',
      'X-Two: 2',
    ]);
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).not.toContain(btoa('me:pw'));
    expect(oneLine(outcome.stdout)).toContain('This proxy passed Upgrade on. Many do not');
  });

  test('through a proxy that only carries bytes', async () => {
    const { port } = await echoServer();
    const proxy = await rawServer((socket) => {
      const server = connect(port, '127.0.0.1');
      server.on('error', () => socket.destroy());
      socket.on('close', () => server.destroy());
      socket.pipe(server).pipe(socket);
    });
    const outcome = await run(['handshake', '--via-get', '--proxy', `127.0.0.1:${proxy.port}`, 'ws://server.test/']);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['200 OK', 'so it dropped them, and the server answered 200 to an ordinary GET. → try: the same without --via-get'],
    ['404 Not Found', 'the server answered 404 to an ordinary GET'],
    ['407 Proxy Authentication Required', 'The proxy asks for credentials. → try: --proxy-auth USER'],
    ['502 Bad Gateway', 'A gateway answered: it could not reach the server behind it (502).'],
  ])('%s in words', async (line, words) => {
    const proxy = await answering(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`);
    const outcome = await run(['handshake', '--via-get', '--proxy', `127.0.0.1:${proxy.port}`, 'ws://server.test/']);
    expect(outcome.status).toBe(6);
    expect(oneLine(outcome.stdout)).toContain(words);
    for (const line of outcome.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('a proxy that is not there is called one', async () => {
    const outcome = await run(['handshake', '--via-get', '--proxy', 'http://127.0.0.1:1', 'ws://server.test/']);
    expect(outcome.status).toBe(4);
    const words = '127.0.0.1:1 refused the connection; that is the address of the proxy (from --proxy)';
    expect(oneLine(outcome.stdout)).toContain(words);
  });

  test('--http2 does not go with it: 2', async () => {
    const argv = ['handshake', '--via-get', '--http2', '--proxy', 'http://127.0.0.1:1', 'ws://server.test/'];
    expect(await run(argv)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^wstap: --via-get and --http2 exclude each other: /),
    });
  });

  test('a cookie is the server’s, not the proxy’s', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'via-get-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const jar = join(folder, 'jar');
    const proxy = await answering('HTTP/1.1 403 No\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n');
    const argv = ['--cookie-jar', jar, '--proxy', `127.0.0.1:${proxy.port}`, 'ws://server.test/'];
    await run(['handshake', '--via-get', ...argv]);
    expect(readFileSync(jar, 'utf8')).toContain('server.test\tFALSE\t/\tFALSE\t0\ta\t1\n');
  });

  test('a proxy that hangs up', async () => {
    const proxy = await answering('');
    const outcome = await run(['handshake', '--via-get', '--proxy', `127.0.0.1:${proxy.port}`, 'ws://server.test/']);
    expect(outcome.status).toBe(6);
    expect(oneLine(outcome.stdout)).toContain('Likely cause: The proxy ended the connection without an answer');
  });
});

describeWith(OPENSSL, 'handshake --via-get by an https proxy', () => {
  const { ca, good, otherName } = makeCertificates();
  const asking = (port: number, ...more: string[]) => [
    'handshake',
    '--via-get',
    '--proxy',
    `https://localhost:${port}`,
    ...more,
    'ws://server.test/',
  ];

  test('TLS is the proxy’s, and so is what to try', async () => {
    const { port, asked } = await site({ 'http://server.test/': '502 Bad Gateway' }, good);
    const { status, stdout } = await run(asking(port));
    expect([status, asked.length]).toEqual([5, 0]);
    expect(oneLine(stdout)).toMatch(
      /TLS to the proxy failed: the certificate was issued by CN=Test CA.* or --proxy-insecure to look/,
    );
    const json = await run(asking(port, '--format', 'json'));
    expect(JSON.parse(json.stdout).failure.hop).toBe('proxy-tls');
    expect((await run(asking(port, '--proxy-insecure'))).status).toBe(6);
    expect((await run(asking(port, '--ca', ca.file))).status).toBe(6);
    expect(asked).toHaveLength(2);
  });

  test('a certificate of another name: no option that is for servers only', async () => {
    const { port } = await site({}, otherName);
    const { stdout } = await run(asking(port, '--ca', ca.file));
    expect(oneLine(stdout)).toContain('try: one of its names in --proxy; or --proxy-insecure to look all the same');
  });

  test('a proxy that speaks no TLS', async () => {
    const { port } = await answering('HTTP/1.1 400 Bad Request\r\n\r\n');
    const { status, stdout } = await run(asking(port));
    expect(status).toBe(5);
    expect(oneLine(stdout)).toContain('try: http:// before its address, if it speaks no TLS');
  });
});
