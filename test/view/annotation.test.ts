import { describe, expect, test } from 'vitest';
import { annotations, closeText, violationLines } from '../../src/view/annotation.ts';
import { plainStyle } from '../../src/view/style.ts';
import { frameEvent } from './frame-sample.ts';

const options = { style: plainStyle, width: 80 };

test('a clean frame needs no words', () => {
  expect(annotations(frameEvent({ payload: 'Hello' }), options)).toEqual([]);
});

describe('violationLines', () => {
  const violation = { rule: 'mask-missing', detail: 'a frame from the client without mask' } as const;

  test('what was found, then the rule', () => {
    expect(violationLines(violation, options)).toEqual([
      '          ✗ RFC 6455 §5.1: a frame from the client without mask',
      '            a client must mask every frame that it sends',
    ]);
  });

  test('without a margin, and narrow', () => {
    expect(violationLines(violation, { ...options, width: 30 }, 0)).toEqual([
      '✗ RFC 6455 §5.1: a frame from',
      '  the client without mask',
      '  a client must mask every',
      '  frame that it sends',
    ]);
  });
});

describe('closeText', () => {
  test.each([
    [1000, '', 60, '1000 Normal Closure'],
    [1000, 'bye', 60, '1000 Normal Closure "bye"'],
    [4400, '\x1b]2;x\x07', 60, '4400 Private Use "\\x1b]2;x\\x07"'],
    [1001, 'a reason that is far too long', 40, '1001 Going Away "a reason "… (+20 bytes)'],
    [1001, 'no room', 18, '1001 Going Away'],
  ])('%i %j in %d columns', (code, reason, columns, text) => {
    expect(closeText(code, Buffer.from(reason), columns, plainStyle)).toBe(text);
  });
});

test('a message that inflates to nothing has no ratio', () => {
  expect(annotations(frameEvent({ rsv: '100', payload: Buffer.from([0]) }, { inflated: '' }), options)).toEqual([
    '          deflate: 1 B on the wire, 0 B inflated',
  ]);
});

test('a cut Close frame is not said to be without code', () => {
  expect(annotations(frameEvent({ opcode: 'close', length: 5n }), options)).toEqual([
    '          ! cut short: 0 of 5 payload bytes are here',
  ]);
});
