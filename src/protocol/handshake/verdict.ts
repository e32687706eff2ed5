/** What a check says of one requirement, without what the requirement says of itself. */
import type { Finding } from './finding.ts';

export type Verdict = Pick<Finding, 'level' | 'expected' | 'actual' | 'hint'>;

export const pass = (actual: string, hint?: string): Verdict => verdict('pass', undefined, actual, hint);
export const warn = (actual: string, hint: string): Verdict => verdict('warn', undefined, actual, hint);
export const fail = (expected: string, actual: string, hint?: string): Verdict => verdict('fail', expected, actual, hint);

function verdict(level: Finding['level'], expected: string | undefined, actual: string, hint: string | undefined): Verdict {
  return { level, actual, ...(expected === undefined ? {} : { expected }), ...(hint === undefined ? {} : { hint }) };
}

export const NOT_SENT = 'not sent';

/** The values of a field for a finding. They quote the peer. */
export const quoted = (values: readonly string[]) =>
  values.length === 0 ? NOT_SENT : values.map((value) => value || '(empty)').join(' | ');

/** As `quoted`, with their number where there are several. */
export const times = (values: readonly string[]) =>
  values.length > 1 ? `${values.length} times: ${quoted(values)}` : quoted(values);
