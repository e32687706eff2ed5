import type { MessageListener } from './message-event.ts';
import { reportException } from './report.ts';

/**
 * Knows whether an event type has exactly one listener that is a plain function: then it can be called without the whole
 * ceremony of a dispatch. Node's `EventTarget` tells its subclasses of every listener that comes and goes, under names that
 * are not documented: where a Node does not, nobody is ever known to be alone, and everything is dispatched.
 */
export class SoleListener {
  /** How many there are; `undefined`: not known. */
  count: number | undefined = AVAILABLE ? 0 : undefined;
  listener: MessageListener | undefined;

  added(size: number, listener: unknown, conditional: boolean): void {
    this.count = size;
    this.listener = size === 1 && typeof listener === 'function' && !conditional ? (listener as MessageListener) : undefined;
  }

  removed(size: number): void {
    this.count = size;
    this.listener = undefined;
  }
}

const named = (name: string): symbol | undefined =>
  Object.getOwnPropertySymbols(EventTarget.prototype).find(({ description }) => description === name);

/** The names under which `EventTarget` calls its subclasses; where it has none of them, ours are never called. */
export const LISTENER_ADDED: symbol = named('kNewListener') ?? Symbol('listener added');
export const LISTENER_REMOVED: symbol = named('kRemoveListener') ?? Symbol('listener removed');

/** Whether they are called, and with what we read from them. */
const AVAILABLE = isHeard();

function isHeard(): boolean {
  const heard: unknown[] = [];
  class Probe extends EventTarget {
    [LISTENER_ADDED](...args: readonly unknown[]): void {
      heard.push(...args.slice(0, 4));
    }

    [LISTENER_REMOVED](...args: readonly unknown[]): void {
      heard.push(...args.slice(0, 2));
    }
  }
  const probe = new Probe();
  const listener = () => undefined;
  probe.addEventListener('probe', listener, { once: true });
  probe.dispatchEvent(new Event('probe'));
  const expected = [1, 'probe', listener, true, 0, 'probe'];
  return heard.length === expected.length && expected.every((value, index) => heard[index] === value);
}

/** What `EventTarget` itself does when a listener comes or goes: it warns of too many. */
export function callHook(hook: symbol, target: EventTarget, args: readonly unknown[]): void {
  const own = (EventTarget.prototype as unknown as Readonly<Record<symbol, unknown>>)[hook];
  if (typeof own === 'function') own.apply(target, args);
}

/** As `EventTarget` does: a listener that fails is reported, and so is one whose promise does. */
export function settleListener(result: unknown): void {
  if (result === undefined || result === null) return;
  const { then } = result as { readonly then?: unknown };
  if (typeof then === 'function') then.call(result, undefined, reportException);
}
