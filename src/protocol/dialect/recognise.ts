/**
 * The promise: a request or an answer is put down to the dialect that it speaks by what is written in it, in a fixed order
 * of signs, and nothing is guessed: where several dialects look the same, all of them are named.
 */
import { fieldValues, firstValue, type Head, type RequestHead, type ResponseHead } from '../http/head.ts';
import { hasToken } from '../http/parameter-list.ts';
import { type DialectName, dialectOf } from './name.ts';

export type Recognised =
  | {
      readonly dialect: DialectName;
      /** Others that open with the very same request; only their frames differ. */
      readonly also: readonly DialectName[];
      readonly problem?: undefined;
    }
  | {
      readonly dialect?: undefined;
      /** Why it is none, as a sentence. May quote the peer. */
      readonly problem: string;
      /** The value of Sec-WebSocket-Version, where that is what is not known. */
      readonly version?: string;
    };

const ALSO: Readonly<Partial<Record<DialectName, readonly DialectName[]>>> = {
  'hixie-76': ['hybi-01'],
  'hybi-02': ['hybi-03'],
  'hybi-04': ['hybi-04-libwebsockets'],
};

const found = (dialect: DialectName): Recognised => ({ dialect, also: ALSO[dialect] ?? [] });
const problem = (text: string, version?: string): Recognised => ({
  problem: text,
  ...(version === undefined ? {} : { version }),
});
const has = (head: Head, name: string) => fieldValues(head, name).length > 0;

/** Which dialect a request speaks. */
export function recogniseRequest(request: RequestHead): Recognised {
  if (has(request, 'Sec-WebSocket-Version')) return byVersion(request);
  const keys = ['Sec-WebSocket-Key1', 'Sec-WebSocket-Key2'].filter((name) => has(request, name));
  if (keys.length === 2) return byDraft(request);
  if (keys[0]) return problem(`Of the two keys of hixie-76 only ${keys[0]} is there.`);
  if (has(request, 'Sec-WebSocket-Key'))
    return problem('Sec-WebSocket-Key is there, but no Sec-WebSocket-Version says which draft is meant.');
  return byUpgrade(request);
}

/** Of hixie-75 nothing speaks but the spelling of its Upgrade; later drafts write it in lower case. */
function byUpgrade(request: RequestHead): Recognised {
  const upgrade = fieldValues(request, 'Upgrade');
  if (upgrade.length === 0) return problem('The request has no Upgrade: it does not ask for a WebSocket.');
  if (upgrade.includes('WebSocket') && !has(request, 'Sec-WebSocket-Extensions')) return found('hixie-75');
  if (!hasToken(upgrade, 'websocket')) return problem('Upgrade does not ask for a WebSocket.');
  return problem('Neither Sec-WebSocket-Key nor Sec-WebSocket-Version is there: the request is not whole.');
}

const BY_VERSION: Readonly<Record<string, DialectName>> = {
  4: 'hybi-04',
  5: 'hybi-05',
  6: 'hybi-06',
  7: 'hybi-07',
  13: 'rfc6455',
};

function byVersion(request: RequestHead): Recognised {
  const values = fieldValues(request, 'Sec-WebSocket-Version');
  const [version = ''] = values;
  // RFC 6455 §11.3.5: "MUST NOT appear more than once in an HTTP request"
  if (values.length > 1) return problem('Sec-WebSocket-Version is there more than once.', values.join(', '));
  // What changed with hybi-11 is the name of the origin; a client without one is as likely either.
  if (version === '8') return found(has(request, 'Origin') && !has(request, 'Sec-WebSocket-Origin') ? 'hybi-11' : 'hybi-08');
  const dialect = Object.hasOwn(BY_VERSION, version) ? BY_VERSION[version] : undefined;
  return dialect ? found(dialect) : problem(`No draft was ever spoken as version ${version || '(empty)'}.`, version);
}

/** Drafts 1 and 3 never were in a draft's text; em-websocket and Ruby's websocket gem go by them. */
const BY_DRAFT: Readonly<Record<string, DialectName>> = { 0: 'hixie-76', 1: 'hybi-01', 2: 'hybi-02', 3: 'hybi-03' };

function byDraft(request: RequestHead): Recognised {
  const draft = firstValue(request, 'Sec-WebSocket-Draft') ?? '0';
  const dialect = Object.hasOwn(BY_DRAFT, draft) ? BY_DRAFT[draft] : undefined;
  return dialect ? found(dialect) : problem(`Sec-WebSocket-Draft is ${draft || '(empty)'}; only 0 to 3 are known.`);
}

/**
 * The dialect to answer in: the one that was recognised, or another that opens with the same request where only that one
 * is on. (Listening for hybi-01 and not for hixie-76 is how a request is taken for hybi-01.)
 */
export function chooseDialect(recognised: Recognised, enabled: readonly DialectName[]): DialectName | undefined {
  if (recognised.dialect === undefined) return undefined;
  return [recognised.dialect, ...recognised.also].find((name) => enabled.includes(name));
}

export interface RecognisedAnswer {
  /** What the server spoke: `as asked` for the answers of versions 5 to 13, which do not say. */
  readonly spoke: DialectName | 'as asked' | 'nothing known';
  /** Whether that fits what was asked for. */
  readonly fits: boolean;
  /** What it means where it does not fit, as sentences; authored by us. */
  readonly diagnosis?: string;
}

/** Which dialect an answer to a request of `asked` speaks; judged by its fields, whatever its status. */
export function recogniseAnswer(response: ResponseHead, asked: DialectName): RecognisedAnswer {
  const spoke = spokenBy(response);
  const fits = FITTING[generationOf(asked)] === spoke;
  if (fits) return { spoke, fits };
  return { spoke, fits, diagnosis: diagnose(spoke, asked) };
}

function spokenBy(response: ResponseHead): RecognisedAnswer['spoke'] {
  if (has(response, 'Sec-WebSocket-Accept')) return has(response, 'Sec-WebSocket-Nonce') ? 'hybi-04' : 'as asked';
  if (has(response, 'Sec-WebSocket-Location') || has(response, 'Sec-WebSocket-Origin')) return 'hixie-76';
  return has(response, 'WebSocket-Location') || has(response, 'WebSocket-Origin') ? 'hixie-75' : 'nothing known';
}

type Generation = 'echo' | 'md5' | 'nonce' | 'accept';

const FITTING: Readonly<Record<Generation, RecognisedAnswer['spoke']>> = {
  echo: 'hixie-75',
  md5: 'hixie-76',
  nonce: 'hybi-04',
  accept: 'as asked',
};

/** By its proof: nothing but an echo, an MD5, an accept value with a nonce, an accept value. */
function generationOf(name: DialectName): Generation {
  if (name === 'hixie-75') return 'echo';
  const { version } = dialectOf(name);
  if (version === undefined) return 'md5';
  return version === 4 ? 'nonce' : 'accept';
}

function diagnose(spoke: RecognisedAnswer['spoke'], asked: DialectName): string {
  const askedFor = dialectOf(asked).title;
  const unread = 'and never proved that it read the request';
  if (spoke === 'hixie-75') {
    const other = asked === 'hixie-76' ? 'hixie-75' : 'hixie-75 or hixie-76';
    return `The server answered in hixie-75, ${unread}: it ignores what it does not know. Ask again in ${other}.`;
  }
  if (spoke === 'hixie-76')
    return `The server answered in hixie-76 (or hybi-01 to -03), not in ${askedFor}. Ask again in hixie-76.`;
  if (spoke === 'hybi-04')
    return `Sec-WebSocket-Nonce is there: the server speaks hybi-04, not ${askedFor}. Ask again in hybi-04.`;
  if (spoke === 'nothing known') return 'No field of any WebSocket draft is there: this is no WebSocket server, or a broken one.';
  if (generationOf(asked) === 'nonce')
    return 'Sec-WebSocket-Nonce is missing: the server speaks a later draft than hybi-04, or took the version for one.';
  return `The server answered with Sec-WebSocket-Accept, as from hybi-04 on, not in ${askedFor}.`;
}
