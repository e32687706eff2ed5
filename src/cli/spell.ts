import { type Mistake, nearest, quoted } from './mistake.ts';
import type { OptionSpec } from './option.ts';

/**
 * Spells argv out: one unambiguous long form an option, values in words of their own. yargs-parser alone would take
 * `-1` for a number, `-vE1` for `-E 1`, `-xVALUE` for a row of flags and the word after `--dump` for its value.
 */
export interface Spelled {
  /** `--name` for each flag or count, `--name=false` for a negated flag, `--name` and the value's word for the rest. */
  readonly options: readonly string[];
  readonly positionals: readonly string[];
}

/** Stand for "named without a value" and for `--no-NAME`. No word of argv can be equal to one: the kernel ends words at NUL. */
export const bare = '\0bare';
export const negated = '\0no';

export function spell(options: readonly OptionSpec[], argv: readonly string[], mistake: Mistake): Spelled {
  const speller = new Speller(options, mistake);
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') speller.positionals.push(...words.splice(0));
    else if (word.startsWith('--')) speller.long(word, words);
    else if (word.startsWith('-') && word !== '-') speller.shorts(word, words);
    else speller.positionals.push(word);
  }
  return speller;
}

/** argv less an option that takes a value, and that value, however it is written; all else as it was. */
export function without(options: readonly OptionSpec[], argv: readonly string[], name: string, mistake: Mistake): string[] {
  const left: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') {
      left.push(word, ...words.splice(0));
      break;
    }
    const speller = new Speller(options, mistake);
    const behind = [...words];
    if (word.startsWith('--')) speller.long(word, words);
    else if (word.startsWith('-') && word !== '-') speller.shorts(word, words);
    const at = speller.options.length - 2;
    if (speller.options[at] !== `--${name}`) left.push(word, ...behind.slice(0, behind.length - words.length));
    // Letters before it in a group are flags, each of them one word.
    else if (!word.startsWith('--') && at > 0) left.push(word.slice(0, 1 + at));
  }
  return left;
}

class Speller implements Spelled {
  readonly options: string[] = [];
  readonly positionals: string[] = [];
  readonly #long = new Map<string, OptionSpec>();
  readonly #short = new Map<string, OptionSpec>();
  readonly #negated = new Map<string, OptionSpec>();
  readonly #mistake: Mistake;

  constructor(options: readonly OptionSpec[], mistake: Mistake) {
    this.#mistake = mistake;
    for (const option of options) {
      for (const name of [option.name, ...(option.aliases ?? [])]) {
        this.#long.set(name, option);
        if (option.negatable) this.#negated.set(`no-${name}`, option);
      }
      for (const letter of option.short ?? []) this.#short.set(letter, option);
    }
  }

  /** `--name`, `--name=value`, `--no-name`; the value of a `value` option may be the next word, whatever it looks like. */
  long(word: string, rest: string[]): void {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals === -1 ? undefined : equals);
    const attached = equals === -1 ? undefined : word.slice(equals + 1);
    const option = this.#long.get(name);
    if (option) this.#give(option, `--${name}`, attached, rest);
    else this.#negate(name, attached);
  }

  #negate(name: string, attached: string | undefined): void {
    const option = this.#negated.get(name);
    if (!option) throw this.#unknown(name);
    if (attached !== undefined) throw this.#mistake(`--${name} takes no value; write --${name} alone.`);
    this.options.push(...(option.kind === 'flag' ? [`--${option.name}=false`] : [`--${option.name}`, negated]));
  }

  /** `-v`, `-vE1`, `-xVALUE`, `-x VALUE`: letters up to the first that takes a value; what is left is that value. */
  shorts(word: string, rest: string[]): void {
    const letters = [...word.slice(1)];
    for (let letter = letters.shift(); letter !== undefined; letter = letters.shift()) {
      const option = this.#short.get(letter);
      if (!option) throw this.#unknownShort(letter, word);
      const takesValue = option.kind === 'value' || option.kind === 'optional';
      const remains = takesValue || letters[0] === '=' ? letters.splice(0).join('') : '';
      // `-w=5` is `-w 5`, as yargs has it.
      this.#give(option, `-${letter}`, remains === '' ? undefined : remains.replace(/^=/, ''), rest);
    }
  }

  #give(option: OptionSpec, typed: string, attached: string | undefined, rest: string[]): void {
    if (option.kind === 'value') this.options.push(`--${option.name}`, attached ?? this.#nextWord(option, typed, rest));
    else if (option.kind === 'optional')
      this.options.push(`--${option.name}`, option.takesEmpty ? (attached ?? bare) : attached || bare);
    else if (attached === undefined) this.options.push(`--${option.name}`);
    else
      throw this.#mistake(`${typed} takes no value; write ${typed} alone${option.negatable ? `, or --no-${option.name}` : ''}.`);
  }

  #nextWord(option: OptionSpec, typed: string, rest: string[]): string {
    const word = rest.shift();
    if (word === undefined)
      throw this.#mistake(`${typed} needs a value; write ${typed} ${option.placeholder ?? valueName(option)}.`);
    return word;
  }

  #unknown(name: string): Error {
    const known = [...this.#long.keys(), ...this.#negated.keys()];
    const meant = nearest(name, known);
    return this.#mistake(`Unknown option ${quoted(`--${name}`)}${meant === undefined ? '.' : `; did you mean --${meant}?`}`);
  }

  #unknownShort(letter: string, word: string): Error {
    const within = word === `-${letter}` ? '' : ` in ${quoted(word)}`;
    const name = word.slice(1).split('=', 1)[0] ?? '';
    const meant = name.length > 1 ? nearest(name, this.#long.keys()) : undefined;
    const hint = meant === undefined ? '.' : `; did you mean --${meant}?`;
    return this.#mistake(`Unknown option ${quoted(`-${letter}`)}${within}${hint}`);
  }
}

function valueName(option: OptionSpec): string {
  return option.choices?.join('|') ?? 'VALUE';
}
