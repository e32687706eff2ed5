import { expect, test } from 'vitest';
import { closeReason } from '../../../src/protocol/connection/close-reason.ts';

test('a rule of an RFC is named by its section', () => {
  const violation = { rule: 'mask-missing', detail: 'MASK is 0' } as const;
  expect([true, false].map((namesFlags) => closeReason(violation, namesFlags))).toEqual([
    'RFC 6455 §5.1: MASK is 0',
    'RFC 6455 §5.1: MASK is 0',
  ]);
});

test('a limit is named by its option of the command line, where there is one', () => {
  const violation = { rule: 'frame-too-big', detail: '20 bytes' } as const;
  expect([true, false].map((namesFlags) => closeReason(violation, namesFlags))).toEqual([
    'limit --max-frame: 20 bytes',
    'limit: 20 bytes',
  ]);
});
