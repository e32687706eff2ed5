import { describe, expect, it } from 'vitest';
import type { DialectName } from '../../../src/protocol/dialect/name.ts';
import { chooseDialect, recogniseAnswer, recogniseRequest } from '../../../src/protocol/dialect/recognise.ts';
import type { RequestHead, ResponseHead } from '../../../src/protocol/http/head.ts';
import { HANDSHAKES } from './handshake-vectors.ts';

const fieldsOf = (lines: readonly string[]) =>
  lines.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 1).trim() }));
const request = (...lines: string[]): RequestHead => ({
  kind: 'request',
  method: 'GET',
  target: '/',
  version: 'HTTP/1.1',
  fields: fieldsOf(lines),
});
const response = (...lines: string[]): ResponseHead => ({
  kind: 'response',
  status: 101,
  reason: '',
  version: 'HTTP/1.1',
  fields: fieldsOf(lines),
});

const KEYS = ['Sec-WebSocket-Key1: 1 !', 'Sec-WebSocket-Key2: 1 !'];
const OF_VECTOR: Readonly<Record<string, DialectName>> = {
  'hs-75': 'hixie-75',
  'hs-75-document001': 'hixie-75',
  'hs-76': 'hixie-76',
  'hs-03': 'hybi-02',
  'hs-04': 'hybi-04',
  'hs-05': 'hybi-05',
  'hs-06': 'hybi-06',
  'hs-07': 'hybi-07',
  'hs-08': 'hybi-08',
  'hs-08-document000': 'hybi-08',
  'hs-11': 'hybi-11',
  'hs-13': 'rfc6455',
};

describe('requests', () => {
  it.each(HANDSHAKES)('$id', ({ id, request: { head } }) => {
    expect(recogniseRequest(head).dialect).toBe(OF_VECTOR[id]);
  });

  it.each<[lines: string[], dialect: DialectName]>([
    [[...KEYS, 'Sec-WebSocket-Draft: 0'], 'hixie-76'],
    [[...KEYS, 'Sec-WebSocket-Draft: 1'], 'hybi-01'],
    [[...KEYS, 'Sec-WebSocket-Draft: 2'], 'hybi-02'],
    [[...KEYS, 'Sec-WebSocket-Draft: 3'], 'hybi-03'],
    [['Sec-WebSocket-Version: 8', 'Origin: a:80', 'Sec-WebSocket-Origin: http://a'], 'hybi-08'],
    [['Sec-WebSocket-Version: 8'], 'hybi-08'],
    [['Sec-WebSocket-Version: 13', ...KEYS], 'rfc6455'],
    [['Upgrade: WebSocket'], 'hixie-75'],
  ])('%j is %s', (lines, dialect) => {
    expect(recogniseRequest(request(...lines))).toMatchObject({ dialect });
  });

  it.each<[lines: string[], problem: string, version?: string]>([
    [[KEYS[0] ?? ''], 'Of the two keys of hixie-76 only Sec-WebSocket-Key1 is there.'],
    [[KEYS[1] ?? '', 'Upgrade: WebSocket'], 'Of the two keys of hixie-76 only Sec-WebSocket-Key2 is there.'],
    [
      ['Sec-WebSocket-Key: a', 'Upgrade: WebSocket'],
      'Sec-WebSocket-Key is there, but no Sec-WebSocket-Version says which draft is meant.',
    ],
    [[...KEYS, 'Sec-WebSocket-Draft: 9'], 'Sec-WebSocket-Draft is 9; only 0 to 3 are known.'],
    [[...KEYS, 'Sec-WebSocket-Draft: constructor'], 'Sec-WebSocket-Draft is constructor; only 0 to 3 are known.'],
    [['Sec-WebSocket-Version: 9'], 'No draft was ever spoken as version 9.', '9'],
    [['Sec-WebSocket-Version: 1'], 'No draft was ever spoken as version 1.', '1'],
    [['Sec-WebSocket-Version: 013'], 'No draft was ever spoken as version 013.', '013'],
    [['Sec-WebSocket-Version:'], 'No draft was ever spoken as version (empty).', ''],
    [['Sec-WebSocket-Version: toString'], 'No draft was ever spoken as version toString.', 'toString'],
    [['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 8'], 'Sec-WebSocket-Version is there more than once.', '13, 8'],
    [['Upgrade: websocket'], 'Neither Sec-WebSocket-Key nor Sec-WebSocket-Version is there: the request is not whole.'],
    [['Upgrade: h2c'], 'Upgrade does not ask for a WebSocket.'],
    [[], 'The request has no Upgrade: it does not ask for a WebSocket.'],
  ])('%j is none', (lines, problem, version) => {
    expect(recogniseRequest(request(...lines))).toEqual({ problem, ...(version === undefined ? {} : { version }) });
  });

  it('what cannot be told apart goes by what is on', () => {
    const draftless = recogniseRequest(request(...KEYS));
    expect(chooseDialect(draftless, ['hixie-76', 'hybi-01'])).toBe('hixie-76');
    expect(chooseDialect(draftless, ['hybi-01'])).toBe('hybi-01');
    expect(chooseDialect(draftless, ['rfc6455'])).toBeUndefined();
    expect(chooseDialect(recogniseRequest(request(...KEYS, 'Sec-WebSocket-Draft: 2')), ['hybi-03'])).toBe('hybi-03');
    const four = recogniseRequest(request('Sec-WebSocket-Version: 4'));
    expect(chooseDialect(four, ['hybi-04-libwebsockets'])).toBe('hybi-04-libwebsockets');
    expect(chooseDialect(recogniseRequest(request()), ['rfc6455'])).toBeUndefined();
  });
});

describe('answers', () => {
  it.each(HANDSHAKES)('$id fits what was asked', ({ id, answer }) => {
    expect(recogniseAnswer(answer.head, OF_VECTOR[id] ?? 'rfc6455')).toMatchObject({ fits: true });
  });

  it.each<[asked: DialectName, lines: string[], spoke: string, said: string]>([
    ['rfc6455', ['WebSocket-Origin: http://a'], 'hixie-75', 'never proved that it read the request'],
    ['rfc6455', ['WebSocket-Location: ws://a/'], 'hixie-75', 'Ask again in hixie-75 or hixie-76.'],
    ['hixie-76', ['WebSocket-Location: ws://a/'], 'hixie-75', 'Ask again in hixie-75.'],
    ['rfc6455', ['Sec-WebSocket-Location: ws://a/'], 'hixie-76', 'Ask again in hixie-76.'],
    ['hybi-07', ['Sec-WebSocket-Accept: a', 'Sec-WebSocket-Nonce: b'], 'hybi-04', 'Ask again in hybi-04.'],
    ['hybi-04', ['Sec-WebSocket-Accept: a'], 'as asked', 'Sec-WebSocket-Nonce is missing'],
    ['hixie-76', ['Sec-WebSocket-Accept: a'], 'as asked', 'not in hixie-76'],
    ['rfc6455', ['Upgrade: websocket'], 'nothing known', 'no WebSocket server'],
  ])('%s, answered by %j', (asked, lines, spoke, said) => {
    const found = recogniseAnswer(response(...lines), asked);
    expect(found).toMatchObject({ spoke, fits: false });
    expect(found.diagnosis).toContain(said);
  });
});
