import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FAULT_NAMES } from '../../../src/endpoint/fault/table.ts';
import { REQUEST, rawClient } from '../../peer.ts';
import { startListen } from '../../program.ts';
import { Wire, wireTo } from './wire.ts';

/** Every fault as bytes: a bare TCP client sees exactly what was asked for. What our client makes of them: fault-client.test.ts. */

const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const HEAD = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${ACCEPT}`];
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const tested = new Set<string>();

async function open(fault: string, args: readonly string[] = [], extra: readonly string[] = []) {
  tested.add(fault.replace(/[=@].*/, ''));
  const { env, port } = await startListen(['--fault', fault, '-v', ...args]);
  return { env, port, wire: await wireTo(port, extra) };
}

describe('the opening handshake', () => {
  const without = (name: string) => head(...HEAD.filter((line) => !line.startsWith(name)));
  const OPEN: readonly [fault: string, bytes: string, extra?: readonly string[]][] = [
    ['status', head('HTTP/1.1 200 OK', ...HEAD.slice(1))],
    ['status=204', head('HTTP/1.1 204 No Content', ...HEAD.slice(1))],
    ['accept', head(...HEAD.slice(0, 3), 'Sec-WebSocket-Accept: bm90IHdoYXQgdGhlIGtleSBhc2s=')],
    ['accept=x', head(...HEAD.slice(0, 3), 'Sec-WebSocket-Accept: x')],
    ['no-accept', without('Sec-WebSocket-Accept')],
    ['no-upgrade', without('Upgrade')],
    ['no-connection', without('Connection')],
    ['subprotocol', head(...HEAD, 'Sec-WebSocket-Protocol: never-offered')],
    ['subprotocol=chat', head(...HEAD, 'Sec-WebSocket-Protocol: chat')],
    ['extension', head(...HEAD, 'Sec-WebSocket-Extensions: x-never-offered')],
    ['http-version', head('HTTP/1.0 101 Switching Protocols', ...HEAD.slice(1))],
    ['lf', head(...HEAD).replaceAll('\r\n', '\n')],
    ['big-head=100', head(...HEAD, `X-Fill: ${'x'.repeat(100)}`)],
    ['slow=1ms', head(...HEAD)],
    ['split', head(...HEAD)],
  ];

  test.each(OPEN)('--fault %s', async (fault, bytes, extra) => {
    const { wire } = await open(fault, [], extra);
    await wire.until(({ text }) => text.length >= bytes.length);
    expect(wire.text).toBe(bytes);
    expect(wire.over).toBeUndefined();
  });

  test.each([
    [
      'reject',
      head(
        'HTTP/1.1 503 Service Unavailable',
        'Connection: close',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 19',
      ),
      '503, as asked for.\n',
    ],
    [
      'reject=401:no',
      head(
        'HTTP/1.1 401 Unauthorized',
        'Connection: close',
        'WWW-Authenticate: Basic realm="wstap"',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 3',
      ),
      'no\n',
    ],
    [
      'reject=426:old',
      head(
        'HTTP/1.1 426 Upgrade Required',
        'Connection: close, Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 4',
      ),
      'old\n',
    ],
    ['redirect', head('HTTP/1.1 302 Found', 'Connection: close', 'Location: /', 'Content-Length: 0'), ''],
    [
      'redirect=307:ws://a.example/b',
      head('HTTP/1.1 307 Temporary Redirect', 'Connection: close', 'Location: ws://a.example/b', 'Content-Length: 0'),
      '',
    ],
    ['redirect=/elsewhere', head('HTTP/1.1 302 Found', 'Connection: close', 'Location: /elsewhere', 'Content-Length: 0'), ''],
    ['hang-up', '', ''],
  ])('--fault %s ends the connection', async (fault, bytes, body) => {
    const { wire } = await open(fault);
    expect(await wire.all()).toBe(bytes + body);
    expect(wire.over).toBe('end');
  });

  test('--fault redirect shows no secrets of the request that it quotes', async () => {
    const { env, port } = await startListen(['--fault', 'redirect', '-v']);
    const wire = new Wire(await rawClient(port));
    wire.socket.write(`${REQUEST.join('\r\n').replace('GET / ', 'GET /p?token=SECRET1 ')}\r\n\r\n`);
    expect(await wire.all()).toContain('\r\nLocation: /p?token=SECRET1\r\n');
    await env.stderr.until(/fault: redirect, 302 to \/p\?token=\*\*\*\n/);
    expect(env.stderr.text).not.toContain('SECRET1');
  });

  test('--fault hang-up=rst resets it', async () => {
    const { wire } = await open('hang-up=rst');
    expect(await wire.all()).toBe('');
    expect(wire.over).toBe('reset');
  });

  test('--fault silent says nothing', async () => {
    const { env, wire } = await open('silent');
    await env.stderr.until(/fault: silent, no answer/);
    expect([wire.text, wire.over]).toEqual(['', undefined]);
  });

  test('--fault garbage is no HTTP, and the same for the same seed', async () => {
    const [first, second, other] = [
      await (await open('garbage=100', ['--seed', '7'])).wire.all(),
      await (await open('garbage=100', ['--seed', '7'])).wire.all(),
      await (await open('garbage=100', ['--seed', '8'])).wire.all(),
    ];
    expect([first.length, first]).toEqual([100, second]);
    expect(first).not.toBe(other);
    expect(first).not.toMatch(/^H/);
  });

  test('--fault split cuts at every byte, and the frames behind it come whole', async () => {
    const { wire } = await open('split', ['-x', 'hi']);
    expect(await wire.hex(4)).toBe('81026869');
    // The system may join what it was given in pieces, but hardly ever all of it.
    expect(wire.chunks.length).toBeGreaterThan(20);
  });

  test('--fault glued sends a ping and the first message in the segment of the 101', async () => {
    const { wire } = await open('glued', ['-x', 'hi']);
    await wire.hex(11);
    expect(wire.chunks.map((chunk) => chunk.toString('latin1'))).toEqual([`${head(...HEAD)}\x89\x05glued\x81\x02hi`]);
  });

  test('--fault no-subprotocol chooses none of those that both speak', async () => {
    const offer = ['Sec-WebSocket-Protocol: chat'];
    const { wire } = await open('no-subprotocol', ['-s', 'chat'], offer);
    await wire.until(({ text }) => text.endsWith('\r\n\r\n'));
    expect(wire.text).toBe(head(...HEAD));
  });

  test('@N counts requests: those before get in, and --reject-after lets so many in', async () => {
    for (const args of [
      ['--fault', 'reject=404@2'],
      ['--reject', '404', '--reject-after', '1'],
      ['--fault', 'reject=404@2-2'],
    ]) {
      const { port } = await startListen(args);
      const statuses: string[] = [];
      for (let index = 0; index < 3; index++) {
        const wire = await wireTo(port);
        await wire.until(({ text }) => text.includes('\r\n\r\n'));
        statuses.push(wire.text.slice(9, 12));
      }
      expect(statuses).toEqual(['101', '404', args[1]?.endsWith('-2') ? '101' : '404']);
    }
  });

  test('--reject STATUS=BODY', async () => {
    const { port } = await startListen(['--reject', '403=no entry']);
    const text = await (await wireTo(port)).all();
    expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n(?:.*\r\n)*\r\nno entry\n$/);
  });
});

describe('the stream', () => {
  const hi = ['-x', 'hi'];
  const packed = deflateRawSync(Buffer.from('hi'), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4).toString('hex');
  const of = (...texts: string[]) =>
    texts.map((text) => `81${Buffer.from([text.length]).toString('hex')}${Buffer.from(text).toString('hex')}`).join('');
  const many = (...texts: string[]) => texts.flatMap((text) => ['-x', text]);
  const CASES: readonly [fault: string, args: readonly string[], hex: string][] = [
    ['rsv', hi, 'c1026869'],
    ['rsv=23', hi, 'b1026869'],
    ['rsv=2@2', many('a', 'b', 'c'), '810161a10162a10163'],
    ['rsv=2@2-2', many('a', 'b', 'c'), '810161a10162810163'],
    ['opcode', hi, '83026869'],
    ['opcode=11', hi, '8b026869'],
    ['utf8', hi, '81036869ff'],
    ['utf8-cut', hi, '01036869ed8002a080'],
    ['length', hi, '81036869'],
    ['length=-1', hi, '81016869'],
    ['length-form', hi, '817e00026869'],
    ['length-form=64', hi, '817f00000000000000026869'],
    ['length-top-bit', hi, '817f80000000000000026869'],
    ['oversized', hi, '817f00000100000000006869'],
    ['compressed', hi, `c1${(packed.length / 2).toString(16).padStart(2, '0')}${packed}`],
    ['fragment', ['-x', 'é'], '0101c38001a9'],
    ['fragment=2', ['-x', 'abcde'], '010261620002636480' + '0165'],
    ['ping-between', hi, '01016889076265747765656e800169'],
    ['drop', many('1', '2', '3', '4', '5'), of('1', '3', '5')],
    ['duplicate', many('1', '2', '3'), of('1', '2', '2', '3')],
    ['reorder', many('1', '2', '3', '4', '5'), of('1', '3', '2', '5', '4')],
    ['delay=1ms', hi, '81026869'],
    ['jitter=1ms', many('a', 'b'), '810161810162'],
    ['bandwidth=2KiB', hi, '81026869'],
    ['continuation', hi, `810268698005${Buffer.from('stray').toString('hex')}`],
    ['continuation@1', many('a', 'b'), `8101618005${Buffer.from('stray').toString('hex')}810162`],
    ['interleave', [], `0105${Buffer.from('begun').toString('hex')}8107${Buffer.from('another').toString('hex')}`],
    ['ping-fragmented', [], `0904${Buffer.from('half').toString('hex')}`],
    ['ping-long', [], `897e007e${'78'.repeat(126)}`],
    ['pong=2', [], `8a09${Buffer.from('unasked 1').toString('hex')}8a09${Buffer.from('unasked 2').toString('hex')}`],
    ['close', [], '880203f3'],
    ['close=999', [], '880203e7'],
    ['close=65535:why', [], '8805ffff776879'],
    ['close-one-byte', [], '880103'],
    ['close-utf8', [], '880403e8c328'],
    ['data-after-close', [], `880203e8810f${Buffer.from('after the close').toString('hex')}`],
  ];

  test.each(CASES)('--fault %s (%j)', async (fault, args, hex) => {
    const { wire } = await open(fault, args);
    expect(await wire.hex(hex.length / 2)).toBe(hex);
  });

  test('--fault mask: the key is on the wire, the payload under it', async () => {
    const { wire } = await open('mask', hi);
    const bytes = Buffer.from(await wire.hex(8), 'hex');
    expect(bytes.subarray(0, 2).toString('hex')).toBe('8182');
    expect([6, 7].map((at) => String.fromCharCode((bytes[at] ?? 0) ^ (bytes[at - 4] ?? 0))).join('')).toBe('hi');
  });

  test('several at once: fragments with pings between them, reserved bits on all', async () => {
    const { port } = await startListen(['--fault', 'fragment=1', '--fault', 'ping-between', '--fault', 'rsv=3', '-x', 'hi']);
    expect(await (await wireTo(port)).hex(15)).toBe('11016889076265747765656e900169');
  });

  test('@TIME: not before it', async () => {
    const { env, wire } = await open('close=1001@30ms', hi);
    const startedAt = performance.now();
    expect(await wire.hex(8)).toBe('81026869880203e9');
    expect(performance.now() - startedAt).toBeGreaterThan(15);
    expect(env.stderr.text).toContain('fault: close, a Close with 1001');
  });

  test('--fault delay holds back what is sent, not the 101', async () => {
    const { wire } = await open('delay=60ms', hi);
    await wire.until(({ text }) => text.endsWith('\r\n\r\n'));
    const startedAt = performance.now();
    await wire.hex(4);
    expect(performance.now() - startedAt).toBeGreaterThan(30);
  });

  test('--fault bandwidth cuts a message into what passes in a twentieth of a second', async () => {
    const { wire } = await open('bandwidth=200', ['-x', 'x'.repeat(28)]);
    await wire.hex(30);
    // The first piece may be read together with the 101.
    expect(wire.chunks.slice(-2).map(({ length }) => length)).toEqual([10, 10]);
  });

  test('--fault drop=50%: the same seed drops the same, and says so', async () => {
    const run = async (seed: readonly string[]) => {
      const { env, wire } = await open('drop=50%', [...seed, ...many(...'abcdefghij'), '--fault', 'close=1000@10']);
      await wire.until(({ frames }) => frames.includes(Buffer.from('880203e8', 'hex')));
      return { text: wire.frames.toString('hex'), seed: /--seed (\d+)/.exec(env.stderr.text)?.[1] ?? '' };
    };
    const first = await run([]);
    expect(first.seed).toMatch(/^\d{1,6}$/);
    expect((await run(['--seed', first.seed])).text).toBe(first.text);
  });

  const DEFLATE = ['Sec-WebSocket-Extensions: permessage-deflate'];

  test('--fault bomb inflates to what it says, and is a thousandth of that', async () => {
    const { wire } = await open('bomb=5000000', [], DEFLATE);
    await wire.until(({ frames }) => frames.length > 4 && frames.length >= 4 + frames.readUInt16BE(2));
    const { frames } = wire;
    expect(frames.subarray(0, 2).toString('hex')).toBe('c27e');
    expect(frames.length).toBeLessThan(10_000);
    const whole = Buffer.concat([frames.subarray(4), Buffer.from('0000ffff', 'hex')]);
    const inflated = inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH });
    expect([inflated.length, inflated.every((byte) => byte === 0)]).toEqual([5_000_000, true]);
  });

  test('--fault bad-deflate, where it was negotiated', async () => {
    const { wire } = await open('bad-deflate', [], DEFLATE);
    expect(await wire.hex(3)).toBe('c20107');
    const without = await open('bad-deflate');
    await without.env.stderr.until(/fault: bad-deflate, not done: the client did not offer/);
    expect(without.wire.frames.length).toBe(0);
  });

  test('faults of messages: no context is taken over, so that none refers to one that was dropped', async () => {
    const { wire } = await open('drop', [], DEFLATE);
    await wire.until(({ text }) => text.endsWith('\r\n\r\n'));
    expect(wire.text).toContain('Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n');
    const off = await open('rsv', [], DEFLATE);
    await off.wire.until(({ text }) => text.endsWith('\r\n\r\n'));
    expect(off.wire.text).not.toContain('Extensions');
  });

  test('--fault no-pong: a message behind the ping is echoed, the ping is not', async () => {
    const { wire } = await open('no-pong', ['--echo']);
    await wire.until(({ text }) => text.endsWith('\r\n\r\n'));
    wire.send(0x89, 'ping');
    wire.send(0x81, 'hi');
    expect(await wire.hex(4)).toBe('81026869');
  });
});

describe('the end', () => {
  /** Whatever was on its way to us has arrived once a later client is answered. */
  const settle = async (port: number) => (await wireTo(port)).until(({ text }) => text.includes('\r\n\r\n'));
  const opened = (wire: Wire) => wire.until(({ text }) => text.includes('\r\n\r\n'));

  test.each([
    ['end', 'end'],
    ['end@1', 'end'],
    ['rst', 'reset'],
    ['rst@1', 'reset'],
  ])('--fault %s: what was sent before, and no Close', async (fault, how) => {
    const { wire } = await open(fault, ['-x', 'a', '-x', 'b']);
    await wire.all();
    expect([wire.over, wire.frames.toString('hex')]).toEqual([how, fault.endsWith('@1') ? '810161' : '810161810162']);
  });

  test('--fault no-close: neither a Close nor the end of TCP', async () => {
    const { env, port, wire } = await open('no-close');
    await opened(wire);
    wire.send(0x88, '\x03\xe8');
    await env.stderr.until(/fault: no-close/);
    await settle(port);
    expect([wire.frames.length, wire.over]).toEqual([0, undefined]);
  });

  test('--fault no-fin: the Close is answered, TCP stays; our end is its end', async () => {
    const { env, port, wire } = await open('no-fin');
    await opened(wire);
    wire.send(0x88);
    expect(await wire.hex(2)).toBe('8800');
    await env.stderr.until(/fault: no-fin/);
    await settle(port);
    expect(wire.over).toBeUndefined();
    wire.socket.end();
    await wire.all();
  });

  test.each(['stall', 'half-open'])('--fault %s: a ping is not answered, nothing ends', async (fault) => {
    const { env, port, wire } = await open(fault, ['-x', 'a']);
    expect(await wire.hex(3)).toBe('810161');
    await env.stderr.until(new RegExp(`fault: ${fault}`));
    wire.send(0x89);
    await settle(port);
    expect([wire.frames.toString('hex'), wire.over]).toEqual(['810161', undefined]);
  });
});

test('every fault has its bytes here', () => {
  expect(FAULT_NAMES.filter((name) => !tested.has(name))).toEqual([]);
});
