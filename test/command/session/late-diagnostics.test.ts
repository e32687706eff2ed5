import { expect, test } from 'vitest';
import { LateDiagnostics } from '../../../src/command/session/late-diagnostics.ts';
import type { SessionEvent } from '../../../src/session/event.ts';
import { plainStyle } from '../../../src/view/style.ts';

const closed = { type: 'closed', code: 1000, reason: '', wasClean: true, by: 'us', at: 9, connection: 1 } as const;
const dropped = (type: string): SessionEvent => ({
  type: 'violation',
  violation: { rule: 'hixie-type-unknown', detail: `a frame of type ${type}` },
  fatal: false,
  at: 1,
  connection: 1,
});

async function told(events: readonly SessionEvent[], quiet = false, ending: Parameters<LateDiagnostics['end']>[0] = closed) {
  const lines: string[] = [];
  const look = { style: plainStyle, width: 80, safe: (text: string) => text };
  const options = { look, verbosity: 0, numbered: false, url: undefined, dump: undefined, dumpMax: undefined, quiet };
  const diagnostics = new LateDiagnostics(options, (line) => lines.push(line));
  for (const event of events) diagnostics.record(event);
  await diagnostics.end(ending);
  return lines;
}

test('a clean session is silent', async () => {
  expect(await told([])).toEqual([]);
});

test('what was borne is told though all went well', async () => {
  expect(await told([dropped('81')])).toEqual(['wstap: ! a frame of type 81 (hixie-75/76, framing); going on, as its peers did']);
});

test('of many the first ones, and how many more', async () => {
  const lines = await told(Array.from({ length: 1000 }, (_, index) => dropped(String(index))));
  expect(lines).toHaveLength(4);
  expect(lines[3]).toBe('wstap: ! and 997 more of the kind; -v tells each');
});

test('-q asks for silence', async () => {
  expect(await told([dropped('81')], true)).toEqual([]);
});

test('a closing frame that nobody acknowledged is told', async () => {
  const ending = { ...closed, code: 1005, wasClean: false };
  expect(await told([], false, ending)).toEqual(['wstap: the peer ended TCP and did not acknowledge our closing frame']);
  expect(await told([], true, ending)).toEqual([]);
});
