import { isUtf8 } from 'node:buffer';
import { type Reading, readings } from '../protocol/dialect/reading.ts';
import type { Violation } from '../protocol/rule.ts';

/** What a stream whose first frame is wrong would be in the framing of another generation, as a sentence. */
export function otherFraming({ rule, start }: Violation): string | undefined {
  if (!start) return undefined;
  const isOfDraft = /^(?:draft|hixie)-/.test(rule);
  const found = readings(start).filter((reading) => isMessage(reading) && (isOfDraft || reading.dialect !== 'rfc6455'));
  if (found.length === 0) return undefined;
  return `The same bytes are ${found.map(meaningText).join(', or ')}: the peer may be on that framing.`;
}

/** Much is legal that nobody would begin with: a message is what a peer sends first. */
function isMessage({ kind, legal, complete, payload }: Reading): boolean {
  return legal && complete && (kind === 'binary' || (kind === 'text' && isUtf8(payload)));
}

function meaningText({ generation, kind, more }: Reading): string {
  const framing = generation === 'hixie' ? 'hixie-75 and -76' : generation;
  return `${more ? 'the first part of a' : 'a whole'} ${kind} in ${framing}`;
}
