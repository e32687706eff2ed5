import { expect, test } from 'vitest';
import { Reminder } from '../../../src/command/session/reminder.ts';

test('says what is waited for after a moment, unless it came or something else is', () => {
  const timers = new Set<() => void>();
  const said: string[] = [];
  const clock = {
    now: () => 0,
    soon: () => undefined,
    after: (_: number, callback: () => void) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  };
  const reminder = new Reminder(clock, (text) => said.push(text));
  reminder.expect('one');
  reminder.expect('two');
  expect(timers.size).toBe(1);
  for (const ring of timers) ring();
  expect(said).toEqual(['two']);
  reminder.cancel();
  reminder.expect('three');
  reminder.cancel();
  expect(timers.size).toBe(0);
});
