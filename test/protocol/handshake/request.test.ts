import { describe, expect, it } from 'vitest';
import { checkRequest } from '../../../src/protocol/handshake/check-request.ts';
import { applyHeaderLines, buildRequest, parseHeaderLine } from '../../../src/protocol/handshake/request.ts';
import { encodeHead } from '../../../src/protocol/http/head.ts';
import { LocalProtocolError } from '../../../src/protocol/rule.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const PARTS = { host: 'example.com', target: '/chat?x=1', key: KEY };
const text = (parts: Parameters<typeof buildRequest>[0]) => Buffer.from(encodeHead(buildRequest(parts))).toString('latin1');

it('is written in the order of browsers', () => {
  const parts = {
    ...PARTS,
    subprotocols: ['chat', 'superchat'],
    extensions: 'permessage-deflate',
    origin: 'https://example.com',
  };
  expect(text({ ...parts, headers: ['User-Agent: wstap', 'Cookie: a=b'] })).toBe(
    [
      'GET /chat?x=1 HTTP/1.1',
      'Host: example.com',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Origin: https://example.com',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Extensions: permessage-deflate',
      'Sec-WebSocket-Protocol: chat, superchat',
      'User-Agent: wstap',
      'Cookie: a=b',
      '',
      '',
    ].join('\r\n'),
  );
});

it('meets every requirement by itself', () => {
  expect(checkRequest(buildRequest(PARTS)).filter((finding) => finding.level !== 'pass')).toEqual([]);
});

describe('header lines of the user', () => {
  const names = (headers: readonly string[]) =>
    applyHeaderLines(
      [
        { name: 'Host', value: 'h' },
        { name: 'Upgrade', value: 'websocket' },
      ],
      headers,
    ).map((f) => `${f.name}=${f.value}`);

  it.each<[what: string, headers: string[], expected: string[]]>([
    ['a default is replaced in its place, in the case given', ['HOST: other'], ['HOST=other', 'Upgrade=websocket']],
    ['given twice, it is sent twice', ['Host: a', 'Host: b'], ['Host=a', 'Upgrade=websocket', 'Host=b']],
    ['`K:` removes a default', ['Host:'], ['Upgrade=websocket']],
    ['`K;` sends it empty', ['Host;', 'X-Empty;'], ['Host=', 'Upgrade=websocket', 'X-Empty=']],
    [
      'others follow in the order given, repeats kept',
      ['b: 1', 'a: 2', 'b: 3'],
      ['Host=h', 'Upgrade=websocket', 'b=1', 'a=2', 'b=3'],
    ],
    ['removed and given again', ['Host:', 'Host: x'], ['Host=x', 'Upgrade=websocket']],
    ['a value may hold colons and semicolons', ['X: a:b;'], ['Host=h', 'Upgrade=websocket', 'X=a:b;']],
  ])('%s', (_what, headers, expected) => {
    expect(names(headers)).toEqual(expected);
  });

  it('what is not latin-1 goes out as UTF-8', () => {
    expect(Buffer.from(encodeHead(buildRequest({ ...PARTS, headers: ['X: é→'] }))).toString('utf8')).toContain('X: é→\r\n');
  });

  it.each([
    ['X', "a header is written 'Name: value'"],
    ['X: a\r\nY: b', 'a header may not hold a line break or a NUL character'],
    [': a', 'the name before the colon is not a header name'],
    ['A B: c', 'the name before the colon is not a header name'],
  ])('%j is refused', (line, problem) => {
    expect(parseHeaderLine(line)).toBe(problem);
    expect(() => buildRequest({ ...PARTS, headers: [line] })).toThrow(LocalProtocolError);
  });

  it.each([
    { host: 'x\r\nEvil: 1' },
    { origin: 'http://a\r\nEvil: 1' },
    { extensions: 'permessage-deflate\nEvil: 1' },
    { subprotocols: ['chat', 'a\0'] },
  ])('a line break or NUL would be another field: %j', (parts) => {
    expect(() => buildRequest({ ...PARTS, ...parts })).toThrow(LocalProtocolError);
  });

  it('a target with a blank would be another request', () => {
    expect(() => buildRequest({ ...PARTS, target: '/a b' })).toThrow(LocalProtocolError);
  });
});
