import { describe, expect, test } from 'vitest';
import { type Credential, Credentials } from '../../../src/endpoint/guard/credentials.ts';
import type { RequestHead } from '../../../src/protocol/http/head.ts';

const JOE: Credential = { type: 'basic', user: 'joe', password: 'geheim:ß' };
const EVE: Credential = { type: 'basic', user: 'eve', password: '' };
const TOKEN: Credential = { type: 'bearer', token: 'abc.def' };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

function request(...fields: [name: string, value: string][]): RequestHead {
  const named = fields.map(([name, value]) => ({ name, value }));
  return { kind: 'request', method: 'GET', target: '/', version: 'HTTP/1.1', fields: named };
}

describe('who is let in', () => {
  const known = new Credentials([JOE, EVE, TOKEN]);
  test.each([
    basic('joe:geheim:ß'),
    basic('joe:geheim:ß').replace('Basic', 'bAsIc'),
    basic('joe:geheim:ß').replace(' ', '   '),
    basic('eve:'),
    'Bearer abc.def',
    'BEARER abc.def',
  ])('%s', (value) => {
    expect(known.refusal(request(['Authorization', value]))).toBeUndefined();
  });

  test.each<[value: string | undefined, actual: string]>([
    [undefined, 'not sent'],
    ['', 'another scheme than Basic and Bearer'],
    ['Digest username="joe"', 'another scheme than Basic and Bearer'],
    [basic('joe:geheim'), 'Basic, but not the right one'],
    [basic('joe:'), 'Basic, but not the right one'],
    [basic('eve:geheim:ß'), 'Basic, but not the right one'],
    [basic('abc.def:'), 'Basic, but not the right one'],
    [basic('joe'), 'Basic without a colon'],
    ['Basic', 'Basic without base64'],
    ['Basic joe:geheim', 'Basic without base64'],
    ['Bearer', 'Bearer without a token'],
    ['Bearer abc.de', 'Bearer, but not the right one'],
    ['Bearer abc.def2', 'Bearer, but not the right one'],
    ['Bearer joe:geheim:ß', 'Bearer, but not the right one'],
  ])('not with %j: %s', (value, actual) => {
    const refusal = known.refusal(value === undefined ? request() : request(['Authorization', value]));
    expect([refusal?.status, refusal?.finding.actual]).toEqual([401, actual]);
    expect(refusal?.body).toBe(
      `This server asks for a user and password (Basic) or a token (Bearer). Authorization: ${actual}.\n`,
    );
  });

  test('not with two of them, though one is right', () => {
    const refusal = known.refusal(request(['Authorization', 'Bearer abc.def'], ['Authorization', 'Bearer x']));
    expect(refusal?.finding.actual).toBe('sent 2 times');
  });
});

test('a token is no password, and a password no token', () => {
  expect(new Credentials([{ type: 'bearer', token: 'joe:x' }]).refusal(request(['Authorization', basic('joe:x')]))).toBeDefined();
  expect(
    new Credentials([{ type: 'basic', user: 'joe', password: 'x' }]).refusal(request(['Authorization', 'Bearer joe:x'])),
  ).toBeDefined();
});

test.each<[credentials: Credential[], challenges: string[]]>([
  [[JOE], ['Basic realm="wstap", charset="UTF-8"']],
  [[TOKEN], ['Bearer realm="wstap"']],
  [
    [TOKEN, JOE, EVE],
    ['Basic realm="wstap", charset="UTF-8"', 'Bearer realm="wstap"'],
  ],
])('it asks for what there is', (credentials, challenges) => {
  const refusal = new Credentials(credentials).refusal(request());
  expect(refusal?.headers).toEqual(challenges.map((value) => ({ name: 'WWW-Authenticate', value })));
});

test('a page is told what a page can do', () => {
  const refusal = new Credentials([JOE]).refusal(request(['Origin', 'http://localhost:3000']));
  expect(refusal?.body).toBe(
    'This server asks for a user and password (Basic). Authorization: not sent.\n' +
      'A page cannot set that header on a WebSocket. With Basic, open this server in the browser first and log in there.\n',
  );
});
