import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/repl/commands.ts';
import { helpText } from '../../src/repl/help.ts';

const client = { role: 'client', canRecord: false } as const;
const everything = [
  { role: 'client', canRecord: true },
  { role: 'server', canRecord: true },
] as const;

test('the list', () => {
  expect(helpText(client)).toBe(
    `
A line is a message. A line that begins with / is a command (// sends a slash):
  /help        list the commands, or explain one
  /text        send a text message; alone: lines are text from now on
  /binary      send a binary message; alone: lines are binary from now on
  /file        send a whole file as one message
  /json        check that it is JSON, then send it as typed
  /ping        send a ping
  /pong        send a pong that nobody asked for
  /close       begin the closing handshake
  /fragment    send one message in several frames
  /frame       send a frame made by hand, legal or not
  /bytes       put raw bytes on the wire, with no frame around them
  /repeat      send the same thing N times
  /paste       type several lines as one message; a line with only . ends it
  /dump        show frames: a line each, with their bytes, or drawn bit by bit
  /filter      show only some frames and messages
  /handshake   show the opening handshake again, checked
  /stats       count what went either way so far
  /reconnect   close this connection and open a new one to the same URL
  /quit        close cleanly and leave (Ctrl-D does the same)
Beginnings are enough (/pi is /ping). Tab completes. /help COMMAND says more.
Alt+Enter: new line. Ctrl-C: clear the line, or close. Ctrl-D: close.`.trimStart(),
  );
});

test('one command', () => {
  expect(helpText(client, 'frag')).toBe(
    `
/fragment N TEXT | PART | PART …
  Send one message in several frames. N TEXT cuts it into N even pieces. PART |
  PART | … says where to cut: at each | with a blank on both sides.
  for example: /fragment Hel | lo`.trimStart(),
  );
});

test('an unknown one', () => {
  expect(helpText(client, 'pnig')).toMatch('did you mean /ping?');
});

describe.each([40, 60])('in a terminal of %i columns', (columns) => {
  test.each([undefined, ...COMMANDS.map(({ name }) => name)])('/help %s keeps within them', (topic) => {
    for (const context of everything) {
      const text = helpText(context, topic, columns);
      for (const line of text.split('\n')) expect(line.length < columns || !/\S \S/.test(line)).toBe(true);
      // Nothing is left out.
      expect(text.replace(/\s+/g, ' ')).toBe(helpText(context, topic).replace(/\s+/g, ' '));
    }
  });
});

test('what a command does stands beside its name, line for line', () => {
  expect(helpText(client, undefined, 60)).toContain(`
  /close       begin the closing handshake
  /fragment    send one message in several frames
  /frame       send a frame made by hand, legal or not
  /bytes       put raw bytes on the wire, with no frame
               around them
`);
});

describe('every command', () => {
  test.each(COMMANDS.map(({ name }) => name))('/%s is listed somewhere, explained, and fits 80 columns', (name) => {
    const context = everything.find((candidate) => helpText(candidate).includes(`  /${name} `)) ?? client;
    const text = `${helpText(context)}\n${helpText(context, name)}`;
    expect(text).toContain(`\n/${name}`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(80);
  });
});
