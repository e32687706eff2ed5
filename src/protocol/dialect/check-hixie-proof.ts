/** The 16 bytes of an answer as a finding, with what explains them where they are not the right ones. */
import { fail, pass, type Verdict, warn } from '../handshake/verdict.ts';
import { shownBytes } from './check-hixie-key.ts';
import type { CheckOptions, OpeningAnswer, OpeningRequest } from './handshake.ts';
import { type SpaceCounts, spaceCountsThatFit } from './hixie-collapsed.ts';
import { arithmeticOf, KEY3_LENGTH, PROOF_LENGTH, readKey } from './hixie-key.ts';
import { type HixieKeys, nameProofMistake } from './hixie-mistake.ts';
import { exactValues } from './raw-field.ts';

/** The three keys of a request; `undefined` where one is missing or there twice. */
export function keysOf({ head, body, raw }: OpeningRequest): HixieKeys | undefined {
  const [key1, ...more1] = exactValues(head, raw, 'Sec-WebSocket-Key1');
  const [key2, ...more2] = exactValues(head, raw, 'Sec-WebSocket-Key2');
  if (key1 === undefined || key2 === undefined || more1.length + more2.length > 0) return undefined;
  return body.length === KEY3_LENGTH ? { key1, key2, key3: body } : undefined;
}

/** Never lenient about what does not fit. */
export function judgeProof(
  request: OpeningRequest | undefined,
  { body }: OpeningAnswer,
  dialect: string,
  { pasted }: CheckOptions,
): Verdict {
  if (body.length === 0 && pasted)
    return warn('not in the text', 'The 16 bytes behind the head are missing: nothing proves anything.');
  const keys = request && keysOf(request);
  const right = keys && arithmeticOf(keys.key1, keys.key2, keys.key3).proof;
  const expected = right ? shownBytes(right) : '16 bytes';
  if (body.length !== PROOF_LENGTH)
    return fail(expected, body.length === 0 ? 'none' : `${body.length} bytes: ${shownBytes(body)}`);
  const actual = shownBytes(body);
  if (!keys) return warn(actual, 'It cannot be verified without both keys and the 8 bytes of the request.');
  if (right && Buffer.from(right).equals(body)) return pass(actual);
  const [counts] = spaceCountsThatFit(keys, body);
  if (counts) return lostSpaces(keys, counts, expected, actual, pasted ?? false);
  return fail(right ? expected : `none: the keys are not valid in ${dialect}`, actual, nameProofMistake(keys, body));
}

function lostSpaces(keys: HixieKeys, counts: SpaceCounts, expected: string, actual: string, pasted: boolean): Verdict {
  const text = countsText(keys, counts);
  if (!pasted) return fail(expected, actual, `The answer is right if ${text}: spaces were lost on the way.`);
  const collapsed = 'Runs of spaces were probably collapsed when the text was copied from a web page.';
  const where = 'The original keys have a double space somewhere; where exactly cannot be told from the answer.';
  return warn(actual, `The answer shown is right if ${text}. ${collapsed} ${where}`);
}

function countsText(keys: HixieKeys, counts: SpaceCounts): string {
  const missing1 = counts.key1 - readKey(keys.key1).spaces;
  const missing2 = counts.key2 - readKey(keys.key2).spaces;
  if (counts.key1 === counts.key2 && missing1 === missing2)
    return `both keys had ${counts.key1} spaces, ${more(missing1)} than here`;
  return `key 1 had ${counts.key1} spaces (${more(missing1)} than here) and key 2 had ${counts.key2} (${more(missing2)})`;
}

const NUMBERS = ['no more', 'one more', 'two more', 'three more'];
const more = (count: number) => NUMBERS[count] ?? `${count} more`;
