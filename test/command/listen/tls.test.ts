import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FakeEnvOptions } from '../../fake-env.ts';
import { describeWith } from '../../need.ts';
import { rawClient } from '../../peer.ts';
import { run, start } from '../../program.ts';
import { OPENSSL } from '../../transport/certificates.ts';
import { FOR_HERE, makeChain, NOT_A_CA } from '../../transport/chain.ts';

/** `wstap listen` over TLS: our own client, ws, openssl's and browsers' manners on the other side. */
async function listenTls(argv: readonly string[], options: FakeEnvOptions = {}) {
  const running = start(['listen', ...argv], { wallClock: Date.now, ...options });
  onTestFinished(async () => {
    running.env.signal('SIGTERM');
    running.env.signal('SIGTERM');
    await running.outcome;
  });
  const early = running.outcome.then(({ status, stderr }) => {
    throw new Error(`listen ended with ${status}: ${stderr}`);
  });
  early.catch(() => undefined);
  const [, url = '', port] = await Promise.race([running.env.stderr.until(/listening on (wss:\/\/\S+:(\d+)\/)\n/), early]);
  return { ...running, url, port: Number(port), said: (pattern: RegExp) => running.env.stderr.until(pattern) };
}

describeWith(OPENSSL, 'listen --tls', () => {
  const chain = makeChain();
  const root = chain.make('root', '/CN=Root CA');
  const server = chain.make('server', '/CN=localhost', 'root', ...FOR_HERE);
  const alice = chain.make('alice', '/CN=alice', 'root', ...NOT_A_CA);
  const mallory = chain.make('mallory', '/CN=mallory', undefined, ...NOT_A_CA);
  const ECHO = ['--echo'];

  test('a throw-away certificate: saved for clients, for all names of this machine', async () => {
    const file = chain.path('made.pem');
    const { url, port, env } = await listenTls([...ECHO, '--tls', '--tls-save', file]);
    expect(url).toBe(`wss://127.0.0.1:${port}/`);
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      const outcome = await run(['-w', '50ms', '--ca', file, `wss://${host}:${port}/`], 'hi\n');
      expect(outcome, host).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
    }
    const print = chain.openssl('x509', '-in', file, '-noout', '-fingerprint', '-sha256');
    const hex = print.replace(/.*=/, '').replaceAll(':', '').trim().toLowerCase();
    expect(env.stderr.text).toContain(
      `wstap: a certificate was made for this run, for localhost, 127.0.0.1, ::1\nwstap: its SHA-256 is ${hex}\nwstap: a client trusts it with --ca ${file}\n`,
    );
    expect(readFileSync(file, 'utf8')).not.toContain('PRIVATE');
  });

  test('a client may call the server by the names that were given', async () => {
    const file = chain.path('named.pem');
    const { port } = await listenTls([...ECHO, '--tls=foo.test,*.bar.test', '--tls-save', file]);
    for (const [host, status] of [
      ['foo.test', 0],
      ['a.bar.test', 0],
    ] as const) {
      const argv = ['-w', '50ms', '--ca', file, '--resolve', `${host}:${port}:127.0.0.1`, `wss://${host}:${port}/`];
      expect(await run(argv, 'hi\n'), host).toEqual({ status, stdout: 'hi\n', stderr: '' });
    }
    const foreign = ['-k', '-H', 'Host: evil.test', `wss://127.0.0.1:${port}/`];
    expect(await run(foreign)).toMatchObject({
      status: 6,
      stderr: expect.stringContaining('Refused: Host "evil.test" does not'),
    });
  });

  test('names are for a certificate that is made: 2 with --cert', async () => {
    const named = ['listen', '--tls=foo.test', '--cert', 'none.pem'];
    expect(await run(named)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--tls=foo.test names what a certificate is made for, and --cert has one: leave out one'),
    });
  });

  test('who says nothing while the server ends is sent away without a word', async () => {
    const { env, port, outcome, said } = await listenTls(['--tls', '-v']);
    await rawClient(port);
    await said(/look inside/);
    env.signal('SIGTERM');
    await outcome;
    expect(env.stderr.text).not.toMatch(/#1/);
  });

  test('without --tls-save it says how to save it; -q says nothing; --insecure goes in', async () => {
    const loud = await listenTls([...ECHO, '--tls']);
    await loud.said(/a client trusts it with --ca FILE \(--tls-save FILE writes it\) or with --insecure\n/);
    expect((await run(['-w', '50ms', '-k', loud.url], 'x\n')).stdout).toBe('x\n');
    expect((await run([loud.url])).stderr).toMatch(/is self-signed/);
    await loud.said(/#2 \S+ was refused: it left during the TLS handshake; it may not trust our certificate\n/);
  });

  test('--tls=NAME: for these names too, and for HOST', async () => {
    const file = chain.path('named.pem');
    const { port } = await listenTls([...ECHO, '--tls=a.example,*.b.example,192.0.2.7', '--tls-save', file, '127.0.0.2:0']);
    const names = chain.openssl('x509', '-in', file, '-noout', '-ext', 'subjectAltName', '-subject');
    for (const name of ['CN = a.example', 'DNS:*.b.example', 'IP Address:192.0.2.7', 'DNS:localhost', 'IP Address:127.0.0.2'])
      expect(names).toContain(name);
    const argv = ['-w', '50ms', '--ca', file, '--servername', 'x.b.example', `wss://127.0.0.2:${port}/`];
    expect((await run(argv, 'hi\n')).stdout).toBe('hi\n');
  });

  test('--cert and --key, by ws as the client; -v tells version and cipher of each', async () => {
    const { port, said } = await listenTls([...ECHO, '-v', '--cert', server.cert, '--key', server.key]);
    const client = new WebSocket(`wss://localhost:${port}/`, { ca: readFileSync(root.cert) });
    onTestFinished(() => client.terminate());
    await once(client, 'open');
    client.send('hello');
    expect(String((await once(client, 'message'))[0])).toBe('hello');
    await said(/TLSv1\.3, TLS_AES_\w+/);
  });

  test('--cert as PKCS#12, its passphrase from the environment', async () => {
    const p12 = chain.pkcs12('server.p12', server, 'geheim');
    const { url } = await listenTls([...ECHO, '--cert', p12], { variables: { WSTAP_PASSPHRASE: 'geheim' } });
    expect((await run(['-w', '50ms', '--ca', root.cert, url], 'hi\n')).stdout).toBe('hi\n');
  });

  test('--client-ca: lets in who has a certificate, and says who that is', async () => {
    const { url, said } = await listenTls([...ECHO, '-v', '--cert', server.cert, '--key', server.key, '--client-ca', root.cert]);
    const argv = ['-w', '50ms', '--ca', root.cert, '--cert', alice.cert, '--key', alice.key, url];
    expect((await run(argv, 'hi\n')).stdout).toBe('hi\n');
    await said(/the client is CN=alice {2}✓ trusted\n/);
  });

  test('--client-ca: who shows none, or the wrong one, is refused in words on both sides', async () => {
    const { url, said } = await listenTls([...ECHO, '--cert', server.cert, '--key', server.key, '--client-ca', root.cert]);
    const none = await run(['--ca', root.cert, url]);
    expect(none.status).toBe(5);
    expect(none.stderr).toMatch(/the server wants a client certificate, and none was\s+shown/);
    await said(/#1 127\.0\.0\.1:\d+ was refused: it showed no certificate, and --client-ca asks for one\n/);
    const wrong = await run(['--ca', root.cert, '--cert', mallory.cert, '--key', mallory.key, url]);
    expect(wrong.status).toBe(6);
    expect(wrong.stderr).toMatch(
      /403 Forbidden[\s\S]*Your certificate is not accepted:\s+│ that of CN=mallory signed itself[\s\S]*→ try: --cert FILE/,
    );
    await said(/#2 \S+ was refused: that of CN=mallory signed itself, and is not in --client-ca\n/);
  });

  test('plain HTTP on the TLS port: an answer, words, and the next client is served', async () => {
    const { url, port, said } = await listenTls([...ECHO, '--tls']);
    const ask = request({ port, host: '127.0.0.1' }).end();
    const [response] = await once(ask, 'response');
    let body = '';
    for await (const chunk of response) body += chunk;
    expect([response.statusCode, body]).toEqual([400, expect.stringContaining('Use wss:// in place of ws://')]);
    await said(/#1 \S+ was refused: it speaks plain HTTP \(ws:\/\/\), and this port TLS \(wss:\/\/\)\n/);
    const ours = await run([url.replace('wss', 'ws')]);
    expect(ours).toMatchObject({ status: 6, stderr: expect.stringMatching(/expects TLS[\s\S]*wss:\/\/127/) });
    expect((await run(['-w', '50ms', '-k', url], 'hi\n')).stdout).toBe('hi\n');
  });

  test.each<[string, object, RegExp]>([
    ['an old version only', { maxVersion: 'TLSv1.2' }, /it speaks no version of TLS that is spoken here \(TLS 1\.3\); --tls-min/],
    ['another protocol by ALPN', { ALPNProtocols: ['smtp'] }, /it offers by ALPN nothing that is spoken here \(http\/1\.1\)/],
  ])('a client with %s is refused in words', async (_, options, words) => {
    const { port, said } = await listenTls([...ECHO, '--tls', '--tls-min', '1.3']);
    const client: TLSSocket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    onTestFinished(() => {
      client.destroy();
    });
    client.on('error', () => undefined);
    await said(words);
  });

  test('--tls-max is kept to', async () => {
    const { url } = await listenTls([...ECHO, '--tls', '--tls-max', '1.2']);
    expect((await run(['-v', '-w', '50ms', '-k', url])).stderr).toContain('TLSv1.2');
  });

  test('a client that does not trust us says so by an alert: openssl', async () => {
    const { port, said } = await listenTls([...ECHO, '--tls']);
    const argv = ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', root.cert, '-verify_return_error'];
    const client = spawn('openssl', argv, { stdio: 'ignore' });
    onTestFinished(() => {
      client.kill('SIGKILL');
    });
    await said(/#1 \S+ was refused: it (does not trust our certificate|refused our certificate)/);
  });

  test('bytes that are nothing, silence, and a client that leaves', async () => {
    const { url, port, said } = await listenTls([...ECHO, '--tls', '--timeout', '300ms']);
    (await rawClient(port)).write(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]));
    await said(/was refused: what it sends is not TLS/);
    await rawClient(port);
    await said(/was refused: it did not finish the TLS handshake in time/);
    (await rawClient(port)).destroy();
    await said(/left before its request was whole/);
    expect((await run(['-w', '50ms', '-k', url], 'hi\n')).stdout).toBe('hi\n');
  });

  test('--keylog: the keys of each client', async () => {
    const file = chain.path('keys');
    const { url } = await listenTls([...ECHO, '--tls', '--keylog', file]);
    const ours = chain.path('client-keys');
    await run(['-w', '50ms', '-k', '--keylog', ours, url]);
    const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n').sort();
    expect(lines(file)).toEqual(lines(ours));
  });

  test('HTTP/2 by ALPN, and HTTP/1.1 on the same port', async () => {
    const { url } = await listenTls([...ECHO, '--tls', '--http2']);
    const by2 = await run(['-w', '50ms', '-v', '-k', '--http2', url], 'hi\n');
    expect(by2.stdout).toBe('hi\n');
    expect(by2.stderr).toContain('ALPN h2');
    const by1 = await run(['-w', '50ms', '-v', '-k', url], 'hi\n');
    expect(by1.stdout).toBe('hi\n');
    expect(by1.stderr).toContain('ALPN http/1.1');
  });

  test('--once over TLS', async () => {
    const listening = await listenTls(['--once', '--tls', '-x', 'welcome']);
    listening.env.stdin.end();
    expect((await run(['-w', '50ms', '-k', listening.url], 'hi\n')).stdout).toBe('welcome\n');
    expect(await listening.outcome).toMatchObject({ status: 0, stdout: 'hi\n' });
  });

  test('in a terminal too', async () => {
    const { env, outcome } = start(['listen', '--tls'], { wallClock: Date.now, terminal: true, variables: { NO_COLOR: '1' } });
    onTestFinished(async () => {
      env.signal('SIGTERM');
      env.signal('SIGTERM');
      await outcome;
    });
    const [, port] = await env.captured.until(/Listening on wss:\/\/127\.0\.0\.1:(\d+)\//);
    await run([`ws://127.0.0.1:${port}/`]);
    await env.captured.until(/was refused: it speaks plain HTTP/);
  });

  test.each<[string[], number, RegExp]>([
    [['--client-ca', 'x'], 2, /--client-ca is about TLS: give --tls, or --cert FILE, too/],
    [['--tls', '--tls-min', '1.3', '--tls-max', '1.2'], 2, /--tls-min is newer than --tls-max/],
    [['--tls', '--tls-min', '2'], 2, /"2" is no version of TLS: write 1\.0, 1\.1, 1\.2 or 1\.3/],
    [['--tls=a b'], 2, /"a b" is neither a host name nor an address/],
    [['--cert', server.cert, '--key', server.key, '--tls-save', 'x'], 2, /--tls-save saves the certificate that --tls makes/],
    [['--tls', '--tls-save', '/nowhere/x'], 3, /the certificate cannot be written to/],
  ])('%j: %i', async (argv, status, words) => {
    expect(await run(['listen', ...argv])).toMatchObject({ status, stderr: expect.stringMatching(words) });
  });
});
