import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { goodServer } from '../../peer.ts';
import { run } from '../../program.ts';

const QUICK = ['-w', '50ms'];

/** What a server received: opcode and payload. */
async function received(argv: readonly string[], input: string | Uint8Array = '') {
  const messages: [string, string][] = [];
  const { url } = await goodServer((client) => {
    client.on('message', (data: Buffer, binary) =>
      messages.push(binary ? ['binary', data.toString('hex')] : ['text', String(data)]),
    );
  });
  const { status, stderr } = await run([...QUICK, ...argv, url], input);
  return { status, stderr, messages };
}

describe('a message as an argument', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outgoing-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'message');
  writeFileSync(file, 'two\nlines\r\n');
  const bytes = join(folder, 'bytes');
  writeFileSync(bytes, Buffer.from([0xff, 0xfe]));

  test.each<[string[], string, [string, string][]]>([
    [['-x', 'a'], '', [['text', 'a']]],
    [
      ['-x', 'a', '--execute=b', '-xc'],
      '',
      [
        ['text', 'a'],
        ['text', 'b'],
        ['text', 'c'],
      ],
    ],
    [['-x', ''], '', [['text', '']]],
    [['-x', '-1'], '', [['text', '-1']]],
    [['-x', `@${file}`], '', [['text', 'two\nlines\r\n']]],
    [['-b', '-x', `@${bytes}`], '', [['binary', 'fffe']]],
    [['-x', '@-'], 'all\nof it\n', [['text', 'all\nof it\n']]],
    [['-x', '@@home'], '', [['text', '@home']]],
    [['--hex', '-x', 'ff00'], '', [['binary', 'ff00']]],
    [['--base64', '-t', '-x', 'aGk='], '', [['text', 'hi']]],
    [['-x', 'only this'], 'input is not read\n', [['text', 'only this']]],
  ])('%j %j', async (argv, input, messages) => {
    expect(await received(argv, input)).toEqual({ status: 0, stderr: '', messages });
  });

  test.each([
    [['-x', `@${folder}/none`], 3, `wstap: there is no file "${folder}/none"\n`],
    [['-x', `@${folder}`], 3, `wstap: "${folder}" is a directory\n`],
    [
      ['-x', `@${bytes}`],
      3,
      `wstap: the message ${JSON.stringify(`@${bytes}`.slice(0, 60))} cannot be sent: it is not valid UTF-8, as a text message must be; -b sends bytes\n`,
    ],
    [['--hex', '-x', 'zz'], 3, 'wstap: the message "zz" cannot be sent: '],
    [['-x', '@'], 2, 'wstap: @ needs the name of a file behind it; @@ is a literal @\n'],
    [['-t', '-b', '-x', 'a'], 2, 'wstap: -t and -b exclude each other: give one\n'],
    [['--hex', '--base64', '-x', 'a'], 2, 'wstap: --hex and --base64 exclude each other: give one\n'],
  ])('%j is refused before anything is opened', async (argv, status, said) => {
    const outcome = await run([...argv, 'ws://127.0.0.1:1/']);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(said);
    expect(outcome.stderr).not.toContain('connect');
  });
});
