import type { Attempt, HopName } from '../session/event.ts';
import type { HandshakeStyle } from './handshake-head.ts';
import { pageWidth, textWidth, wrapWords } from './width.ts';

/** A step on the way, as the `hop` event tells it. All times are milliseconds on one scale. */
export interface Phase {
  readonly hop: HopName;
  readonly startedAt: number;
  readonly endedAt: number;
  /** May quote the peer. */
  readonly detail: string;
  readonly addresses?: readonly string[] | undefined;
  readonly attempts?: readonly Attempt[] | undefined;
  /** The step at which the way ended, and the code that says why. */
  readonly failure?: string | undefined;
}

export const HOP_NAMES: Readonly<Record<HopName, string>> = {
  dns: 'DNS',
  tcp: 'TCP',
  unix: 'Unix',
  proxy: 'Proxy',
  'proxy-tls': 'Proxy TLS',
  tls: 'TLS',
  http: 'HTTP',
  http2: 'HTTP/2',
};
const INDENT = 2;
/** At least; a longer name takes from the bar. */
const NAME = 7;
const NAME_AND_BAR = NAME + 24;
const DURATION = 11;
const GAP = 2;
/** What stands left of a detail that fits beside its bar. */
const BESIDE = INDENT + NAME_AND_BAR + DURATION + 2 * GAP;

interface Row {
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly detail: string;
  readonly failed: boolean;
}

/** A small waterfall: name, duration, when it was, and what came of it; where several addresses were tried, each of them. */
export function renderPhases(phases: readonly Phase[], view: HandshakeStyle): string[] {
  const { style, safe } = view;
  const columns = pageWidth(view);
  const rows = phases.flatMap(rowsOf);
  if (rows.length === 0) return [];
  const start = Math.min(...rows.map((row) => row.startedAt));
  const end = Math.max(...rows.map((row) => row.endedAt));
  const name = Math.max(NAME, ...rows.map((row) => row.name.length + 1));
  const lines = rows.flatMap((row) => {
    const paint = row.failed ? style.bad : style.sent;
    const bar = paint(barOf(row, start, end - start, NAME_AND_BAR - name));
    const lead = `  ${paintName(row, name, style)}${duration(row.endedAt - row.startedAt)}  ${bar}`;
    const margin = ' '.repeat(INDENT + name + DURATION + GAP);
    const [beside, below] = place(safe(row.detail), columns - BESIDE, columns - margin.length);
    const say = row.failed ? style.bad : style.dim;
    return [`${lead}  ${say(beside)}`.trimEnd(), ...below.map((line) => margin + say(line))];
  });
  return [...lines, `  ${'total'.padEnd(name)}${duration(end - start)}`];
}

function paintName({ name, failed }: Row, width: number, style: HandshakeStyle['style']): string {
  return failed ? style.bad(name.padEnd(width)) : name.padEnd(width);
}

function rowsOf({ hop, startedAt, endedAt, detail, attempts = [], failure }: Phase): Row[] {
  const [only, another] = attempts;
  const failed = failure !== undefined;
  const whom = only && !another ? `${only.address} ` : '';
  const own = { name: HOP_NAMES[hop], startedAt, endedAt, detail: failed ? `✗ ${whom}${failure}` : detail, failed };
  return another ? [own, ...attempts.map(attemptRow)] : [own];
}

const MARK = { connected: '✓', failed: '✗', slower: '–', unanswered: '✗' } as const;

function attemptRow({ address, startedAt, endedAt, outcome, code }: Attempt): Row {
  const said = { connected: '', slower: ' slower', unanswered: ' no answer', failed: ` ${code ?? 'failed'}` }[outcome];
  return { name: ` ${MARK[outcome]}`, startedAt, endedAt, detail: address + said, failed: false };
}

const duration = (milliseconds: number) => `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1).padStart(8)} ms`;

function barOf({ startedAt, endedAt }: Row, start: number, total: number, columns: number): string {
  const cell = (time: number) => (total > 0 ? Math.round(((time - start) / total) * columns) : 0);
  const from = Math.min(cell(startedAt), columns - 1);
  const width = Math.min(Math.max(cell(endedAt) - from, 0), columns - from);
  return (' '.repeat(from) + (width === 0 ? '▏' : '█'.repeat(width))).padEnd(columns);
}

/** A detail too long to stand beside its bar goes below it; so many lines at most, as it may be a peer's. */
const MOST_BELOW = 6;

function place(detail: string, room: number, columns: number): readonly [beside: string, below: readonly string[]] {
  if (textWidth(detail) <= room) return [detail, []];
  const lines = wrapWords(detail, columns).flatMap((line) => (textWidth(line) <= columns ? [line] : cut(line, columns)));
  return ['', lines.length <= MOST_BELOW ? lines : [...lines.slice(0, MOST_BELOW - 1), '…']];
}

/** A word longer than a line, in pieces. No character takes more than two columns. */
function cut(word: string, columns: number): string[] {
  const characters = [...word];
  const step = textWidth(word) === characters.length ? columns : Math.floor(columns / 2);
  return Array.from({ length: Math.ceil(characters.length / step) }, (_, at) =>
    characters.slice(at * step, (at + 1) * step).join(''),
  );
}
