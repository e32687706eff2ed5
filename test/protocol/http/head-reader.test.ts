import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHead, fieldValues, firstValue, type Head, SERVER_HEAD_LIMITS } from '../../../src/protocol/http/head.ts';
import { HeadReader, readHead } from '../../../src/protocol/http/head-reader.ts';

const LIMITS = { maxBytes: 1024, maxFields: 8 };
const bytes = (text: string) => Buffer.from(text, 'latin1');

const REQUEST = 'GET /chat?a=1 HTTP/1.1\r\nHost: example.com\r\nX-Odd:\t a  b \r\nx-odd:caf\xe9\r\nEmpty:\r\n\r\n';

/** Reads the same bytes whole, byte by byte, and with something behind them. */
function readEachWay(kind: Head['kind'], text: string) {
  const whole = readHead(bytes(text), kind, LIMITS);
  const reader = new HeadReader(kind, LIMITS);
  let last = reader.push(new Uint8Array(0));
  for (const byte of bytes(text)) {
    if (last.state !== 'incomplete') break;
    last = reader.push(Uint8Array.of(byte));
  }
  return [whole, last, readHead(bytes(`${text}\x81\x00`), kind, LIMITS)] as const;
}

describe('a head that is well formed', () => {
  it('keeps the order, the case and the repeats of its fields', () => {
    const result = readHead(bytes(REQUEST), 'request', LIMITS);
    expect(result).toMatchObject({ state: 'complete' });
    if (result.state !== 'complete') return;
    expect(result.head).toEqual({
      kind: 'request',
      method: 'GET',
      target: '/chat?a=1',
      version: 'HTTP/1.1',
      fields: [
        { name: 'Host', value: 'example.com' },
        { name: 'X-Odd', value: 'a  b' },
        { name: 'x-odd', value: 'caf\xe9' },
        { name: 'Empty', value: '' },
      ],
    });
    expect(fieldValues(result.head, 'X-ODD')).toEqual(['a  b', 'caf\xe9']);
    expect(['X-ODD', 'Empty', 'x-even', 'Hose'].map((name) => firstValue(result.head, name))).toEqual([
      'a  b',
      '',
      undefined,
      undefined,
    ]);
    expect(Buffer.from(result.raw).toString('latin1')).toBe(REQUEST);
  });

  it('leaves the bytes behind it alone: they may be frames already', () => {
    const result = readHead(bytes(`${REQUEST}\x81\x02hi`), 'request', LIMITS);
    expect(result.state === 'complete' && Buffer.from(result.rest).toString('latin1')).toBe('\x81\x02hi');
  });

  it('is the same in one piece, byte by byte, and split anywhere', () => {
    const whole = readHead(bytes(REQUEST), 'request', LIMITS);
    for (let at = 0; at <= REQUEST.length; at += 1) {
      const reader = new HeadReader('request', LIMITS);
      const first = reader.push(bytes(REQUEST.slice(0, at)));
      const result = first.state === 'incomplete' ? reader.push(bytes(REQUEST.slice(at))) : first;
      expect(result.state === 'complete' && result.head).toEqual(whole.state === 'complete' && whole.head);
    }
  });

  it.each([
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 101, 'Switching Protocols'],
    ['HTTP/1.1 404 \r\n\r\n', 404, ''],
    ['HTTP/1.1 404\r\n\r\n', 404, ''],
    ['HTTP/1.0 200 Tr\xe8s bien\r\n\r\n', 200, 'Tr\xe8s bien'],
  ])('status line %j', (text, status, reason) => {
    expect(readHead(bytes(text), 'response', LIMITS)).toMatchObject({ state: 'complete', head: { status, reason } });
  });
});

describe('a head that is not well formed is named, however it arrives', () => {
  const requests: [what: string, text: string, id: string, status: number][] = [
    ['obs-fold', 'GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n', 'obs-fold', 400],
    ['obs-fold first', 'GET / HTTP/1.1\r\n\tA: b\r\n\r\n', 'obs-fold', 400],
    ['no colon', 'GET / HTTP/1.1\r\nHost\r\n\r\n', 'colon-missing', 400],
    ['space before colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 'space-before-colon', 400],
    ['no name', 'GET / HTTP/1.1\r\n: a\r\n\r\n', 'name-empty', 400],
    ['odd name', 'GET / HTTP/1.1\r\nHo st: a\r\n\r\n', 'name-invalid', 400],
    ['bare LF', 'GET / HTTP/1.1\nHost: a\n\n', 'bare-lf', 400],
    ['bare LF in the fields', 'GET / HTTP/1.1\r\nHost: a\n\r\n', 'bare-lf', 400],
    ['CR in a value', 'GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n', 'bare-cr', 400],
    ['NUL in a value', 'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n', 'nul', 400],
    ['two spaces', 'GET  / HTTP/1.1\r\n\r\n', 'request-line', 400],
    ['no version', 'GET /\r\n\r\n', 'request-line', 400],
    ['odd method', 'G(T / HTTP/1.1\r\n\r\n', 'request-line', 400],
    ['target with 8-bit character', 'GET /\xe9 HTTP/1.1\r\n\r\n', 'request-line', 400],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\n', 'http-version', 505],
    ['a TLS ClientHello', '\x16\x03\x01\x02\x00', 'not-http', 400],
    ['an empty first line', '\r\nGET / HTTP/1.1\r\n\r\n', 'not-http', 400],
    ['too many fields', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(9)}\r\n`, 'too-many-fields', 431],
    ['too large', `GET / HTTP/1.1\r\nA: ${'b'.repeat(2000)}\r\n\r\n`, 'too-large', 431],
    ['too large without a line end', `GET /${'b'.repeat(2000)}`, 'too-large', 431],
  ];
  it.each(requests)('%s', (_what, text, id, status) => {
    for (const result of readEachWay('request', text)) expect(result).toMatchObject({ state: 'invalid', id, status });
  });

  it.each([
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n', 'not-http'],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46', 'not-http'],
    ['two digits', 'HTTP/1.1 99 No\r\n\r\n', 'status-line'],
    ['four digits', 'HTTP/1.1 1010 No\r\n\r\n', 'status-line'],
    ['no status', 'HTTP/1.1\r\n\r\n', 'status-line'],
  ])('response: %s', (_what, text, id) => {
    for (const result of readEachWay('response', text)) expect(result).toMatchObject({ state: 'invalid', id, status: 400 });
  });
});

describe('limits', () => {
  it('the head may be exactly as large as the limit', () => {
    const head = `GET / HTTP/1.1\r\nA: ${'b'.repeat(1024 - 23)}\r\n\r\n`;
    expect(head).toHaveLength(1024);
    expect(readHead(bytes(`${head}more`), 'request', LIMITS).state).toBe('complete');
    expect(readHead(bytes(`${head}more`), 'request', { ...LIMITS, maxBytes: 1023 })).toMatchObject({ id: 'too-large' });
  });

  it('reads 16 KiB that come byte by byte in linear time: no byte is looked at twice', () => {
    const text = bytes(`GET / HTTP/1.1\r\nA: ${'b'.repeat(16_000)}\r\n\r\n`);
    const reader = new HeadReader('request', SERVER_HEAD_LIMITS);
    const started = performance.now();
    let state = 'incomplete';
    for (const byte of text) state = reader.push(Uint8Array.of(byte)).state;
    expect(state).toBe('complete');
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

it('lenient: pasted text may end its lines with LF', () => {
  const text = 'GET / HTTP/1.1\nHost: a\r\n\n';
  expect(readHead(bytes(text), 'request', LIMITS, { lenient: true })).toMatchObject({
    head: { fields: [{ name: 'Host', value: 'a' }] },
  });
});

it('what is encoded reads as the same head', () => {
  const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
  const value = fc.stringMatching(/^[!-~\x80-\xff](?:[ -~\x80-\xff]{0,20}[!-~\x80-\xff])?$|^$/);
  const fields = fc.array(fc.record({ name, value }), { maxLength: 6 });
  fc.assert(
    fc.property(fields, fc.integer({ min: 100, max: 999 }), (list, status) => {
      const head: Head = { kind: 'response', version: 'HTTP/1.1', status, reason: 'Fine', fields: list };
      const result = readHead(encodeHead(head), 'response', { maxBytes: 4096, maxFields: 8 });
      expect(result.state === 'complete' && result.head).toEqual(head);
    }),
  );
});

it('no bytes whatever make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('request' as const, 'response' as const), (noise, kind) => {
      const prefix = kind === 'request' ? 'GET / HTTP/1.1\r\n' : 'HTTP/1.1 101 a\r\n';
      readHead(Buffer.concat([bytes(prefix), noise]), kind, LIMITS);
      readHead(noise, kind, LIMITS);
    }),
  );
});
