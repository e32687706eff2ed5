import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { main } from '../../../src/main.ts';
import { FakeEnv } from '../../fake-env.ts';
import { echoServer, frame, goodServer, upgrading } from '../../peer.ts';
import { run, start } from '../../program.ts';

const QUICK = ['-w', '50ms'];

/** What a server received: opcode and payload. */
async function received(argv: readonly string[], input: string | Uint8Array = '') {
  const messages: [string, string][] = [];
  const { url } = await goodServer((client) => {
    client.on('message', (data: Buffer, binary) =>
      messages.push(binary ? ['binary', data.toString('hex')] : ['text', String(data)]),
    );
  });
  const { status, stderr } = await run([...QUICK, ...argv, url], input);
  return { status, stderr, messages };
}

describe('standard input becomes messages', () => {
  test.each<[string[], string | Uint8Array, [string, string][]]>([
    [[], 'a\n', [['text', 'a']]],
    [['-t'], 'a\n', [['text', 'a']]],
    [['-b'], 'a\n', [['binary', '61']]],
    [
      ['-b'],
      Buffer.from([0xff, 0x00, 10, 0xfe]),
      [
        ['binary', 'ff00'],
        ['binary', 'fe'],
      ],
    ],
    [
      ['-0'],
      'a\nb\0c\r\0',
      [
        ['text', 'a\nb'],
        ['text', 'c\r'],
      ],
    ],
    [['-0', '-b'], 'a\nb\0', [['binary', '610a62']]],
    [
      ['--hex'],
      '00ff\n 48 65:6C-6c 6f \n\n',
      [
        ['binary', '00ff'],
        ['binary', '48656c6c6f'],
        ['binary', ''],
      ],
    ],
    [['--hex', '-t'], '48656c6c6f\n', [['text', 'Hello']]],
    [
      ['--base64'],
      'AP8=\nSGVsbG8\n',
      [
        ['binary', '00ff'],
        ['binary', '48656c6c6f'],
      ],
    ],
    [['--base64', '-t'], 'SGVsbG8=\n', [['text', 'Hello']]],
  ])('%j %j', async (argv, input, messages) => {
    expect(await received(argv, input)).toEqual({ status: 0, stderr: '', messages });
  });

  test.each<[string[], string | Uint8Array, string]>([
    [
      [],
      Buffer.from('good\nb\xe4d\n', 'latin1'),
      'line 2 of standard input is not valid UTF-8, as a text message must be; -b sends bytes',
    ],
    [['--hex'], 'ff\nfz\n', 'line 2 of standard input: "z" is not a hex digit'],
    [['--hex'], 'ff\nfff\n', 'line 2 of standard input: '],
    [['--hex', '-t'], '61\nff\n', 'line 2 of standard input: it is not valid UTF-8, as a text message must be; -b sends bytes'],
    [['--base64'], 'YQ==\n*\n', 'line 2 of standard input: it is not base64'],
    [['--max-line', '4'], 'abcd\nabcde\n', 'line 2 of standard input is longer than --max-line allows'],
  ])('%j %j is a local fault, and what stood before it was sent', async (argv, input, said) => {
    const { status, stderr, messages } = await received(argv, input);
    expect(status).toBe(3);
    expect(stderr).toContain(`wstap: ${said}`);
    expect(messages).toHaveLength(1);
  });

  test('a line that does not end is given up at --max-line, not at the end of input', async () => {
    const { url } = await echoServer();
    const { env, outcome } = start(['--max-line', '1KiB', url]);
    env.stdin.write('x'.repeat(1025));
    expect(await outcome).toMatchObject({
      status: 3,
      stderr: 'wstap: line 1 of standard input is longer than --max-line allows\n',
    });
  });

  test('an input that fails to be read is told', async () => {
    const { url } = await echoServer();
    const { env, outcome } = start([url]);
    env.stdin.on('resume', () => env.stdin.destroy(Object.assign(new Error('the disk is gone'), { code: 'ENXIO' })));
    expect(await outcome).toMatchObject({ status: 3, stderr: 'wstap: standard input cannot be read: the disk is gone\n' });
  });
});

describe('messages become standard output', () => {
  const server = () =>
    goodServer((client) => {
      client.send('Grüße\n');
      client.send(Buffer.from([0, 0xff, 10]));
      client.send('');
      client.close(1000);
    });

  test.each<[string[], string]>([
    [[], 'Grüße\n\n00ff0a\n\n'],
    [['--format', 'text'], 'Grüße\n\n00ff0a\n\n'],
    [['--format=hex'], '4772c3bcc39f650a\n00ff0a\n\n'],
    [['-0'], 'Grüße\n\x0000ff0a\0\0'],
    [['-0', '--format=hex'], '4772c3bcc39f650a\x0000ff0a\0\0'],
  ])('%j', async (argv, output) => {
    const { url } = await server();
    expect(await run([...argv, url])).toEqual({ status: 0, stdout: output, stderr: '' });
  });

  test('--format raw: payload bytes and nothing else', async () => {
    const { url } = await server();
    const { env, outcome } = start(['--format=raw', url]);
    await outcome;
    expect(env.captured.bytes).toEqual(Buffer.concat([Buffer.from('Grüße\n'), Buffer.from([0, 0xff, 10])]));
  });

  test('--format json: every event is a versioned object on a line', async () => {
    const { url } = await echoServer();
    const { status, stdout } = await run([...QUICK, '--format=json', url], 'hi\n');
    expect(status).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.every(({ v, connection }) => v === 1 && connection === 1)).toBe(true);
    expect(events.map(({ type, direction }) => [type, direction].filter(Boolean).join(' '))).toEqual([
      'hop',
      'head sent',
      'head received',
      'hop',
      'open',
      'message sent',
      'message received',
      'rtt',
      'closed',
    ]);
    expect(events.find(({ type, direction }) => type === 'message' && direction === 'received')).toMatchObject({
      opcode: 'text',
      data: { text: 'hi', base64: 'aGk=' },
    });
    expect(events.at(-1)).toMatchObject({ code: 1000, wasClean: true, by: 'us' });
  });

  test('--format json with frames, which -vv or --dump ask for', async () => {
    const { url } = await echoServer();
    const { stdout, stderr } = await run([...QUICK, '--format=json', '--dump=line', url], 'hi\n');
    const frames = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'frame');
    expect(frames.map(({ direction, opcode }) => [direction, opcode])).toEqual([
      ['sent', 1],
      ['sent', 9],
      ['received', 1],
      ['received', 10],
      ['sent', 8],
      ['received', 8],
    ]);
    expect(stderr.match(/[→←]/g)).toHaveLength(6);
  });

  test('a text message may hold a NUL, an escape sequence, a separator: they pass', async () => {
    const { url } = await goodServer((client) => {
      client.send('\0\x1b[31m\u2028');
      client.close(1000);
    });
    expect((await run([url])).stdout).toBe('\0\x1b[31m\u2028\n');
  });

  test('in front of a terminal they are escaped, and binary is never raw', async () => {
    const { url } = await goodServer((client) => {
      client.send('a\x1b[31mb');
      client.send(Buffer.from([0x1b]));
      client.close(1000);
    });
    const { stdout } = await run(['--no-color', '--format=raw', url], '', { terminal: true });
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toContain('a');
    expect(stdout).toContain('1b\n');
  });
});

describe('an output that is slow or fails', () => {
  test('nothing is read from the socket while it is full', async () => {
    const taken: (() => void)[] = [];
    const stalled = new Writable({ highWaterMark: 1, write: (_, __, done) => taken.push(done) });
    let sent = 0;
    const { url } = await goodServer((client) => {
      const fill = () => {
        for (; client.bufferedAmount < 1 << 20 && sent < 64; sent++) client.send('x'.repeat(1 << 20), () => setImmediate(fill));
      };
      fill();
    });
    const env = new FakeEnv({ stdout: stalled });
    const outcome = main(env, [url]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(sent).toBeLessThan(32);
    expect(taken).toHaveLength(1);
    env.signal('SIGINT');
    env.signal('SIGINT');
    expect(await outcome).toBe(130);
  });

  test.each([
    ['EPIPE', 141, ''],
    ['ENOSPC', 3, 'wstap: standard output failed: no space left on device\n'],
  ])('%s: status %i', async (code, status, said) => {
    const error = Object.assign(new Error('no space left on device'), { code });
    const broken = new Writable({ write: (_, __, done) => done(error) });
    const { url } = await goodServer((client) => client.send('x'));
    const env = new FakeEnv({ stdout: broken });
    expect([await main(env, [url]), env.stderr.text]).toEqual([status, said]);
  });
});

test('a compressed message is a message', async () => {
  const { url } = await echoServer({ perMessageDeflate: { threshold: 0 } });
  const text = 'again and again and again and again';
  expect((await run([...QUICK, '--compress', url], `${text}\n${text}\n`)).stdout).toBe(`${text}\n${text}\n`);
  const { stdout } = await run([...QUICK, '--compress', '--format=json', '-x', text, url]);
  const messages = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'message');
  expect(messages.map(({ compressed, wireLength }) => compressed && wireLength < text.length)).toEqual([true, true]);
});

test('an empty frame and an unfinished one do not come out', async () => {
  const { url } = await upgrading((socket) => socket.end(Buffer.concat([frame(0x81), frame(0x01, 'unfinished')])));
  expect(await run([url])).toMatchObject({ status: 8, stdout: '\n' });
});
