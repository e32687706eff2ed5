import { expect, test } from 'vitest';
import { CTRL_D, TerminalRun } from '../terminal.ts';

/** What a person sees of an old version: its name, and what cannot be said in it. */

async function typed(
  argv: readonly string[],
  ...lines: readonly (readonly [line: string, shows: RegExp])[]
): Promise<TerminalRun> {
  const run = new TerminalRun(argv);
  await run.shows(/^(?:binary)?>/m);
  for (const [line, shows] of lines) {
    await run.line(line);
    await run.shows(shows);
  }
  return run;
}

test('hixie-76: text goes, all else is said to be missing', async () => {
  const run = await typed(
    ['--draft', '76', '-b', '-x', 'a', '-i'],
    ['/ping', /has no ping/],
    ['/binary de ad', /has no binary:/],
    ['/fragment 2 abcd', /has no fragments/],
    ['/text hello', /< hello/],
    ['/close 4000 bye', /without 4000/],
  );
  const screen = await run.end();
  for (const line of [
    '• version: hixie-76 (= hybi-00)',
    '! hixie-76 has no binary messages: what -x gives is not sent',
    '! hixie-76 has no ping: it carries text messages and nothing else',
    '! hixie-76 has no binary: it carries text messages and nothing else',
    '! hixie-76 has no fragments: each message is one frame',
    '! hixie-76 has no close codes: it was closed without 4000',
    '• closed by us: no close code',
    '[status 0]',
  ]) {
    expect(screen).toContain(`\n${line}\n`);
  }
});

test('hixie-75: the end of TCP is the close', async () => {
  const run = await typed(['--draft', '75'], ['hello', /< hello/]);
  await run.keys(CTRL_D);
  expect(await run.end()).toMatchInlineSnapshot(`
    "
    Connected to ws://127.0.0.1:PORT/ in TIME.
    • version: hixie-75
    • no URL: this is an echo server inside wstap, it sends back what you send
    Type a message, or /help. Ctrl-D closes.
    > hello
    < hello
    • closed by us: no close code

    sent      1 message (1 text), 5 B · 1 frame, 7 B on the wire
    received  1 message (1 text), 5 B · 1 frame, 7 B on the wire
    open      for TIME
    [status 0]
    "
  `);
});

test('hybi-06 has it all, and a dump in its own words', async () => {
  const run = await typed(['--draft', 'hybi-06', '--dump'], ['/ping', /pong after/], ['/close 1001', /closed by us/]);
  expect(await run.end()).toMatch(/in TIME\.\n• version: hybi-06 \(version 6\)/);
});
