import { groupsOf } from './help.ts';
import { code, type Definition, definitionList, macroWord, paragraph, prose } from './mdoc.ts';
import type { CommandSpec, OptionSpec } from './option.ts';

/** A paragraph, a literal block (a paragraph with line ends), or a list of terms. `Backticks` set words in bold. */
type Block = string | readonly Definition[];

interface Chapter {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** What the page holds beside the tables. */
export interface Manual {
  readonly program: string;
  /** E.g. `0.1.0`. */
  readonly version: string;
  /** Of the last change, as mdoc wants it: `November 21, 2026`. */
  readonly date: string;
  /** One phrase, lower case, no full stop. */
  readonly summary: string;
  readonly description: readonly Block[];
  readonly commands: readonly CommandSpec[];
  /** Chapters of your own, after COMMANDS. */
  readonly chapters: readonly Chapter[];
  readonly environment: readonly Definition[];
  readonly files: readonly Definition[];
  readonly exitStatus: readonly Definition[];
  /** They stand before the examples of the commands. */
  readonly examples: readonly { readonly line: string; readonly text: string }[];
  readonly standards: readonly Block[];
  readonly security: readonly Block[];
}

/**
 * The manual page, in mdoc(7). The promise: every option of every command is in it, hidden ones too, out of the same tables
 * that the parser reads; and no text, whatever it contains, can become a roff request.
 */
export function renderManual(manual: Manual): string {
  const { program, commands } = manual;
  return [
    `.Dd ${manual.date}`,
    `.Dt ${program.toUpperCase()} 1`,
    `.Os ${program} ${manual.version}`,
    '.Sh NAME',
    `.Nm ${program}`,
    `.Nd ${prose(manual.summary)}`,
    '.Sh SYNOPSIS',
    ...commands.map((spec) => synopsis(spec, program)),
    ...chapter('DESCRIPTION', manual.description),
    '.Sh COMMANDS',
    ...describeAll(commands),
    ...manual.chapters.flatMap(({ title, blocks }) => chapter(title, blocks)),
    ...chapter('ENVIRONMENT', [manual.environment]),
    ...chapter('FILES', [manual.files]),
    ...chapter('EXIT STATUS', [manual.exitStatus]),
    ...exampleChapter([...manual.examples, ...commands.flatMap(({ examples }) => examples)]),
    ...chapter('STANDARDS', manual.standards),
    ...chapter('SECURITY CONSIDERATIONS', manual.security),
    '',
  ].join('\n');
}

function chapter(title: string, blocks: readonly Block[]): string[] {
  const filled = blocks.filter(({ length }) => length > 0);
  if (filled.length === 0) return [];
  // mandoc warns of a paragraph break right after a heading.
  return [`.Sh ${title}`, ...filled.flatMap((block, index) => blockLines(block, index === 0))];
}

function blockLines(block: Block, first: boolean): string[] {
  return typeof block === 'string' ? paragraph(block, first) : definitionList(block);
}

function synopsis(spec: CommandSpec, program: string): string {
  return `.Nm ${program}${commandWord(spec)} Oo Ar OPTION Oc Ns ...${positionalWords(spec)}`;
}

function commandWord({ name }: CommandSpec): string {
  return name === '' ? '' : ` Cm ${macroWord(name)}`;
}

function positionalWords({ positionals }: CommandSpec): string {
  return positionals.map(({ name, required }) => (required ? ` Ar ${macroWord(name)}` : ` Op Ar ${macroWord(name)}`)).join('');
}

/** An option that several commands share is told once, under the first; the others name it. */
function describeAll(commands: readonly CommandSpec[]): string[] {
  return commands.flatMap((spec, index) => {
    const earlier = commands.slice(0, index);
    const teller = (option: OptionSpec) => earlier.find(({ options }) => options.some((other) => sameText(option, other)))?.name;
    const own = spec.options.filter((option) => teller(option) === undefined);
    const shared = earlier.map(({ name }) => ({ name, options: spec.options.filter((option) => teller(option) === name) }));
    return [...describe(spec, own), ...shared.flatMap(({ name, options }) => sharedOptions(name, options))];
  });
}

/** Tables are data: options with equal words are the same option, though commands may read the value differently. */
function sameText(a: OptionSpec, b: OptionSpec): boolean {
  return a.name === b.name && JSON.stringify(a) === JSON.stringify(b);
}

function sharedOptions(by: string, options: readonly OptionSpec[]): string[] {
  if (options.length === 0) return [];
  const names = options.map(({ name, short = [] }) => code(short[0] === undefined ? `--${name}` : `-${short[0]}`));
  return ['.Pp', `Options as under ${code(by)}: ${names.join(',\n')}.`];
}

function describe(spec: CommandSpec, options: readonly OptionSpec[]): string[] {
  return [
    `.Ss ${macroWord(spec.name)}${spec.positionals.map(({ name, required }) => ` ${macroWord(required ? name : `[${name}]`)}`).join('')}`,
    ...spec.description.flatMap((text, index) => paragraph(text, index === 0)),
    ...definitionList(spec.positionals.map(({ name, summary }) => ({ term: name, text: sentence(summary) }))),
    ...groupsOf(options).flatMap(({ group, options: members }) => [
      `.Pp\n.Em ${macroWord(group)}`,
      '.Bl -tag -width Ds',
      ...members.flatMap((option) => [`.It ${optionTag(option)}`, prose(optionText(option))]),
      '.El',
    ]),
  ];
}

/** `-H, --header 'K: V'` in macros; a negatable flag is headed by both its names. */
function optionTag(option: OptionSpec): string {
  const shorts = (option.short ?? []).map((letter) => `Fl ${macroWord(letter)}`);
  const name = `Fl -${macroWord(option.name)}${valueTag(option)}`;
  const off = option.negatable ? [`Fl -no-${macroWord(option.name)}`] : [];
  return [...shorts, name, ...off].join(' , ');
}

function valueTag({ kind, placeholder, choices }: OptionSpec): string {
  const value =
    placeholder === undefined && choices ? `Cm ${macroWord(choices.join('|'))}` : `Ar ${macroWord(placeholder ?? 'VALUE')}`;
  if (kind === 'value') return ` ${value}`;
  return kind === 'optional' ? ` Ns Oo Ns = Ns ${value} Oc` : '';
}

function optionText(option: OptionSpec): string {
  const also = (option.aliases ?? []).map((alias) => `\`--${alias}\``).join(', ');
  return [
    sentence(option.summary),
    option.details ?? '',
    option.placeholder && option.choices ? `One of ${option.choices.map((choice) => `\`${choice}\``).join(', ')}.` : '',
    option.implied === undefined ? '' : `Without a value: \`${option.implied}\`.`,
    option.defaultText ? `The default is ${option.defaultText}.` : '',
    option.repeatable ? 'May be given several times.' : '',
    also === '' ? '' : `Also spelled ${also}.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function sentence(phrase: string): string {
  // A scheme of URLs stays as it is written.
  const start = /^\w+:/.test(phrase) ? phrase : phrase.charAt(0).toUpperCase() + phrase.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

function exampleChapter(examples: Manual['examples']): string[] {
  const blocks = examples.flatMap(({ line, text }) => [`${sentence(text).slice(0, -1)}:`, `${line}\n`]);
  return chapter('EXAMPLES', blocks);
}
