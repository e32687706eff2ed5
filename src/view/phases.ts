import type { CertificateFacts, HopName } from '../session/event.ts';
import type { HandshakeStyle } from './handshake-head.ts';
import { textWidth } from './width.ts';

/** A step on the way, as the `hop` event tells it. Both times are milliseconds on one scale. */
export interface Phase {
  readonly hop: HopName;
  readonly startedAt: number;
  readonly endedAt: number;
  /** May quote the peer. */
  readonly detail: string;
}

const NAMES: Readonly<Record<HopName, string>> = {
  dns: 'DNS',
  tcp: 'TCP',
  unix: 'Unix',
  proxy: 'Proxy',
  'proxy-tls': 'proxy TLS',
  tls: 'TLS',
  http: 'HTTP',
  http2: 'HTTP/2',
};
const BAR = 24;
const DETAIL = 80 - 2 - 7 - 11 - 2 - BAR - 2;

/** A small waterfall: name, duration, when it was, and what came of it. */
export function renderPhases(phases: readonly Phase[], { style, safe }: HandshakeStyle): string[] {
  const [first] = phases;
  if (!first) return [];
  const start = Math.min(...phases.map((phase) => phase.startedAt));
  const end = Math.max(...phases.map((phase) => phase.endedAt));
  const lines = phases.map((phase) => {
    const bar = style.sent(barOf(phase, start, end - start));
    const lead = `  ${NAMES[phase.hop].padEnd(7)}${duration(phase.endedAt - phase.startedAt)}  ${bar}`;
    return `${lead}  ${style.dim(shorten(safe(phase.detail)))}`.trimEnd();
  });
  return [...lines, `  ${'total'.padEnd(7)}${duration(end - start)}`];
}

const duration = (milliseconds: number) => `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1).padStart(8)} ms`;

function barOf({ startedAt, endedAt }: Phase, start: number, total: number): string {
  const cell = (time: number) => (total > 0 ? Math.round(((time - start) / total) * BAR) : 0);
  const from = Math.min(cell(startedAt), BAR - 1);
  const width = Math.min(Math.max(cell(endedAt) - from, 0), BAR - from);
  return (' '.repeat(from) + (width === 0 ? '▏' : '█'.repeat(width))).padEnd(BAR);
}

function shorten(text: string): string {
  if (textWidth(text) <= DETAIL) return text;
  return `${[...text].slice(0, DETAIL - 1).join('')}…`;
}

/** The certificate in three lines: who and by whom, for which names and when, and its fingerprint. */
export function renderCertificate(facts: CertificateFacts, { style, safe }: HandshakeStyle): string[] {
  const trust = facts.untrusted === undefined ? style.good('✓ trusted') : style.bad(`✗ ${safe(facts.untrusted)}`);
  const day = (time: string) => safe(time.slice(0, 10));
  const names = facts.names.length > 4 ? [...facts.names.slice(0, 4), `and ${facts.names.length - 4} more`] : facts.names;
  return [
    `  ${style.bold(safe(facts.subject))}, issued by ${safe(facts.issuer)}  ${trust}`,
    `  for ${safe(names.join(', ') || 'no name')}, ${day(facts.validFrom)} to ${day(facts.validTo)}`,
    `  ${style.dim(`SHA-256 ${safe(facts.fingerprint256.replaceAll(':', '').toLowerCase())}`)}`,
  ];
}
