import type { Finding } from '../protocol/handshake/finding.ts';
import type { HandshakeStyle } from './handshake-head.ts';
import { textWidth, wrapWords } from './width.ts';

const COLUMNS = 80;
const MARKS = { pass: '✓', fail: '✗', warn: '!' } as const;
const TITLES = { client: 'Request', server: 'Response' } as const;
const INDENT = '      ';

/**
 * The checklist: a line for each requirement, its section at the right of 80 columns; below it, where something is wrong
 * or odd, what was expected, what was found, and what it means.
 */
export function renderChecklist(findings: readonly Finding[], view: HandshakeStyle): string[] {
  const lines: string[] = [];
  for (const side of ['client', 'server'] as const) {
    const own = findings.filter((finding) => finding.side === side);
    if (own.length > 0) lines.push(view.style.bold(TITLES[side]), ...own.flatMap((finding) => renderFinding(finding, view)));
  }
  return [...lines, summary(findings, view)];
}

function renderFinding(finding: Finding, view: HandshakeStyle): string[] {
  const { style } = view;
  const paint = { pass: style.good, fail: style.bad, warn: style.warn }[finding.level];
  const room = COLUMNS - 4 - textWidth(finding.section) - 2;
  const aside = asideOf(finding, view);
  const fits = textWidth(finding.requirement) + textWidth(aside) <= room;
  const shownAside = fits ? aside : '';
  const gap = ' '.repeat(Math.max(0, room - textWidth(finding.requirement) - textWidth(shownAside)));
  const first = `  ${paint(MARKS[finding.level])} ${finding.requirement}${dimmed(shownAside, view)}${gap}  ${style.dim(finding.section)}`;
  return [first, ...details(finding, view)];
}

/** What was found where all is well, unless the requirement says it already. */
function asideOf({ level, actual, requirement }: Finding, view: HandshakeStyle): string {
  if (level !== 'pass' || actual === undefined || requirement.endsWith(actual)) return '';
  return `: ${view.safe(actual)}`;
}

const dimmed = (text: string, { style }: HandshakeStyle) => (text === '' ? '' : style.dim(text));

function details(finding: Finding, { style, safe }: HandshakeStyle): string[] {
  const lines: string[] = [];
  const isMet = finding.level === 'pass';
  if (!isMet && finding.expected !== undefined) lines.push(`${INDENT}${style.dim('expected')}  ${safe(finding.expected)}`);
  if (!isMet && finding.actual !== undefined) lines.push(`${INDENT}${style.dim('found')}     ${safe(finding.actual)}`);
  if (finding.hint === undefined) return lines;
  const hint = wrapWords(safe(finding.hint), COLUMNS - INDENT.length);
  return [...lines, ...hint.map((line) => INDENT + (isMet ? style.dim(line) : line))];
}

function summary(findings: readonly Finding[], { style }: HandshakeStyle): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [failed, odd] = [count('fail'), count('warn')];
  const parts = [`${count('pass')} met`];
  if (odd > 0) parts.push(style.warn(`${odd} odd`));
  if (failed > 0) parts.push(style.bad(`${failed} not met`));
  return `${findings.length} ${findings.length === 1 ? 'requirement' : 'requirements'}: ${parts.join(', ')}`;
}
