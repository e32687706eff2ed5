/**
 * Fires an event: dispatches it at `target` as an event of ours, on which scripts may rely as on a browser's. Node forgets
 * after the first listener that an event is being dispatched, so that is said here.
 */
export function fire(target: EventTarget, event: Event): void {
  Object.defineProperties(event, {
    isTrusted: { value: true, enumerable: true, configurable: true },
    currentTarget: { value: target, configurable: true },
    eventPhase: { value: AT_TARGET, configurable: true },
    composedPath: { value: () => [target], configurable: true },
  });
  EventTarget.prototype.dispatchEvent.call(target, event);
  for (const name of ['currentTarget', 'eventPhase', 'composedPath']) Reflect.deleteProperty(event, name);
}

const AT_TARGET = 2;
