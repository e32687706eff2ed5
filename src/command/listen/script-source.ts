import { LineCounter, parseDocument, visit } from 'yaml';
import { LocalError } from '../command.ts';
import { brokenJson } from './json-syntax.ts';

/**
 * What a file of replies must be before its values are read: JSON where its name says so, else one document of YAML, whose tags
 * mean something and whose aliases lead somewhere.
 */
export function checkSource(path: string, text: string): void {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail = (offset: number, problem: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new LocalError(`${path}:${line}:${col}: ${problem}`);
  };
  const broken = /\.json$/i.test(path) ? brokenJson(text) : undefined;
  if (broken) fail(broken.at, broken.problem);
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble) fail(trouble.pos[0], wordsOf(trouble));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      fail(alias.range?.[0] ?? 0, `nothing before it is called &${alias.source}, which *${alias.source} stands for`);
    },
  });
}

/** The library's words are about YAML, but for some, which are for who programs with it. */
function wordsOf({ code, message }: { readonly code: string; readonly message: string }): string {
  const [first = message] = message.split('\n');
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here: the file holds one';
  if (code !== 'TAG_RESOLVE_FAILED') return first;
  return `${first.replace(/^Unresolved tag: /, 'the tag ')} means nothing here: leave it out, or put the text in quotes`;
}
