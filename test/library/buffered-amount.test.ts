import { beforeEach, expect, test } from 'vitest';
import { BufferedAmount } from '../../src/library/buffered-amount.ts';

/** A link whose wire is moved by hand; a message takes two bytes more than its payload. */
let link = { sent: 0, left: 0 };
let amount: BufferedAmount;

beforeEach(() => {
  link = { sent: 100, left: 100 };
  amount = new BufferedAmount();
  amount.open(link, false);
});

function send(bytes: number): void {
  amount.queue(bytes);
  amount.hand(bytes);
  link.sent += bytes + 2;
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('counts up at once', () => {
  expect(amount.value).toBe(0);
  send(5);
  expect(amount.value).toBe(5);
  send(7);
  expect(amount.value).toBe(12);
});

test('does not fall in the turn in which it was sent, microtasks included, even when it has left', async () => {
  send(5);
  link.left = link.sent;
  expect(amount.value).toBe(5);
  await undefined;
  expect(amount.value).toBe(5);
  await nextTurn();
  expect(amount.value).toBe(0);
});

test('what left before counts no more, while what is sent now does', async () => {
  send(5);
  link.left = link.sent;
  await nextTurn();
  send(3);
  expect(amount.value).toBe(3);
});

test('falls byte by byte as they leave, what is nobody’s payload first', async () => {
  send(5);
  send(6);
  await nextTurn();
  const first = link.sent;
  send(70);
  await nextTurn();
  for (const [left, value] of [
    [first - 11, 81],
    [first - 10, 80],
    [first - 1, 71],
    [first, 70],
    [first + 2, 70],
    [first + 32, 40],
    [link.sent - 1, 1],
    [link.sent, 0],
  ] as const) {
    link.left = left;
    expect(amount.value).toBe(value);
  }
});

test('compressed, it falls by whole turns', async () => {
  amount.open(link, true);
  send(5);
  send(6);
  await nextTurn();
  const first = link.sent;
  send(70);
  await nextTurn();
  expect(amount.value).toBe(81);
  link.left = first - 1;
  expect(amount.value).toBe(81);
  link.left = first;
  expect(amount.value).toBe(70);
  link.left = link.sent;
  expect(amount.value).toBe(0);
});

test('frames that are nobody’s payload count for nothing', async () => {
  send(5);
  link.sent += 50;
  await nextTurn();
  link.left = 107;
  expect(amount.value).toBe(5);
  link.left = link.sent;
  expect(amount.value).toBe(0);
});

test('what the link never gets stays for ever', async () => {
  send(5);
  amount.queue(1000);
  link.left = link.sent;
  await nextTurn();
  expect(amount.value).toBe(1000);
});
