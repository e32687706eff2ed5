import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { SocksDialogue, type SocksStep, type SocksWish } from '../../../src/protocol/tunnel/socks.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (data: Uint8Array) =>
  Buffer.from(data)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');

const wish = (more: Partial<SocksWish> = {}): SocksWish => ({ version: 5, host: '192.0.2.1', port: 443, ...more });
const ME = { user: 'me', password: 'pw' };
/** A grant with an IPv4 address. */
const GRANTED = '05 00 00 01 00 00 00 00 00 00';

/** What is said after each answer; a refusal or the rest comes last. */
function talk(what: SocksWish, answers: readonly string[]): string[] {
  const dialogue = new SocksDialogue(what);
  return [hex(dialogue.opening), ...answers.map((answer) => shown(dialogue.push(bytes(answer))))];
}

function shown(step: SocksStep): string {
  if (step.state === 'more') return hex(step.send);
  return step.state === 'open' ? `open ${hex(step.rest)}`.trim() : `${step.refusal.code}: ${step.refusal.message}`;
}

describe('SOCKS5', () => {
  test.each<[string, SocksWish, string[], string[]]>([
    ['IPv4', wish(), ['05 00', GRANTED], ['05 01 00', '05 01 00 01 c0 00 02 01 01 bb', 'open']],
    ['a name', wish({ host: 'a.b' }), ['05 00', GRANTED], ['05 01 00', '05 01 00 03 03 61 2e 62 01 bb', 'open']],
    [
      'IPv6',
      wish({ host: '2001:db8::1:2', port: 80 }),
      ['05 00'],
      ['05 01 00', '05 01 00 04 20 01 0d b8 00 00 00 00 00 00 00 00 00 01 00 02 00 50'],
    ],
    [
      'IPv6 with a dotted tail',
      wish({ host: '::ffff:1.2.3.4', port: 80 }),
      ['05 00'],
      ['05 01 00', `05 01 00 04${' 00'.repeat(10)} ff ff 01 02 03 04 00 50`],
    ],
    ['::', wish({ host: '::', port: 80 }), ['05 00'], ['05 01 00', `05 01 00 04${' 00'.repeat(16)} 00 50`]],
    [
      'a login',
      wish({ credentials: ME }),
      ['05 02', '01 00'],
      ['05 02 00 02', '01 02 6d 65 02 70 77', '05 01 00 01 c0 00 02 01 01 bb'],
    ],
    ['a login that is not asked for', wish({ credentials: ME }), ['05 00'], ['05 02 00 02', '05 01 00 01 c0 00 02 01 01 bb']],
    [
      'bytes behind the reply',
      wish(),
      ['05 00', `${GRANTED} 81 00`],
      ['05 01 00', '05 01 00 01 c0 00 02 01 01 bb', 'open 81 00'],
    ],
    [
      'a bound name',
      wish(),
      ['05 00', '05 00 00 03 02 61 62 00 00 81'],
      ['05 01 00', '05 01 00 01 c0 00 02 01 01 bb', 'open 81'],
    ],
    [
      'a bound IPv6 address',
      wish(),
      ['05 00', `05 00 00 04${' 00'.repeat(18)} 81`],
      ['05 01 00', '05 01 00 01 c0 00 02 01 01 bb', 'open 81'],
    ],
    // All at once, as only a rude proxy does.
    ['answers before the questions', wish({ credentials: ME }), [`05 02 01 00 ${GRANTED} 81`], ['05 02 00 02', 'open 81']],
  ])('%s', (_, what, answers, said) => expect(talk(what, answers)).toEqual(said));

  test.each<[string, SocksWish, string[], string]>([
    ['no way without a login', wish(), ['05 ff'], 'SOCKS5_METHOD: it lets nobody in without a login'],
    ['no such login', wish({ credentials: ME }), ['05 ff'], 'SOCKS5_METHOD: it takes no login by user name and password'],
    ['GSSAPI', wish(), ['05 01'], 'SOCKS5_METHOD: it chose a login that was not offered: GSSAPI'],
    [
      'a login that was not offered',
      wish(),
      ['05 02'],
      'SOCKS5_METHOD: it chose a login that was not offered: user name and password',
    ],
    ['a private method', wish(), ['05 85'], 'SOCKS5_METHOD: it chose a login that was not offered: method 133'],
    [
      'wrong password',
      wish({ credentials: ME }),
      ['05 02', '01 01'],
      'SOCKS5_LOGIN: it does not take this user name and password',
    ],
    ['HTTP', wish(), [Buffer.from('HTTP/1.1 400').toString('hex')], 'PROXY_NOT_SOCKS: it answers in HTTP, not SOCKS'],
    ['something else', wish(), ['53 53 48 2d'], 'PROXY_NOT_SOCKS: it does not answer in SOCKS5: 53 53 48 2d'],
    [
      'an unknown kind of address',
      wish(),
      ['05 00', '05 00 00 02 00 00'],
      'PROXY_NOT_SOCKS: its reply does not follow SOCKS5: 05 00 00 02 00 00',
    ],
    ['another version in the reply', wish(), ['05 00', '04 00'], 'PROXY_NOT_SOCKS: it does not answer in SOCKS5: 04 00'],
  ])('%s', (_, what, answers, refusal) => expect(talk(what, answers).at(-1)).toBe(refusal));

  // RFC 1928 §6; it need not be whole to be understood.
  test.each([
    [1, 'general failure, says the proxy'],
    [2, 'its rules do not allow it'],
    [3, 'it cannot reach that network'],
    [4, 'it cannot reach that host'],
    [5, 'the server refused the connection'],
    [6, 'the way there is too long (TTL expired)'],
    [7, 'it does not support CONNECT'],
    [8, 'it does not support this kind of address'],
    [9, 'a code that nobody has defined'],
    [255, 'a code that nobody has defined'],
  ])('reply %i', (code, words) => {
    const last = talk(wish({ host: '::1' }), ['05 00', hex(Uint8Array.of(5, code))]).at(-1);
    expect(last).toBe(`SOCKS5_${code}: it makes no tunnel to [::1]:443: ${words} (${code})`);
  });
});

describe('SOCKS4', () => {
  const four = (more: Partial<SocksWish> = {}) => wish({ version: 4, ...more });

  test.each<[string, SocksWish, string[], string[]]>([
    ['an address', four(), ['00 5a 00 00 00 00 00 00'], ['04 01 01 bb c0 00 02 01 00', 'open']],
    ['4a: a name', four({ host: 'a.b' }), ['00 5a 01 bb 00 00 00 00 81'], ['04 01 01 bb 00 00 00 01 00 61 2e 62 00', 'open 81']],
    ['a user', four({ credentials: ME }), ['04 5a 00 00 00 00 00 00'], ['04 01 01 bb c0 00 02 01 6d 65 00', 'open']],
    [
      'rejected',
      four(),
      ['00 5b'],
      ['04 01 01 bb c0 00 02 01 00', 'SOCKS4_91: it makes no tunnel to 192.0.2.1:443: rejected or failed (91)'],
    ],
    [
      'no identd',
      four(),
      ['00 5c'],
      [
        '04 01 01 bb c0 00 02 01 00',
        'SOCKS4_92: it makes no tunnel to 192.0.2.1:443: it cannot ask this machine who you are (identd) (92)',
      ],
    ],
    [
      'another user',
      four(),
      ['00 5d'],
      [
        '04 01 01 bb c0 00 02 01 00',
        'SOCKS4_93: it makes no tunnel to 192.0.2.1:443: this machine (identd) names another user than you (93)',
      ],
    ],
    ['a SOCKS5 proxy', four(), ['05 ff'], ['04 01 01 bb c0 00 02 01 00', 'PROXY_NOT_SOCKS: it answers in SOCKS5']],
  ])('%s', (_, what, answers, said) => expect(talk(what, answers)).toEqual(said));
});

test('the answers in any pieces', () => {
  const answers = bytes(`05 02 01 00 05 00 00 03 02 61 62 00 00 81 82`);
  for (let first = 0; first <= answers.length; first += 1) {
    for (let second = first; second <= answers.length; second += 1) {
      const dialogue = new SocksDialogue(wish({ credentials: ME }));
      const said: Uint8Array[] = [];
      const rest: Uint8Array[] = [];
      for (const piece of [answers.subarray(0, first), answers.subarray(first, second), answers.subarray(second)]) {
        if (rest.length > 0) rest.push(piece);
        else {
          const step = dialogue.push(piece);
          if (step.state === 'more') said.push(step.send);
          if (step.state === 'open') rest.push(step.rest);
        }
      }
      expect(hex(Buffer.concat(rest)), `cut at ${first} and ${second}`).toBe('81 82');
    }
  }
});

test('whatever is answered, it comes to an end or waits, and never throws', () => {
  const answers = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }).map((tail) => Uint8Array.of(5, 0, 5, 0, ...tail)),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(4 as const, 5 as const),
      fc.boolean(),
      answers,
      fc.integer({ min: 1, max: 7 }),
      (version, login, answer, size) => {
        const dialogue = new SocksDialogue(wish({ version, ...(login && { credentials: ME }) }));
        for (let at = 0; at < answer.length; at += size) {
          const step = dialogue.push(answer.subarray(at, at + size));
          if (step.state === 'refused') expect(step.refusal.message).not.toContain('undefined');
          if (step.state !== 'more') return;
        }
        expect(dialogue.cutOff().message).not.toContain('undefined');
      },
    ),
  );
});

test.each<[string, SocksWish, string]>([
  ['a long name', wish({ host: 'a'.repeat(256) }), 'SOCKS_LENGTH'],
  ['a long password', wish({ credentials: { user: 'a', password: 'ä'.repeat(128) } }), 'SOCKS_LENGTH'],
  ['a zero in SOCKS4', wish({ version: 4, credentials: { user: 'a\0b', password: '' } }), 'SOCKS_NUL'],
  ['IPv6 in SOCKS4', wish({ version: 4, host: '::1' }), 'SOCKS4_IPV6'],
])('%s cannot be said', (_, what, code) => expect(new SocksDialogue(what).unsayable?.code).toBe(code));

it('can say what has 255 bytes', () => {
  const credentials = { user: 'u'.repeat(255), password: 'p'.repeat(255) };
  const dialogue = new SocksDialogue(wish({ host: 'h'.repeat(255), credentials }));
  expect(dialogue.unsayable).toBeUndefined();
  const login = dialogue.push(bytes('05 02'));
  expect(login.state === 'more' && login.send.length).toBe(1 + 1 + 255 + 1 + 255);
  const request = dialogue.push(bytes('01 00'));
  expect(request.state === 'more' && request.send.length).toBe(4 + 1 + 255 + 2);
});

test.each<[version: 4 | 5, heard: string, words: string]>([
  [5, '', 'it ended the connection without an answer'],
  [4, '', 'it ended the connection without an answer'],
  [5, '05', 'it ended the connection after 1 byte, in the middle of SOCKS5'],
  [5, '05 00 05 00', 'it ended the connection after 4 bytes, in the middle of SOCKS5'],
  [4, '05', 'it answers in SOCKS5'],
  [5, '48', 'it does not answer in SOCKS5: 48'],
])('SOCKS%i cut off after "%s"', (version, heard, words) => {
  const dialogue = new SocksDialogue(wish({ version }));
  dialogue.push(bytes(heard));
  expect(dialogue.cutOff().message).toBe(words);
});
