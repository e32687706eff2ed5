import { describe, expect, test } from 'vitest';
import { optionTerm, renderHelp, renderOverview } from '../../src/cli/help.ts';
import type { OptionSpec } from '../../src/cli/option.ts';
import { connect, options, replay } from './sample.ts';

const marks = { bold: (text: string) => `<b>${text}</b>`, dim: (text: string) => `<d>${text}</d>` };
const unmarked = (text: string) => text.replace(/<\/?[bd]>/g, '');

test('the help of a command', () => {
  expect(renderHelp('wstap', connect)).toBe(`Usage: wstap connect [OPTION]... [URL]

Connects to URL and talks to it.

In a pipe, lines of standard input become messages.

Arguments:
  URL                         where to connect; without one, an echo server of
                              our own

Handshake:
  -H, --header 'K: V'         a header field, sent as written (repeatable)
      --[no-]compress         offer compression

Messages:
  -x, --execute MSG           send a message (repeatable)
  -w, --wait TIME             how long to wait for replies after the last
                              message was sent; \`-1\` is until the peer closes
                              (default: 300ms)
  -1, --one                   leave after the first message
  -0, --null                  NUL ends a message
  -E, --exit-on-eof           leave at the end of input

Network:
  -4, --ipv4                  IPv4 only
      --http1.1               the classic upgrade
  -n, -k, --insecure          accept any certificate (also --no-check)
      --reconnect[=N]         connect again

Output:
  -v, --verbose               say more; -vv still more
      --dump[=line|hex|bits]  show each frame
      --format text|json|raw  the form of standard output
      --color auto|always, --no-color
                              when to colour
  -h, --help                  this help

Examples:
  wstap connect -H 'X: y' ws://localhost/
      with a header field of your own
`);
});

test('required words stand without brackets; what is empty is left out', () => {
  const help = renderHelp('wstap', { ...replay, options: [] });
  expect(help).toBe(`Usage: wstap replay [OPTION]... FILE URL

Sends FILE to URL again.

Arguments:
  FILE  the recording
  URL   where to send it
`);
});

test('the overview', () => {
  const overview = {
    summary: 'See and speak.',
    usage: ['[connect] [URL]', 'COMMAND [ARGUMENT]...'],
    commands: [connect, replay],
    options: options.slice(0, 2),
    examples: connect.examples,
    notes: ['Exit status: 0 is good.'],
  };
  expect(renderOverview('wstap', overview, { columns: 60 })).toBe(`See and speak.

Usage: wstap [connect] [URL]
       wstap COMMAND [ARGUMENT]...

Commands:
  connect              talk to a server
  replay               send a recording again

Common options:
  -H, --header 'K: V'  a header field, sent as written
                       (repeatable)
  -x, --execute MSG    send a message (repeatable)

Examples:
  wstap connect -H 'X: y' ws://localhost/
      with a header field of your own

Exit status: 0 is good.
`);
});

describe('width', () => {
  test.each([40, 50, 60, 72, 80, 100])('%d columns: nothing is wider', (columns) => {
    const lines = renderHelp('wstap', { ...connect, examples: [] }, { columns }).split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });

  test('a giant terminal does not make giant lines, nor a tiny one none', () => {
    expect(renderHelp('wstap', connect, { columns: 500 })).toBe(renderHelp('wstap', connect, { columns: 100 }));
    expect(renderHelp('wstap', connect, { columns: 3 })).toBe(renderHelp('wstap', connect, { columns: 40 }));
  });
});

describe('style', () => {
  test.each([40, 80])('at %d columns the words and their places are the same without it', (columns) => {
    expect(unmarked(renderHelp('wstap', connect, { columns, style: marks }))).toBe(renderHelp('wstap', connect, { columns }));
  });

  test('headings and options are bold, defaults dim, also where they are wrapped', () => {
    const help = renderHelp('wstap', connect, { columns: 40, style: marks });
    expect(help).toContain('<b>Network:</b>');
    expect(help).toContain('<b>-w, --wait TIME</b>');
    expect(help).toContain('      <b>--http1.1</b>');
    expect(help).toContain('<d>(also</d>\n                   <d>--no-check)</d>');
  });
});

test('hidden options stay hidden', () => {
  expect(renderHelp('wstap', connect)).not.toContain('--slash');
});

test.each<[option: Partial<OptionSpec>, term: string]>([
  [{ kind: 'flag' }, '--x'],
  [{ kind: 'flag', negatable: true }, '--[no-]x'],
  [{ kind: 'value' }, '--x VALUE'],
  [{ kind: 'value', placeholder: 'TIME', short: ['a', 'b'] }, '-a, -b, --x TIME'],
  [{ kind: 'value', choices: ['p', 'q'], negatable: true }, '--x p|q, --no-x'],
  [{ kind: 'optional', placeholder: 'N' }, '--x[=N]'],
  [{ kind: 'count', short: ['v'] }, '-v, --x'],
])('%j is headed %s', (option, term) => {
  expect(optionTerm({ name: 'x', kind: 'flag', group: '', summary: '', ...option })).toBe(term);
});
