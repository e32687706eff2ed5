import type { Field } from './head.ts';
import { isToken } from './parameter-list.ts';

/** Why a head is not one: stable names, for tests and scripts. */
export type HeadProblemId =
  | 'not-http'
  | 'request-line'
  | 'status-line'
  | 'http-version'
  | 'bare-lf'
  | 'bare-cr'
  | 'nul'
  | 'obs-fold'
  | 'colon-missing'
  | 'space-before-colon'
  | 'name-empty'
  | 'name-invalid'
  | 'too-large'
  | 'too-many-fields';

/** What is wrong with one line. `text` is authored by us and quotes nobody: safe to print. */
export interface LineProblem {
  readonly id: HeadProblemId;
  readonly text: string;
}

export const isProblem = (line: object): line is LineProblem => 'id' in line;

const problem = (id: HeadProblemId, text: string): LineProblem => ({ id, text });

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: string;
}

export interface StatusLine {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
}

const VERSION = /^HTTP\/[0-9]\.[0-9]$/;

/** `method SP request-target SP HTTP-version` (RFC 9112 §3), single spaces only. */
export function parseRequestLine(line: string): RequestLine | LineProblem {
  const parts = line.split(' ', 4);
  const [method = '', target = '', version = ''] = parts;
  if (parts.length !== 3 || target === '') {
    return problem('request-line', 'a request line is a method, a target and a version with single spaces between them');
  }
  if (!isToken(method)) return problem('request-line', 'the method is not a token');
  if (!VERSION.test(version)) return problem('request-line', 'the request line does not end with HTTP/ and a version');
  if (!/^[!-~]+$/.test(target)) return problem('request-line', 'the request target may hold visible ASCII characters only');
  if (!version.startsWith('HTTP/1.')) return problem('http-version', 'only HTTP/1.1 is understood here');
  return { method, target, version };
}

/**
 * `HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112 §4). The second space may be missing where the reason is
 * empty: many servers leave it out, and nothing depends on it.
 */
export function parseStatusLine(line: string): StatusLine | LineProblem {
  const version = line.slice(0, 8);
  const digits = line.slice(9, 12);
  const wellFormed = VERSION.test(version) && line[8] === ' ' && /^[1-9][0-9][0-9]$/.test(digits);
  if (!wellFormed || (line.length > 12 && line[12] !== ' ')) {
    return problem('status-line', 'a status line is HTTP/1.1, a three-digit status and a reason');
  }
  return { version, status: Number(digits), reason: line.slice(13) };
}

/** `field-name ":" OWS field-value OWS` (RFC 9112 §5). */
export function parseFieldLine(line: string): Field | LineProblem {
  // RFC 9112 §5.2: "A server that receives an obs-fold … MUST either reject the message … or replace …"
  if (line.startsWith(' ') || line.startsWith('\t')) {
    return problem('obs-fold', 'a field line begins with white space (obsolete line folding)');
  }
  const colon = line.indexOf(':');
  if (colon === -1) return problem('colon-missing', 'a field line has no colon');
  if (colon === 0) return problem('name-empty', 'a field line has no name before its colon');
  const name = line.slice(0, colon);
  // RFC 9112 §5.1: "No whitespace is allowed between the field name and colon."
  if (name.endsWith(' ') || name.endsWith('\t')) {
    return problem('space-before-colon', 'a field name is followed by white space before its colon');
  }
  if (!isToken(name)) return problem('name-invalid', 'a field name holds a character that is not allowed there');
  return { name, value: trimWhitespace(line, colon + 1) };
}

/** Without the spaces and tabs around it: a loop, because `/[ \t]+$/` is quadratic on long runs inside a line. */
function trimWhitespace(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

const isBlank = (code: number) => code === 0x20 || code === 0x09;
