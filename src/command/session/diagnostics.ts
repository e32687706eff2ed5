import { dialectOf } from '../../protocol/dialect/name.ts';
import { RULES, type Violation } from '../../protocol/rule.ts';
import type { SessionEvent } from '../../session/event.ts';
import { Tally } from '../../session/tally.ts';
import { renderCertificate } from '../../view/certificate.ts';
import { renderChecklist } from '../../view/checklist.ts';
import { goingOn } from '../../view/closing.ts';
import { endingLines } from '../../view/ending.ts';
import { faultLines } from '../../view/fault.ts';
import { frameView } from '../../view/frame.ts';
import { gapLine, gapText } from '../../view/gap.ts';
import { againText } from '../../view/handshake.ts';
import { HandshakeCollector } from '../../view/handshake-collector.ts';
import { renderHead } from '../../view/handshake-head.ts';
import { renderHttp2Frame } from '../../view/http2-frame.ts';
import { renderPhases } from '../../view/phases.ts';
import { durationText } from '../../view/size.ts';
import { roundTripText } from '../../view/summary.ts';
import type { DiagnosticsOptions } from '../option/diagnostics-options.ts';
import type { Ending } from './failure.ts';

/** What a session says beside its payload: a sink for its events, and the last words. */
export class Diagnostics {
  readonly #options: DiagnosticsOptions;
  readonly #print: (line: string) => void;
  readonly #frame: (event: Extract<SessionEvent, { type: 'frame' }>) => string;
  #collector: HandshakeCollector;
  #headShown = false;
  #trouble: string | undefined;
  readonly #tally = new Tally();
  /** The rule whose breach failed the connection. */
  violation: Violation | undefined;

  constructor(options: DiagnosticsOptions, print: (line: string) => void) {
    this.#options = options;
    this.#print = print;
    this.#collector = new HandshakeCollector(options.url);
    const { look, dump = 'line', dumpMax, numbered } = options;
    const { style, width } = look;
    this.#frame = frameView({ dump, style, width, numbered, ...(dumpMax !== undefined && { dumpMax }) });
  }

  get handshake(): HandshakeCollector {
    return this.#collector;
  }

  readonly record = (event: SessionEvent): void => {
    if (event.type === 'again' && this.#options.verbosity > 0) this.#tellPhases();
    this.#collector.record(event);
    if (this.#options.verbosity > 0) this.#tellHandshake(event);
    if (event.type === 'frame' && this.#options.dump) this.#print(this.#frame(event));
    if (event.type === 'gap') this.#tellGap(event);
    if (event.type === 'again' && event.learnt !== undefined && this.#options.verbosity === 0) this.note(againText(event, RAW));
    if (event.type === 'fault') this.#tellFault(event);
    if (event.type === 'failure' && event.hop === 'stream') this.#trouble = event.message;
    if (event.type === 'rtt') this.#tally.record(event);
    if (event.type === 'violation') this.#tellViolation(event.violation, event.fatal);
  };

  /** A new connection to the same server begins: what was known of the last one is no longer so. */
  restart(): void {
    this.#collector = new HandshakeCollector(this.#options.url);
    this.#headShown = false;
    this.#trouble = undefined;
    this.violation = undefined;
  }

  /** The last words; nothing where all is well, but round trips with `-v`. */
  end(ending: Ending): void {
    const { roundTrips } = this.#tally;
    // One alone was told when it came.
    if (this.#options.verbosity > 0 && roundTrips && roundTrips.count > 1)
      this.#print(this.#options.look.style.dim(`  ping: ${roundTripText(roundTrips)}`));
    const { look } = this.#options;
    const view = { ...look, headShown: this.#headShown, violation: this.violation, trouble: this.#trouble };
    for (const line of endingLines(ending, this.#collector.report, view)) this.#print(line);
  }

  /** A remark of ours; `-q` leaves it out. It may quote a peer. */
  note(text: string): void {
    if (!this.#options.quiet) this.#print(`wstap: ${this.#options.look.safe(text)}`);
  }

  /** An expectation was not met: said even with `-q`, as it is the reason for the exit status. */
  unmet(text: string): void {
    this.#print(`wstap: ${this.#options.look.style.bad(`not met: ${text}`)}`);
  }

  #tellGap(gap: Extract<SessionEvent, { type: 'gap' }>): void {
    if (this.#options.dump || this.#options.verbosity > 0) this.#print(gapLine(gap, this.#options.look));
    else this.note(gapText(gap));
  }

  #tellFault(fault: Extract<SessionEvent, { type: 'fault' }>): void {
    const { dump, verbosity, look, numbered } = this.#options;
    if (!dump && verbosity === 0) return;
    for (const line of faultLines(fault, { ...look, numbered })) this.#print(line);
  }

  #tellHandshake(event: SessionEvent): void {
    const { look } = this.#options;
    if (event.type === 'hop') this.#tellSecurity(event);
    if (event.type === 'http2') for (const line of renderHttp2Frame(event, look)) this.#print(line);
    if (event.type === 'head') {
      this.#headShown ||= event.direction === 'received';
      for (const line of renderHead(event.head, { ...look, direction: event.direction, body: event.body })) this.#print(line);
    }
    if (event.type === 'again') this.#print(look.style.bold(againText(event, look)));
    if (event.type === 'open' && event.dialect !== undefined && event.dialect !== 'rfc6455')
      this.#print(look.style.dim(`  in ${dialectOf(event.dialect).title}`));
    if (event.type === 'rtt') this.#print(look.style.dim(`  ping answered after ${durationText(event.rtt)}`));
    if (event.type !== 'open' && event.type !== 'refused' && (event.type !== 'failure' || event.hop === 'stream')) return;
    this.#tellPhases();
    if (event.type !== 'open') return;
    const odd = event.findings.filter(({ level }) => level !== 'pass');
    if (odd.length > 0) for (const line of renderChecklist(odd, look)) this.#print(line);
  }

  /** With whom and how TLS is spoken. A server's way there is drawn with all of it; of its clients each tells its own. */
  #tellSecurity({ hop, detail, certificate }: Extract<SessionEvent, { type: 'hop' }>): void {
    const { look, numbered } = this.#options;
    if (numbered && hop === 'tls') this.#print(look.style.dim(`  ${look.safe(detail)}`));
    if (certificate) for (const line of renderCertificate(certificate, look, numbered ? 'client' : 'server')) this.#print(line);
  }

  #tellPhases(): void {
    // A server takes no way that could be drawn.
    const phases = this.#options.numbered ? [] : (this.#collector.report.phases ?? []);
    for (const line of renderPhases(phases, this.#options.look)) this.#print(line);
  }

  #tellViolation(violation: Violation, fatal: boolean): void {
    if (fatal) this.violation = violation;
    else if (!this.#options.dump) {
      const { section } = RULES[violation.rule];
      this.#print(`wstap: ${this.#options.look.style.warn('!')} ${violation.detail} (${section}); ${goingOn(violation.rule)}`);
    }
  }
}

/** `note` makes it safe. */
const RAW = { safe: (text: string) => text };
