import type { CommandSpec, OptionSpec } from './option.ts';
import { hanging, wrap } from './wrap.ts';

/** The plain functions that make words stand out; the caller may hand in colour. */
interface HelpStyle {
  bold(text: string): string;
  dim(text: string): string;
}

export interface HelpLayout {
  /** Width of the terminal, in columns. Text is never set wider than 100, nor narrower than 40. Default 80. */
  readonly columns?: number | undefined;
  readonly style?: HelpStyle | undefined;
}

/** What `PROGRAM --help` shows. */
export interface Overview {
  /** One sentence: what the program is. */
  readonly summary: string;
  /** How it is called, without the program's name: `[connect] [URL]`. */
  readonly usage: readonly string[];
  readonly commands: readonly CommandSpec[];
  /** The commonest options. */
  readonly options: readonly OptionSpec[];
  readonly examples: CommandSpec['examples'];
  /** Paragraphs at the end: exit status, where to read on. */
  readonly notes: readonly string[];
}

interface Page {
  readonly width: number;
  readonly style: HelpStyle;
  /** Where the texts begin, the same all down the page. */
  readonly column: number;
}

const plain: HelpStyle = { bold: (text) => text, dim: (text) => text };
/** A term wider than this, or than two fifths of the page, has its text on the lines below. */
const widestTerm = 28;

/**
 * The help of one command. The promise: every option that is not hidden is in it, nothing is wider than the terminal,
 * and it reads as well without colour.
 */
export function renderHelp(program: string, spec: CommandSpec, layout: HelpLayout = {}): string {
  const words = spec.positionals.map(({ name, summary }) => ({ term: name, text: summary, note: '' }));
  const groups = groupsOf(spec.options.filter(({ hidden }) => !hidden));
  const page = pageOf(layout, [...words, ...groups.flatMap(({ options }) => options.map(definitionOf))]);
  return together([
    [`${page.style.bold('Usage:')} ${usageOf(program, spec)}`],
    ...spec.description.map((paragraph) => wrap(paragraph, page.width)),
    section('Arguments', definitions(words, page), page),
    ...groups.map(({ group, options }) => section(group, definitions(options.map(definitionOf), page), page)),
    section('Examples', examples(spec.examples, page), page),
  ]);
}

function usageOf(program: string, { name, positionals }: CommandSpec): string {
  const words = positionals.map((word) => (word.required ? word.name : `[${word.name}]`));
  return [program, name, '[OPTION]...', ...words].filter((word) => word !== '').join(' ');
}

/** `PROGRAM --help`: the commands, the commonest options, a few examples. */
export function renderOverview(program: string, overview: Overview, layout: HelpLayout = {}): string {
  const commands = overview.commands.map(({ name, summary }) => ({ term: name, text: summary, note: '' }));
  const options = overview.options.map(definitionOf);
  const page = pageOf(layout, [...commands, ...options]);
  return together([
    wrap(overview.summary, page.width),
    overview.usage.map((line, index) => `${index === 0 ? page.style.bold('Usage:') : '      '} ${program} ${line}`),
    section('Commands', definitions(commands, page), page),
    section('Common options', definitions(options, page), page),
    section('Examples', examples(overview.examples, page), page),
    ...overview.notes.map((paragraph) => wrap(paragraph, page.width)),
  ]);
}

/** An option as help and man page head it: `-H, --header 'K: V'`, `--[no-]compress`, `--dump[=line|hex|bits]`. */
export function optionTerm(option: OptionSpec): string {
  const shorts = (option.short ?? []).map((letter) => `-${letter}`);
  const bracketed = option.negatable && option.kind === 'flag';
  const name = `--${bracketed ? '[no-]' : ''}${option.name}${valueTerm(option)}`;
  const off = option.negatable && !bracketed ? [`--no-${option.name}`] : [];
  return [...shorts, name, ...off].join(', ');
}

/** The value's part of that: ` TIME`, `[=N]`, ` text|json`, or nothing. */
function valueTerm(option: OptionSpec): string {
  const value = option.placeholder ?? option.choices?.join('|') ?? 'VALUE';
  if (option.kind === 'value') return ` ${value}`;
  return option.kind === 'optional' ? `[=${value}]` : '';
}

/** Options under their headings, both in the order of the table. */
export function groupsOf(options: readonly OptionSpec[]): { group: string; options: OptionSpec[] }[] {
  const groups = new Map<string, OptionSpec[]>();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return [...groups].map(([group, members]) => ({ group, options: members }));
}

interface Definition {
  readonly term: string;
  readonly text: string;
  /** In brackets after the text: the default, other names. */
  readonly note: string;
}

function definitionOf(option: OptionSpec): Definition {
  // Long names stand under one another, whether or not a letter stands before them.
  const term = option.short?.length ? optionTerm(option) : `    ${optionTerm(option)}`;
  const also = option.aliases?.length ? `also ${option.aliases.map((alias) => `--${alias}`).join(', ')}` : '';
  const notes = [option.defaultText ? `default: ${option.defaultText}` : '', option.repeatable ? 'repeatable' : '', also];
  const note = notes.filter((part) => part !== '').join('; ');
  return { term, text: option.summary, note: note === '' ? '' : `(${note})` };
}

function definitions(list: readonly Definition[], { column, width, style }: Page): string[] {
  return list.flatMap(({ term, text, note }) => {
    const [first = '', ...rest] = dimNote(wrap(`${text} ${note}`.trim(), width - column), note, style);
    const margin = ' '.repeat(column);
    const head = `  ${' '.repeat(term.length - term.trimStart().length)}${style.bold(term.trimStart())}`;
    const gap = column - 2 - term.length;
    const opening = gap < 2 ? [head, `${margin}${first}`] : [`${head}${' '.repeat(gap)}${first}`];
    return [...opening, ...rest.map((line) => `${margin}${line}`)];
  });
}

/** The note is the end of the text; after wrapping it may be spread over several lines. */
function dimNote(lines: readonly string[], note: string, style: HelpStyle): string[] {
  let left = note.replaceAll(' ', '').length;
  const dimmed: string[] = [];
  for (const line of lines.toReversed()) {
    let start = line.length;
    for (; start > 0 && left > 0; start -= 1) if (line[start - 1] !== ' ') left -= 1;
    dimmed.unshift(start === line.length ? line : `${line.slice(0, start)}${style.dim(line.slice(start))}`);
  }
  return dimmed;
}

function examples(list: CommandSpec['examples'], { width, style }: Page): string[] {
  return list.flatMap(({ line, text }) => [`  ${line}`, ...hanging(text, width, 6).map((row) => style.dim(row))]);
}

function section(title: string, lines: readonly string[], { style }: Page): string[] {
  return lines.length === 0 ? [] : [style.bold(`${title}:`), ...lines];
}

function together(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${filled.join('\n\n')}\n`;
}

function pageOf({ columns = 80, style = plain }: HelpLayout, terms: readonly Definition[]): Page {
  const width = Math.min(100, Math.max(40, columns));
  const widest = Math.min(widestTerm, Math.floor(width * 0.4));
  const fitting = terms.map(({ term }) => term.length).filter((length) => length <= widest);
  return { width, style, column: 2 + Math.max(0, ...fitting) + 2 };
}
