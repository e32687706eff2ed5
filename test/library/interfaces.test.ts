import { describe, expect, test } from 'vitest';
import { CloseEvent, WebSocket, WebSocketError, WebSocketStream } from '../../src/index.ts';
import { socketTo } from './watch.ts';

/** What Web IDL makes of an interface, for all that the standard has. */
interface Interface {
  readonly object: { readonly name: string; readonly length: number; readonly prototype: object };
  readonly inherits: object;
  readonly length: number;
  /** In the order in which they are enumerated; with `=` they can be set, with `~` they are promises. */
  readonly attributes: readonly string[];
  readonly operations: Readonly<Record<string, number>>;
  readonly constants: Readonly<Record<string, number>>;
  readonly make: () => object;
}

const NOWHERE = 'ws://127.0.0.1:1/';

const INTERFACES: readonly Interface[] = [
  {
    object: WebSocket,
    inherits: EventTarget,
    length: 1,
    attributes: [
      ...['url', 'readyState', 'bufferedAmount', 'onopen=', 'onerror=', 'onclose='],
      ...['extensions', 'protocol', 'onmessage=', 'binaryType='],
    ],
    operations: { close: 0, send: 1 },
    constants: { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
    make: () => socketTo(NOWHERE),
  },
  {
    object: CloseEvent,
    inherits: Event,
    length: 1,
    attributes: ['wasClean', 'code', 'reason'],
    operations: {},
    constants: {},
    make: () => new CloseEvent('close'),
  },
  {
    object: WebSocketStream,
    inherits: Function.prototype,
    length: 1,
    attributes: ['url', 'opened~', 'closed~'],
    operations: { close: 0 },
    constants: {},
    make: () => new WebSocketStream(NOWHERE),
  },
  {
    object: WebSocketError,
    inherits: DOMException,
    length: 0,
    attributes: ['closeCode', 'reason'],
    operations: {},
    constants: {},
    make: () => new WebSocketError(),
  },
];

const nameOf = (attribute: string) => attribute.replace(/[=~]$/, '');
const property = (object: object, name: PropertyKey) => Object.getOwnPropertyDescriptor(object, name);

describe.each(INTERFACES.map((each) => [each.object.name, each] as const))('%s', (name, each) => {
  const { object, inherits, length, attributes, operations, constants, make } = each;
  const { prototype } = object;

  test('the interface object', () => {
    expect(Object.getPrototypeOf(object)).toBe(inherits);
    expect(property(object, 'name')).toEqual({ value: name, writable: false, enumerable: false, configurable: true });
    expect(property(object, 'length')).toEqual({ value: length, writable: false, enumerable: false, configurable: true });
    expect(property(object, 'prototype')).toMatchObject({ writable: false, enumerable: false, configurable: false });
    expect(Object.getOwnPropertyNames(object).toSorted()).toEqual(
      [...Object.keys(constants), 'length', 'name', 'prototype'].toSorted(),
    );
    expect(() => Reflect.apply(object as unknown as () => void, undefined, [NOWHERE])).toThrow(TypeError);
  });

  test('its prototype, and the order in which members are found', () => {
    const parent = inherits === Function.prototype ? Object.prototype : (inherits as { prototype: object }).prototype;
    expect(Object.getPrototypeOf(prototype)).toBe(parent);
    expect(Object.keys(prototype)).toEqual([...attributes.map(nameOf), ...Object.keys(operations), ...Object.keys(constants)]);
    const back = { value: object, writable: true, enumerable: false, configurable: true };
    expect(property(prototype, 'constructor')).toEqual(back);
    const tag = { value: name, writable: false, enumerable: false, configurable: true };
    expect(property(prototype, Symbol.toStringTag)).toEqual(tag);
  });

  test('an object of it has nothing of its own to be seen', () => {
    const instance = make();
    expect(Object.prototype.toString.call(instance)).toBe(`[object ${name}]`);
    expect(Object.keys(instance).filter((key) => key !== 'isTrusted')).toEqual([]);
    for (const attribute of attributes) expect(Object.hasOwn(instance, nameOf(attribute))).toBe(false);
  });

  if (attributes.length > 0)
    test.each(attributes.map((attribute) => [nameOf(attribute), attribute.slice(-1)]))('%s', async (attribute, kind) => {
      const { get, set, enumerable, configurable } = property(prototype, attribute) ?? {};
      expect({ enumerable, configurable }).toEqual({ enumerable: true, configurable: true });
      expect([get?.name, get?.length]).toEqual([`get ${attribute}`, 0]);
      expect(set && [set.name, set.length]).toEqual(kind === '=' ? [`set ${attribute}`, 1] : undefined);
      for (const stranger of [undefined, null, {}, prototype]) {
        const read = () => get?.call(stranger);
        if (kind === '~') await expect(read()).rejects.toThrow(TypeError);
        else expect(read).toThrow(TypeError);
        if (set) expect(() => set.call(stranger, null)).toThrow(TypeError);
      }
    });

  if (Object.keys(operations).length > 0)
    test.each(Object.entries(operations))('%s()', (operation, length) => {
      const { value, writable, enumerable, configurable } = property(prototype, operation) ?? {};
      expect({ writable, enumerable, configurable }).toEqual({ writable: true, enumerable: true, configurable: true });
      expect([value.name, value.length]).toEqual([operation, length]);
      expect(() => Reflect.construct(value, [])).toThrow(TypeError);
      for (const stranger of [undefined, null, {}, prototype]) expect(() => value.call(stranger, '')).toThrow(TypeError);
    });
});

test.each(['onopen', 'onmessage', 'onerror', 'onclose'] as const)('%s takes objects, and what is none makes it null', (name) => {
  const socket = socketTo(NOWHERE);
  for (const object of [() => undefined, {}, { handleEvent: () => undefined }, [], /x/]) {
    Reflect.set(socket, name, object);
    expect(socket[name]).toBe(object);
  }
  for (const none of [1, 'x', true, Symbol('x'), 1n, null, undefined]) {
    Reflect.set(socket, name, () => undefined);
    Reflect.set(socket, name, none);
    expect(socket[name]).toBeNull();
  }
});

test('binaryType cannot be what cannot be a string', () => {
  const socket = socketTo(NOWHERE);
  expect(() => Reflect.set(socket, 'binaryType', Symbol('blob'))).toThrow(TypeError);
  expect(socket.binaryType).toBe('blob');
});
