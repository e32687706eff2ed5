import { expect, test } from 'vitest';
import { RouteLog } from '../../src/endpoint/route-log.ts';
import type { Happening } from '../../src/session/event.ts';

/** A log whose clock is set by hand. */
function log() {
  const told: Happening[] = [];
  const clock = { now: 0 };
  const route = new RouteLog(
    (happening) => {
      told.push(happening);
    },
    () => clock.now,
  );
  return { route, told, clock };
}

test('a hop is told once it is done, with what was tried in it, in the order of the beginnings', () => {
  const { route, told, clock } = log();
  route.begin('dns');
  clock.now = 5;
  route.done('dns', '::1, 127.0.0.1', undefined, ['::1', '127.0.0.1']);
  expect(route.begin('tcp')).toBe(5);
  const first = route.attempt('[::1]:80');
  clock.now = 255;
  const second = route.attempt('127.0.0.1:80');
  clock.now = 260;
  second('connected');
  first('slower');
  route.done('tcp', '127.0.0.1:80');
  expect(told).toEqual([
    { type: 'hop', hop: 'dns', startedAt: 0, detail: '::1, 127.0.0.1', addresses: ['::1', '127.0.0.1'] },
    {
      type: 'hop',
      hop: 'tcp',
      startedAt: 5,
      detail: '127.0.0.1:80',
      attempts: [
        { address: '[::1]:80', startedAt: 5, endedAt: 260, outcome: 'slower' },
        { address: '127.0.0.1:80', startedAt: 255, endedAt: 260, outcome: 'connected' },
      ],
    },
  ]);
});

test('a failure says where, since when, and what was tried; what still runs is unanswered', () => {
  const { route, clock } = log();
  clock.now = 3;
  route.begin('tcp');
  route.attempt('[::1]:80')('failed', 'ECONNREFUSED');
  route.attempt('127.0.0.1:80');
  clock.now = 10;
  expect(route.failure()).toEqual({
    hop: 'tcp',
    startedAt: 3,
    attempts: [
      { address: '[::1]:80', startedAt: 3, endedAt: 3, outcome: 'failed', code: 'ECONNREFUSED' },
      { address: '127.0.0.1:80', startedAt: 3, endedAt: 10, outcome: 'unanswered' },
    ],
  });
});

test('a hop forgets the attempts of the one before, and the route those of an earlier way', () => {
  const { route } = log();
  route.begin('tcp');
  const late = route.attempt('127.0.0.1:80');
  route.begin('tls');
  late('slower');
  expect(route.failure()).toEqual({ hop: 'tls', startedAt: 0 });
});
