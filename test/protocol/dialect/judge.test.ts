import { describe, expect, it } from 'vitest';
import { judgeHandshake } from '../../../src/protocol/dialect/judge.ts';
import type { DialectName } from '../../../src/protocol/dialect/name.ts';
import { applyHeaderLines } from '../../../src/protocol/handshake/request.ts';
import { HANDSHAKES, keysNamed, vectorNamed } from './handshake-vectors.ts';

const EXPECTED: Readonly<Record<string, DialectName>> = {
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

const failed = ({ findings }: ReturnType<typeof judgeHandshake>) =>
  findings.filter(({ level }) => level === 'fail').map(({ id }) => id);

describe('every vector, nobody having said what it is', () => {
  it.each(HANDSHAKES)('$id, both halves', ({ id, request, answer }) => {
    const judged = judgeHandshake(request, answer, { pasted: true });
    expect(judged.dialect).toBe(EXPECTED[id]);
    expect(failed(judged)).toEqual([]);
    expect(judged.arithmetic !== undefined).toBe(request.body.length === 8);
    expect(judged.restored).toBeUndefined();
  });

  it.each(HANDSHAKES)('$id, its answer alone', ({ answer }) => {
    const judged = judgeHandshake(undefined, answer, { pasted: true });
    expect(failed(judged)).toEqual([]);
    expect(judged.findings.some(({ level }) => level === 'warn')).toBe(true);
  });

  it.each(HANDSHAKES)('$id, its request alone', ({ id, request }) => {
    const judged = judgeHandshake(request, undefined, { pasted: true });
    expect([judged.dialect, failed(judged)]).toEqual([EXPECTED[id], []]);
  });
});

it('spaces that a page swallowed are restored from the answer', () => {
  const { request, answer } = vectorNamed('hs-76');
  const keys = keysNamed('76-A-collapsed');
  const fields = applyHeaderLines(request.head.fields, [`Sec-WebSocket-Key1: ${keys.key1}`, `Sec-WebSocket-Key2: ${keys.key2}`]);
  const judged = judgeHandshake({ head: { ...request.head, fields }, body: request.body }, answer, { pasted: true });
  expect(failed(judged)).toEqual(['key1']);
  expect(judged.arithmetic).toMatchObject({ key1: { spaces: 4, remainder: 3n }, proof: undefined });
  expect(judged.restored).toMatchObject({ key1: { spaces: 5, quotient: 829309203n }, key2: { spaces: 5, quotient: 259970620n } });
});

it('one key alone is a malformed hixie-76', () => {
  const { request } = vectorNamed('hs-76');
  const fields = request.head.fields.filter(({ name }) => name !== 'Sec-WebSocket-Key1');
  const judged = judgeHandshake({ ...request, head: { ...request.head, fields }, raw: undefined }, undefined);
  expect(judged.dialect).toBe('hixie-76');
  expect(failed(judged)).toEqual(['key1']);
});

it('what is no dialect is measured by today’s', () => {
  const head = {
    kind: 'request',
    method: 'GET',
    target: '/',
    version: 'HTTP/1.1',
    fields: [{ name: 'Host', value: 'a' }],
  } as const;
  const judged = judgeHandshake({ head, body: Buffer.alloc(0) }, undefined);
  expect(judged.dialect).toBeUndefined();
  expect(failed(judged)).toEqual(['upgrade', 'connection', 'key', 'version']);
});

it('notes name an old dialect and explain old extensions', () => {
  const { request, answer } = vectorNamed('hs-07');
  const fields = [...request.head.fields, { name: 'Sec-WebSocket-Extensions', value: 'deflate-stream' }];
  const { notes } = judgeHandshake({ ...request, head: { ...request.head, fields } }, answer);
  expect(notes).toEqual(['This handshake is of hybi-07 (version 7).', expect.stringMatching(/^deflate-stream: /)]);
  const today = vectorNamed('hs-13');
  expect(judgeHandshake(today.request, today.answer).notes).toEqual([]);
});
