import { CANDIDATES } from './candidate/table.js';
import { spread, summary } from './statistics.js';
import { times } from './unit.js';

/** Samples → tables and verdicts, in the terminal and as Markdown. Honest by construction: the verdict is computed. */

/** A spread above this share of the median is marked: the ratio says little. */
const WIDE = 0.5;

/** Rows of cells; the first row is the head. `samples`: of each candidate, by name. */
export function rowsOf(table, samples) {
  const { columns, reference } = table;
  const [primary] = columns;
  const base = samples.get(reference);
  const head = [table.subject ?? 'candidate', primary.label, 'min–max', `× ${labelOf(reference)}`];
  const cpu = columns.find(({ ratio }) => ratio);
  for (const { label, ratio } of columns.slice(1)) head.push(label, ...(ratio ? ['cpu ×'] : []));
  const rows = [...samples].map(([name, of]) => {
    const main = summary(of, primary.key);
    const marks = marksOf(of, main);
    const row = [
      `${labelOf(name)}${marks}`,
      primary.format(main.median),
      `${primary.format(main.min)}–${primary.format(main.max)}`,
    ];
    row.push(ratioText(primary, of, base));
    for (const column of columns.slice(1)) {
      const value = summary(of, column.key);
      row.push(value ? column.format(value.median) : '–');
      if (column === cpu) row.push(ratioText(column, of, base));
    }
    return row;
  });
  return [head, ...rows];
}

function marksOf(samples, main) {
  const stuck = main.median === 0 ? ' (stuck)' : '';
  return `${stuck}${samples.some(({ busy }) => busy) ? ' *' : ''}${spread(main) > WIDE ? ' ~' : ''}`;
}

const labelOf = (name) => CANDIDATES[name]?.label ?? name;

/** How many times better than the reference; for what should be small, reference over ours. */
function ratio({ key, better }, samples, base) {
  const [ours, theirs] = [summary(samples, key), base && summary(base, key)];
  if (!ours || !theirs) return undefined;
  return better === 'less' ? theirs.median / ours.median : ours.median / theirs.median;
}

function ratioText(column, samples, base) {
  const value = ratio(column, samples, base);
  return value === undefined ? '–' : times(value);
}

/**
 * What was aimed for and what came of it. A goal is a `factor` against a candidate (better that many times; `costs`: at most
 * that many times as much) or a `limit` on a number of our own.
 */
export function verdicts(table, samples) {
  return (table.goals ?? []).flatMap((goal) => verdict(table, goal, samples) ?? []);
}

function verdict(table, goal, samples) {
  const { of = 'wstap', against = table.reference, key = table.columns[0].key } = goal;
  const column = table.columns.find((candidate) => candidate.key === key);
  const ours = samples.get(of);
  if (!ours) return undefined;
  if (goal.limit !== undefined || goal.least !== undefined) {
    const value = summary(ours, key);
    if (!value) return undefined;
    const reached = goal.limit !== undefined ? value.median <= goal.limit : value.min >= goal.least;
    const sign = goal.limit !== undefined ? '≤' : '≥';
    const unit = goal.unit ? ` ${goal.unit}` : '';
    return {
      what: table.title,
      goal: `${sign} ${column.format(goal.limit ?? goal.least)}${unit}`,
      measured: `${column.format(goal.limit !== undefined ? value.median : value.min)}${unit}`,
      reached,
      note: '',
    };
  }
  const base = samples.get(against);
  const factor = ratio(column, ours, base);
  if (factor === undefined) return undefined;
  const label = labelOf(against);
  if (goal.costs !== undefined) {
    const cost = 1 / factor;
    return {
      what: `${of}, ${column.label}`,
      row: `${of}, ${column.label}`,
      goal: `≤ ${goal.costs} × ${label}`,
      measured: `${times(cost)} ×`,
      reached: cost <= goal.costs,
      note: '',
    };
  }
  const cpu = table.columns.find((candidate) => candidate.ratio);
  const cpuFactor = cpu && ratio(cpu, ours, base);
  return {
    what: goal.of ? `${table.title}, ${labelOf(goal.of)}` : table.title,
    row: goal.of && labelOf(goal.of),
    goal: `≥ ${goal.factor} × ${label}`,
    measured: `${times(factor)} ×`,
    reached: factor >= goal.factor,
    note: cpuFactor === undefined ? '' : `in processor time ${times(cpuFactor)} ×`,
  };
}

/** `row` says which row and column, where a table has goals for several. */
export function verdictText({ row = '', goal, measured, reached, note }) {
  return `goal${row && ` for ${row}`} ${goal}: ${measured} – ${reached ? 'reached' : 'not reached'}${note ? ` (${note})` : ''}`;
}

/** Aligned columns: the first to the left, numbers to the right. */
export function plainTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '),
    )
    .join('\n');
}

export function markdownTable(rows) {
  const [head, ...body] = rows.map((row) => `| ${row.join(' | ')} |`);
  const rule = `| ${rows[0].map((_, column) => (column === 0 ? '---' : '---:')).join(' | ')} |`;
  return [head, rule, ...body].join('\n');
}
