import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeWith } from '../../../need.ts';
import { run } from '../../../program.ts';
import { site } from '../../../site.ts';
import { makeCertificates, OPENSSL } from '../../../transport/certificates.ts';

const basic = (text: string) => `Basic ${btoa(text)}`;
const at = (port: number, path = '/') => `ws://127.0.0.1:${port}${path}`;

describe('without -L', () => {
  test('a redirect is a refusal that says where it leads, and that -L follows', async () => {
    const { port, asked } = await site({ '/': '302 Found\nLocation: /login?token=abc' });
    const { status, stderr } = await run([at(port)]);
    expect([status, asked.length]).toEqual([6, 1]);
    expect(stderr).toContain('wstap: the server refused: 302 Found');
    expect(stderr).toContain('The server redirects to /login?token=***.');
    expect(stderr).toContain('-L follows it');
    expect(stderr).not.toContain('abc');
  });
});

describe('-L follows', () => {
  test.each([301, 302, 303, 307, 308])('%i', async (status) => {
    const { port, asked } = await site({ '/': `${status} Elsewhere\nLocation: /chat?a=1`, '/chat': 'ws' });
    expect(await run(['-L', at(port)])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(asked.map(({ path }) => path)).toEqual(['/', '/chat?a=1']);
    expect(new Set(asked.map(({ field }) => field('Sec-WebSocket-Key'))).size).toBe(2);
  });

  test.each<[location: (port: number) => string]>([
    [() => 'chat'],
    [() => '/chat'],
    [(port) => `ws://127.0.0.1:${port}/chat`],
    [(port) => `http://127.0.0.1:${port}/chat`],
    [(port) => `//127.0.0.1:${port}/chat#part`],
  ])('%s: relative and absolute, in each scheme', async (location) => {
    const { port, asked } = await site({ '/': () => `302 Found\nLocation: ${location(port)}`, '/chat': 'ws' });
    expect((await run(['-L', at(port)])).status).toBe(0);
    expect(asked[1]?.head).toMatch(/^GET \/chat HTTP/);
  });

  test('each answer on the way is told with -v, and is an event', async () => {
    const { port } = await site({ '/': '302 Found\nLocation: /b', '/b': '307 Again\nLocation: /c', '/c': 'ws' });
    const { stderr } = await run(['-L', '-v', at(port)]);
    expect(stderr.match(/^< HTTP.*|^> GET.*|^\d+: .*/gm)).toEqual([
      '> GET / HTTP/1.1',
      '< HTTP/1.1 302 Found',
      `302: redirected to ${at(port, '/b')}`,
      '> GET /b HTTP/1.1',
      '< HTTP/1.1 307 Again',
      `307: redirected to ${at(port, '/c')}`,
      '> GET /c HTTP/1.1',
      '< HTTP/1.1 101 Switching Protocols',
    ]);
    const { stdout } = await run(['-L', '--format', 'json', at(port)]);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ type }) => type === 'again')).toMatchObject([
      { reason: 'redirect', status: 302, to: at(port, '/b') },
      { reason: 'redirect', status: 307, to: at(port, '/c') },
    ]);
    const times = events.map(({ at: time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('handshake shows them all', async () => {
    const { port } = await site({ '/': '302 Found\nLocation: /b?sig=x', '/b': 'ws' });
    const { status, stdout } = await run(['handshake', '-L', at(port)]);
    expect(status).toBe(0);
    expect(stdout.match(/^[<>] (?:HTTP|GET).*|^\d+: .*|^ {2}total/gm)).toEqual([
      '  total',
      '> GET / HTTP/1.1',
      '< HTTP/1.1 302 Found',
      `302: redirected to ${at(port, '/b?sig=***')}`,
      '  total',
      '> GET /b?sig=*** HTTP/1.1',
      '< HTTP/1.1 101 Switching Protocols',
    ]);
    const json = JSON.parse((await run(['handshake', '-L', '--format', 'json', at(port)])).stdout);
    expect(json).toMatchObject({
      ok: true,
      url: at(port, '/b?sig=***'),
      earlier: [
        { url: at(port), response: { status: 302 }, again: { reason: 'redirect', status: 302, to: at(port, '/b?sig=***') } },
      ],
    });
  });
});

describe('-L gives up, and says why: 6', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a circle',
      { '/': '302 Found\nLocation: /b', '/b': '302 Found\nLocation: /' },
      'The redirects go round in circles: they lead back to',
    ],
    ['back to itself', { '/': '302 Found\nLocation: /#again' }, 'The redirects go round in circles'],
    ['no Location', { '/': '302 Found' }, 'without saying where: Location is missing.'],
    ['another scheme', { '/': '302 Found\nLocation: file:///etc/passwd' }, 'there is no WebSocket behind file:'],
    ['a refusal at the end', { '/': '302 Found\nLocation: /b', '/b': '403 No' }, 'wstap: the server refused: 403 No'],
  ])('%s', async (_, answers, words) => {
    const { port } = await site(answers);
    const { status, stderr } = await run(['-L', at(port)]);
    expect(status).toBe(6);
    expect(stderr.replace(/\n/g, ' ')).toContain(words);
  });

  test('with the way there', async () => {
    const { port } = await site({ '/': '302 Found\nLocation: /b', '/b': '301 Moved\nLocation: /c', '/c': '403 No' });
    expect((await run(['-L', at(port)])).stderr).toContain(
      `wstap: the server refused: 403 No\n  302: redirected to ${at(port, '/b')}\n  301: redirected to ${at(port, '/c')}\n<`,
    );
    const nobody = await site({ '/': '302 Found\nLocation: ws://127.0.0.1:1/' });
    const { status, stderr } = await run(['-L', at(nobody.port)]);
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(
        /^wstap: could not connect: .*\n {2}302: redirected to ws:\/\/127\.0\.0\.1:1\/\nLikely cause: Nothing listens on this port\.\n/,
      ),
    ]);
  });

  test('after --max-redirects', async () => {
    const { port, asked } = await site({ '/': ({ path }) => `302 Found\nLocation: /?${path.length}` });
    const few = await run(['-L', '--max-redirects', '2', at(port)]);
    expect([few.status, asked.length]).toEqual([6, 3]);
    expect(few.stderr.replace(/\n/g, ' ')).toContain('2 redirects is all that is followed.');
    expect(few.stderr).toContain('--max-redirects N allows more');
    const none = await run(['-L', '--max-redirects', '0', at(port)]);
    expect([none.status, asked.length]).toEqual([6, 4]);
    const counting = await site({ '/': ({ path }) => `302 Found\nLocation: /?${path}` });
    await run(['-L', at(counting.port)]);
    expect(counting.asked.length).toBe(11);
  });
});

describe('credentials', () => {
  const SECRETS = ['--auth', 'ada:secret', '--cookie', 'a=1', '-H', 'X-Auth-Key: k', '-H', 'X-Plain: p', '--host', 'own.example'];

  test('go along within the origin', async () => {
    const { port, asked } = await site({ '/': '302 Found\nLocation: /b', '/b': 'ws' });
    expect((await run(['-L', ...SECRETS, at(port)])).status).toBe(0);
    for (const { field } of asked) {
      expect(['Authorization', 'Cookie', 'X-Auth-Key', 'X-Plain', 'Host'].map(field)).toEqual([
        basic('ada:secret'),
        'a=1',
        'k',
        'p',
        'own.example',
      ]);
    }
  });

  test('stay behind at another origin, and on the way back too', async () => {
    const other = await site({ '/': () => `302 Found\nLocation: ${at(first.port, '/back')}` });
    const first = await site({ '/': () => `302 Found\nLocation: ${at(other.port)}`, '/back': 'ws' });
    const { status, stderr } = await run(['-L', ...SECRETS, at(first.port)]);
    expect([status, stderr]).toEqual([
      0,
      `wstap: the redirect leads to another origin, ${at(other.port)}: credentials stay behind\n`,
    ]);
    for (const { field } of [other.asked[0], first.asked[1]].map((asked) => asked ?? expect.fail())) {
      expect(['Authorization', 'Cookie', 'X-Auth-Key', 'X-Plain'].map(field)).toEqual([undefined, undefined, undefined, 'p']);
      expect(field('Host')).toMatch(/^127\.0\.0\.1:/);
    }
  });

  test('in keys of any name and in a subprotocol stay behind too', async () => {
    const other = await site({ '/': 'ws' });
    const first = await site({ '/': `302 Found\nLocation: ${at(other.port)}` });
    const token = 'base64url.bearer.authorization.k8s.io.U0VDUkVU';
    const keys = ['X-Access-Key', 'Api_Key', 'PRIVATE-KEY', 'X-Session', 'X-Amz-Signature'];
    const lines = keys.flatMap((name) => ['-H', `${name}: SECRET`]);
    const { stderr } = await run(['-L', '-v', '-s', `${token},v4`, ...lines, at(first.port)]);
    expect(first.asked.map(({ field }) => [...keys, 'Sec-WebSocket-Protocol'].map(field))).toEqual([
      [...keys.map(() => 'SECRET'), `${token}, v4`],
    ]);
    expect(other.asked.map(({ field }) => [...keys, 'Sec-WebSocket-Protocol'].map(field))).toEqual([
      [...keys.map(() => undefined), 'v4'],
    ]);
    expect(stderr).toContain('credentials stay behind');
    expect(stderr).not.toMatch(/SECRET|U0VDUkVU/);
  });

  test('of the URL and in a token stay behind too; what the redirect brings is not taken', async () => {
    const other = await site({ '/': 'ws' });
    const first = await site({ '/': `302 Found\nLocation: ws://evil:word@127.0.0.1:${other.port}/` });
    await run(['-L', `ws://ada:secret@127.0.0.1:${first.port}/`]);
    await run(['-L', '--bearer', 'abc', at(first.port)]);
    expect(first.asked.map(({ field }) => field('Authorization'))).toEqual([basic('ada:secret'), 'Bearer abc']);
    expect(other.asked.map(({ field }) => field('Authorization'))).toEqual([undefined, undefined]);
  });
});

test('over HTTP/2 too, with each answer on a connection of its own', async () => {
  const heads: string[] = [];
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  server.on('stream', (stream, head) => {
    const given = String(head.authorization ?? '');
    heads.push(`${head[':method']} ${head[':path']} ${given.split(' ', 1)[0]}`);
    if (head[':path'] === '/') stream.respond({ ':status': 302, location: '/chat' }, { endStream: true });
    else if (!given.startsWith('Digest')) {
      stream.respond({ ':status': 401, 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' }, { endStream: true });
    } else {
      stream.respond({ ':status': 200 });
      stream.write(Buffer.from([0x88, 2, 3, 232]));
      stream.once('data', () => stream.end());
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const { status, stderr } = await run(['--http2', '-L', '--auth', 'ada:secret', at(port)]);
  expect([status, stderr]).toEqual([0, '']);
  expect(heads).toEqual(['CONNECT / Basic', 'CONNECT /chat Basic', 'CONNECT /chat Digest']);
});

describe('with --reconnect', () => {
  test('each opening begins where the user said, with the cookies of then', async () => {
    let openings = 0;
    const { port, asked } = await site({
      '/': '302 Found\nLocation: /chat\nSet-Cookie: a=1',
      '/chat': () => (++openings === 1 ? 'drop' : 'ws'),
    });
    const jar = join(mkdtempSync(join(tmpdir(), 'pursuit-')), 'jar');
    const { status } = await run(['-L', '--reconnect', '--cookie-jar', jar, '-w', '-1', at(port)]);
    expect(status).toBe(0);
    expect(asked.map(({ path, field }) => `${path} ${field('Cookie') ?? ''}`)).toEqual(['/ ', '/chat a=1', '/ a=1', '/chat a=1']);
  });
});

describeWith(OPENSSL, 'with TLS', () => {
  const certificates = makeCertificates();

  test('to wss and https', async () => {
    const secure = await site({ '/chat': 'ws' }, certificates.good);
    for (const scheme of ['wss', 'https']) {
      const plain = await site({ '/': `301 Moved\nLocation: ${scheme}://localhost:${secure.port}/chat` });
      expect(await run(['-L', '--ca', certificates.ca.file, at(plain.port)])).toEqual({ status: 0, stdout: '', stderr: '' });
    }
  });

  test('the certificate at the end is judged by the name there', async () => {
    const secure = await site({ '/': 'ws' }, certificates.otherName);
    const plain = await site({ '/': `301 Moved\nLocation: wss://localhost:${secure.port}/` });
    expect((await run(['-L', '--ca', certificates.ca.file, at(plain.port)])).status).toBe(5);
    expect(secure.asked).toEqual([]);
  });

  test('from wss to ws, unless --allow-downgrade', async () => {
    const plain = await site({ '/': 'ws' });
    const secure = await site({ '/': `302 Found\nLocation: ${at(plain.port)}` }, certificates.good);
    const argv = ['-L', '--ca', certificates.ca.file, `wss://localhost:${secure.port}/`];
    const refused = await run(argv);
    expect([refused.status, plain.asked.length]).toEqual([6, 0]);
    expect(refused.stderr).toContain('The server redirects from wss to ws');
    expect(refused.stderr).toContain('--allow-downgrade');
    expect((await run(['--allow-downgrade', ...argv])).status).toBe(0);
    expect(plain.asked.length).toBe(1);
  });

  test('a client certificate is shown to its own origin only', async () => {
    const asking = { ...certificates.good, requestCert: true, rejectUnauthorized: false };
    const other = await site({ '/': 'ws' }, asking);
    const first = await site(
      { '/': '302 Found\nLocation: /b', '/b': `302 Found\nLocation: wss://localhost:${other.port}/` },
      asking,
    );
    const { file } = certificates.good;
    const argv = ['-L', '--ca', certificates.ca.file, '--cert', file, '--key', file.replace('.pem', '.key')];
    expect((await run([...argv, `wss://localhost:${first.port}/`])).status).toBe(0);
    expect([...first.asked, ...other.asked].map(({ certificate }) => certificate)).toEqual(['localhost', 'localhost', undefined]);
  });
});
