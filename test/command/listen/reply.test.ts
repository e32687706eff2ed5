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

test('an alias stands for what it names, as often as it is there', async () => {
  const text = 'otherwise: [ &t { text: hi }, *t, { json: [ &j { a: [1], "__proto__": 2 }, *j ] } ]';
  expect(await answersOf(text, ['go'], 3)).toEqual(['hi', 'hi', '[{"a":[1],"__proto__":2},{"a":[1],"__proto__":2}]']);
});

test('an unlimited flood of answers is taken as fast as the client takes it', async () => {
  const answers = await answersOf(
    'otherwise: { repeat: 20000, do: { text: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx } }',
    ['go'],
    20_000,
  );
  expect(answers).toHaveLength(20_000);
});

describe('what a client sends ends nobody but itself', () => {
  async function serving(script: object) {
    const file = join(folder, 'guarded.json');
    writeFileSync(file, JSON.stringify(script));
    const { env, port } = await startListen(['--reply', file]);
    return { env, open: () => new GoodClient(port).open() };
  }

  test('JSON that nests too deep is none', async () => {
    const { open } = await serving({
      rules: [{ when: { json: { '$.type': 'login' } }, reply: { json: { welcome: `\${$.user}` } } }],
      otherwise: `none: \${$.user}`,
    });
    const client = await open();
    const login = (levels: number) => `{"type":"login","user":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    for (const levels of [999, 1000, 20_000]) client.socket.send(login(levels));
    expect(await client.got(3)).toEqual([`{"welcome":${'['.repeat(999)}${']'.repeat(999)}}`, 'none: ', 'none: ']);
  });

  test('an answer that cannot be made closes its client with 1011', async () => {
    const { env, open } = await serving({ otherwise: '$0'.repeat(600) });
    const [greedy, other] = [await open(), await open()];
    greedy.socket.send('x'.repeat(1024 * 1024));
    expect(await greedy.closed).toEqual({ code: 1011, reason: 'could not be answered' });
    await env.stderr.until(/#1 its message could not be answered: Invalid string length\n/);
    other.socket.send('');
    expect(await other.got(1)).toEqual(['']);
  });

  test('nor one that a regular expression cannot get through', async () => {
    const { env, open } = await serving({ rules: [{ when: { regexp: '^(?:a|b)*c' }, reply: 'x' }], otherwise: 'y' });
    const client = await open();
    client.socket.send('ab'.repeat(4 * 1024 * 1024));
    expect((await client.closed).code).toBe(1011);
    await env.stderr.until(/#1 its message could not be answered: /);
  });

  test('a long message makes a reason as fast as a short one', async () => {
    const { open } = await serving({ otherwise: { close: { code: 1000, reason: '$0' } } });
    const client = await open();
    client.socket.send('ü'.repeat(1024 * 1024));
    expect(await client.closed).toEqual({ code: 1000, reason: 'ü'.repeat(61) });
  });
});

const WRITE = 'write rules:, and under it "- when: { text: hi }" with "reply: hello"';

describe('what is wrong is said with its line: 3', () => {
  test.each<[text: string, said: string]>([
    ['', `1:1: there is nothing in the file: ${WRITE}`],
    ['# none yet\n', `1:1: there is nothing in the file: ${WRITE}`],
    ['- a', `1:1: the file begins with a list, which belongs to a name: ${WRITE}`],
    ['hello', `1:1: the file begins with a value, which belongs to a name: ${WRITE}`],
    ['otherwise: a\n---\notherwise: b', '2:1: a second document begins here: the file holds one'],
    ['otherwise: *x', '1:12: nothing before it is called &x, which *x stands for'],
    ['otherwise: !text a', '1:12: the tag !text means nothing here: leave it out, or put the text in quotes'],
    ['rules:\n  - when: { path: foo }\n    reply: b', '2:19: a path begins with /: write /foo'],
    ['rules:\n  - when: { path: /foo?a }\n    reply: b', '2:19: a path ends before ? and #: write /foo'],
    [
      'rules:\n  - when: { regexp: "/a/q" }\n    reply: b',
      '2:21: "q" is no flag: there are i, m, s and u; for slashes in the text write \\/a\\/q',
    ],
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
    ['otherwise: &a [{ repeat: 2, do: *a }]', '1:33: *a stands for what it is itself in: there would be no end to it'],
    ['otherwise: &a { repeat: 2, do: [x, *a] }', '1:36: *a stands for what it is itself in: there would be no end to it'],
    ['otherwise:\n  json: &j { a: [1, *j] }', '2:21: *j stands for what it is itself in: there would be no end to it'],
    [
      'rules:\n  - when: { json: { a: &j [*j] } }\n    reply: b',
      '2:28: *j stands for what it is itself in: there would be no end to it',
    ],
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

  test.each([
    ['{"otherwise":\n "a",}', '2:6: a name in double quotes was expected here; after the last member stands no comma'],
    ["{'otherwise': 'a'}", '1:2: this is no JSON: names and texts stand in double quotes'],
    ['{"otherwise": "a"', '1:18: a closing } is missing'],
    ['{"otherwize": "a"}', '1:2: "otherwize" is not known in the file; did you mean otherwise?'],
  ])('in a file of JSON: %j', async (text, said) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, text);
    const { status, stderr } = await run(['listen', '--reply', file]);
    expect([status, stderr]).toEqual([3, `wstap: ${file}:${said}\n`]);
  });

  test('no file', async () => {
    expect(await run(['listen', '--reply', '/no/such'])).toMatchObject({
      status: 3,
      stderr: 'wstap: there is no file "/no/such"\n',
    });
  });
});
