import { expect, test } from 'vitest';
import { WatchedClients } from '../../../src/command/listen/watched-clients.ts';

function client(watched = false) {
  return {
    watched,
    watch(on: boolean) {
      this.watched = on;
    },
  };
}

test('who is seen is watched, from before or from now on, and no longer than that', () => {
  const seen = new Set<number>();
  const clients = new WatchedClients((number) => seen.has(number));
  const [before, after, unseen] = [client(), client(), client()];
  clients.opened(1, before);
  clients.opened(3, unseen);
  seen.add(1).add(2);
  clients.settle();
  clients.opened(2, after);
  expect([before.watched, after.watched, unseen.watched]).toEqual([true, true, false]);
  seen.clear();
  clients.settle();
  expect([before.watched, after.watched, unseen.watched]).toEqual([false, false, false]);
});

test('who is watched for another reason stays so', () => {
  const seen = new Set([1]);
  const clients = new WatchedClients((number) => seen.has(number));
  const dumped = client(true);
  clients.opened(1, dumped);
  seen.clear();
  clients.settle();
  expect(dumped.watched).toBe(true);
});

test('who has left is let go', () => {
  const seen = new Set<number>();
  const clients = new WatchedClients((number) => seen.has(number));
  const gone = client();
  clients.opened(1, gone);
  clients.closed(1);
  seen.add(1);
  clients.settle();
  expect(gone.watched).toBe(false);
});
