import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/cli/option.ts';
import { askSecret, editedAnswer, type SecretQuestion, type SecretTerminal } from '../../src/cli/secret.ts';

const question: SecretQuestion = {
  prompt: 'Password for ada: ',
  instead: '--auth ada:PASSWORD',
  noInput: false,
  variables: {},
  platform: 'linux',
  stdin: { isTTY: true },
};
const answering = (answer: string | undefined, openable = true): SecretTerminal & { asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    isOpenable: () => Promise.resolve(openable),
    ask(prompt) {
      asked.push(prompt);
      return Promise.resolve(answer);
    },
  };
};
const ask = (changes: Partial<SecretQuestion>, terminal: SecretTerminal): Promise<string> =>
  askSecret({ ...question, ...changes }, (text) => new UsageError(text), terminal);

test.each(['geheim', '', ' blanks stay ', 'pä漢'])('the answer %j is given as typed', async (answer) => {
  const terminal = answering(answer);
  expect(await ask({}, terminal)).toBe(answer);
  expect(terminal.asked).toEqual(['Password for ada: ']);
});

describe('where nobody can be asked it says what to give instead, and asks nothing', () => {
  test.each<[string, Partial<SecretQuestion>, boolean, string]>([
    ['--no-input', { noInput: true }, true, '--no-input forbids to ask'],
    ['under CI', { variables: { CI: 'true' } }, true, "CI='true' says that nobody is there to ask"],
    ['without a terminal', {}, false, 'there is no terminal to ask at'],
  ])('%s', async (_, changes, openable, why) => {
    const terminal = answering('x', openable);
    const text = `Password for ada is needed, but ${why}; give it with --auth ada:PASSWORD.`;
    await expect(ask(changes, terminal)).rejects.toThrow(new UsageError(text));
    expect(terminal.asked).toEqual([]);
  });

  test('Ctrl-D is no answer', async () => {
    await expect(ask({}, answering(undefined))).rejects.toThrow('no answer was given');
  });
});

test.each(['', '0', 'false'])('CI=%j is not CI', async (CI) => {
  expect(await ask({ variables: { CI } }, answering('x'))).toBe('x');
});

test.each([
  ['abc\n', 'abc'],
  ['abc\r\nrest', 'abc'],
  ['abx\x7fc\r', 'abc'],
  ['漢x\b\b\b\ba\r', 'a'],
  ['wrong\x15right\r', 'right'],
  ['a\x1b\x07b\r', 'ab'],
  [' a b \r', ' a b '],
  ['ab\x03', undefined],
  ['\x04', undefined],
  ['\0', undefined],
])('typed without the terminal’s editing, %j is %j', (typed, answer) => {
  expect(editedAnswer(typed)).toBe(answer);
});
