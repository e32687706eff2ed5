import { describe, expect, test } from 'vitest';
import {
  checkConnectProtocol,
  checkExtendedRequest,
  checkExtendedResponse,
} from '../../../src/protocol/handshake/check-extended-connect.ts';
import { extendedRequest, extendedResponse } from '../../../src/protocol/handshake/extended-connect.ts';
import type { Finding } from '../../../src/protocol/handshake/finding.ts';
import type { Field } from '../../../src/protocol/http/head.ts';

const GOOD = [
  ':method: CONNECT',
  ':protocol: websocket',
  ':scheme: https',
  ':path: /chat',
  ':authority: a.example',
  'sec-websocket-version: 13',
];
const fields = (lines: readonly string[]): Field[] =>
  lines.map((line) => {
    const at = line.indexOf(': ', 1);
    return { name: line.slice(0, at), value: line.slice(at + 2) };
  });
const request = (...lines: string[]) => extendedRequest(fields(lines));
/** The good one without the fields of that name, and with these. */
const instead = (name: string, ...more: string[]) => [...GOOD.filter((line) => !line.startsWith(`${name}: `)), ...more];
const said = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== 'pass').map(({ id, level }) => `${level} ${id}`);

describe('the request', () => {
  test('a good one: every requirement is told', () => {
    const findings = checkExtendedRequest(request(...GOOD));
    expect(findings.map(({ id, level, section }) => `${level} ${id} ${section}`)).toEqual([
      'pass method RFC 8441 §4',
      'pass protocol RFC 8441 §5',
      'pass scheme RFC 8441 §5',
      'pass path RFC 8441 §4',
      'pass authority RFC 9113 §8.3.1',
      'pass connection-fields RFC 9113 §8.2.2',
      'pass key RFC 8441 §5',
      'pass version RFC 6455 §4.1',
      'pass origin RFC 6455 §4.1',
      'pass subprotocol RFC 6455 §4.1',
      'pass extensions RFC 6455 §9.1',
    ]);
  });

  test.each<[what: string, lines: string[], said: string[]]>([
    ['GET is judged no further', instead(':method', ':method: GET'), ['fail method']],
    ['a CONNECT of old is judged no further', instead(':protocol'), ['fail protocol']],
    ['another protocol', instead(':protocol', ':protocol: connect-udp'), ['fail protocol']],
    ['case does not count', instead(':protocol', ':protocol: WebSocket'), []],
    ['a scheme of WebSocket', instead(':scheme', ':scheme: wss'), ['fail scheme']],
    ['no scheme', instead(':scheme'), ['fail scheme']],
    ['no path', instead(':path'), ['fail path']],
    ['an asterisk', instead(':path', ':path: *'), ['fail path']],
    ['a fragment', instead(':path', ':path: /a#b'), ['fail path']],
    ['no authority', instead(':authority'), ['fail authority']],
    ['a host in its place', instead(':authority', 'host: a.example'), ['warn authority']],
    ['two hosts that differ', [...GOOD, 'host: b.example'], ['fail authority']],
    ['two hosts that are one', [...GOOD, 'host: A.example'], []],
    ['fields of HTTP/1.1', [...GOOD, 'upgrade: websocket'], ['fail connection-fields']],
    ['a key', [...GOOD, 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='], ['warn key']],
    ['no version', instead('sec-websocket-version'), ['fail version']],
    ['version 12', instead('sec-websocket-version', 'sec-websocket-version: 12'), ['fail version']],
    ['a subprotocol twice', [...GOOD, 'sec-websocket-protocol: a, a'], ['fail subprotocol']],
    ['extensions that break the grammar', [...GOOD, 'sec-websocket-extensions: ;'], ['fail extensions']],
  ])('%s', (_, lines, expected) => {
    expect(said(checkExtendedRequest(request(...lines)))).toEqual(expected);
  });

  test('a secret in the path is not repeated', () => {
    const findings = checkExtendedRequest(request(...instead(':path', ':path: /?token=s3cret')));
    expect(JSON.stringify(findings)).not.toContain('s3cret');
  });
});

describe('the answer', () => {
  const asked = request(...GOOD, 'sec-websocket-protocol: a, b', 'sec-websocket-extensions: permessage-deflate');
  const judged = (...lines: string[]) => checkExtendedResponse(asked, extendedResponse(fields(lines)), () => undefined);

  test('a good one: every requirement is told', () => {
    const findings = judged(':status: 200', 'sec-websocket-protocol: b', 'sec-websocket-extensions: permessage-deflate');
    expect(findings.map(({ id, level, section }) => `${level} ${id} ${section}`)).toEqual([
      'pass status RFC 8441 §5',
      'pass connection-fields RFC 9113 §8.2.2',
      'pass accept RFC 8441 §5',
      'pass subprotocol RFC 6455 §4.1',
      'pass extensions RFC 6455 §4.1',
    ]);
  });

  test.each<[lines: string[], said: string[]]>([
    [[':status: 101', 'sec-websocket-protocol: a'], ['fail status']],
    [[':status: 404'], ['fail status']],
    [[':status: 204', 'sec-websocket-protocol: a'], ['warn status']],
    [[':status: 200'], ['warn subprotocol']],
    [[':status: 200', 'sec-websocket-protocol: c'], ['fail subprotocol']],
    [[':status: 200', 'sec-websocket-protocol: a', 'sec-websocket-extensions: x'], ['fail extensions']],
    [[':status: 200', 'sec-websocket-protocol: a', 'connection: upgrade'], ['fail connection-fields']],
    [[':status: 200', 'sec-websocket-protocol: a', 'sec-websocket-accept: x'], ['warn accept']],
    [[':status: 200', 'sec-websocket-protocol: a', 'content-length: 0'], ['warn body']],
  ])('%j: %j', (lines, expected) => {
    expect(said(judged(...lines))).toEqual(expected);
  });
});

test('SETTINGS: who does not allow it gets no extended CONNECT', () => {
  expect(checkConnectProtocol(true)).toMatchObject({ id: 'settings', level: 'pass', section: 'RFC 8441 §3', side: 'server' });
  expect(checkConnectProtocol(false)).toMatchObject({
    level: 'fail',
    expected: '1',
    actual: '0, or not sent',
    hint: "This server's HTTP/2 does not do WebSocket; try --http1.1.",
  });
});
