import { describe, expect, it } from 'vitest';
import { checkRequest } from '../../../src/protocol/handshake/check-request.ts';
import { buildRequest } from '../../../src/protocol/handshake/request.ts';

const PARTS = { host: 'example.com', target: '/chat', key: 'dGhlIHNhbXBsZSBub25jZQ==' };
const withHeaders = (headers: string[], changes: object = {}) => ({ ...buildRequest({ ...PARTS, headers }), ...changes });
const levels = (headers: string[], changes: object = {}, pasted = false) =>
  checkRequest(withHeaders(headers, changes), { pasted })
    .filter((finding) => finding.level !== 'pass')
    .map((finding) => `${finding.level} ${finding.id}`);

it('every requirement is a finding, in a stable order, and all cite their section', () => {
  const findings = checkRequest(withHeaders([]));
  expect(findings.map((finding) => finding.id)).toEqual(
    'method http-version target host upgrade connection key version origin subprotocol extensions'.split(' '),
  );
  expect(findings.every((finding) => finding.side === 'client' && /^RFC \d+ §/.test(finding.section))).toBe(true);
});

it('several faults are all reported', () => {
  const request = withHeaders(['Upgrade: h2c', 'Connection: close', 'Sec-WebSocket-Key:', 'Host:'], {
    method: 'POST',
    version: 'HTTP/1.0',
  });
  expect(
    checkRequest(request)
      .filter((finding) => finding.level === 'fail')
      .map((finding) => finding.id),
  ).toEqual('method http-version host upgrade connection key'.split(' '));
});

it.each<[what: string, headers: string[], changes: object, expected: string[]]>([
  ['Connection with several tokens, any case', ['Connection: keep-alive, upgrade'], {}, []],
  ['Connection over two lines', ['Connection: keep-alive', 'Connection: Upgrade'], {}, []],
  ['Upgrade with other protocols', ['Upgrade: h2c, WebSocket'], {}, []],
  ['Upgrade that only looks like it', ['Upgrade: websockets'], {}, ['fail upgrade']],
  ['an absolute target', [], { target: 'http://example.com/chat' }, []],
  ['a ws: target', [], { target: 'ws://example.com/chat' }, ['warn target']],
  ['a ws: target that lost its host', [], { target: 'ws://' }, ['fail target']],
  ['a fragment', [], { target: '/chat#a' }, ['fail target']],
  ['an asterisk', [], { target: '*' }, ['fail target']],
  ['an empty Host', ['Host;'], {}, ['fail host']],
  ['a non-canonical key', ['Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC=='], {}, ['warn key']],
  ['a key without padding', ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ'], {}, ['fail key']],
  ['the same key twice', ['Sec-WebSocket-Key: a', 'Sec-WebSocket-Key: a'], {}, ['fail key']],
  ['version 08', ['Sec-WebSocket-Version: 08'], {}, ['fail version']],
  ['version 13, 13', ['Sec-WebSocket-Version: 13, 13'], {}, ['fail version']],
  ['two origins', ['Origin: http://a', 'Origin: http://b'], {}, ['fail origin']],
  ['an empty origin', ['Origin;'], {}, ['warn origin']],
  ['the origin of a draft', ['Sec-WebSocket-Origin: http://a'], {}, ['warn origin']],
  ['subprotocols over two lines', ['Sec-WebSocket-Protocol: a, b', 'Sec-WebSocket-Protocol: c'], {}, []],
  ['a subprotocol twice', ['Sec-WebSocket-Protocol: a, b', 'Sec-WebSocket-Protocol: a'], {}, ['fail subprotocol']],
  ['a subprotocol with a space', ['Sec-WebSocket-Protocol: a b'], {}, ['fail subprotocol']],
  ['no subprotocol in the field', ['Sec-WebSocket-Protocol;'], {}, ['fail subprotocol']],
  ['an empty member', ['Sec-WebSocket-Protocol: a,,b'], {}, ['warn subprotocol']],
  ['extensions over two lines', ['Sec-WebSocket-Extensions: a; b="1"', 'Sec-WebSocket-Extensions: c'], {}, []],
  ['an extension with a hole', ['Sec-WebSocket-Extensions: a; b='], {}, ['fail extensions']],
  ['a quoted value that is no token', ['Sec-WebSocket-Extensions: a; b="x y"'], {}, ['fail extensions']],
  ['no extension in the field', ['Sec-WebSocket-Extensions: ,'], {}, ['fail extensions']],
])('%s', (_what, headers, changes, expected) => {
  expect(levels(headers, changes)).toEqual(expected);
});

it('a grammar fault says where it is', () => {
  const found = checkRequest(withHeaders(['Sec-WebSocket-Extensions: a; b='])).find((finding) => finding.id === 'extensions');
  expect(found?.hint).toBe('a value was expected here, at character 6.');
});

it('secrets in the target are not repeated', () => {
  expect(JSON.stringify(checkRequest(withHeaders([], { target: '/?token=hunter2' })))).not.toContain('hunter2');
});

describe('older handshakes', () => {
  it('version 8 is verified in pasted text and not spoken on the wire', () => {
    const headers = ['Sec-WebSocket-Version: 8', 'Sec-WebSocket-Origin: http://a'];
    expect(levels(headers, {}, true)).toEqual([]);
    expect(levels(headers)).toEqual(['fail version']);
  });

  it.each([
    ['hixie-76', ['Sec-WebSocket-Key1: 1 2', 'Sec-WebSocket-Key2: 3 4', 'Sec-WebSocket-Key:', 'Sec-WebSocket-Version:']],
    ['hybi-01 to -03', ['Sec-WebSocket-Key1: 1 2', 'Sec-WebSocket-Draft: 2', 'Sec-WebSocket-Key:', 'Sec-WebSocket-Version:']],
    ['hixie-75', ['Upgrade: WebSocket', 'Sec-WebSocket-Key:', 'Sec-WebSocket-Version:']],
    ['hybi-04 (version 4)', ['Sec-WebSocket-Version: 4']],
    ['hybi-07 (version 7)', ['Sec-WebSocket-Version: 7']],
  ])('%s is named politely, once', (name, headers) => {
    const failed = checkRequest(withHeaders(headers), { pasted: true }).filter((finding) => finding.level === 'fail');
    expect(failed.map((finding) => finding.id)).toEqual(['version']);
    expect(failed[0]?.hint).toBe(`This is a ${name} handshake, from before RFC 6455.`);
  });

  it('a host that was cut out of pasted text is a warning', () => {
    expect(levels(['Host:'], { target: 'ws://' }, true)).toEqual(['warn target', 'warn host']);
    expect(levels(['Host:'], { target: '/' }, true)).toEqual(['fail host']);
  });
});
