import { describe, expect, it } from 'vitest';
import { readPasted } from '../../../src/protocol/handshake/paste.ts';

const REQUEST = [
  'GET /demo HTTP/1.1',
  'Host: example.com',
  'Connection: Upgrade',
  'Sec-WebSocket-Key2: 12998 5 Y3 1  .P00',
  'Upgrade: WebSocket',
  'Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5',
  'Origin: http://example.com',
];
const RESPONSE = [
  'HTTP/1.1 101 WebSocket Protocol Handshake',
  'Upgrade: WebSocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Origin: http://example.com',
  'Sec-WebSocket-Location: ws://example.com/demo',
];
const KEY3 = '^n:ds[4U';
const PROOF = "8jKS'y:G*Co,Wxa-";

const bodies = (text: string) =>
  readPasted(text).map(({ requestBody, responseBody }) =>
    [requestBody, responseBody].map((body) => body && Buffer.from(body).toString('latin1')),
  );
const page = (...parts: (string | readonly string[])[]) => parts.flat().join('\n');
const hex = (text: string, gap: string) =>
  Buffer.from(text, 'latin1')
    .toString('hex')
    .replace(/..(?=.)/g, `$&${gap}`);

it.each<[what: string, text: string]>([
  ['as it was', page(REQUEST, '', KEY3, RESPONSE, '', PROOF)],
  ['CR LF', page(REQUEST, '', KEY3, RESPONSE, '', PROOF).replaceAll('\n', '\r\n')],
  ['no blank lines', page(REQUEST, KEY3, RESPONSE, PROOF)],
  ['prose around', page('From the browser:', REQUEST, KEY3, 'The server answers:', RESPONSE, PROOF, 'That is all.')],
  ['quoted', page(REQUEST, '', KEY3, '', RESPONSE, '', PROOF).replace(/^/gm, '> ')],
  ['a blank line after each line', page(REQUEST, '', KEY3, '', RESPONSE, '', PROOF).replaceAll('\n', '\n\n')],
  ['in hex', page(REQUEST, '', hex(KEY3, ' '), RESPONSE, '', hex(PROOF, ''))],
  ['each head on one line', page([...REQUEST, KEY3].join(' '), [...RESPONSE, PROOF].join(' '))],
  ['all on one line', [...REQUEST, KEY3, ...RESPONSE, PROOF].join(' ')],
  ['a capture, head behind head', `${REQUEST.join('\r\n')}\r\n\r\n${KEY3}${RESPONSE.join('\r\n')}\r\n\r\n${PROOF}`],
])('%s', (_what, text) => {
  expect(bodies(text)).toEqual([[KEY3, PROOF]]);
});

it.each(['\r\n\r\n\r\n\r\n', ' 1234 6 ', '\0\n\r\x80\xff\n\r\n', 'a: b\r\nc:', 'ab:cdefg', '12345678'])(
  'a capture with %j for bytes',
  (key3) => {
    const text = `${REQUEST.join('\r\n')}\r\n\r\n${key3}${RESPONSE.join('\r\n')}\r\n\r\n${PROOF}`;
    expect(bodies(text)).toEqual([[key3, PROOF]]);
    const [found] = readPasted(text);
    expect([found?.request?.fields.length, found?.response?.fields.length]).toEqual([6, 4]);
  },
);

it('binary bytes with a line end among them, and a line end behind', () => {
  expect(bodies(`${REQUEST.join('\r\n')}\r\n\r\nab\n\x80\xffdef\r\n\r\nthat was it`)).toEqual([['ab\n\x80\xffdef', undefined]]);
});

describe('a capture with more behind the body, or less of it', () => {
  const request = `${REQUEST.join('\r\n')}\r\n\r\n`;
  const answer = `${RESPONSE.join('\r\n')}\r\n\r\n`;
  const early =
    '4 bytes stand behind the 8 bytes of the request: the first frame already, and a client must wait for the answer.';
  const first = '4 bytes stand behind the 16 bytes of the answer: the first frame already.';

  it.each<[string, string, [string | undefined, string?], string[]]>([
    ['a frame behind the request', `${request}${KEY3}\0Hi\xff`, [KEY3], [early]],
    ['a frame behind the answer', `${answer}${PROOF}\0Hi\xff`, [undefined, PROOF], [first]],
    ['a frame between both', `${request}${KEY3}\0Hi\xff${answer}${PROOF}`, [KEY3, PROOF], [early]],
    ['frames behind both', `${request}${KEY3}\0Hi\xff${answer}${PROOF}\0Hi\xff`, [KEY3, PROOF], [early, first]],
    [
      'a byte too many',
      `${answer}${PROOF}x`,
      [undefined, PROOF],
      ['One byte stands behind the 16 bytes of the answer: the first frame already.'],
    ],
    ['a byte too few', `${answer}${PROOF.slice(0, -1)}`, [undefined, PROOF.slice(0, -1)], []],
    ['a byte too few of each', `${request}${KEY3.slice(1)}${answer}${PROOF.slice(1)}`, [KEY3.slice(1), PROOF.slice(1)], []],
  ])('%s', (_, text, [key3, proof], notes) => {
    expect(bodies(text)).toEqual([[key3, proof]]);
    expect(readPasted(text)[0]?.notes).toEqual(notes);
  });

  it('prose behind a head is none', () => {
    expect(bodies(`${answer}That was it, and all is well.\r\n`)).toEqual([[undefined, undefined]]);
    expect(bodies(`${page(RESPONSE)}\n\nThat was the end`.concat('.'))).toEqual([[undefined, undefined]]);
  });
});

it('a body that could be a field is none', () => {
  const [found] = readPasted(page(REQUEST, 'ab:cdefg', RESPONSE));
  expect(found?.request?.fields).toHaveLength(6);
  expect(bodies(page(REQUEST, 'ab:cdefg', RESPONSE))).toEqual([['ab:cdefg', undefined]]);
});

it('no-break spaces, as pages write them, are spaces in a key', () => {
  const [found] = readPasted(page(REQUEST, KEY3).replaceAll('  ', ' \u00a0'));
  expect(found?.request?.fields.find(({ name }) => name === 'Sec-WebSocket-Key1')?.value).toBe('4 @1  46546xW%0l 1 5');
  expect(found?.notes).toEqual(['No-break spaces in a key were read as spaces.']);
});

it('the JSON of wstap itself', () => {
  const [found] = readPasted(page(REQUEST, RESPONSE));
  const json = JSON.stringify({
    ...found,
    requestBody: Buffer.from(KEY3).toString('hex'),
    responseBody: Buffer.from(PROOF).toString('hex'),
  });
  expect(bodies(json)).toEqual([[KEY3, PROOF]]);
  expect(bodies(JSON.stringify({ ...found, requestBody: 'zz', responseBody: 7 }))).toEqual([[undefined, undefined]]);
});

describe('no bytes', () => {
  it.each<[what: string, text: string]>([
    ['nothing behind', page(REQUEST, '', RESPONSE)],
    ['prose of another length', page(REQUEST, '', 'the answer then:', RESPONSE, '', 'the end')],
    ['characters that are no bytes', page(REQUEST, '', 'ab\u2603defgh', RESPONSE)],
  ])('%s', (_what, text) => {
    expect(bodies(text)).toEqual([[undefined, undefined]]);
  });

  it('a value at the end of one line, as long as a body', () => {
    const text = [...REQUEST, 'Sec-WebSocket-Protocol: chatchat'].join(' ');
    expect(bodies(text)).toEqual([[undefined, undefined]]);
    expect(readPasted(text)[0]?.request?.fields.at(-1)).toEqual({ name: 'Sec-WebSocket-Protocol', value: 'chatchat' });
  });

  it('behind the handshakes of other dialects', () => {
    const text = page('GET / HTTP/1.1', 'Host: a', 'Upgrade: WebSocket', 'Connection: Upgrade', '', '12345678');
    expect(bodies(text)).toEqual([[undefined, undefined]]);
  });
});

it('many heads with raw bytes are read in linear time', () => {
  const one = `${REQUEST.join('\r\n')}\r\n\r\n\n\n\n\n\n\n\n\x80`;
  const start = performance.now();
  expect(readPasted(one.repeat(2000))).toHaveLength(2000);
  expect(performance.now() - start).toBeLessThan(3000);
});

it('text in which every space is a no-break space is read', () => {
  const [found] = readPasted(page(REQUEST, '', KEY3, RESPONSE, '', PROOF).replaceAll(' ', '\u00a0'));
  expect([found?.request?.target, found?.response?.status]).toEqual(['/demo', 101]);
  expect(found?.request?.fields.find(({ name }) => name === 'Sec-WebSocket-Key1')?.value).toBe('4 @1  46546xW%0l 1 5');
  expect([found?.requestBody, found?.responseBody].map((body) => body && Buffer.from(body).toString())).toEqual([KEY3, PROOF]);
  expect(found?.notes).toEqual(['No-break spaces were read as spaces.']);
});
