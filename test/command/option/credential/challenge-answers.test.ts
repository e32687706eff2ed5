import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Options } from '../../../../src/cli/value.ts';
import { type Asker, ChallengeAnswers, type Challenger } from '../../../../src/command/option/credential/challenge-answers.ts';
import type { Login } from '../../../../src/command/option/credential/credentials.ts';
import type { ResponseHead } from '../../../../src/protocol/http/head.ts';
import { FakeEnv } from '../../../fake-env.ts';
import { run } from '../../../program.ts';
import { type Asked, site } from '../../../site.ts';

const challenged = (...values: string[]): ResponseHead => ({
  kind: 'response',
  version: 'HTTP/1.1',
  status: 401,
  reason: 'Unauthorized',
  fields: values.map((value) => ({ name: 'WWW-Authenticate', value })),
});
const options = new Options({ positionals: [], options: new Map() });
const ADA: Login = { type: 'password', user: 'ada', password: 'secret' };
const ADA_BASIC = `Authorization: Basic ${btoa('ada:secret')}`;
const from = (changes: Partial<Challenger> = {}): Challenger => ({
  origin: 'wss://a.example',
  url: 'wss://a.example/chat',
  target: '/chat',
  login: undefined,
  sent: false,
  ownHeader: false,
  ...changes,
});

/** Somebody at the terminal who gives these answers, and what they were asked. */
function person(...given: (string | undefined)[]): Asker & { asked: string[] } {
  const asked: string[] = [];
  const next = (prompt: string) => {
    asked.push(prompt);
    return Promise.resolve(given.shift());
  };
  return { asked, isThere: () => Promise.resolve(true), user: next, password: next };
}
const nobody: Asker = { ...person(), isThere: () => Promise.resolve(false) };

function answersWith(asker: Asker, isSettled = false) {
  const env = new FakeEnv();
  return { env, answers: new ChallengeAnswers(options, env, () => isSettled, asker) };
}

describe('Basic', () => {
  test('user and password are asked for, once; the same is not tried again', async () => {
    const asker = person('ada', 'secret', 'ada', 'other');
    const { answers } = answersWith(asker);
    expect(await answers.answer(challenged('Basic realm="the club"'), from())).toBe(ADA_BASIC);
    expect(asker.asked).toEqual(['User name for wss://a.example (the club): ', 'Password for ada: ']);
    const known = answers.remembered('wss://a.example');
    expect(known).toEqual(ADA);
    expect(await answers.answer(challenged('Basic realm="the club"'), from({ login: known, sent: true }))).toBeUndefined();
    expect(await answers.answer(challenged('Basic'), from())).toBeUndefined();
    expect(asker.asked).toHaveLength(2);
  });

  test.each<[string, string[], Partial<Challenger>, Asker]>([
    ['nobody is there', ['Basic realm=x'], {}, nobody],
    ['no user is given', ['Basic realm=x'], {}, person('')],
    ['Ctrl-D at the password', ['Basic realm=x'], {}, person('ada', undefined)],
    ['credentials went out already', ['Basic realm=x'], { login: ADA, sent: true }, person('x', 'y')],
    ['a token went out', ['Basic realm=x'], { login: { type: 'bearer', token: 't' } }, person('x', 'y')],
    ['the header was written by hand', ['Basic realm=x'], { ownHeader: true }, person('x', 'y')],
    ['it is not what the server wants', ['Negotiate', 'NTLM', 'Bearer'], {}, person('x', 'y')],
    ['nothing is said', [], {}, person('x', 'y')],
  ])('not where %s', async (_, values, challenger, asker) => {
    expect(await answersWith(asker).answers.answer(challenged(...values), from(challenger))).toBeUndefined();
  });

  test('known credentials that were not sent are, as at a reconnection, and nobody is asked', async () => {
    const { answers } = answersWith(nobody, true);
    expect(await answers.answer(challenged('Basic'), from({ login: ADA }))).toBe(ADA_BASIC);
    expect(await answers.answer(challenged('Basic'), from({ login: ADA, sent: true }))).toBeUndefined();
  });

  test('not while a session has the terminal', async () => {
    expect(await answersWith(person('ada', 'secret'), true).answers.answer(challenged('Basic'), from())).toBeUndefined();
  });

  test('a realm cannot drive the terminal', async () => {
    const asker = person('ada', 'secret');
    await answersWith(asker).answers.answer(challenged('Basic realm="\x9b2Jx"'), from());
    expect(asker.asked[0]).toBe('User name for wss://a.example (\\x9b2Jx): ');
  });

  test('an open line is said to be one', async () => {
    const open = answersWith(person('ada', 'secret'));
    await open.answers.answer(challenged('Basic'), from({ origin: 'ws://a.example', url: 'ws://a.example/' }));
    expect(open.env.stderr.text).toBe('wstap: ! ws:// sends the password unencrypted\n');
    const own = answersWith(person('ada', 'secret'));
    await own.answers.answer(challenged('Basic'), from({ origin: 'ws://localhost:1', url: 'ws://localhost:1/' }));
    expect(own.env.stderr.text).toBe('');
  });
});

describe('Digest', () => {
  const DIGEST = 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256';

  test('is preferred, and answered with known credentials', async () => {
    const { answers } = answersWith(nobody);
    expect(await answers.answer(challenged('Basic realm="r"', DIGEST), from({ login: ADA }))).toMatch(
      /^Authorization: Digest username="ada", realm="r", nonce="n", uri="\/chat", algorithm=SHA-256, response="[0-9a-f]{64}"/,
    );
    expect(await answers.answer(challenged(DIGEST), from({ login: ADA }))).toBeUndefined();
  });

  test('a stale nonce is no wrong password', async () => {
    const { answers } = answersWith(nobody);
    await answers.answer(challenged(DIGEST), from({ login: ADA }));
    expect(await answers.answer(challenged(`${DIGEST}, stale=true`), from({ login: ADA }))).toMatch(/^Authorization: Digest/);
    expect(await answers.answer(challenged(`${DIGEST}, stale=true`), from({ login: ADA }))).toBeUndefined();
  });

  test('a reconnection may answer again', async () => {
    const { answers } = answersWith(nobody);
    await answers.answer(challenged(DIGEST), from({ login: ADA }));
    answers.restart();
    expect(await answers.answer(challenged(DIGEST), from({ login: ADA }))).toMatch(/^Authorization: Digest/);
  });
});

describe('the whole program', () => {
  const at = (port: number) => `ws://127.0.0.1:${port}/chat`;

  test('answers Digest with the password of --auth', async () => {
    const check = ({ field, path }: Asked) => {
      const sent = field('Authorization') ?? '';
      const part = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(sent)?.[1] ?? '';
      const hash = (text: string) => createHash('md5').update(text).digest('hex');
      const secret = hash(`ada:r:secret`);
      const expected = hash(`${secret}:abc:00000001:${part('cnonce')}:auth:${hash(`GET ${path}`.replace(' ', ':'))}`);
      return part('response') === expected ? 'ws' : '401 No\nWWW-Authenticate: Digest realm="r", nonce="abc", qop="auth"';
    };
    const { port, asked } = await site({ '/chat': check });
    expect((await run(['--auth', 'ada:secret', at(port)])).status).toBe(0);
    expect(asked.map(({ field }) => field('Authorization')?.split(' ', 1)[0])).toEqual(['Basic', 'Digest']);
    const { status, stderr } = await run(['--auth', 'ada:wrong', at(port)]);
    expect([status, asked.length]).toEqual([6, 4]);
    expect(stderr).toContain('The server does not accept the user name or the password for r.');
  });

  test.each<[challenge: string, argv: string[], cause: string, remedy: string]>([
    ['Basic realm="x"', [], 'The server asks for Basic (x) credentials.', '--auth USER'],
    ['Basic realm="x"', ['--auth', 'a:b'], 'The server does not accept the user name or the password for x.', '--auth USER'],
    ['Bearer', [], 'The server asks for Bearer credentials.', '--bearer TOKEN'],
    [
      'Bearer realm="x", error="invalid_token", error_description="expired"',
      ['--bearer', 't'],
      'The server does not accept the token: invalid_token, expired.',
      'a fresh token: --bearer @FILE',
    ],
    ['Bearer scope="read"', ['--bearer', 't'], 'The server does not accept the token.', 'a token for the scope read'],
    [
      'Negotiate, NTLM',
      [],
      'The server asks for Negotiate or NTLM credentials.',
      'wstap speaks neither Negotiate (Kerberos) nor NTLM',
    ],
    ['Digest realm="x", qop="auth-int", nonce="n"', [], 'The server asks for Digest (x) credentials.', 'qop=auth'],
    [
      'Basic realm="x"',
      ['--bearer', 't'],
      'The server asks for Basic (x) credentials, not the kind that was sent.',
      '--auth USER',
    ],
    ['Hoba', [], 'The server asks for Hoba credentials.', '--cookie K=V'],
  ])('%s with %j: 6, and in words', async (challenge, argv, cause, remedy) => {
    const { port } = await site({ '/chat': `401 Unauthorized\nWWW-Authenticate: ${challenge}` });
    const { status, stderr } = await run([...argv, at(port)]);
    const words = stderr.replace(/\s+/g, ' ');
    expect(status).toBe(6);
    expect(words).toContain(`Likely cause: ${cause}`);
    expect(words).toContain(remedy);
  });
});
