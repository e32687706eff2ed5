import { extensionNotes } from '../../protocol/dialect/extensions.ts';
import { dialectOf } from '../../protocol/dialect/name.ts';
import { fieldValues, type RequestHead } from '../../protocol/http/head.ts';
import type { Violation } from '../../protocol/rule.ts';
import type { SessionEvent } from '../../session/event.ts';
import { Tally } from '../../session/tally.ts';
import { renderCertificate } from '../../view/certificate.ts';
import { renderChecklist } from '../../view/checklist.ts';
import { borneText, breachLines } from '../../view/closing.ts';
import { endingLines } from '../../view/ending.ts';
import { faultLines } from '../../view/fault.ts';
import { frameView } from '../../view/frame.ts';
import { gapLine, gapText } from '../../view/gap.ts';
import { againText } from '../../view/handshake.ts';
import { HandshakeCollector } from '../../view/handshake-collector.ts';
import { renderHead } from '../../view/handshake-head.ts';
import { renderHttp2Frame } from '../../view/http2-frame.ts';
import { renderPhases } from '../../view/phases.ts';
import { SameMask } from '../../view/same-mask.ts';
import { durationText } from '../../view/size.ts';
import { roundTripText } from '../../view/summary.ts';
import { wrapWords } from '../../view/width.ts';
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
  readonly #sameMask = new SameMask();
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

  /** Whose clients ask is not the one that has a URL. It keeps nothing of them: they come and go for ever. */
  get #isServer(): boolean {
    return this.#options.url === undefined;
  }

  get handshake(): HandshakeCollector {
    return this.#collector;
  }

  readonly record = (event: SessionEvent): void => {
    if (event.type === 'again' && this.#options.verbosity > 0) this.#tellPhases();
    if (!this.#isServer) this.#collector.record(event);
    if (this.#options.verbosity > 0) this.#tellHandshake(event);
    if (event.type === 'frame' && this.#options.dump) this.#print(this.#frame(event));
    this.#tellMask(event);
    if (event.type === 'gap') this.#tellGap(event);
    if (event.type === 'again' && event.learnt !== undefined && this.#options.verbosity === 0) this.note(againText(event, RAW));
    if (event.type === 'fault') this.#tellFault(event);
    if (event.type === 'failure' && event.hop === 'stream') this.#trouble = event.message;
    if (event.type === 'rtt') this.#tally.record(event);
    if (event.type === 'violation') this.#tellViolation(event);
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
    if (event.type === 'head' && event.head.kind === 'request' && this.#options.numbered) this.#tellExtensions(event.head);
    if (event.type === 'again') this.#print(look.style.bold(againText(event, look)));
    if (event.type === 'open' && event.dialect !== undefined && event.dialect !== 'rfc6455')
      this.#print(look.style.dim(`  in ${dialectOf(event.dialect).title}`));
    if (event.type === 'rtt') this.#print(look.style.dim(`  ping answered after ${durationText(event.rtt)}`));
    if (event.type !== 'open' && event.type !== 'refused' && (event.type !== 'failure' || event.hop === 'stream')) return;
    this.#tellPhases();
    // A client's refusal has the last word, with all that was seen of it.
    if (event.type !== 'open' && (event.type !== 'refused' || !this.#isServer)) return;
    const odd = event.findings.filter(({ level }) => level !== 'pass');
    if (odd.length > 0) for (const line of renderChecklist(odd, look)) this.#print(line);
  }

  /** What a client offers that is not of today, and may be met nowhere else. */
  #tellExtensions(request: RequestHead): void {
    const { look } = this.#options;
    for (const note of extensionNotes(fieldValues(request, 'Sec-WebSocket-Extensions'))) {
      for (const line of wrapWords(look.safe(note), Math.max(40, look.width) - 2)) this.#print(look.style.dim(`  ${line}`));
    }
  }

  /** With whom and how TLS is spoken. A server's way there is drawn with all of it; of its clients each tells its own. */
  #tellSecurity({ hop, detail, certificate }: Extract<SessionEvent, { type: 'hop' }>): void {
    const { look } = this.#options;
    if (this.#isServer && hop === 'tls') this.#print(look.style.dim(`  ${look.safe(detail)}`));
    const whose = this.#isServer ? 'client' : 'server';
    if (certificate) for (const line of renderCertificate(certificate, look, whose)) this.#print(line);
  }

  #tellPhases(): void {
    for (const line of renderPhases(this.#collector.report.phases ?? [], this.#options.look)) this.#print(line);
  }

  #tellBreach(violation: Violation, connection: number): void {
    const [first = '', ...rest] = breachLines(violation, this.#options.look, this.#options.dump !== undefined);
    for (const line of [`wstap: #${connection} ${first}`, ...rest]) this.#print(line);
  }

  #tellMask(event: SessionEvent): void {
    const same = this.#sameMask.record(event);
    if (same !== undefined) this.note(this.#options.numbered ? `#${event.connection} ${same}` : same);
  }

  #tellViolation({ violation, fatal, connection }: Extract<SessionEvent, { type: 'violation' }>): void {
    const { look, lenient, numbered, verbosity } = this.#options;
    if (fatal) {
      this.violation = violation;
      // Of one connection it is the last word.
      if (numbered && verbosity > 0) this.#tellBreach(violation, connection);
    } else if (!this.#options.dump) {
      const who = numbered ? `#${connection} ` : '';
      this.#print(`wstap: ${who}${look.style.warn('!')} ${borneText(violation, lenient)}`);
    }
  }
}

/** `note` makes it safe. */
const RAW = { safe: (text: string) => text };
