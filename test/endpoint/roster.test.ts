import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Member, Roster } from '../../src/endpoint/roster.ts';

class Guest implements Member<Guest> {
  before: Guest | undefined;
  after: Guest | undefined;
  readonly name: number;

  constructor(name: number) {
    this.name = name;
  }
}

test('whoever leaves takes nobody along and keeps nobody', () => {
  const roster = new Roster<Guest>();
  const [a, b, c] = [new Guest(1), new Guest(2), new Guest(3)] as const;
  for (const guest of [a, b, c]) roster.add(guest);
  expect(roster.delete(b)).toBe(true);
  expect([...roster]).toEqual([a, c]);
  expect([b.before, b.after]).toEqual([undefined, undefined]);
  expect(roster.delete(b)).toBe(false);
  expect(roster.size).toBe(2);
});

test('it is gone through as it was at first, though everybody leaves meanwhile', () => {
  const roster = new Roster<Guest>();
  for (let name = 0; name < 5; name++) roster.add(new Guest(name));
  const met: number[] = [];
  for (const guest of roster) {
    met.push(guest.name);
    for (const other of roster) roster.delete(other);
  }
  expect(met).toEqual([0, 1, 2, 3, 4]);
  expect([roster.size, ...roster]).toEqual([0]);
});

test('it is what a Set is', () => {
  const step = fc.tuple(fc.boolean(), fc.nat(7));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const guests = Array.from({ length: 8 }, (_, name) => new Guest(name));
      const roster = new Roster<Guest>();
      const set = new Set<Guest>();
      for (const [comes, at] of steps) {
        const guest = guests[at] as Guest;
        if (!comes) expect(roster.delete(guest)).toBe(set.delete(guest));
        else if (!set.has(guest)) {
          set.add(guest);
          roster.add(guest);
        }
        expect([...roster].map(({ name }) => name)).toEqual([...set].map(({ name }) => name));
        expect(roster.size).toBe(set.size);
      }
    }),
  );
});
