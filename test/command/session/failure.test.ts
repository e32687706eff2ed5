import { hash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import {
  answering,
  clientFrames,
  closeFrame,
  endOnData,
  frame,
  goodServer,
  rawServer,
  SWITCHING,
  upgrading,
} from '../../peer.ts';
import { run, start } from '../../program.ts';
import { waitFor } from '../../wait.ts';

/** Every exit status by a cause that users meet, with what is said about it. */

describe('4: no connection', () => {
  test('nobody listens', async () => {
    expect(await run(['ws://127.0.0.1:1/'])).toEqual({
      status: 4,
      stdout: '',
      stderr: [
        'wstap: could not connect: 127.0.0.1:1 refused the connection',
        'Likely cause: Nothing listens on this port.',
        '→ try: another port; is the server up?',
        '',
      ].join('\n'),
    });
  });

  test('a name that does not resolve', async () => {
    const { status, stderr } = await run(['ws://no-such-host.invalid/']);
    expect([status, stderr.split('\n')[0]]).toEqual([4, expect.stringMatching(/^wstap: the name could not be resolved: /)]);
  });
});

describe('6: the opening handshake was refused', () => {
  const refused = (status: string, ...headers: string[]) =>
    answering(`HTTP/1.1 ${status}\r\n${headers.map((line) => `${line}\r\n`).join('')}Content-Length: 5\r\n\r\nsorry`);

  test.each<[string, string[], string]>([
    ['401 Unauthorized', ['WWW-Authenticate: Basic realm="x"'], 'Likely cause: '],
    ['403 Forbidden', [], 'Likely cause: '],
    ['404 Not Found', [], 'Likely cause: '],
    ['426 Upgrade Required', ['Sec-WebSocket-Version: 8, 7'], '8, 7'],
    ['302 Found', ['Location: wss://elsewhere.example/'], 'wss://elsewhere.example/'],
    ['200 OK', ['Content-Type: text/html'], 'Likely cause: '],
    ['503 Service Unavailable', ['Retry-After: 7'], 'Likely cause: '],
    ['418 I am a teapot', [], ''],
  ])('%s', async (status, headers, cause) => {
    const { url } = await refused(status, ...headers);
    const outcome = await run([url]);
    expect(outcome).toMatchObject({ status: 6, stdout: '' });
    expect(outcome.stderr).toContain(`wstap: the server refused: ${status}\n`);
    for (const shown of [...headers, 'sorry', cause]) expect(outcome.stderr).toContain(shown);
  });

  test('what is shown of an answer', async () => {
    const { url } = await refused('403 Forbidden', 'X-Reason: no\x1b[31m');
    expect((await run(['-o', 'http://evil.example', url])).stderr).toMatchInlineSnapshot(`
      "wstap: the server refused: 403 Forbidden
      < HTTP/1.1 403 Forbidden
      < X-Reason: no\\x1b[31m
      < Content-Length: 5
      <
        │ sorry
      Likely cause: The server refused (403), perhaps because of the Origin
      http://evil.example.
      → try: another -o ORIGIN, or credentials
      "
    `);
  });

  test('a body that never ends is not waited for', async () => {
    const { url } = await rawServer((socket) => socket.once('data', () => socket.write('HTTP/1.1 404 No\r\n\r\nsome')));
    const outcome = await run([url]);
    expect(outcome.status).toBe(6);
    expect(outcome.stderr).toContain('some');
  });

  test('a body of gigabytes is cut', async () => {
    const { url } = await rawServer((socket) =>
      socket.once('data', () => {
        const flood = (): boolean => !socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')) && flood();
        socket.write('HTTP/1.1 404 No\r\nContent-Length: 9999999999\r\n\r\n');
        socket.on('drain', flood);
        flood();
      }),
    );
    const outcome = await run([url]);
    expect(outcome.status).toBe(6);
    expect(outcome.stderr.length).toBeLessThan(70_000);
  });
});

describe('6: the answer is wrong', () => {
  const withAccept = (accept: (key: string) => string, extra = '') =>
    rawServer((socket) =>
      socket.once('data', (chunk: Buffer) => {
        const key = /Key: (\S+)/.exec(String(chunk))?.[1] ?? '';
        socket.write(`${SWITCHING}Sec-WebSocket-Accept: ${accept(key)}\r\n${extra}\r\n`);
      }),
    );
  const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

  test.each<[string, (key: string) => string, RegExp]>([
    ['the key itself', (key) => key, /key/i],
    ['SHA-1 in hex', (key) => hash('sha1', key + GUID, 'hex'), /hex/i],
    ['the GUID left out', (key) => hash('sha1', key, 'base64'), /GUID/],
    [
      'the key decoded first',
      (key) => hash('sha1', Buffer.concat([Buffer.from(key, 'base64'), Buffer.from(GUID)]), 'base64'),
      /decod/i,
    ],
    ['a fixed one', () => 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', /RFC|example/i],
  ])('Sec-WebSocket-Accept is %s: the mistake is named', async (_, accept, named) => {
    const { url } = await withAccept(accept);
    const { status, stderr } = await run([url]);
    expect([status, stderr.split('\n')[0]]).toEqual([6, 'wstap: the opening handshake is wrong']);
    expect(/Likely cause: ([\s\S]*)/.exec(stderr)?.[1]).toMatch(named);
  });

  test.each([
    ['a subprotocol that was not asked for', 'Sec-WebSocket-Protocol: chat\r\n', /subprotocol/i],
    ['an extension that was not offered', 'Sec-WebSocket-Extensions: permessage-deflate\r\n', /extension/i],
  ])('%s', async (_, extra, named) => {
    const { url } = await upgrading(() => undefined, extra);
    const { status, stderr } = await run([url]);
    expect(status).toBe(6);
    expect(stderr).toMatch(named);
  });

  test.each([
    ['an SSH server', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'],
    ['a TLS port', Buffer.from('15030100020228', 'hex')],
    ['an HTTP/2 server', Buffer.from('00000604000000000000030000006400', 'hex')],
    ['HTTP/1.0', 'HTTP/1.0 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['nine interim answers', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(9)],
    ['a head without end', `HTTP/1.1 101 Switching Protocols\r\n${'X: y\r\n'.repeat(20_000)}`],
    ['a line without end', 'x'.repeat(70_000)],
    ['nothing, and the end', ''],
    ['half an answer', 'HTTP/1.1 101 Switch'],
  ])('%s', async (_, answer) => {
    const { url } = await answering(answer);
    const { status, stdout, stderr } = await run([url]);
    expect([status, stdout]).toEqual([6, '']);
    expect(stderr).toMatch(/^wstap: the opening handshake (is wrong|failed)/);
    expect(stderr.length).toBeLessThan(4000);
  });

  test('ws to a TLS port and to SSH: the cause in one sentence', async () => {
    const tls = await run([(await answering(Buffer.from('15030100020228', 'hex'))).url]);
    expect(tls.stderr).toMatch(/Likely cause: .*TLS[\s\S]*wss:/);
    const ssh = await run([(await answering('SSH-2.0-OpenSSH_9.2p1\r\n')).url]);
    expect(ssh.stderr).toMatch(/Likely cause: .*SSH/);
  });
});

describe('124: it takes too long', () => {
  const timedOut = {
    status: 124,
    stdout: '',
    stderr: expect.stringMatching(/^wstap: timed out \(HTTP\): no open connection within 0\.2 s; --timeout allows more\n/),
  };

  test('a server that says nothing', async () => {
    const { url } = await rawServer(() => undefined);
    expect(await run(['--timeout', '200ms', url])).toEqual(timedOut);
  });

  test('a byte now and then does not put it off', async () => {
    const { url } = await rawServer((socket) => {
      const answer = `${SWITCHING}X-Filler: ${'x'.repeat(1000)}`;
      let at = 0;
      const dribble = setInterval(() => socket.write(answer[at++] ?? 'x'), 20);
      socket.once('close', () => clearInterval(dribble));
    });
    expect(await run(['--timeout', '200ms', url])).toEqual(timedOut);
  });

  test('nor do interim answers', async () => {
    const { url } = await rawServer((socket) => socket.once('data', () => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')));
    expect(await run(['--timeout', '200ms', url])).toEqual(timedOut);
  });

  test('without --timeout it is ten seconds', async () => {
    const { url, sockets } = await rawServer(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { outcome } = start([url]);
      await waitFor(() => expect(sockets).toHaveLength(1));
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await outcome).status).toBe(124);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('7: the peer breaks the protocol or its limits', () => {
  test.each<[string, Buffer, number, RegExp]>([
    ['a masked frame', Buffer.from('818100000000', 'hex'), 1002, /mask/i],
    ['a reserved bit', frame(0xc1, 'x'), 1002, /RSV1/],
    ['a reserved opcode', frame(0x83, 'x'), 1002, /opcode/i],
    ['a fragmented ping', frame(0x09, 'x'), 1002, /fragment/i],
    ['a ping of 126 bytes', frame(0x89, 'x'.repeat(126)), 1002, /125/],
    ['a continuation of nothing', frame(0x80, 'x'), 1002, /continu/i],
    ['a length that is not minimal', Buffer.from('817e000178', 'hex'), 1002, /smallest/],
    ['a Close of one byte', frame(0x88, 'x'), 1002, /clos/i],
    ['a close code that none may send', closeFrame(1005), 1002, /1005/],
    ['text that is not UTF-8', frame(0x81, Buffer.from([0xff])), 1007, /UTF-8/],
    ['a message of 64 MiB and a byte', Buffer.from('827f0000000004000001', 'hex'), 1009, /64|67108864|limit/i],
  ])('%s', async (_, bytes, code, named) => {
    let said = Buffer.alloc(0);
    const { url } = await upgrading((socket) => {
      socket.write(bytes);
      socket.on('data', (chunk: Buffer) => {
        said = Buffer.concat([said, chunk]);
      });
      socket.on('end', () => socket.end());
    });
    const { status, stdout, stderr } = await run(['-w', '-1', url]);
    expect([status, stdout]).toEqual([7, '']);
    expect(stderr).toMatch(/^wstap: the peer broke the protocol: /);
    expect(stderr).toMatch(named);
    expect(stderr).toMatch(/RFC 6455 §|limit/);
    expect(clientFrames(said).at(-1)?.payload.readUInt16BE()).toBe(code);
  });

  test('--lenient reports what can be borne and goes on', async () => {
    const { url } = await upgrading((socket) => {
      socket.write(Buffer.concat([Buffer.from('817e000178', 'hex'), closeFrame(1000)]));
      endOnData(socket);
    });
    const { status, stdout, stderr } = await run(['--lenient', url]);
    expect([status, stdout]).toEqual([0, 'x\n']);
    expect(stderr).toMatch(/^wstap: ! .*going on, as --lenient says\n$/);
  });
});

describe('0 and 8: the close code', () => {
  test.each<[number | undefined, number]>([
    [1000, 0],
    [1001, 0],
    [undefined, 0],
    [1011, 8],
    [1002, 8],
    [1012, 8],
    [3000, 8],
    [4001, 8],
  ])('%s: %i', async (code, status) => {
    const { url } = await upgrading((socket) => {
      socket.write(code === undefined ? frame(0x88) : closeFrame(code, 'why\x07'));
      endOnData(socket);
    });
    const outcome = await run(['-w', '-1', url]);
    expect(outcome).toMatchObject({ status, stdout: '' });
    if (status === 0) expect(outcome.stderr).toBe('');
    else {
      expect(outcome.stderr).toMatch(new RegExp(`^wstap: closed by the peer: ${code}`));
      expect(outcome.stderr).not.toContain('\x07');
    }
  });

  test('the end of TCP without a Close', async () => {
    const { url } = await upgrading((socket) => socket.end(frame(0x81, 'last')));
    const outcome = await run(['-w', '-1', url]);
    expect(outcome).toMatchObject({ status: 8, stdout: 'last\n' });
    expect(outcome.stderr).toMatch(/^wstap: the connection was lost: 1006/);
  });

  test('a reset', async () => {
    const { url } = await upgrading((socket) => setImmediate(() => socket.resetAndDestroy()));
    const outcome = await run(['-w', '-1', url]);
    expect(outcome).toMatchObject({ status: 8, stdout: '' });
    expect(outcome.stderr).toMatch(/^wstap: the connection was lost: /);
  });

  test('a connection that ends before all input was sent says so', async () => {
    const { url } = await goodServer((client) => client.close(1001));
    const { env, outcome } = start([url]);
    env.stdin.write('begun and not en');
    expect(await outcome).toEqual({ status: 0, stdout: '', stderr: 'wstap: the connection ended before all input was sent\n' });
  });

  test('one that ends while nobody writes says nothing', async () => {
    const { url } = await goodServer((client) => client.close(1001));
    const { outcome } = start([url]);
    expect(await outcome).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('-q leaves remarks out, not errors', async () => {
    const { url } = await goodServer((client) => client.close(1001));
    expect(await start(['-q', url]).outcome).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await run(['-q', 'ws://127.0.0.1:1/'])).stderr).toContain('could not connect');
  });
});
