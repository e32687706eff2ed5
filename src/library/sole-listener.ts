import type { MessageListener } from './message-event.ts';
import { reportException } from './report.ts';

/**
 * Knows whether an event type has exactly one listener that is a plain function: then it can be called without the whole
 * ceremony of a dispatch. Node's `EventTarget` tells its subclasses of every listener that comes and goes, under names that
 * are not documented: where a Node does not, nobody is ever known to be alone, and everything is dispatched.
 */
export class SoleListener {
  /** How many there are; `undefined`: not known. */
  count: number | undefined = HOOKS ? 0 : undefined;
  listener: MessageListener | undefined;

  added(size: number, listener: unknown, once: boolean, weak: boolean): void {
    this.count = size;
    this.listener = size === 1 && typeof listener === 'function' && !once && !weak ? (listener as MessageListener) : undefined;
  }

  removed(size: number): void {
    this.count = size;
    this.listener = undefined;
  }
}

/** Where `EventTarget` calls its subclasses. */
export interface ListenerHooks {
  readonly added: symbol;
  readonly removed: symbol;
}

export const HOOKS: ListenerHooks | undefined = findHooks();

function findHooks(): ListenerHooks | undefined {
  const symbols = Object.getOwnPropertySymbols(EventTarget.prototype);
  const added = symbols.find(({ description }) => description === 'kNewListener');
  const removed = symbols.find(({ description }) => description === 'kRemoveListener');
  return added && removed && hooksWork({ added, removed }) ? { added, removed } : undefined;
}

/** Whether they say what we read from them. */
function hooksWork({ added, removed }: ListenerHooks): boolean {
  const heard: unknown[] = [];
  class Probe extends EventTarget {
    [added](...args: unknown[]) {
      heard.push(args.slice(0, 4));
    }

    [removed](...args: unknown[]) {
      heard.push(args.slice(0, 3));
    }
  }
  const probe = new Probe();
  const listener = () => undefined;
  probe.addEventListener('message', listener, { once: true });
  probe.dispatchEvent(new Event('message'));
  const [first, second] = heard as [unknown[]?, unknown[]?];
  const said = [1, 'message', listener, true, 0, 'message', listener];
  return said.every((value, index) => (index < 4 ? first?.[index] : second?.[index - 4]) === value);
}

/** As `EventTarget` does: a listener that fails is reported, and so is one whose promise does. */
export function settleListener(result: unknown): void {
  if (result === undefined || result === null) return;
  const { then } = result as { readonly then?: unknown };
  if (typeof then === 'function') then.call(result, undefined, reportException);
}
