import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Manual, renderManual } from '../../src/cli/man.ts';
import { describeWith } from '../need.ts';
import { connect, replay } from './sample.ts';

const manual: Manual = {
  program: 'wstap',
  version: '0.1.0',
  date: 'November 21, 2026',
  summary: 'see and speak',
  description: ['What it is.', 'More of it, with `--help` in bold.'],
  commands: [connect, replay],
  chapters: [{ title: 'IN A PIPE', blocks: ['Lines.', 'echo hi |\nwstap', [{ term: '/ping', text: 'A ping.' }]] }],
  environment: [{ term: 'NO_COLOR', text: 'No colour.' }],
  files: [{ term: '~/.local/state/wstap/history', text: 'What was typed.' }],
  exitStatus: [{ term: '0', text: 'Done.' }],
  examples: [{ line: 'wstap -x \'{"a": 1}\' ws://localhost/', text: 'send JSON' }],
  standards: ['RFC 6455.'],
  security: ['Mind the gap.'],
};

const mandoc = (page: string, ...args: string[]) => spawnSync('mandoc', args, { input: page, encoding: 'utf8' });
const read = (page: string) => mandoc(page, '-T', 'utf8', '-O', 'width=80').stdout.replace(/.\x08/gu, '');

test('the page of a made-up program', () => {
  const page = renderManual({ ...manual, commands: [{ ...replay, description: ['Sends.'] }], chapters: [] });
  expect(page).toBe(`.Dd November 21, 2026
.Dt WSTAP 1
.Os wstap 0.1.0
.Sh NAME
.Nm wstap
.Nd see and speak
.Sh SYNOPSIS
.Nm wstap Cm replay Oo Ar OPTION Oc Ns ... Ar FILE Ar \\&URL
.Sh DESCRIPTION
What it is.
.Pp
More of it, with \\fB\\-\\-help\\fP in bold.
.Sh COMMANDS
.Ss replay FILE \\&URL
Sends.
.Bl -tag -width Ds
.It Sy FILE
The recording.
.It Sy \\&URL
Where to send it.
.El
.Pp
.Em Output
.Bl -tag -width Ds
.It Fl -format Cm text|json|raw
The form of standard output.
.It Fl \\&h , Fl -help
This help.
.El
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Sy NO_COLOR
No colour.
.El
.Sh FILES
.Bl -tag -width Ds
.It Sy \\(ti/.local/state/wstap/history
What was typed.
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It Sy \\&0
Done.
.El
.Sh EXAMPLES
Send JSON:
.Bd -literal -offset indent
wstap \\-x \\(aq{\\(dqa\\(dq: 1}\\(aq ws://localhost/
.Ed
.Sh STANDARDS
RFC 6455.
.Sh SECURITY CONSIDERATIONS
Mind the gap.
`);
});

describeWith({ debianPackage: 'mandoc', probe: ['sh', '-c', 'command -v mandoc'] }, 'through mandoc', () => {
  test('the page passes lint', () => {
    expect(mandoc(renderManual(manual), '-T', 'lint', '-W', 'warning').stdout).toBe('');
  });

  test('every option of every command is there, hidden ones too', () => {
    const text = read(renderManual(manual));
    for (const { name } of connect.options) expect(text).toContain(`--${name}`);
  });

  test('reads well at 80 columns', () => {
    const text = read(renderManual(manual));
    expect(text).toContain("     -H, --header 'K: V'\n");
    expect(text).toContain('     --dump[=line|hex|bits]\n             Show each frame.  Without a value: line.\n');
    expect(text).toContain('     -w, --wait TIME\n');
    expect(text).toContain('Options as under connect: --format, -h.');
    expect(text).toContain(`           wstap -x '{"a": 1}' ws://localhost/\n`);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('no text becomes a request, and typed text comes out as typed', () => {
    const nasty = ['.Sh EVIL', "'Sh EVIL", '\\fBx', 'a\n.Sh EVIL\n', 'Sh', '.', '\\', '"Sh EVIL"', '`.Sh EVIL`', '- ~ ^', 'é€😀'];
    const term = fc.constantFrom(...nasty, 'Fl', 'Ar x', '|', '(');
    fc.assert(
      fc.property(fc.constantFrom(...nasty), term, (text, word) => {
        const page = renderManual({ ...manual, description: [text, `\`${text}\``], environment: [{ term: word, text }] });
        expect(page.match(/^[.'] *Sh.*EVIL/m)).toBeNull();
        expect(mandoc(page, '-T', 'lint', '-W', 'warning').stdout).toBe('');
        expect(read(page)).toContain(word.replaceAll('\n', ' ').trim());
      }),
      { numRuns: 60 },
    );
  });
});
