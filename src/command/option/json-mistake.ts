import { type ParseError, type ParseErrorCode, parse, printParseErrorCode } from 'jsonc-parser';

/** What is wrong with a file of JSON, in words, and where: the offset in its text. */
export interface JsonMistake {
  readonly offset: number;
  readonly problem: string;
}

/** `undefined`: the text is JSON (RFC 8259), without comments and commas at the end. */
export function mistakeInJson(text: string): JsonMistake | undefined {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  return firstMistake(errors);
}

/** The first of what the parser found. */
export function firstMistake([first]: readonly ParseError[]): JsonMistake | undefined {
  if (!first) return undefined;
  const problem = WORDS[printParseErrorCode(first.error as ParseErrorCode)] ?? 'this is no JSON';
  return { offset: first.offset, problem };
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON: names and texts stand in double quotes',
  CommaExpected: 'a comma is missing before this',
  ColonExpected: 'a colon is missing before this',
  PropertyNameExpected: 'a name in double quotes was expected here; after the last member stands no comma',
  ValueExpected: 'a value was expected here; after the last member stands no comma',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'nothing may follow the last }',
  InvalidCommentToken: 'comments are not allowed in JSON',
  UnexpectedEndOfString: 'the text is not closed: a " is missing',
  InvalidEscapeCharacter: 'after a backslash stands one of " \\ / b f n r t u',
  InvalidUnicode: 'after \\u stand four hex digits',
  InvalidCharacter: 'a control character must be written \\u00XX',
};
