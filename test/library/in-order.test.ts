import { expect, test } from 'vitest';
import { InOrder } from '../../src/library/in-order.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('what takes time is waited for, and what failed is not', async () => {
  const done: string[] = [];
  const order = new InOrder((error) => done.push(`failed: ${error}`));
  let finish: () => void = () => undefined;
  order.add(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    done.push('slow');
  }, 5);
  order.add(() => {
    throw 'a reason';
  }, 2);
  order.add(() => {
    done.push('quick');
  });
  await settled();
  expect([done, order.waiting, order.size]).toEqual([[], true, 7]);
  finish();
  await settled();
  expect([done, order.waiting, order.size]).toEqual([['slow', 'failed: a reason', 'quick'], false, 0]);
});
