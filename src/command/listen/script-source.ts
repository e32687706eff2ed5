import { LineCounter, parseDocument, visit } from 'yaml';
import { LocalError } from '../command.ts';
import { mistakeInJson } from '../option/json-mistake.ts';

/** A file of replies as it is read: where what stands in it can be told by line and column. */
export interface SourceFile {
  readonly path: string;
  readonly document: ReturnType<typeof parseDocument>;
  readonly lines: LineCounter;
}

/**
 * Throws a `LocalError` unless it is JSON where its name says so, else one document of YAML, whose tags mean something and
 * whose aliases lead somewhere.
 */
export function readSource(path: string, text: string): SourceFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const file: SourceFile = { path, document, lines };
  const mistake = /\.json$/i.test(path) ? mistakeInJson(text) : undefined;
  if (mistake) throw errorAt(file, mistake.offset, mistake.problem);
  const [trouble] = [...document.errors, ...document.warnings];
  if (trouble) throw errorAt(file, trouble.pos[0], wordsOf(trouble));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      const problem = `nothing before it is called &${alias.source}, which *${alias.source} stands for`;
      throw errorAt(file, alias.range?.[0] ?? 0, problem);
    },
  });
  return file;
}

export function errorAt({ path, lines }: SourceFile, offset: number, problem: string): LocalError {
  const { line, col } = lines.linePos(offset);
  return new LocalError(`${path}:${line}:${col}: ${problem}`);
}

/** The library's words are about YAML, but for some, which are for who programs with it. */
function wordsOf({ code, message }: { readonly code: string; readonly message: string }): string {
  const [first = message] = message.split('\n');
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here: the file holds one';
  if (code !== 'TAG_RESOLVE_FAILED') return first;
  return `${first.replace(/^Unresolved tag: /, 'the tag ')} means nothing here: leave it out, or put the text in quotes`;
}
