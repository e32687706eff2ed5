/**
 * What a client learns from an answer that did not open a connection, and in which dialect it asks next, each time on a
 * new connection (`--draft auto`).
 */
import { fieldValues, type ResponseHead } from '../http/head.ts';
import { listMembers } from '../http/parameter-list.ts';
import { type DialectName, dialectOf } from './name.ts';
import { recogniseAnswer } from './recognise.ts';

export interface NextStep {
  /** What to try, in order; empty: nothing promises more than the last attempt. */
  readonly next: readonly DialectName[];
  /** Those that this answer names and that were not tried; left out where it names none. */
  readonly named?: readonly DialectName[];
  /** What was learnt, as a sentence; may quote the peer. */
  readonly learnt: string;
}

/** Tried where a server does not say what it speaks: what most of the living ones and then most of the old ones spoke. */
const FALLBACK: readonly DialectName[] = ['hybi-08', 'hixie-76', 'hixie-75'];

/**
 * The answer to the last of `tried`; `undefined` where the server closed without one. `named`: what an earlier answer of
 * the same server named, which comes before anything that nobody did.
 */
export function nextDialects(
  answer: ResponseHead | undefined,
  tried: readonly DialectName[],
  named: readonly DialectName[] = [],
): NextStep {
  const asked = tried.at(-1) ?? 'rfc6455';
  const untried = (names: readonly DialectName[]) =>
    names.filter(
      (name, index) => !tried.some((past) => isSame(past, name)) && names.findIndex((earlier) => isSame(earlier, name)) === index,
    );
  const fallback = untried([...named, ...FALLBACK]);
  if (!answer) return { next: fallback, learnt: `The server closed without an answer to ${titleOf(asked)}.` };
  if (answer.status === 101) return fromSwitch(answer, asked, untried);
  const list = listMembers(fieldValues(answer, 'Sec-WebSocket-Version'));
  // Whatever the status: a server that names versions speaks of versions.
  if (list.length > 0) return fromList(list, asked, untried);
  if (!MAY_BE_ABOUT_VERSION.has(answer.status)) {
    return { next: untried(named), learnt: `The server answered ${answer.status}, which says nothing about versions.` };
  }
  return { next: fallback, learnt: `The server answered ${answer.status} to ${titleOf(asked)} and named no version.` };
}

/** Answers of servers that do not know the version and do not say so. Who wants credentials or redirects knows what it does. */
const MAY_BE_ABOUT_VERSION: ReadonlySet<number> = new Set([200, 400, 405, 406, 426, 500, 501, 505]);

type Untried = (names: readonly DialectName[]) => DialectName[];

const titleOf = (name: DialectName) => dialectOf(name).title;

/** Both forms of version 8 are one to a server, and so are hybi-02 and -03. */
function isSame(a: DialectName, b: DialectName): boolean {
  const [one, other] = [dialectOf(a), dialectOf(b)];
  return (
    a === b ||
    (one.version !== undefined && one.version === other.version) ||
    (one.draft !== undefined && one.draft === other.draft)
  );
}

function fromSwitch(answer: ResponseHead, asked: DialectName, untried: Untried): NextStep {
  const { spoke, fits, diagnosis } = recogniseAnswer(answer, asked);
  if (fits || diagnosis === undefined) return { next: [], learnt: `The server answered in ${titleOf(asked)}.` };
  if (spoke === 'hixie-75') return { next: untried(['hixie-76', 'hixie-75']), learnt: diagnosis };
  if (spoke === 'hixie-76') return { next: untried(['hixie-76']), learnt: diagnosis };
  if (spoke === 'hybi-04') return { next: untried(['hybi-04']), learnt: diagnosis };
  return { next: spoke === 'as asked' ? untried(['rfc6455', 'hybi-08']) : [], learnt: diagnosis };
}

const BY_NUMBER: Readonly<Record<string, DialectName>> = {
  0: 'hixie-76',
  1: 'hybi-01',
  2: 'hybi-02',
  3: 'hybi-03',
  4: 'hybi-04',
  5: 'hybi-05',
  6: 'hybi-06',
  7: 'hybi-07',
  8: 'hybi-08',
  13: 'rfc6455',
};

function fromList(named: readonly string[], asked: DialectName, untried: Untried): NextStep {
  const list = named.join(', ');
  const numbers = [...new Set(named.filter((text) => /^[0-9]{1,3}$/.test(text)).map(Number))].sort((a, b) => b - a);
  const known = numbers.flatMap((number) => (Object.hasOwn(BY_NUMBER, number) ? (BY_NUMBER[number] ?? []) : []));
  if (known.some((name) => isSame(name, asked))) {
    return {
      next: [],
      learnt: `The server speaks versions ${list}, the one that was asked for among them: it refused for another reason.`,
    };
  }
  if (known.length === 0)
    return { next: [], named: [], learnt: `The server speaks versions ${list}, none of which is known here.` };
  return {
    next: untried(known),
    named: untried(known),
    learnt: `The server does not speak ${titleOf(asked)}; it names ${named.length === 1 ? 'version' : 'versions'} ${list}.`,
  };
}
