import { beforeEach, describe, expect, test } from 'vitest';
import { EventHandlers } from '../../src/library/event-handlers.ts';

let target: EventTarget;
let handlers: EventHandlers;
let calls: string[];
const note = (name: string) => () => {
  calls.push(name);
};

beforeEach(() => {
  target = new EventTarget();
  handlers = new EventHandlers(target);
  calls = [];
});

const fire = () => {
  calls = [];
  target.dispatchEvent(new Event('ping'));
  return calls;
};

test('is null at first, and what it was set to after that', () => {
  expect(handlers.get('ping')).toBeNull();
  const handler = note('a');
  handlers.set('ping', handler);
  expect(handlers.get('ping')).toBe(handler);
  expect(fire()).toEqual(['a']);
});

test('a new handler takes the place of the old one in the list', () => {
  handlers.set('ping', note('old'));
  target.addEventListener('ping', note('listener'));
  handlers.set('ping', note('new'));
  expect(fire()).toEqual(['new', 'listener']);
});

test('set to null it leaves the list, and comes last when it is set again', () => {
  handlers.set('ping', note('a'));
  target.addEventListener('ping', note('listener'));
  handlers.set('ping', null);
  expect(fire()).toEqual(['listener']);
  handlers.set('ping', note('b'));
  expect(fire()).toEqual(['listener', 'b']);
});

test.each([undefined, 0, 1, true, '', 'alert()', Symbol('x')])('%o is null', (value) => {
  handlers.set('ping', note('a'));
  handlers.set('ping', value);
  expect(handlers.get('ping')).toBeNull();
  expect(fire()).toEqual([]);
});

test('an object that cannot be called is kept and not called, not even its handleEvent', () => {
  const object = { handleEvent: note('x') };
  handlers.set('ping', object);
  expect(handlers.get('ping')).toBe(object);
  expect(fire()).toEqual([]);
});

test('it is called with the target as this and the event', () => {
  const event = new Event('ping');
  const got: unknown[] = [];
  handlers.set('ping', function (this: unknown, ...args: unknown[]) {
    got.push(this, ...args);
  });
  target.dispatchEvent(event);
  expect(got).toEqual([target, event]);
});

describe('its return value', () => {
  test.each([
    [false, true],
    [true, false],
    [undefined, false],
    [0, false],
    ['', false],
  ])('%o: prevented %o', (value, prevented) => {
    handlers.set('ping', () => value);
    const event = new Event('ping', { cancelable: true });
    expect(target.dispatchEvent(event)).toBe(!prevented);
  });
});
