import { type ParsedArguments, UsageError } from './option.ts';

/** Values as people write them on a command line, and typed access to what was parsed. */

/** A time: `5` and `5s` are seconds, `500ms`, `2m`, `1h`; `-1` without limit. Returns milliseconds or `Infinity`. */
export function parseDuration(text: string): number {
  if (text === '-1' || text === 'none') return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) throw new UsageError(`${JSON.stringify(text)} is not a time: write 5 (seconds), 500ms, 2m, or -1 for no limit`);
  return Number(match[1]) * (UNITS_OF_TIME[match[2] ?? 's'] ?? 1000);
}

const UNITS_OF_TIME: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A size: `4096`, `64KiB`, `16MiB`, `1GiB`, or `none`. Powers of 1024. Returns bytes or `Infinity`. */
export function parseSize(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  const match = /^(\d+)\s*(?:([KMG])(?:i?B)?|B)?$/i.exec(text);
  if (!match) throw new UsageError(`${JSON.stringify(text)} is not a size: write 4096, 64KiB, 16MiB, or none for no limit`);
  return Number(match[1]) * 1024 ** ('KMG'.indexOf((match[2] ?? ' ').toUpperCase()) + 1);
}

/** A whole number of at least `least`. */
export function parseCount(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= least) return value;
    throw new UsageError(`${JSON.stringify(text)} is not a number: write a whole number from ${least} on`);
  };
}

/** What a message must contain: `/regular expression/flags`, or plain text. */
export type Pattern = (text: string) => boolean;

export function parsePattern(text: string): Pattern {
  const expression = /^\/(.+)\/([imsu]*)$/s.exec(text);
  if (!expression) return (candidate) => candidate.includes(text);
  try {
    const regular = new RegExp(expression[1] ?? '', expression[2]);
    return (candidate) => regular.test(candidate);
  } catch (error) {
    throw new UsageError(`${text} is not a regular expression: ${(error as Error).message}`);
  }
}

/** Typed access to parsed options by name; what was not given is `undefined`, `false`, 0 or empty. */
export class Options {
  readonly #options: ParsedArguments['options'];

  constructor(parsed: ParsedArguments) {
    this.#options = parsed.options;
  }

  has(name: string): boolean {
    return this.#options.has(name);
  }

  flag(name: string): boolean {
    return this.#options.get(name) === true;
  }

  /** A flag that was turned off with `--no-NAME`. */
  off(name: string): boolean {
    return this.#options.get(name) === false;
  }

  count(name: string): number {
    const value = this.#options.get(name);
    return typeof value === 'number' ? value : 0;
  }

  text(name: string): string | undefined {
    const value = this.#options.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#options.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#options.get(name);
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
  }

  /** Of a repeatable option, what its `parse` made of each. */
  values(name: string): readonly unknown[] {
    const value = this.#options.get(name);
    return Array.isArray(value) ? value : [];
  }

  patterns(name: string): readonly Pattern[] {
    const value = this.#options.get(name);
    return Array.isArray(value) ? value.filter((item): item is Pattern => typeof item === 'function') : [];
  }
}
