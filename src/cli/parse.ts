import yargsParser from 'yargs-parser';
import { type Mistake, mistakesOf, nearest, quoted } from './mistake.ts';
import { type CommandSpec, type OptionSpec, type ParsedArguments, type PositionalSpec, UsageError } from './option.ts';
import { bare, negated, spell } from './spell.ts';

/**
 * argv of one command → its options and positionals. The promise: what a user typed is either taken exactly as meant, to the
 * byte, or refused with a `UsageError` that says what to write instead.
 *
 * @param argv the words after the command's name
 * @param program what the error calls the program when it points at the help
 */
export function parseArguments(spec: CommandSpec, argv: readonly string[], program = 'wstap'): ParsedArguments {
  const command = `${program} ${spec.name}`.trim();
  const mistake = mistakesOf(command);
  const { options: words, positionals } = spell(spec.options, argv, mistake);
  const collected = collect(spec.options, words);
  const options = new Map<string, unknown>();
  for (const option of spec.options) {
    const given = collected[option.name];
    if (given !== undefined && given !== 0) options.set(option.name, meaning(option, given, mistake));
  }
  // Whoever asks for help has usually not written the rest yet.
  if (options.get('help') !== true) checkPositionals(spec.positionals, positionals, command, mistake);
  return { positionals, options };
}

/** yargs-parser with every convenience off that guesses: numbers, dots, camel case, negation, arrays that eat words. */
function collect(options: readonly OptionSpec[], words: readonly string[]): Record<string, unknown> {
  const names = (...kinds: OptionSpec['kind'][]) => options.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  const valued = names('value', 'optional');
  return yargsParser([...words], {
    boolean: names('flag'),
    count: names('count'),
    string: valued,
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'nargs-eats-options': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    },
  });
}

function meaning(option: OptionSpec, given: unknown, mistake: Mistake): unknown {
  if (option.kind === 'flag' || option.kind === 'count') return given;
  const texts = Array.isArray(given) ? given.map(String) : [String(given)];
  if (!option.repeatable) return meaningOf(option, texts.at(-1) ?? bare, mistake);
  // `--no-NAME` among the repeats forgets what stood before it.
  const kept = texts.slice(texts.lastIndexOf(negated) + 1);
  return kept.length === 0 ? false : kept.map((text) => meaningOf(option, text, mistake));
}

function meaningOf(option: OptionSpec, text: string, mistake: Mistake): unknown {
  if (text === negated) return false;
  if (text !== bare) return parsed(option, text, mistake);
  return option.implied === undefined ? true : parsed(option, option.implied, mistake);
}

function parsed(option: OptionSpec, text: string, mistake: Mistake): unknown {
  if (option.choices && !option.choices.includes(text)) throw notAChoice(`--${option.name}`, option.choices, text, mistake);
  if (!option.parse) return text;
  try {
    return option.parse(text);
  } catch (error) {
    throw UsageError.is(error) ? mistake(`--${option.name}: ${error.message}`) : error;
  }
}

function notAChoice(what: string, choices: readonly string[], text: string, mistake: Mistake): Error {
  const meant = nearest(text, choices);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return mistake(`${what} is one of ${choices.join(', ')}; ${quoted(text)} is none of them.${hint}`);
}

function checkPositionals(specs: readonly PositionalSpec[], words: readonly string[], command: string, mistake: Mistake): void {
  const missing = specs.find(({ required }, index) => required && index >= words.length);
  if (missing) throw mistake(`${missing.name} is missing: ${missing.summary}.`);
  for (const [index, { name, choices }] of specs.entries()) {
    const word = words[index];
    if (word !== undefined && choices && !choices.includes(word)) throw notAChoice(name, choices, word, mistake);
  }
  const extra = words[specs.length];
  if (extra === undefined) return;
  const takes = specs.length === 0 ? 'no arguments' : `${specs.map(({ name }) => name).join(' ')} and no more`;
  throw mistake(`${quoted(extra)} is one word too many: ${command} takes ${takes}. Put a text with spaces in quotes.`);
}
