import { describe, expect, test } from 'vitest';
import { CloseEvent } from '../../src/index.ts';

test('a CloseEvent is an Event with three more things', () => {
  const event = new CloseEvent('close', { code: 4000, reason: 'bye', wasClean: true, cancelable: true });
  expect(event).toBeInstanceOf(Event);
  expect(event).toMatchObject({ type: 'close', code: 4000, reason: 'bye', wasClean: true, cancelable: true, bubbles: false });
  expect(Object.prototype.toString.call(event)).toBe('[object CloseEvent]');
  expect(CloseEvent.name).toBe('CloseEvent');
});

test('has a type, whatever it is', () => {
  expect(() => Reflect.construct(CloseEvent, [])).toThrow(TypeError);
  expect(Reflect.construct(CloseEvent, [undefined, null])).toMatchObject({ type: 'undefined', code: 0 });
  expect(CloseEvent).toHaveLength(1);
});

test.each<[init: object | undefined, expected: object]>([
  [undefined, { code: 0, reason: '', wasClean: false }],
  [{}, { code: 0, reason: '', wasClean: false }],
  [
    { code: 65_537, reason: '\ud800', wasClean: 1 },
    { code: 1, reason: '\ufffd', wasClean: true },
  ],
  [{ code: '3000.9' }, { code: 3000 }],
  [{ code: Number.POSITIVE_INFINITY }, { code: 0 }],
  [{ reason: null }, { reason: 'null' }],
  [Object.assign(() => undefined, { code: 7 }), { code: 7 }],
])('%j gives %j', (init, expected) => {
  expect(new CloseEvent('x', init)).toMatchObject(expected);
});

test.each([1, 'x', { code: Symbol('x') }, { reason: Symbol('x') }])('%o is no init', (init) => {
  expect(() => Reflect.construct(CloseEvent, ['x', init])).toThrow(TypeError);
});

/** Node 24's own takes both otherwise than Web IDL has it. */
describe.skipIf('CloseEvent' in globalThis)('ours', () => {
  test('takes the lowest 16 bits of a negative code, and no bigint', () => {
    expect(new CloseEvent('x', { code: -1 }).code).toBe(65_535);
    expect(() => Reflect.construct(CloseEvent, ['x', { code: 1n }])).toThrow(TypeError);
  });
});
