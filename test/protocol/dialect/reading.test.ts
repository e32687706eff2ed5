import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Reading, readings } from '../../../src/protocol/dialect/reading.ts';
import { hex } from '../bits.ts';
import { VECTORS } from './frame-vectors.ts';

/** `text, more follows "Hello"`; `?4` for what has no meaning; `…` where the frame is not all here; `!` where it is not legal. */
function inShort({ kind, code, more, complete, legal, payload }: Reading): string {
  const what = kind ?? `?${code.toString(16)}`;
  return `${legal ? '' : '!'}${what}${more ? '+' : ''} ${JSON.stringify(Buffer.from(payload).toString('latin1'))}${complete ? '' : '…'}`;
}

const row = (bytes: string) => Object.fromEntries(readings(hex(bytes)).map((one) => [one.generation, inShort(one)]));

describe('the same bytes in each generation', () => {
  test.each([
    [
      '0048656c6c6fff',
      {
        hixie: 'text "Hello"',
        'hybi-01 to -03': 'continuation "elloÿ"…',
        'hybi-04 to -06': 'continuation+ "elloÿ"…',
        'hybi-07 and later': 'continuation+ "elloÿ"…',
      },
    ],
    [
      '040548656c6c6f',
      {
        hixie: '!?4 "\\u0005Hello"…',
        'hybi-01 to -03': 'text "Hello"',
        'hybi-04 to -06': 'text+ "Hello"',
        'hybi-07 and later': '!?4+ "Hello"',
      },
    ],
    [
      '840548656c6c6f',
      {
        hixie: '!?84 "Hello"',
        'hybi-01 to -03': 'text+ "Hello"',
        'hybi-04 to -06': 'text "Hello"',
        'hybi-07 and later': '!?4 "Hello"',
      },
    ],
    [
      '810548656c6c6f',
      {
        hixie: '!?81 "Hello"',
        'hybi-01 to -03': '!close+ "Hello"',
        'hybi-04 to -06': 'close "Hello"',
        'hybi-07 and later': 'text "Hello"',
      },
    ],
    [
      '880203e8',
      {
        hixie: '!?88 "\\u0003è"',
        'hybi-01 to -03': '!?8+ "\\u0003è"',
        'hybi-04 to -06': '!?8 "\\u0003è"',
        'hybi-07 and later': 'close "\\u0003è"',
      },
    ],
    ['ff00', { hixie: 'close ""', 'hybi-01 to -03': '!?f+ ""', 'hybi-04 to -06': '!?f ""', 'hybi-07 and later': '!?f ""' }],
  ])('%s', (bytes, wanted) => {
    expect(row(bytes)).toEqual(wanted);
  });

  test('a masked client of hybi-05 and -06 is found behind its four bytes', () => {
    expect(row('37fa213db3ff69585b964e')['hybi-04 to -06, masked']).toBe('text "Hello"');
  });

  test('the vectors say the same of their own', () => {
    expect(VECTORS.ambiguous.length).toBe(6);
    for (const { bytes, readings: wanted } of VECTORS.ambiguous) {
      const own = readings(hex(bytes));
      const of = (dialect: string) => own.find((one) => one.dialect === dialect);
      for (const line of wanted) {
        const [draft = '', what = ''] = line.split(': ');
        const reading = of({ hixie76: 'hixie-76', hybi03: 'hybi-03', hybi06: 'hybi-06', hybi13: 'rfc6455' }[draft] ?? '');
        if (what === 'incomplete') expect(reading?.complete).toBe(false);
        else if (/^(text|close)/.test(what))
          expect([reading?.kind, reading?.more]).toEqual([what.split(' ')[0], what.includes('more follows')]);
        else expect(reading?.kind).toBeUndefined();
      }
    }
  });
});

test('nothing, and too little for a header', () => {
  expect(readings(hex(''))).toEqual([]);
  expect(row('00')).toEqual({ hixie: 'text ""…' });
});

test('any bytes have readings, and none throws', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => readings(bytes).length <= 5));
});
