import type { Finding } from '../protocol/handshake/finding.ts';
import type { Field } from '../protocol/http/head.ts';

/** What those are told for whom a server has no room. */
interface NoRoom {
  readonly status: number;
  readonly headers: readonly Field[];
  readonly body: string;
  readonly why: string;
  readonly finding: Finding;
}

/** Seconds after which it may be worth another try: others may have left by then. */
export const RETRY: readonly Field[] = [{ name: 'Retry-After', value: '5' }];

/** As many clients are open as may be. */
export const FULL: NoRoom = {
  status: 503,
  headers: RETRY,
  why: 'as many clients are connected as may be (--max-connections)',
  body: 'The server is full: as many clients are connected as it takes (--max-connections). Try again later.\n',
  finding: {
    id: 'full',
    level: 'fail',
    side: 'server',
    section: 'limit --max-connections',
    requirement: 'The server has room for one more connection',
  },
};

/** Others need its place. `bytes`: of its request, so far. */
export function crowdedOut(bytes: number): NoRoom {
  return {
    status: 503,
    headers: RETRY,
    why: 'too many are in their opening handshake, and this one has waited longest (--max-handshakes)',
    body: 'Too many connections are in their opening handshake, and this one has waited longest. Try again later.\n',
    finding: {
      id: 'crowded',
      level: 'fail',
      side: 'client',
      section: 'limit --max-handshakes',
      requirement: 'The request arrives before others need its place',
      actual: `${bytes} bytes so far`,
    },
  };
}
