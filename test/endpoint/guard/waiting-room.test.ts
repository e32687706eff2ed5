import { describe, expect, test } from 'vitest';
import { type Place, WaitingRoom } from '../../../src/endpoint/guard/waiting-room.ts';

/** Connections are named by their address and number: `a1 a2 b1`. Whoever is evicted is told. */
function crowd(max: number, maxPerAddress: number, arrivals: string) {
  const room = new WaitingRoom(max, maxPerAddress);
  const evicted: string[] = [];
  const places = new Map<string, Place>();
  const arrive = (name: string) => {
    const address = name.replace(/\d+$/, '');
    places.set(
      name,
      room.enter(address, () => evicted.push(name)),
    );
  };
  for (const name of arrivals.split(' ')) arrive(name);
  return { room, evicted, places, arrive };
}

describe('who has to go', () => {
  test.each<[what: string, max: number, perAddress: number, arrivals: string, evicted: string]>([
    ['nobody, while there is room', 3, 9, 'a1 b1 c1', ''],
    ['the first to come of the address that has most', 3, 9, 'b1 a1 a2 c1', 'a1'],
    ['again and again', 3, 9, 'b1 a1 a2 a3 a4', 'a1 a2'],
    ['of one address alone the first to come', 2, 9, 'a1 a2 a3 a4', 'a1 a2'],
    ['who comes alone displaces the crowd and stays', 4, 9, 'a1 a2 a3 a4 b1 a5 a6 a7', 'a1 a2 a3 a4'],
    ['the first of an address that has too many itself', 9, 2, 'a1 a2 b1 a3', 'a1'],
    ['but not of those without an address', 9, 1, '1 2 3', ''],
  ])('%s', (_, max, perAddress, arrivals, evicted) => {
    const { room, evicted: gone } = crowd(max, perAddress, arrivals);
    expect(gone.join(' ')).toBe(evicted);
    expect(room.size).toBe(Math.min(arrivals.split(' ').length - gone.length, max));
  });
});

test('whoever has left takes no room, however often it says so', () => {
  const { room, evicted, places, arrive } = crowd(2, 9, 'a1 a2');
  places.get('a1')?.leave();
  places.get('a1')?.leave();
  expect(room.size).toBe(1);
  arrive('a3');
  expect(evicted).toEqual([]);
  places.get('a2')?.leave();
  places.get('a3')?.leave();
  expect(room.size).toBe(0);
});

test('an eviction ends as whoever carries the handshake on has set it, and its leaving changes nothing any more', () => {
  const { room, places, arrive } = crowd(1, 9, 'a1');
  const place = places.get('a1');
  const ways: string[] = [];
  if (place)
    place.evict = () => {
      ways.push('by the admission');
      place.leave();
    };
  arrive('b1');
  expect(ways).toEqual(['by the admission']);
  expect(room.size).toBe(1);
});
