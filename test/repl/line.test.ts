import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/repl/commands.ts';
import { parseLine } from '../../src/repl/line.ts';
import type { LineContext } from '../../src/repl/repl-command.ts';

const client: LineContext = {
  role: 'client',
  mode: 'text',
  canRecord: true,
  maskingKey: () => Uint8Array.of(1, 2, 3, 4),
};
const server: LineContext = { ...client, role: 'server' };

/** Bytes as readable text, so that the tables show what is sent. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `<${Buffer.from(value).toString('hex')}>`;
  if (value instanceof RegExp || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(readable);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

const parse = (line: string, context: LineContext = client): unknown => readable(parseLine(line, context));
const hex = (text: string): string => `<${Buffer.from(text).toString('hex')}>`;
const send = (text: string, opcode = 'text'): unknown => ({ type: 'action', action: { type: 'send', opcode, data: hex(text) } });
const action = (inner: object): unknown => ({ type: 'action', action: inner });

describe('messages', () => {
  test.each([
    ['hello', send('hello')],
    ['  two blanks before, one after ', send('  two blanks before, one after ')],
    [' /ping', send(' /ping')],
    ['//x', send('/x')],
    ['///', send('//')],
    ['漢字 😀', send('漢字 😀')],
    ['pasted\nlines', send('pasted\nlines')],
    ['/text /slash', send('/slash')],
    ['/text  kept', send(' kept')],
    ['/text a\nb', send('a\nb')],
    ['', { type: 'nothing' }],
    ['/text', { type: 'mode', mode: 'text' }],
    ['/binary', { type: 'mode', mode: 'binary' }],
    ['/binary de ad:be-ef', action({ type: 'send', opcode: 'binary', data: '<deadbeef>' })],
    ['/binary base64:SGk=', action({ type: 'send', opcode: 'binary', data: '<4869>' })],
    ['/binary @a file.bin', { type: 'file', path: 'a file.bin', opcode: 'binary' }],
    ['/file message.json', { type: 'file', path: 'message.json', opcode: 'text' }],
    ['/file "two words"', { type: 'file', path: 'two words', opcode: 'text' }],
    ['/json  {"a": 1} ', send('{"a": 1}')],
    ['/json "x"', send('"x"')],
  ])('%j', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  test('in binary mode a line goes as its UTF-8 bytes, and so do files, fragments and pastes', () => {
    const context: LineContext = { ...client, mode: 'binary' };
    expect(parse('é', context)).toEqual(send('é', 'binary'));
    expect(parse('/file x', context)).toEqual({ type: 'file', path: 'x', opcode: 'binary' });
    expect(parse('/paste', context)).toEqual({ type: 'paste', opcode: 'binary' });
    expect(parse('/fragment a | b', context)).toEqual(action({ type: 'fragment', opcode: 'binary', parts: ['<61>', '<62>'] }));
    expect(parse('/text é', context)).toEqual(send('é'));
  });
});

describe('control frames', () => {
  test.each([
    ['/ping', action({ type: 'ping', data: '<>' })],
    ['/ping are you there', action({ type: 'ping', data: hex('are you there') })],
    ['/pong x', action({ type: 'pong', data: '<78>' })],
    ['/close', action({ type: 'close' })],
    ['/close 1000', action({ type: 'close', code: 1000, reason: '' })],
    ['/close 4001 see you', action({ type: 'close', code: 4001, reason: 'see you' })],
    ['/close going-away bye', action({ type: 'close', code: 1001, reason: 'bye' })],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });
});

describe('fragments', () => {
  const parts = (...texts: string[]): unknown => action({ type: 'fragment', opcode: 'text', parts: texts.map(hex) });
  test.each([
    ['/fragment 3 Hello', parts('He', 'l', 'lo')],
    ['/fragment 1 Hello', parts('Hello')],
    ['/fragment 3 a', parts('', 'a', '')],
    ['/fragment 2 漢字', parts('漢', '字')],
    ['/fragment 2 a | b', parts('a |', ' b')],
    ['/fragment Hel | lo', parts('Hel', 'lo')],
    ['/fragment a |  | b', parts('a', '', 'b')],
    ['/fragment 3 | 4', parts('3', '4')],
    ['/fragment a|b | c', parts('a|b', 'c')],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });
});

describe('frames by hand', () => {
  const frame = (inner: object): unknown => action({ type: 'frame', frame: inner });
  test.each([
    [
      '/frame opcode=9 fin=0 rsv1=1 mask=none len=7bit deadbeef',
      { opcode: 9, fin: false, rsv1: true, mask: 'none', lengthForm: 7, payload: '<deadbeef>' },
    ],
    ['/frame deadbeef len=64bit OPCODE=Ping', { opcode: 9, lengthForm: 64, payload: '<deadbeef>' }],
    ['/frame opcode=0xB', { opcode: 11, payload: '<>' }],
    ['/frame opcode=cont fin=1 rsv2=1 rsv3=0', { opcode: 0, fin: true, rsv2: true, rsv3: false, payload: '<>' }],
    ['/frame text=hello', { opcode: 1, payload: hex('hello') }],
    ['/frame text="hello world"', { opcode: 1, payload: hex('hello world') }],
    ['/frame "say \\"hi\\"\\n"', { opcode: 1, payload: hex('say "hi"\n') }],
    ['/frame "caf\\xe9"', { opcode: 1, payload: '<636166e9>' }],
    ['/frame opcode=2 "a" 00 base64:Yg==', { opcode: 2, payload: '<610062>' }],
    ['/frame de ad be ef', { opcode: 2, payload: '<deadbeef>' }],
    ['/frame mask=37FA213d text=x', { opcode: 1, mask: '<37fa213d>', payload: '<78>' }],
    ['/frame mask=random text=x', { opcode: 1, mask: '<01020304>', payload: '<78>' }],
    ['/frame len=300 ab', { opcode: 2, length: 300n, payload: '<ab>' }],
    ['/frame len=64bit len=0xffffffffffffffff ab', { opcode: 2, lengthForm: 64, length: 2n ** 64n - 1n, payload: '<ab>' }],
    ['/frame text', undefined],
  ])('%s', (line, expected) => {
    if (expected) expect(parse(line)).toEqual(frame(expected));
    else expect(parse(line)).toMatchObject({ type: 'mistake' });
  });

  test('raw bytes', () => {
    expect(parse('/bytes 81 00')).toEqual(action({ type: 'bytes', bytes: '<8100>' }));
  });
});

describe('what is seen', () => {
  test.each([
    ['/dump', { type: 'dump' }],
    ['/dump bits', { type: 'dump', form: 'bits' }],
    ['/dump off', { type: 'dump', form: 'off' }],
    ['/filter', { type: 'filter' }],
    ['/filter off', { type: 'filter', filter: 'off' }],
    ['/filter ping, pong', { type: 'filter', filter: { opcodes: [9, 10] } }],
    ['/filter control text', { type: 'filter', filter: { opcodes: [8, 9, 10, 1] } }],
    ['/filter ping me', { type: 'filter', filter: { pattern: /ping me/iu } }],
    ['/filter "ping"', { type: 'filter', filter: { pattern: /ping/iu } }],
    ['/filter a.b/c', { type: 'filter', filter: { pattern: /a\.b\/c/iu } }],
    ['/filter /a.b/i', { type: 'filter', filter: { pattern: /a.b/i } }],
    ['/help', { type: 'help' }],
    ['/help /ping', { type: 'help', topic: 'ping' }],
    ['/handshake', { type: 'handshake' }],
    ['/stats', { type: 'stats' }],
    ['/record', { type: 'record' }],
    ['/record off', { type: 'record-off' }],
    ['/record "a b.har"', { type: 'record', path: 'a b.har' }],
    ['/reconnect', { type: 'reconnect' }],
    ['/quit', { type: 'quit' }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });
});

describe('repeats, and a server with its clients', () => {
  const hello = { type: 'action', action: { type: 'send', opcode: 'text', data: hex('hello') } };
  test.each([
    ['/repeat 3 hello', { type: 'repeat', count: 3, command: hello }],
    ['/repeat 2 /ping', { type: 'repeat', count: 2, command: { type: 'action', action: { type: 'ping', data: '<>' } } }],
    ['/repeat 2 /file a', { type: 'repeat', count: 2, command: { type: 'file', path: 'a', opcode: 'text' } }],
    ['/clients', { type: 'clients' }],
    ['/to 2 hello', { type: 'to', client: 2, command: hello }],
    ['/to 2 /close', { type: 'to', client: 2, command: { type: 'action', action: { type: 'close' } } }],
    ['/to 2 /repeat 3 hello', { type: 'to', client: 2, command: { type: 'repeat', count: 3, command: hello } }],
    ['/all hello', hello],
    ['/ping 2', { type: 'to', client: 2, command: { type: 'action', action: { type: 'ping', data: '<>' } } }],
    ['/ping 2 x y', { type: 'to', client: 2, command: { type: 'action', action: { type: 'ping', data: hex('x y') } } }],
    ['/ping x 2', action({ type: 'ping', data: hex('x 2') })],
    ['/to 2 /ping 3', { type: 'to', client: 2, command: { type: 'action', action: { type: 'ping', data: hex('3') } } }],
    ['/all /ping 3', action({ type: 'ping', data: hex('3') })],
    ['/mute 2', { type: 'mute', client: 2 }],
    ['/unmute 12', { type: 'unmute', client: 12 }],
    ['/kick 2', { type: 'kick', client: 2, code: 1000, reason: '' }],
    ['/kick 2 1008 too loud', { type: 'kick', client: 2, code: 1008, reason: 'too loud' }],
  ])('%s', (line, expected) => {
    expect(parse(line, server)).toEqual(expected);
  });
});

describe('beginnings of commands', () => {
  test.each([
    ['/pi', action({ type: 'ping', data: '<>' })],
    ['/PONG', action({ type: 'pong', data: '<>' })],
    ['/q', { type: 'quit' }],
    ['/t hello', send('hello')],
    ['/c', action({ type: 'close' })],
  ])('%s', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });
});

describe('mistakes say what is wrong and what to write', () => {
  test.each([
    ['/pnig', "there is no command '/pnig'; did you mean /ping?\nto send it as a message, begin with two slashes: '//pnig'"],
    [
      '/xyzzy',
      "there is no command '/xyzzy'; /help lists the commands\nto send it as a message, begin with two slashes: '//xyzzy'",
    ],
    ['/', "/ alone is not a command; /help lists the commands\nto send it as a message, begin with two slashes: '//'"],
    ['/p', "'/p' could be /ping, /pong or /paste"],
    [
      '/kick 1',
      "there is no command '/kick'; /help lists the commands\nto send it as a message, begin with two slashes: '//kick'",
    ],
    ['/binary abc', '\'abc\' is not bytes in hex: 3 hex digits in "abc": two make a byte\nfor example: /binary 48656c6c6f'],
    ['/binary base64:a', "'base64:a' is not valid Base64\nfor example: base64:SGVsbG8="],
    ['/file', 'which file? Give its path\nfor example: /file message.json'],
    ['/json', 'which value? Write JSON after /json\nfor example: /json {"type":"hello"}'],
    [
      '/json {"a": b}',
      'this is not JSON: \'b}\' at character 7 cannot stand there; /text sends it all the same\nfor example: /json {"type":"hello"}',
    ],
    ['/json [1,', 'this is not JSON: it ends too early; /text sends it all the same\nfor example: /json {"type":"hello"}'],
    [
      '/close 1006',
      '1006 only says what happened locally and is never sent (RFC 6455 §7.4.1); a frame by hand can do it: /frame opcode=close 03ee\nfor example: /close 1001 going home',
    ],
    [
      '/close 999',
      '999 is not a code that may be sent here: use 1000–1003, 1007–1014 or 3000–4999 (RFC 6455 §7.4); a frame by hand can do it: /frame opcode=close 03e7\nfor example: /close 1001 going home',
    ],
    ['/close goingaway', "'goingaway' is not a close code; did you mean going-away?\nfor example: /close 1001 going home"],
    ['/fragment', 'what shall be cut into fragments?\nfor example: /fragment 3 Hello, or /fragment Hel | lo'],
    [
      '/fragment hello',
      "'hello' says neither how many pieces nor where to cut\nfor example: /fragment 3 Hello, or /fragment Hel | lo",
    ],
    ['/fragment 0 x', "'0' is not a number of fragments from 1 to 100000\nfor example: /fragment 3 Hello, or /fragment Hel | lo"],
    ['/bytes', 'which bytes? Write them in hex\nfor example: /bytes 81 85 37 fa 21 3d 7f 9f 4d 51 58'],
    ['/repeat x /ping', "'x' is not a number of times from 1 to 1000000\nfor example: /repeat 10 /ping"],
    ['/repeat 2', '/repeat needs something to send\nfor example: /repeat 10 /ping'],
    [
      '/repeat 2 /stats',
      "/repeat takes a message or a command that sends something, not '/stats'\nfor example: /repeat 10 /ping",
    ],
    [
      '/repeat 2 /repeat 2 x',
      "/repeat takes a message or a command that sends something, not '/repeat 2 x'\nfor example: /repeat 10 /ping",
    ],
    ['/dump hexx', "'hexx' is not a form of dump; did you mean hex?\nfor example: /dump hex"],
    ['/filter /(/', "'/(/' is not a regular expression\nfor example: /filter /error|fail/i"],
    ['/stats now', "/stats takes no argument, but 'now' follows it\nfor example: /stats"],
    ['/paste x', '/paste stands alone: the lines follow it\nfor example: /paste'],
  ])('%j', (line, text) => {
    expect(parse(line)).toEqual({ type: 'mistake', text });
  });

  const example = '/frame opcode=ping fin=0 rsv1=1 mask=none len=16bit deadbeef';
  test.each([
    ['/frame', 'what kind of frame? Give at least an opcode or a payload', example],
    ['/frame opcode=pnig', "'opcode=pnig' is not an opcode; did you mean ping?", example],
    [
      '/frame opcode=16',
      "'opcode=16' is not an opcode; it takes 0–15, 0x0–0xf or one of continuation, text, binary, close, ping, pong, cont",
      example,
    ],
    ['/frame opcode=1 opcode=2', 'opcode= is there twice; leave one out', example],
    ['/frame len=7bit len=16bit', 'len= is there twice; leave one out', example],
    ['/frame fin=2', "'fin=2' is one bit: write fin=0 or fin=1", example],
    ['/frame fni=1', "/frame has no key 'fni='; did you mean fin=?", example],
    ['/frame colour=red', "/frame has no key 'colour='; the keys are opcode, fin, rsv1, rsv2, rsv3, mask, len, text", example],
    ['/frame mask=12', "'mask=12' must be none, random, or the 4 bytes of a key in 8 hex digits", '/frame mask=37fa213d "Hello"'],
    ['/frame len=5.5', "'len=5.5' must be 7bit, 16bit, 64bit or the length to announce, below 2^64", example],
    [
      '/frame len=18446744073709551616',
      "'len=18446744073709551616' must be 7bit, 16bit, 64bit or the length to announce, below 2^64",
      example,
    ],
    [
      '/frame len=7bit len=126',
      'len=7bit holds at most 125, but the length is 126',
      '/frame len=7bit len=5 deadbeef (announces 5, sends 4)',
    ],
    ['/frame ping', "'ping' is not a payload in hex; did you mean opcode=ping, or text=ping?", example],
    ['/frame xyz', '\'xyz\' is not bytes in hex: "x" is not a hex digit', example],
    ['/frame "abc', "the quotation '\"abc' has no end", '/frame "hello world"'],
    ['/frame "\\q"', "'\\q' is not an escape: use \\n \\r \\t \\0 \\\\ \\\" or \\xHH", '/frame opcode=text "caf\\xe9"'],
  ])('%s', (line, what, instead) => {
    expect(parse(line)).toEqual({ type: 'mistake', text: `${what}\nfor example: ${instead}` });
  });

  test.each([
    ['/to', 'which client? Give its number\nfor example: /to 2 hello'],
    ['/to x hi', "'x' is not a client's number; /clients lists them\nfor example: /to 2 hello"],
    ['/to 2', '/to needs something to send\nfor example: /to 2 hello'],
    ['/to 2 /clients', "/to takes a message or a command that sends something, not '/clients'\nfor example: /to 2 hello"],
    ['/mute', 'which client? Give its number\nfor example: /mute 2'],
    ['/unmute x', "'x' is not a client's number; /clients lists them\nfor example: /unmute 2"],
    ['/kick 0', "'0' is not a client's number; /clients lists them\nfor example: /kick 2 1008 too loud"],
    ['/to 2 /frame fin=9', `'fin=9' is one bit: write fin=0 or fin=1\nfor example: ${example}`],
  ])('on a server: %s', (line, text) => {
    expect(parse(line, server)).toEqual({ type: 'mistake', text });
  });

  test('too long for a control frame', () => {
    expect(parse(`/ping ${'x'.repeat(126)}`)).toMatchObject({ text: expect.stringContaining('at most 125 bytes, this has 126') });
    expect(parse(`/ping ${'x'.repeat(125)}`)).toMatchObject({ type: 'action' });
    expect(parse(`/close 1000 ${'é'.repeat(62)}`)).toMatchObject({
      text: expect.stringContaining('at most 123 bytes, this has 124'),
    });
  });

  test('a server may not send 1010', () => {
    expect(parse('/close 1010')).toMatchObject({ type: 'action' });
    expect(parse('/close 1010', server)).toMatchObject({ type: 'mistake' });
  });

  test('what was typed is never obeyed by the terminal that shows the mistake', () => {
    expect(parse('/\x1b[2J')).toMatchObject({ text: expect.not.stringContaining('\x1b') });
    expect(parse('/frame opcode=\x9b2J')).toMatchObject({ text: expect.not.stringContaining('\x9b') });
  });
});

describe('the table of commands', () => {
  test.each(COMMANDS.map((command) => [command.example, command] as const))('the example %s works', (line, command) => {
    const context = command.available?.(client) === false ? server : client;
    expect(parseLine(line, context).type).not.toBe('mistake');
  });

  test('/record exists only where there is a recorder', () => {
    expect(parse('/record x.har', { ...client, canRecord: false })).toMatchObject({ type: 'mistake' });
    expect(parse('/re', { ...client, canRecord: false })).toMatchObject({ text: "'/re' could be /repeat or /reconnect" });
  });
});
