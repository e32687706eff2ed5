import { expect, test } from 'vitest';
import { arena } from '../../../src/bytes/arena.ts';
import { Outbox } from '../../../src/protocol/connection/outbox.ts';

/** In a process that has sent nothing before: which memory boxes write to. */
test('once there is an arena frames leave from it, whatever they left from before', () => {
  const box = new Outbox();
  const payload = Buffer.alloc(1000);
  const turn = () => {
    box.frame(0x82, payload, 0, payload.length, 0x37fa213d);
    const [piece] = box.take();
    box.recycle(0);
    return piece?.buffer;
  };
  turn();
  const memory = arena()?.memory;
  expect(memory).toBeDefined();
  turn();
  expect(Array.from({ length: 10 }, turn).every((from) => from === memory)).toBe(true);
});
