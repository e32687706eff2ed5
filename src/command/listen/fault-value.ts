import { UsageError } from '../../cli/option.ts';
import { parseDuration, parseSize } from '../../cli/value.ts';
import type { FaultValue } from '../../endpoint/fault/fault.ts';
import type { FaultValueSpec } from '../../endpoint/fault/row.ts';

/** A fault's value as people write it. */

/** The one that is meant where none is given. */
export function usualValue(spec: FaultValueSpec | undefined): FaultValue {
  return spec ? READERS[spec.kind](spec.usual, spec) : NONE;
}

/** `what`: as it is named in a mistake. Throws `UsageError`, which says what to write. */
export function faultValue(name: string, spec: FaultValueSpec | undefined, text: string, what: string): FaultValue {
  if (!spec) throw new UsageError(`${what} takes no value: write --fault ${name}`);
  try {
    return READERS[spec.kind](text, spec);
  } catch (error) {
    throw UsageError.is(error) ? new UsageError(`${what}: ${error.message}`) : error;
  }
}

type Reader = (text: string, spec: FaultValueSpec) => FaultValue;

const NONE: FaultValue = { number: 0, text: '' };
const ofNumber = (number: number): FaultValue => ({ number, text: '' });

const READERS: Readonly<Record<FaultValueSpec['kind'], Reader>> = {
  time: (text) => ofNumber(finite(parseDuration(text), text)),
  size: (text) => {
    const size = finite(parseSize(text), text);
    if (size < 1) throw new UsageError(`${JSON.stringify(text)} is too small: write 1 or more`);
    return ofNumber(size);
  },
  count: (text, { range = [0, Number.MAX_SAFE_INTEGER] }) => ofNumber(whole(text, ...range)),
  every: (text) => {
    const [, percent] = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text) ?? [];
    if (percent === undefined) return ofNumber(whole(text, 1, 2 ** 31));
    if (Number(percent) > 100) throw new UsageError(`${text} is more than all`);
    return { number: 0, text: '', share: Number(percent) / 100 };
  },
  signed: (text) => {
    if (!/^[+-]\d{1,9}$/.test(text)) throw new UsageError(`${JSON.stringify(text)} has no sign: write +1 or -1`);
    return ofNumber(Number(text));
  },
  text: (text) => {
    if (/[^\t\x20-\x7e]/.test(text)) throw new UsageError(`${JSON.stringify(text)} is no text of a header: write ASCII only`);
    return { number: 0, text };
  },
  choice: (text, { choices = [] }) => {
    if (choices.includes(text)) return { number: 0, text };
    throw new UsageError(`${JSON.stringify(text)} is none of ${choices.join(', ')}`);
  },
  version: (text) => {
    if (!/^\d{1,3}(?:\.\d{1,3})?$/.test(text)) {
      throw new UsageError(`${JSON.stringify(text)} is no version of HTTP: write one such as 1.0 or 2`);
    }
    return { number: 0, text };
  },
  code: (text) => {
    const [code, reason] = divided(text);
    if (Buffer.byteLength(reason) > 123) throw new UsageError('a close reason has at most 123 bytes');
    return { number: whole(code, 0, 65_535), text: reason };
  },
  status: (text) => {
    const [status, body] = divided(text);
    return { number: whole(status, 200, 599), text: body };
  },
  redirect: (text) => {
    const [status, after] = divided(text);
    const isStatus = /^\d+$/.test(status);
    if (isStatus && !REDIRECTS.includes(status)) throw new UsageError(`${status} is none of ${REDIRECTS.join(', ')}`);
    const to = isStatus ? after : text;
    if (/[^\x21-\x7e]/.test(to)) throw new UsageError(`${JSON.stringify(to)} is no address`);
    return { number: isStatus ? Number(status) : 302, text: to };
  },
};

const REDIRECTS = ['301', '302', '303', '307', '308'];

/** `404:gone`. Where nothing stands before the colon, the whole is wrong. */
function divided(text: string): readonly [before: string, after: string] {
  const at = text.indexOf(':');
  return at < 1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function whole(text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`${JSON.stringify(text)} is not a number from ${least} to ${most}`);
}

function finite(number: number, text: string): number {
  if (Number.isFinite(number)) return number;
  throw new UsageError(`${JSON.stringify(text)} has no end: write a limit`);
}
