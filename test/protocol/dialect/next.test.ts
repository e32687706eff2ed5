import { describe, expect, it } from 'vitest';
import type { DialectName } from '../../../src/protocol/dialect/name.ts';
import { nextDialects } from '../../../src/protocol/dialect/next.ts';
import type { ResponseHead } from '../../../src/protocol/http/head.ts';

const answer = (status: number, ...lines: string[]): ResponseHead => ({
  kind: 'response',
  version: 'HTTP/1.1',
  status,
  reason: '',
  fields: lines.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 1).trim() })),
});

/** What peers of the day were seen to answer to a version that they do not speak. */
describe('a list of versions', () => {
  it.each<[what: string, head: ResponseHead, next: DialectName[]]>([
    ['one', answer(426, 'Sec-WebSocket-Version: 8'), ['hybi-08']],
    ['without spaces, 0 is hixie-76', answer(400, 'Sec-WebSocket-Version: 0,7,8'), ['hybi-08', 'hybi-07', 'hixie-76']],
    ['over several lines', answer(400, 'Sec-WebSocket-Version: 6', 'Sec-WebSocket-Version: 7'), ['hybi-07', 'hybi-06']],
    ['whatever the status', answer(404, 'Sec-WebSocket-Version: 8'), ['hybi-08']],
    ['unknown ones left out', answer(426, 'Sec-WebSocket-Version: 99, 12, 8, x, 8'), ['hybi-08']],
    ['unknown ones only', answer(426, 'Sec-WebSocket-Version: 99, __proto__'), []],
    ['with the one that was asked for: it is about something else', answer(400, 'Sec-WebSocket-Version: 13, 8'), []],
  ])('%s', (_what, head, next) => {
    expect(nextDialects(head, ['rfc6455']).next).toEqual(next);
  });

  it('what was tried is not tried again; both forms of version 8 are one', () => {
    const head = answer(426, 'Sec-WebSocket-Version: 8, 7');
    expect(nextDialects(head, ['hybi-11', 'rfc6455']).next).toEqual(['hybi-07']);
  });

  it('what was learnt', () => {
    expect(nextDialects(answer(426, 'Sec-WebSocket-Version: 0,8'), ['rfc6455']).learnt).toBe(
      'The server does not speak RFC 6455 (version 13); it names versions 0, 8.',
    );
    expect(nextDialects(answer(400, 'Sec-WebSocket-Version: 13'), ['rfc6455']).learnt).toContain('refused for another reason');
  });
});

describe('nothing said', () => {
  it.each<[head: ResponseHead | undefined]>([
    [undefined],
    [answer(400)],
    [answer(426)],
    [answer(500)],
    [answer(501)],
    [answer(200)],
  ])('%#', (head) => {
    expect(nextDialects(head, ['rfc6455']).next).toEqual(['hybi-08', 'hixie-76', 'hixie-75']);
    expect(nextDialects(head, ['rfc6455', 'hybi-08']).next).toEqual(['hixie-76', 'hixie-75']);
    expect(nextDialects(head, ['rfc6455', 'hybi-08', 'hixie-76', 'hixie-75']).next).toEqual([]);
  });

  it.each([301, 401, 403, 404, 407, 429, 503])('%d is not about versions', (status) => {
    expect(nextDialects(answer(status), ['rfc6455'])).toEqual({
      next: [],
      learnt: `The server answered ${status}, which says nothing about versions.`,
    });
  });
});

describe('a 101 of another generation', () => {
  it.each<[head: ResponseHead, next: DialectName[]]>([
    [answer(101, 'WebSocket-Location: ws://a/'), ['hixie-76', 'hixie-75']],
    [answer(101, 'Sec-WebSocket-Location: ws://a/'), ['hixie-76']],
    [answer(101, 'Sec-WebSocket-Accept: a', 'Sec-WebSocket-Nonce: b'), ['hybi-04']],
    [answer(101, 'Sec-WebSocket-Accept: a'), []],
    [answer(101), []],
  ])('%#', (head, next) => {
    expect(nextDialects(head, ['rfc6455']).next).toEqual(next);
  });
});

describe('what an earlier answer named', () => {
  const tried: DialectName[] = ['rfc6455', 'hybi-07'];

  it.each([[undefined], [answer(400)]])('comes before what nobody did, and nothing comes twice (%#)', (head) => {
    const { next } = nextDialects(head, tried, ['hybi-07', 'hybi-04', 'hybi-08']);
    expect(next).toEqual(['hybi-04', 'hybi-08', 'hixie-76', 'hixie-75']);
  });

  it('is all that is left where an answer is about something else', () => {
    expect(nextDialects(answer(404), tried, ['hybi-07', 'hybi-04']).next).toEqual(['hybi-04']);
  });

  it('is what a list says', () => {
    expect(nextDialects(answer(426, 'Sec-WebSocket-Version: 7, 4'), ['rfc6455']).named).toEqual(['hybi-07', 'hybi-04']);
    expect(nextDialects(answer(426, 'Sec-WebSocket-Version: 99'), ['rfc6455']).named).toEqual([]);
    expect(nextDialects(answer(400), ['rfc6455']).named).toBeUndefined();
  });
});
