import { expect, it } from 'vitest';
import { arithmeticOf } from '../../src/protocol/dialect/hixie-key.ts';
import { renderHixieProof } from '../../src/view/hixie-proof.ts';
import { plainStyle } from '../../src/view/style.ts';

const VIEW = { style: plainStyle, safe: (text: string) => text };
const WHOLE = arithmeticOf('4 @1  46546xW%0l 1 5', '12998 5 Y3 1  .P00', Buffer.from('^n:ds[4U'));
const render = (arithmetic = WHOLE, sent?: Uint8Array) => renderHixieProof('hixie-76 proof', arithmetic, sent, VIEW).join('\n');

it('every step, and whether the server sent what comes out', () => {
  expect(`\n${render(WHOLE, WHOLE.proof)}\n`).toBe(`
hixie-76 proof
  key 1   4146546015 / 5 spaces = 829309203
  key 2   1299853100 / 5 spaces = 259970620
  bytes   5e6e3a64 735b3455  ^n:ds[4U
          ↓ number 1, number 2, bytes
  input   316e4113 0f7ed63c 5e6e3a64 735b3455
          ↓ MD5
  proof   386a4b53 27793a47 2a436f2c 5778612d  8jKS'y:G*Co,Wxa-
          ✓ the server sent this
`);
});

it('a wrong proof beside the right one; none where the answer is not known', () => {
  expect(render(WHOLE, Buffer.alloc(16)).split('\n').at(-1)).toBe('  sent    00000000 00000000 00000000 00000000  ✗');
  for (const sent of [undefined, Buffer.alloc(0)]) expect(render(WHOLE, sent).split('\n').at(-1)).toContain('  proof   386a4b53');
});

it.each([
  ['4 @1 46546xW%0l 1 5', '4146546015 / 4 spaces = 1036636503, remainder 3'],
  ['12345', '12345 / 0 spaces  ✗'],
  ['! ', 'no digits / 1 space  ✗'],
  ['42949672960 x', '42949672960 / 1 space = 42949672960  ✗ above 32 bits'],
  [`${'1'.repeat(5000)} `, `${'1'.repeat(30)}… / 1 space  ✗`],
])('%#: where a key stops it', (key, shown) => {
  const lines = render(arithmeticOf(key, '0 !', Buffer.alloc(8))).split('\n');
  expect(lines[1]).toBe(`  key 1   ${shown}`);
  expect(lines.at(-1)).toBe('  no proof can be made of these keys');
  expect(lines.every((line) => line.length <= 80)).toBe(true);
});
