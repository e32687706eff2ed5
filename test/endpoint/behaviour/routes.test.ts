import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BroadcastRoom } from '../../../src/endpoint/behaviour/broadcast-room.ts';
import { BY_HAND } from '../../../src/endpoint/behaviour/by-hand.ts';
import { ECHO } from '../../../src/endpoint/behaviour/echo.ts';
import { pathOf, Routes } from '../../../src/endpoint/behaviour/routes.ts';
import { SINK } from '../../../src/endpoint/behaviour/sink.ts';

const head = (target: string) => ({ kind: 'request', method: 'GET', target, version: 'HTTP/1.1', fields: [] }) as const;
const room = new BroadcastRoom();
const routes = new Routes(
  [
    { path: '/chat', kind: room },
    { path: '/chat/side/', kind: ECHO },
    { path: '/a b', kind: SINK },
  ],
  undefined,
);

describe('the longest route, by whole segments', () => {
  test.each<[target: string, name: string | undefined, route?: string, rest?: string]>([
    ['/chat', 'broadcast', '/chat', ''],
    ['/chat/', 'broadcast', '/chat', '/'],
    ['/chat?x=/chat/side', 'broadcast', '/chat', ''],
    ['/chat/side', 'echo', '/chat/side', ''],
    ['/chat/side/a/b%2Fc', 'echo', '/chat/side', '/a/b/c'],
    ['/chat/sides', 'broadcast', '/chat', '/sides'],
    ['/%63hat', 'broadcast', '/chat', ''],
    ['/a%20b/%zz', 'sink', '/a b', '/%zz'],
    ['ws://host:1/chat/x?y', 'broadcast', '/chat', '/x'],
    ['/chatter', undefined],
    ['/', undefined],
    ['', undefined],
    ['/Chat', undefined],
    ['//chat', undefined],
  ])('%s', (target, name, route, rest) => {
    const found = routes.find(target);
    expect(found && [found.kind.name, found.route, found.rest]).toEqual(name && [name, route, rest]);
    expect(routes.refusal(head(target))?.status).toBe(name === undefined ? 404 : undefined);
  });
});

test('/ takes what nothing else does, and a fallback does', () => {
  const all = new Routes(
    [
      { path: '/', kind: ECHO },
      { path: '/s', kind: SINK },
    ],
    undefined,
  );
  expect(['/', '/x/y', '/s/t', '/ss'].map((target) => all.find(target)?.kind.name)).toEqual(['echo', 'echo', 'sink', 'echo']);
  const hand = new Routes([], BY_HAND);
  expect(hand.find('/a%20b/c?d')).toEqual({ kind: BY_HAND, route: '', rest: '/a b/c' });
});

test('a refusal names every path, and who is asked why', () => {
  expect(routes.refusal(head('/x?secret'))).toMatchObject({
    body: 'Nothing is served at this path. There is: /a b, /chat, /chat/side\n',
    finding: { actual: '/x' },
  });
});

test('no target throws', () => {
  fc.assert(
    fc.property(fc.string(), (target) => {
      routes.find(target);
      expect(pathOf(target).startsWith('/')).toBe(true);
    }),
  );
});
