import { describe, expect, test } from 'vitest';
import { borneText, breachLines, type Closing, closingLines } from '../../src/view/closing.ts';
import { colorStyle, plainStyle } from '../../src/view/style.ts';

const view = { style: plainStyle, width: 60 };

describe('how a connection ended', () => {
  const closing = (code: number, by: Closing['by'], more: Partial<Closing> = {}): Closing => ({
    code,
    by,
    reason: '',
    wasClean: true,
    ...more,
  });

  test.each<[string, Closing, string[]]>([
    ['all is well', closing(1000, 'us'), ['• closed by us: 1000 Normal Closure']],
    ['the peer says goodbye', closing(1001, 'peer', { reason: 'bye' }), ['• closed by the peer: 1001 Going Away "bye"']],
    ['no code', closing(1005, 'peer'), ['• closed by the peer: no close code']],
    ['a code of ours needs no explanation', closing(4001, 'us'), ['• closed by us: 4001 Private Use']],
    [
      'a code of the peer does',
      closing(1011, 'peer'),
      [
        '! closed by the peer: 1011 Internal Error',
        '  The side that closed failed by a fault of its own. Its log',
        '  knows more.',
      ],
    ],
    [
      'a long reason is shown whole, on lines of its own',
      closing(1013, 'peer', { reason: 'the queue is full and has been for the last ten minutes or so, come back later' }),
      [
        '! closed by the peer: 1013 Try Again Later',
        '  "the queue is full and has been for the last ten minutes',
        '  or so, come back later"',
        '  The server has too much to do. Connect again later.',
      ],
    ],
    [
      'a reason cannot drive the terminal',
      closing(1000, 'peer', { reason: '\x1b[2J\r' }),
      ['• closed by the peer: 1000 Normal Closure "\\x1b[2J\\x0d"'],
    ],
    [
      'the network',
      closing(1006, 'network', { wasClean: false, trouble: 'read ECONNRESET' }),
      [
        '! the connection was lost (read ECONNRESET): 1006 Abnormal Closure',
        '  The connection ended without a Close frame: the peer',
        '  crashed, or something on the way cut it (a proxy, a time',
        '  limit).',
      ],
    ],
    [
      'no answer to our Close',
      closing(1006, 'us', { wasClean: false }),
      ["! closed by us, and the peer's Close never came: 1006 Abnormal Closure"],
    ],
    [
      'we failed the connection',
      closing(1013, 'us', { wasClean: false, reason: 'too slow' }),
      ['! closed by us: 1013 Try Again Later "too slow"'],
    ],
  ])('%s', (_, given, lines) => {
    expect(closingLines(given, view)).toEqual(lines);
  });

  test('in colour, what was escaped stands out', async () => {
    const style = await colorStyle(1);
    const [line] = closingLines(closing(1000, 'peer', { reason: 'a\x07' }), { style, width: 60 });
    expect(line).toBe('\x1b[2m• closed by the peer: 1000 Normal Closure "a\x1b[7m\\x07\x1b[27m"\x1b[22m');
  });
});

test('a broken rule: what was found, and the rule', () => {
  expect(breachLines({ rule: 'opcode-reserved', detail: 'opcode 3 (0x3)' }, view)).toEqual([
    '✗ the peer broke the protocol: opcode 3 (0x3)',
    '  RFC 6455 §5.2: opcodes 3–7 and 11–15 are reserved; an',
    '  unknown opcode must fail the connection',
  ]);
  expect(breachLines({ rule: 'opcode-reserved', detail: 'opcode 3 (0x3)' }, view, true)).toHaveLength(1);
  expect(breachLines({ rule: 'mask-missing', detail: '' }, view)[0]).toBe('✗ the peer broke the protocol');
});

describe('a breach that ends nothing says why', () => {
  const rsv = { rule: 'rsv-set', detail: 'RSV1 set' } as const;

  test('--lenient, if it was given', () => {
    expect(borneText(rsv, true)).toBe('RSV1 set (RFC 6455 §5.2); going on, as --lenient says');
  });

  test('else the version that is spoken', () => {
    expect(borneText(rsv)).toBe('RSV1 set (RFC 6455 §5.2); going on, as the version that is spoken allows');
    const letter = { rule: 'draft-close-letter', detail: 'a Close without a letter' } as const;
    expect(borneText(letter)).toBe('a Close without a letter (hybi-05, closing); going on, as its peers did');
  });

  test('and what else the first bytes could be', () => {
    const start = Buffer.from('810548656c6c6f', 'hex');
    const text = borneText({ rule: 'draft-close-code', detail: 'close code 18533', start });
    expect(text).toContain('as its peers did. The same bytes are a whole text in hybi-07 and later');
  });
});
