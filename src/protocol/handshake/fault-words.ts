/**
 * What was wrong with a request, in words: for the body of its refusal, and for the one who runs the server. A finding states
 * the rule; whoever broke it is told what it did.
 */
import type { Finding } from './finding.ts';
import { NOT_SENT } from './verdict.ts';

/** A clause such as `Sec-WebSocket-Version "8" is not 13`. It quotes the peer, shortened: escape before printing. */
export function faultWords({ id, requirement, expected, actual }: Finding): string {
  const subject = SUBJECTS.get(id);
  if (subject === undefined || expected === undefined || actual === undefined)
    return `not met: ${requirement}${actual === undefined ? '' : ` (${shortened(actual)})`}`;
  if (actual === NOT_SENT) return `${subject} is not sent`;
  if (actual === '(empty)') return `${subject} is empty`;
  const [, times] = /^(\d+) times: /.exec(actual) ?? [];
  if (times !== undefined) return `${subject} is sent ${times} times`;
  const wrong = expected === 'no fragment' ? 'has a fragment' : (WRONG.get(id) ?? `is not ${expected}`);
  return `${subject} "${shortened(actual)}" ${wrong}`;
}

/** The finding that a refusal is about; `undefined` where nothing failed. */
export function mainFault(findings: readonly Finding[]): Finding | undefined {
  const failures = findings.filter(({ level }) => level === 'fail');
  const failed = (id: string) => failures.find((finding) => finding.id === id);
  return failed('method') ?? failed('http-version') ?? failures[0];
}

/** One line for the body of a refusal, in ASCII: nothing of what it quotes drives a terminal, or makes a second line. */
export function refusalText(words: string): string {
  return `Refused: ${words}.`.replace(/[^\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

const SUBJECTS: ReadonlyMap<string, string> = new Map([
  ['method', 'the method'],
  ['http-version', 'the HTTP version'],
  ['target', 'the target'],
  ['host', 'Host'],
  ['upgrade', 'Upgrade'],
  ['connection', 'Connection'],
  ['key', 'Sec-WebSocket-Key'],
  ['version', 'Sec-WebSocket-Version'],
  ['origin', 'Origin'],
  ['subprotocol', 'Sec-WebSocket-Protocol'],
  ['extensions', 'Sec-WebSocket-Extensions'],
  ['protocol', ':protocol'],
  ['scheme', ':scheme'],
  ['path', ':path'],
]);

/** Where "is not" and what is expected would not do. */
const WRONG: ReadonlyMap<string, string> = new Map([
  ['target', 'is neither a path nor an http(s) URL'],
  ['upgrade', 'does not name websocket'],
  ['connection', 'does not name Upgrade'],
  ['key', 'is not 16 bytes in base64'],
  ['subprotocol', 'is no list of names, each once'],
  ['extensions', 'does not follow the grammar'],
  ['path', 'does not begin with /'],
]);

/** Characters of the peer's that are quoted. */
const QUOTED = 100;

/** What a peer said, as far as it is quoted. */
export function shortened(text: string): string {
  return text.length <= QUOTED ? text : `${text.slice(0, QUOTED)}...`;
}
