import { ExitStatus } from '../../exit-status.ts';
import type { Violation } from '../../protocol/rule.ts';
import type { SessionEvent } from '../../session/event.ts';
import { gapText } from '../../view/gap.ts';
import type { DiagnosticsOptions } from '../option/diagnostics-options.ts';
import type { Diagnostics } from './diagnostics.ts';
import { type Ending, statusOf } from './failure.ts';

/**
 * Diagnostics that load what draws them only when there is something to say: a run in a script that goes well starts
 * sooner without. What happened meanwhile is kept, and told when it is needed.
 */
export class LateDiagnostics {
  readonly #options: DiagnosticsOptions;
  readonly #print: (line: string) => void;
  #kept: SessionEvent[] = [];
  /** Breaches that ended nothing: the first ones, and how many there were. */
  #borne: Violation[] = [];
  #borneCount = 0;
  violation: Violation | undefined;

  constructor(options: DiagnosticsOptions, print: (line: string) => void) {
    this.#options = options;
    this.#print = print;
  }

  record(event: SessionEvent): void {
    if (event.type === 'violation') this.#keepViolation(event.violation, event.fatal);
    if (event.type === 'gap') this.note(gapText(event));
    if (event.type === 'again' && event.learnt !== undefined) this.note(`${event.learnt} Asking again in ${event.dialect}.`);
    // Frames and messages are many, and no last word needs them.
    if (!UNKEPT.has(event.type) && (event.type !== 'violation' || event.fatal)) this.#kept.push(event);
  }

  note(text: string): void {
    if (!this.#options.quiet) this.#print(`wstap: ${this.#options.look.safe(text)}`);
  }

  unmet(text: string): void {
    this.#print(`wstap: ${this.#options.look.style.bad(`not met: ${text}`)}`);
  }

  restart(): void {
    this.#kept = [];
    this.violation = undefined;
  }

  #keepViolation(violation: Violation, fatal: boolean): void {
    if (fatal) this.violation = violation;
    else if (++this.#borneCount <= MOST_BORNE) this.#borne.push(violation);
  }

  /** The last words, drawn by the real one; nothing is loaded where all is well. */
  async end(ending: Ending): Promise<void> {
    const isOk = statusOf(ending, this.violation !== undefined) === ExitStatus.ok;
    if (!this.#options.quiet) await this.#tellBorne();
    if (isOk && (this.#options.quiet || ending.type !== 'closed' || ending.wasClean)) return;
    const { Diagnostics: Whole } = await import('./diagnostics.ts');
    const whole: Diagnostics = new Whole(this.#options, this.#print);
    // What was learnt on the way, and that it was gone for a while, is told already.
    const isTold = (event: SessionEvent) => event.type === 'gap' || (event.type === 'again' && event.learnt !== undefined);
    for (const event of this.#kept) if (!isTold(event)) whole.record(event);
    whole.end(ending);
  }

  /** Whoever sees nothing of what a peer sent has to know that it was dropped, though all else went well. */
  async #tellBorne(): Promise<void> {
    if (this.#borneCount === 0) return;
    const { borneText } = await import('../../view/closing.ts');
    const mark = this.#options.look.style.warn('!');
    for (const violation of this.#borne) this.#print(`wstap: ${mark} ${borneText(violation, this.#options.lenient)}`);
    const more = this.#borneCount - this.#borne.length;
    if (more > 0) this.#print(`wstap: ${mark} and ${more} more of the kind; -v tells each`);
    this.#borne = [];
    this.#borneCount = 0;
  }
}

/** Breaches that are told one by one. */
const MOST_BORNE = 3;
const UNKEPT: ReadonlySet<SessionEvent['type']> = new Set(['frame', 'message', 'rtt']);
