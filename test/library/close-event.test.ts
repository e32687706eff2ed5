import { expect, test } from 'vitest';
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
])('%j gives %j', (init, expected) => {
  expect(new CloseEvent('x', init)).toMatchObject(expected);
});
