import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FakeEnvOptions } from '../../fake-env.ts';
import { closeFrame, endOnData, frame, upgrading } from '../../peer.ts';
import { run } from '../../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'client-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The request's lines, the port written as PORT and the key as KEY. */
async function requestOf(argv: readonly string[], options: FakeEnvOptions = {}, path = '') {
  let request = '';
  const { port } = await upgrading((socket, head) => {
    request = head;
    socket.write(closeFrame(1000));
    endOnData(socket);
  });
  const outcome = await run([...argv, `localhost:${port}${path}`], '', options);
  const lines = request
    .replaceAll(String(port), 'PORT')
    .replace(/(Sec-WebSocket-Key: )[A-Za-z0-9+/]{22}==/, '$1KEY')
    .split('\r\n');
  return { ...outcome, lines };
}

const PLAIN = [
  'GET / HTTP/1.1',
  'Host: localhost:PORT',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: KEY',
];

describe('the request', () => {
  test('has what RFC 6455 §4.1 asks for and no more', async () => {
    expect((await requestOf([])).lines).toEqual(PLAIN);
  });

  test.each<[argv: string[], added: string[]]>([
    [
      ['-H', 'X-One: 1', '--header=x-TWO:  2 ', '-H', 'X-One: again'],
      ['X-One: 1', 'x-TWO: 2', 'X-One: again'],
    ],
    [['-H', 'X-Empty;'], ['X-Empty:']],
    [['-s', 'chat', '--subprotocol', 'superchat'], ['Sec-WebSocket-Protocol: chat, superchat']],
    [['-s', 'chat,superchat'], ['Sec-WebSocket-Protocol: chat, superchat']],
    [['-o', 'https://example.com'], ['Origin: https://example.com']],
    [['--cookie', 'a=1', '--cookie', 'b=2'], ['Cookie: a=1; b=2']],
    [['--auth', 'user:pa:ss'], [`Authorization: Basic ${btoa('user:pa:ss')}`]],
    [['--auth', 'user:'], [`Authorization: Basic ${btoa('user:')}`]],
    [['--bearer', 'abc.def'], ['Authorization: Bearer abc.def']],
    [['--compress'], ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits']],
    [['--compress', '--no-compress'], []],
    [['--deflate', ''], ['Sec-WebSocket-Extensions: permessage-deflate']],
    [
      ['--deflate', 'server_no_context_takeover; client_max_window_bits=10'],
      ['Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits=10'],
    ],
  ])('%j adds %j', async (argv, added) => {
    const { lines } = await requestOf(argv);
    expect(lines.filter((line) => !PLAIN.includes(line)).map((line) => line.trimEnd())).toEqual(added);
    expect(lines.filter((line) => PLAIN.includes(line))).toEqual(PLAIN);
  });

  test.each<[argv: string[], removed: string, instead: string[]]>([
    [['-H', 'Host: other'], 'Host: localhost:PORT', ['Host: other']],
    [['--host', 'other:1'], 'Host: localhost:PORT', ['Host: other:1']],
    [['-H', 'Host:'], 'Host: localhost:PORT', []],
    [['-H', 'Upgrade: h2c'], 'Upgrade: websocket', ['Upgrade: h2c']],
    [['-H', 'Sec-WebSocket-Key: x'], 'Sec-WebSocket-Key: KEY', ['Sec-WebSocket-Key: x']],
    [['-H', 'sec-websocket-version: 99'], 'Sec-WebSocket-Version: 13', ['sec-websocket-version: 99']],
    [['-p', '8'], 'Sec-WebSocket-Version: 13', ['Sec-WebSocket-Version: 8']],
    [['-H', 'Connection: keep-alive', '-H', 'Connection: Upgrade'], 'x', ['Connection: keep-alive']],
  ])('%j takes the place of %s', async (argv, removed, instead) => {
    const { lines } = await requestOf(argv);
    expect(lines).not.toContain(removed);
    expect(lines.filter((line) => !PLAIN.includes(line))).toEqual(instead);
  });

  test('an Origin given by hand takes the place of that of -o', async () => {
    const { lines } = await requestOf(['-o', 'http://a', '-H', 'Origin: http://b']);
    expect(lines.filter((line) => line.startsWith('Origin'))).toEqual(['Origin: http://b']);
  });

  test('path and query go as they are in the URL', async () => {
    expect((await requestOf([], {}, '/a%20b?c=%2F&d')).lines[0]).toBe('GET /a%20b?c=%2F&d HTTP/1.1');
  });

  test('each connection has a key of its own', async () => {
    const keys = new Set<string>();
    const { url } = await upgrading((socket, head) => {
      keys.add(/Key: (.*)/.exec(head)?.[1] ?? '');
      socket.write(closeFrame(1000));
      endOnData(socket);
    });
    for (let round = 0; round < 3; round++) await run([url]);
    expect(keys.size).toBe(3);
  });
});

describe('passwords', () => {
  test('WSTAP_PASSWORD gives it', async () => {
    const { lines } = await requestOf(['--auth', 'user'], { variables: { WSTAP_PASSWORD: 'se:cret' } });
    expect(lines).toContain(`Authorization: Basic ${btoa('user:se:cret')}`);
  });

  test('nobody to ask is a usage error that says what to give', async () => {
    const outcome = await run(['--auth', 'user', '--no-input', 'ws://127.0.0.1:1/']);
    expect(outcome).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "wstap: Password for user is needed, but --no-input forbids to ask; give it with --auth USER:PASSWORD or the variable WSTAP_PASSWORD.\nSee 'wstap connect --help'.\n",
    });
    expect((await run(['--auth', 'user', 'ws://127.0.0.1:1/'], '', { variables: { CI: 'true' } })).status).toBe(2);
  });

  test('a token from a file', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'abc\n');
    expect((await requestOf(['--bearer', `@${file}`])).lines).toContain('Authorization: Bearer abc');
  });

  test('the URL may carry them', async () => {
    let request = '';
    const { port } = await upgrading((socket, head) => {
      request = head;
      socket.write(closeFrame(1000));
      endOnData(socket);
    });
    const { stderr } = await run(['-v', `ws://us%C3%A9r:p%40ss@localhost:${port}/`]);
    expect(request).toContain(`Authorization: Basic ${Buffer.from('usér:p@ss').toString('base64')}`);
    expect(request).toContain(`Host: localhost:${port}\r\n`);
    // What is shown hides it.
    expect(stderr).toContain('Authorization: ');
    expect(stderr).not.toContain(Buffer.from('usér:p@ss').toString('base64'));
    expect(stderr).not.toContain('p@ss');
  });
});

describe('refused before anything is opened', () => {
  test.each<[string[], number, string]>([
    [['--auth', 'a:b', '--bearer', 'c'], 2, '--auth and --bearer both set Authorization: give one'],
    [['-s', 'two words'], 2, '"two words" is no subprotocol: a name has no spaces or separators'],
    [['-H', 'no colon'], 2, '--header "no colon": '],
    [['-H', 'X: a\r\nY: b'], 2, '--header "X: a\\r\\nY: b": '],
    [['-o', 'http://x\r\nA: b'], 2, '--origin "http://x\\r\\nA: b": a header may not hold a line break'],
    [['--host', 'x\r\nA: b'], 2, '--host "x\\r\\nA: b": a header may not hold a line break'],
    [['--deflate', 'a\nA: b'], 2, '--deflate "a\\nA: b": a header may not hold a line break'],
    [['-H', 'X y: a'], 2, '--header "X y: a": '],
    [['--ca', join(folder, 'none')], 3, `there is no file "${join(folder, 'none')}"`],
    [['--ca', import.meta.filename], 3, `${import.meta.filename} holds no certificate in PEM form`],
    [['--bearer', `@${join(folder, 'none')}`], 3, 'there is no file'],
    [['--timeout', 'soon'], 2, '--timeout: "soon" is not a time'],
    [['--max-message', 'big'], 2, '--max-message: "big" is not a size'],
    [['--count', '0'], 2, '--count: "0" is not a number'],
    [['--expect', '/(/'], 2, '--expect: /(/ is not a regular expression'],
  ])('%j', async (argv, status, said) => {
    const outcome = await run([...argv, 'ws://127.0.0.1:1/']);
    expect(outcome).toMatchObject({ status, stdout: '' });
    expect(outcome.stderr).toContain(`wstap: ${said}`);
  });
});

test.each<[string[], FakeEnvOptions, string]>([
  [['--auth', 'a:b'], { terminal: true }, 'wstap: ! a secret on the command line can be seen by every user of this machine\n'],
  [['--bearer', 'b'], { terminal: true }, 'wstap: ! a secret on the command line can be seen by every user of this machine\n'],
  [['--auth', 'a:b'], {}, ''],
])('%j on a terminal is warned about', async (argv, options, warning) => {
  const { stderr } = await requestOf(['--format=text', ...argv], options);
  expect(stderr).toBe(warning);
});

test('limits given by hand are kept to', async () => {
  const peer = () =>
    upgrading((socket) => {
      socket.write(Buffer.concat([frame(0x81, '12345'), frame(0x81, '123456')]));
      endOnData(socket);
    });
  expect(await run(['--max-message', '5', (await peer()).url])).toMatchObject({ status: 7, stdout: '12345\n' });
  expect(await run(['--max-frame', '5', (await peer()).url])).toMatchObject({ status: 7, stdout: '12345\n' });
  expect(await run(['--max-message', '6', '-w', '50ms', (await peer()).url])).toMatchObject({ stdout: '12345\n123456\n' });
});

test('--max-fragments counts the frames of a message, empty ones too', async () => {
  const peer = () =>
    upgrading((socket) => {
      socket.write(Buffer.concat([frame(0x01, 'a'), frame(0x00), frame(0x80, 'b')]));
      endOnData(socket);
    });
  const refused = await run(['--max-fragments', '2', (await peer()).url]);
  expect(refused).toMatchObject({ status: 7, stdout: '' });
  expect(refused.stderr).toContain('more than 2 fragments');
  expect(await run(['--max-fragments', '3', '-w', '50ms', (await peer()).url])).toMatchObject({ stdout: 'ab\n' });
});

test('--max-header bounds the head of the answer', async () => {
  const peer = () => upgrading((socket) => endOnData(socket), `X-Long: ${'x'.repeat(2000)}\r\n`);
  expect((await run(['--max-header', '1KiB', '-w', '50ms', (await peer()).url])).status).toBe(6);
  expect((await run(['--max-header', '4KiB', '-w', '50ms', (await peer()).url])).status).not.toBe(6);
});

test('-i without a terminal', async () => {
  expect(await run(['-i', '-x', 'a', 'ws://127.0.0.1:1/'])).toEqual({
    status: 2,
    stdout: '',
    stderr: 'wstap: -i needs a terminal at standard input and output\n',
  });
});
