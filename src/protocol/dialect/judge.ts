/**
 * The promise: a handshake in any dialect, whole or in part, is put down to its dialect and checked as that dialect's peers
 * would: for inspecting text, where nobody said beforehand what was spoken.
 */
import { checkRequest } from '../handshake/check-request.ts';
import type { Finding } from '../handshake/finding.ts';
import { fieldValues } from '../http/head.ts';
import { keysOf } from './check-hixie-proof.ts';
import { extensionNotes, judgeAllExtensions } from './extensions.ts';
import type { CheckOptions, OpeningAnswer, OpeningRequest } from './handshake.ts';
import { handshakeOf } from './handshakes.ts';
import { arithmeticWith, spaceCountsThatFit } from './hixie-collapsed.ts';
import { type Arithmetic, arithmeticOf, PROOF_LENGTH } from './hixie-key.ts';
import type { HixieKeys } from './hixie-mistake.ts';
import { type DialectName, dialectOf } from './name.ts';
import { recogniseAnswer, recogniseRequest } from './recognise.ts';

export interface JudgedHandshake {
  /** What the request speaks, or without one the answer; `undefined` where that cannot be told. */
  readonly dialect: DialectName | undefined;
  readonly findings: readonly Finding[];
  /** The steps from the keys of hixie-76 to the proof. */
  readonly arithmetic: Arithmetic | undefined;
  /** The same with the spaces that its answer tells were lost from the text; `undefined` where none were. */
  readonly restored: Arithmetic | undefined;
  /** What is worth saying besides, as sentences; may quote the peer. */
  readonly notes: readonly string[];
}

/** Judges a request, an answer, or both. */
export function judgeHandshake(
  request: OpeningRequest | undefined,
  answer: OpeningAnswer | undefined,
  options: CheckOptions = {},
): JudgedHandshake {
  const all = { judgeExtensions: judgeAllExtensions, ...options };
  const asked = request && recogniseRequest(request.head);
  // One key alone is a hixie-76 request all the same, a malformed one.
  const dialect = asked?.dialect ?? (request && hasKeyOfHixie(request) ? 'hixie-76' : undefined);
  const spoken = dialect ?? (request || !answer ? undefined : answeredIn(answer));
  const findings = [
    ...(request ? requestFindings(request, dialect, all) : []),
    ...(answer ? handshakeOf(spoken ?? 'rfc6455').checkAnswer(request, answer, all) : []),
  ];
  const keys = request && keysOf(request);
  const arithmetic = keys && arithmeticOf(keys.key1, keys.key2, keys.key3);
  return {
    dialect: spoken,
    findings,
    arithmetic,
    restored: restore(keys, arithmetic, answer),
    notes: notesOn(spoken, request, answer),
  };
}

function restore(
  keys: HixieKeys | undefined,
  arithmetic: Arithmetic | undefined,
  answer: OpeningAnswer | undefined,
): Arithmetic | undefined {
  if (!keys || !answer || answer.body.length !== PROOF_LENGTH) return undefined;
  if (arithmetic?.proof && Buffer.from(arithmetic.proof).equals(answer.body)) return undefined;
  const [counts] = spaceCountsThatFit(keys, answer.body);
  return counts && arithmeticWith(keys, counts);
}

function requestFindings(request: OpeningRequest, dialect: DialectName | undefined, options: CheckOptions): Finding[] {
  if (dialect !== undefined) return handshakeOf(dialect).checkRequest(request, options);
  // What is no dialect is measured by today's.
  return checkRequest(request.head, { pasted: options.pasted ?? false });
}

function hasKeyOfHixie({ head }: OpeningRequest): boolean {
  return fieldValues(head, 'Sec-WebSocket-Key1').length + fieldValues(head, 'Sec-WebSocket-Key2').length > 0;
}

/** An answer that says `Sec-WebSocket-Accept` alone may be of any version from 5 on; today's is the likeliest. */
function answeredIn({ head }: OpeningAnswer): DialectName | undefined {
  const { spoke } = recogniseAnswer(head, 'rfc6455');
  if (spoke === 'nothing known') return undefined;
  return spoke === 'as asked' ? 'rfc6455' : spoke;
}

function notesOn(
  dialect: DialectName | undefined,
  request: OpeningRequest | undefined,
  answer: OpeningAnswer | undefined,
): string[] {
  const old = dialect === undefined || dialect === 'rfc6455' ? [] : [`This handshake is of ${dialectOf(dialect).title}.`];
  const values = [request, answer].flatMap((half) => (half ? fieldValues(half.head, 'Sec-WebSocket-Extensions') : []));
  return [...old, ...extensionNotes(values)];
}
