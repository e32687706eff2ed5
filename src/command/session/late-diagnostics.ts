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
  violation: Violation | undefined;

  constructor(options: DiagnosticsOptions, print: (line: string) => void) {
    this.#options = options;
    this.#print = print;
  }

  record(event: SessionEvent): void {
    if (event.type === 'violation' && event.fatal) this.violation = event.violation;
    if (event.type === 'gap') this.note(gapText(event));
    if (event.type === 'again' && event.learnt !== undefined) this.note(`${event.learnt} Asking again in ${event.dialect}.`);
    // Frames and messages are many, and no last word needs them.
    if (event.type !== 'frame' && event.type !== 'message' && event.type !== 'rtt') this.#kept.push(event);
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

  /** The last words, drawn by the real one; nothing is loaded where all is well. */
  async end(ending: Ending): Promise<void> {
    if (statusOf(ending, this.violation !== undefined) === ExitStatus.ok) return;
    const { Diagnostics: Whole } = await import('./diagnostics.ts');
    const whole: Diagnostics = new Whole(this.#options, this.#print);
    // What was learnt on the way, and that it was gone for a while, is told already.
    const isTold = (event: SessionEvent) => event.type === 'gap' || (event.type === 'again' && event.learnt !== undefined);
    for (const event of this.#kept) if (!isTold(event)) whole.record(event);
    whole.end(ending);
  }
}
