import type { CertificateFacts, HopName } from '../session/event.ts';
import type { HandshakeStyle } from './handshake-head.ts';
import { padEnd, textWidth } from './width.ts';

/** A step on the way, as the `hop` event tells it. Both times are milliseconds on one scale. */
export interface Phase {
  readonly hop: HopName;
  readonly startedAt: number;
  readonly endedAt: number;
  /** May quote the peer. */
  readonly detail: string;
}

const NAMES: Readonly<Record<HopName, string>> = { dns: 'DNS', tcp: 'TCP', proxy: 'Proxy', tls: 'TLS', http: 'HTTP' };
const BAR = 24;
const DETAIL = 80 - 2 - 7 - 11 - 2 - BAR - 2;

/** A small waterfall: name, duration, when it was, and what came of it. */
export function renderPhases(phases: readonly Phase[], { style, escape }: HandshakeStyle): string[] {
  const [first] = phases;
  if (!first) return [];
  const start = Math.min(...phases.map((phase) => phase.startedAt));
  const end = Math.max(...phases.map((phase) => phase.endedAt));
  const lines = phases.map((phase) => {
    const bar = style.sent(barOf(phase, start, end - start));
    const lead = `  ${padEnd(NAMES[phase.hop], 7)}${duration(phase.endedAt - phase.startedAt)}  ${bar}`;
    return `${lead}  ${style.dim(shorten(escape(phase.detail)))}`.trimEnd();
  });
  return [...lines, `  ${padEnd('total', 7)}${duration(end - start)}`];
}

const duration = (milliseconds: number) => `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1).padStart(8)} ms`;

function barOf({ startedAt, endedAt }: Phase, start: number, total: number): string {
  const cell = (time: number) => (total > 0 ? Math.round(((time - start) / total) * BAR) : 0);
  const from = Math.min(cell(startedAt), BAR - 1);
  const width = Math.min(Math.max(cell(endedAt) - from, 0), BAR - from);
  return padEnd(' '.repeat(from) + (width === 0 ? '▏' : '█'.repeat(width)), BAR);
}

function shorten(text: string): string {
  if (textWidth(text) <= DETAIL) return text;
  return `${[...text].slice(0, DETAIL - 1).join('')}…`;
}

/** The certificate in three lines: who and by whom, for which names and when, and its fingerprint. */
export function renderCertificate(facts: CertificateFacts, { style, escape }: HandshakeStyle): string[] {
  const trust = facts.untrusted === undefined ? style.good('✓ trusted') : style.bad(`✗ ${escape(facts.untrusted)}`);
  const day = (time: string) => escape(time.slice(0, 10));
  const names = facts.names.length > 4 ? [...facts.names.slice(0, 4), `and ${facts.names.length - 4} more`] : facts.names;
  return [
    `  ${style.bold(escape(facts.subject))}, issued by ${escape(facts.issuer)}  ${trust}`,
    `  for ${escape(names.join(', ') || 'no name')}, ${day(facts.validFrom)} to ${day(facts.validTo)}`,
    `  ${style.dim(`SHA-256 ${escape(facts.fingerprint256.replaceAll(':', '').toLowerCase())}`)}`,
  ];
}
