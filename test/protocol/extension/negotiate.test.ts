import { describe, expect, test } from 'vitest';
import { accept, agreed, BROWSER_OFFER, judgeExtensions } from '../../../src/protocol/extension/negotiate.ts';

const P = 'permessage-deflate';

describe('a client reads the answer', () => {
  test.each<[string, string, unknown]>([
    [BROWSER_OFFER, '', undefined],
    [BROWSER_OFFER, P, { clientMaxWindowBits: 15, serverMaxWindowBits: 15 }],
    [BROWSER_OFFER, `${P}; client_max_window_bits="10"`, { clientMaxWindowBits: 10 }],
    [`${P}; server_max_window_bits=10, ${P}`, `${P};server_max_window_bits = 12`, { serverMaxWindowBits: 12 }],
    [BROWSER_OFFER, 'x-other', undefined],
  ])('%s → %s', (offer, answer, wanted) => {
    const result = agreed(offer, answer);
    if (wanted === undefined) expect(result).toBeUndefined();
    else expect(result).toMatchObject(wanted as object);
    expect(judgeExtensions(offer, answer)).toBeUndefined();
  });

  test.each<[string, string, string | RegExp]>([
    [BROWSER_OFFER, `${P}, ${P}`, 'permessage-deflate is answered twice'],
    ['', P, 'permessage-deflate was not offered'],
    ['"', P, 'permessage-deflate was not offered'],
    [BROWSER_OFFER, `${P}; server_max_window_bits="`, /./],
    [BROWSER_OFFER, `${P}; client_max_window_bits=16`, 'parameter client_max_window_bits is not a number from 8 to 15'],
  ])('%s → %s is wrong', (offer, answer, problem) => {
    expect(judgeExtensions(offer, answer)).toMatch(problem);
  });
});

test('a server answers, or not', () => {
  expect(accept(BROWSER_OFFER, {})?.answer).toBe(P);
  expect(accept(`x-first, ${P}; server_no_context_takeover`, {})?.answer).toBe(`${P}; server_no_context_takeover`);
  expect(accept('x-first', {})).toBeUndefined();
  expect(accept('"', {})).toBeUndefined();
});
