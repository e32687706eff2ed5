import { describe, expect, test } from 'vitest';
import { otherRole, type PeerFrame, ROLES, Talk, type TalkOptions, wire } from './talk.ts';

/** A dialogue: the peer's frames; what is told, what is answered. `closed` in `heard` is the end of TCP behind it. */
export interface Case {
  readonly name: string;
  readonly hear: readonly PeerFrame[];
  readonly heard: readonly string[];
  readonly said?: readonly string[];
  readonly options?: TalkOptions;
}

export const LOST = 'closed 1006 unclean by network';
export const failed = (code: number) => `closed ${code} unclean by us`;

/** Every case in both roles, read whole, byte by byte and in odd pieces; a message behind a fatal end is never told. */
export function dialogues(group: string, cases: readonly Case[]): void {
  describe(group, () => {
    describe.each(ROLES)('as %s', (role) => {
      test.each(cases)('$name', ({ hear, heard, said = [], options }) => {
        const bytes = wire(otherRole(role), hear);
        for (const size of [Number.POSITIVE_INFINITY, 1, 7]) {
          const talk = new Talk(role, options).hear(bytes, size);
          talk.end();
          expect([talk.heard, talk.said]).toEqual([heard, said]);
        }
      });
    });
  });
}

export const refuses = (rule: string, code = 1002) => ({ heard: [`fatal ${rule}`, failed(code)], said: [`close ${code}`] });
