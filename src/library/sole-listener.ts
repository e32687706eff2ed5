import type { MessageListener } from './message-event.ts';
import { reportException } from './report.ts';

/**
 * Knows whether messages have exactly one listener and that is a plain function: then it can be called without the whole
 * ceremony of a dispatch. Node's `EventTarget` tells its subclasses of every listener that comes and goes, under names that
 * are not documented: where a Node does not, nobody is ever known to be alone, and everything is dispatched.
 */
export class SoleListener {
  /** How many there are; `undefined`: not known. */
  count: number | undefined = AVAILABLE ? 0 : undefined;
  listener: MessageListener | undefined;
  /** Whether one came or went since somebody last looked. */
  changed = false;

  /** `conditional`: for one event only, or held weakly. */
  added(size: number, listener: unknown, conditional: boolean): void {
    this.changed = true;
    this.count = size;
    this.listener = size === 1 && typeof listener === 'function' && !conditional ? (listener as MessageListener) : undefined;
  }

  removed(size: number): void {
    this.changed = true;
    this.count = size;
    this.listener = undefined;
  }
}

const named = (name: string): symbol =>
  Object.getOwnPropertySymbols(EventTarget.prototype).find(({ description }) => description === name) ?? Symbol(name);

/** The names under which `EventTarget` calls its subclasses; where it has none of them, ours are never called. */
const ADDED = named('kNewListener');
const REMOVED = named('kRemoveListener');

/** Lets the listeners of `message` on objects with this prototype be known. */
export function hearListeners<Target extends EventTarget>(
  prototype: Target,
  listenersOf: (target: Target) => SoleListener,
): void {
  hook(prototype, ADDED, (target: Target, size, type, listener, once, _capture, _passive, weak) => {
    if (type === 'message') listenersOf(target).added(Number(size), listener, once === true || weak === true);
  });
  hook(prototype, REMOVED, (target: Target, size, type) => {
    if (type === 'message') listenersOf(target).removed(Number(size));
  });
}

/** `hear` is told first, and then whoever was told before: `EventTarget` itself warns of too many listeners. */
function hook<Target extends EventTarget>(
  prototype: Target,
  name: symbol,
  hear: (target: Target, ...args: readonly unknown[]) => void,
): void {
  const before: unknown = Reflect.get(prototype, name);
  const value = function (this: Target, ...args: readonly unknown[]): void {
    hear(this, ...args);
    if (typeof before === 'function') before.apply(this, args);
  };
  Object.defineProperty(prototype, name, { value, configurable: true });
}

/** Whether we are told, and what we read from it. */
const AVAILABLE = isTold();

function isTold(): boolean {
  const told: unknown[] = [];
  class Probe extends EventTarget {}
  hook(Probe.prototype, ADDED, (_, ...args) => told.push(...args.slice(0, 4)));
  hook(Probe.prototype, REMOVED, (_, ...args) => told.push(...args.slice(0, 2)));
  const probe = new Probe();
  const listener = () => undefined;
  probe.addEventListener('probe', listener, { once: true });
  probe.dispatchEvent(new Event('probe'));
  const expected = [1, 'probe', listener, true, 0, 'probe'];
  return told.length === expected.length && expected.every((value, index) => told[index] === value);
}

/** As `EventTarget` does: a listener that gives a promise is reported when that fails. Returns whether it gave one. */
export function settleListener(result: unknown): boolean {
  if (result === undefined || result === null) return false;
  const { then } = result as { readonly then?: unknown };
  if (typeof then !== 'function') return false;
  then.call(result, undefined, reportException);
  return true;
}
