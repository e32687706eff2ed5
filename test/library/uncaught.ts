import { onTestFinished } from 'vitest';
import { Inbox } from '../interop/inbox.ts';

/** The messages of what nobody caught, until the test ends. */
export function uncaught(): Inbox<string> {
  const thrown = new Inbox<string>();
  const mine = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', ({ message }) => thrown.put(message));
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of mine) process.on('uncaughtException', listener);
  });
  return thrown;
}
