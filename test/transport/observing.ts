import type { AttemptOutcome, HopName } from '../../src/session/event.ts';
import { RouteError, type RouteObserver } from '../../src/transport/route.ts';

/** Remembers what a route told, one line a thing. */
export class Told implements RouteObserver {
  readonly lines: string[] = [];

  begin(hop: HopName): void {
    this.lines.push(`begin ${hop}`);
  }

  done(hop: HopName, detail: string): void {
    this.lines.push(`done ${hop}: ${detail}`);
  }

  attempt(address: string): (outcome: AttemptOutcome, code?: string) => void {
    this.lines.push(`try ${address}`);
    return (outcome, code = '') => this.lines.push(`${outcome} ${address} ${code}`.trimEnd());
  }
}

/** The failure of a hop; a success, or another error, is one of the test. */
export async function failureOf(hop: Promise<unknown>): Promise<RouteError> {
  const error = await hop.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  );
  if (RouteError.is(error)) return error;
  throw error;
}

export const never = new AbortController().signal;
