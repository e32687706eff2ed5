import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { REPLY_EXAMPLE } from '../../../src/command/listen/behaviour-chapters.ts';
import { GoodClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';

/** `--reply FILE`: the example of the manual page, and all that can be wrong with such a file. */
const example = join(import.meta.dirname, 'replies.yaml');
const folder = mkdtempSync(join(tmpdir(), 'reply-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function talking(path = '') {
  const { port } = await startListen(['--reply', example]);
  const client = await new GoodClient(port, {}, [], path).open();
  /** Says it, and gives the next so many answers. */
  const say = async (message: string | Buffer, answers = 1) => {
    const before = client.messages.length;
    client.socket.send(message);
    return (await client.got(before + answers)).slice(before);
  };
  expect(await client.got(1)).toEqual(['welcome']);
  return { client, say };
}

describe('the example', () => {
  test('text, regular expressions with groups, and what fits nothing', async () => {
    const { say } = await talking();
    expect(await say('hello')).toEqual(['hello yourself']);
    expect(await say('add 1 22')).toEqual(['1 + 22 = ?']);
    expect(await say('add x')).toEqual(['what is "add x"?']);
    expect(await say('$1 $b} $$')).toEqual(['what is "$1 $b} $$"?']);
  });

  test('JSON in, JSON out, with its types, and a state', async () => {
    const { say } = await talking();
    expect(await say('more')).toEqual(['what is "more"?']);
    const request = { type: 'subscribe', id: 7, room: 'x"y', deep: { list: [1, 2] } };
    const [answer = ''] = await say(JSON.stringify(request));
    expect(JSON.parse(answer)).toEqual({ type: 'subscribed', id: 7, to: 'room x"y', all: true });
    expect(await say('more', 3)).toEqual(['tick', 'tick', 'tick']);
    expect(await say(JSON.stringify({ ...request, deep: { list: [1, 3] } }))).toEqual(['7']);
    expect(await say('{"id":{"a":[null]}}')).toEqual(['{"a":[null]}']);
    expect(await say('{"id"')).toEqual(['what is "{"id""?']);
  });

  test('bytes', async () => {
    const { say } = await talking();
    expect(await say(Buffer.from('deadbeef', 'hex'))).toEqual(['\x01\x02']);
    expect(await say(Buffer.from('deadbe', 'hex'))).toHaveLength(1);
  });

  test('a limit, and a ping', async () => {
    const { client, say } = await talking();
    let pings = 0;
    client.socket.on('ping', () => pings++);
    const answers = [await say('twice'), await say('twice'), await say('twice')];
    expect(answers).toEqual([['you may say it again'], ['you may say it again'], ['what is "twice"?']]);
    expect(pings).toBe(2);
  });

  test('a delay holds up nothing else', async () => {
    const { client, say } = await talking();
    client.socket.send('slow');
    expect(await say('hello', 2)).toEqual(['hello yourself', 'late']);
  });

  test('a file, at a path', async () => {
    const file = readFileSync(join(import.meta.dirname, 'programs/count.sh'), 'utf8');
    expect(await (await talking('file')).say('file')).toEqual([file]);
    expect(await (await talking()).say('file')).toEqual(['what is "file"?']);
  });

  test('a close with a code and a reason', async () => {
    const { client } = await talking();
    client.socket.send('bye for now');
    expect(await client.closed).toEqual({ code: 4001, reason: 'bye for now' });
  });

  test('a reason is never too long for a Close', async () => {
    const { client } = await talking();
    client.socket.send(`bye ${'ü'.repeat(200)}`);
    expect((await client.closed).reason).toBe(`bye ${'ü'.repeat(59)}`);
  });
});

async function answersOf(text: string, messages: readonly string[], count: number, name = 'file.yaml'): Promise<string[]> {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { port } = await startListen(['--reply', file]);
  const client = await new GoodClient(port).open();
  for (const message of messages) client.socket.send(message);
  return client.got(count);
}

test('the example of the manual page', async () => {
  const messages = ['add 1 2', '{"type":"subscribe","id":[1]}', 'more'];
  expect(await answersOf(REPLY_EXAMPLE.replace('1s', '1ms'), messages, 6)).toEqual([
    'welcome',
    '1 + 2 = ?',
    '{"id":[1],"ok":true}',
    'tick',
    'tick',
    'tick',
  ]);
});

test('JSON is YAML', async () => {
  const script = { rules: [{ when: { text: 'a' }, reply: [{ json: { b: '$0' } }] }], otherwise: 'x' };
  expect(await answersOf(JSON.stringify(script, null, '\t'), ['a', 'b'], 2, 'file.json')).toEqual(['{"b":"a"}', 'x']);
});

test('an unlimited flood of answers is taken as fast as the client takes it', async () => {
  const answers = await answersOf(
    'otherwise: { repeat: 20000, do: { text: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx } }',
    ['go'],
    20_000,
  );
  expect(answers).toHaveLength(20_000);
});

describe('what is wrong is said with its line: 3', () => {
  test.each<[text: string, said: string]>([
    ['', '1:1: the file holds rules: write rules:, and under it "- when: { text: hi }" with "reply: hello"'],
    ['- a', '1:1: the file holds rules: write rules:, and under it "- when: { text: hi }" with "reply: hello"'],
    ['rules: []', '1:1: there are no rules: write rules:, and under it "- when: { text: hi }" with "reply: hello"'],
    ['rules:\n  - when: {text: a\n', '3:1: Flow map in block collection must be sufficiently indented and end with a }'],
    ['rules:\n\t- x', '2:1: Tabs are not allowed as indentation'],
    ['{"rules": [}', '1:12: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['rules:\n  - whn: {}\n', '2:5: "whn" is not known in entry 1 of "rules"; did you mean when?'],
    ['rules:\n  - when: { tex: a }\n    reply: b', '2:13: "tex" is not known in "when"; did you mean text?'],
    ['rules:\n  - when: { text: a }\n', '2:5: entry 1 of "rules" has no reply: write what is answered, e.g. reply: hello'],
    ['rules:\n  - reply: a\n    reply: b', '3:5: Map keys must be unique'],
    ['rules:\n  - when: { text: true }\n    reply: b', '2:19: "text" is a text: put it in quotes'],
    ['rules:\n  - when: { regexp: "(" }\n    reply: b', '2:21: Invalid regular expression: /(/: Unterminated group'],
    ['rules:\n  - when: { bytes: 0g }\n    reply: b', '2:20: "g" is not a hex digit'],
    ['rules:\n  - when: { json: a..b }\n    reply: b', '2:19: "a..b" is no path: write $.name, $.list.0 or $["a b"]'],
    ['rules:\n  - when: { opcode: ping }\n    reply: b', '2:21: "opcode" is text or binary'],
    [
      'rules:\n  - when: { open: true, text: a }\n    reply: b',
      '2:31: "open" is no message: it has no text; leave one of them out',
    ],
    ['rules:\n  - when: { state: s }\n    reply: b', '2:5: nothing leads to the state "s": next: s is missing somewhere'],
    ['rules:\n  - limit: 0\n    reply: b', '2:12: "limit" is a whole number from 1 on'],
    ['otherwise: {}', '1:12: what is to be done? Write one of text, json, hex, file, ping, delay, close, next, repeat'],
    ['otherwise: { text: a, delay: 1s }', '1:30: one step does one thing: begin a new "- " before delay'],
    ['otherwise: { text: a, every: 1s }', '1:30: every belongs to repeat, not to text'],
    ['otherwise: [a, { hex: xyz }]', '1:23: "x" is not a hex digit'],
    ['otherwise: { hex: ff, opcode: text }', '1:19: it is not valid UTF-8, as a text message must be: write opcode: binary'],
    ['otherwise: { delay: 1x }', '1:21: "1x" is not a time: write 5 (seconds), 500ms, 2m, or -1 for no limit'],
    ['otherwise: { close: 1005 }', '1:21: 1005 is no code that may be sent: use 1000–1003, 1007–1014 or 3000–4999'],
    ['otherwise: { close: { reason: a } }', '1:21: close needs a code: before its reason'],
    ['otherwise: { file: none }', `1:20: there is no file "FOLDER/none"`],
    ['otherwise: { repeat: 3 }', '1:12: repeat needs do: with what is repeated'],
    ['otherwise: "$1"', "1:12: there is no group 1 in this rule's regexp; $$ is a $"],
    [
      `otherwise: "\${a-b}"`,
      `1:12: \${a-b} is no place: write $1, \${name}, or \${$.a.b} for what stands in the JSON; $$ is a $`,
    ],
  ])('%j', async (text, said) => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, text);
    const { status, stderr } = await run(['listen', '--reply', file]);
    expect({ status, stderr: stderr.replaceAll(folder, 'FOLDER') }).toEqual({
      status: 3,
      stderr: `wstap: FOLDER/wrong.yaml:${said}\n`,
    });
  });

  test('no file', async () => {
    expect(await run(['listen', '--reply', '/no/such'])).toMatchObject({
      status: 3,
      stderr: 'wstap: there is no file "/no/such"\n',
    });
  });
});
