/** Requirements as tables: each row is one finding, met or not. */
import type { Finding } from '../handshake/finding.ts';
import { fail, type Verdict, warn } from '../handshake/verdict.ts';
import { type DialectName, dialectOf } from './name.ts';

export interface Requirement<Exchange> {
  readonly id: string;
  readonly requirement: string;
  readonly check: (exchange: Exchange) => Verdict;
}

/** One row judged for each requirement, in their order. */
export function findingsOf<Exchange>(
  requirements: readonly Requirement<Exchange>[],
  exchange: Exchange,
  side: Finding['side'],
  section: string,
): Finding[] {
  return requirements.map(({ id, requirement, check }) => ({ id, side, section, requirement, ...check(exchange) }));
}

/** What a draft forbids and a debugger lets pass: wrong by the letter, odd otherwise. */
export function lapse(isStrict: boolean | undefined, expected: string, actual: string, hint: string): Verdict {
  return isStrict === true ? fail(expected, actual, hint) : { ...warn(actual, hint), expected };
}

/** Where a requirement is written. The drafts' sections are not cited: their numbers changed from draft to draft. */
export function sectionOf(name: DialectName): string {
  return name === 'rfc6455' ? 'RFC 6455' : `draft ${name === 'hybi-04-libwebsockets' ? 'hybi-04' : dialectOf(name).name}`;
}
