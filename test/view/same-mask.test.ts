import { expect, test } from 'vitest';
import { SameMask } from '../../src/view/same-mask.ts';
import { sampleFrame } from './frame-sample.ts';

const watch = new SameMask();
const frame = (key: string | undefined, connection: number, direction: 'sent' | 'received' = 'received') =>
  watch.record({
    type: 'frame',
    direction,
    frame: sampleFrame(key === undefined ? {} : { key }),
    violations: [],
    inflated: undefined,
    at: 0,
    connection,
  });
const closed = (connection: number) =>
  watch.record({ type: 'closed', code: 1000, reason: '', wasClean: true, by: 'us', at: 0, connection });

test('a mask that never changes is told once a connection', () => {
  const said = 'the mask never changes: two frames in a row have 01020304, and each must have a fresh one';
  expect(frame('01020304', 1)).toBeUndefined();
  expect(frame('01020304', 2)).toBeUndefined();
  expect(frame('01020304', 1)).toBe(said);
  expect(frame('01020304', 1)).toBeUndefined();
  expect(frame('01020304', 2)).toBe(said);
  closed(1);
  expect(frame('01020304', 1)).toBeUndefined();
  expect(frame('01020304', 1)).toBe(said);
});

test('fresh ones, none, and our own are nothing to speak of', () => {
  for (const key of ['00000001', '00000002', undefined, undefined, '00000001']) expect(frame(key, 3)).toBeUndefined();
  expect(frame('00000005', 3, 'sent')).toBeUndefined();
  expect(frame('00000005', 3, 'sent')).toBeUndefined();
});
