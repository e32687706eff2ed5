import type { Options } from '../../cli/value.ts';
import { isControl, Opcode, opcodeName } from '../../protocol/frame/opcode.ts';
import { RULES } from '../../protocol/rule.ts';
import type { Dump, Filter } from '../../repl/repl-command.ts';
import type { SessionEvent } from '../../session/event.ts';
import { Tally } from '../../session/tally.ts';
import { borneText, breachLines } from '../../view/closing.ts';
import { faultText } from '../../view/fault.ts';
import { frameView } from '../../view/frame.ts';
import { gapLine } from '../../view/gap.ts';
import { messageText, type ShownMessage } from '../../view/message.ts';
import { quoteBytes } from '../../view/quote.ts';
import { SameMask } from '../../view/same-mask.ts';
import { durationText } from '../../view/size.ts';
import { summary } from '../../view/summary.ts';
import { wrapWords } from '../../view/width.ts';
import { dumpOf } from '../option/diagnostics-options.ts';
import { ClosingNotices } from './closing-notices.ts';
import type { Look } from './look.ts';

/**
 * The screen of a live session: what is shown of what happens, and how that is changed while it runs. `>` is sent, `<` received,
 * `•` a remark of ours, `!` something to look at, `✗` a broken rule; whatever continues a line stands under its text.
 */
export interface ConsoleOptions {
  readonly look: Look;
  /** Show pings and pongs also where frames are not dumped (wscat's `-P`). */
  readonly showPings: boolean;
  /** Whether we ping by ourselves: then only the round trips of typed pings are told. */
  readonly keepsPinging: boolean;
  /** Begin with the connection's number: for a server. */
  readonly numbered: boolean;
  readonly dump: Dump;
  readonly dumpMax: number | undefined;
  /** No remarks, only what is wrong. */
  readonly quiet: boolean;
  /** Whether breaches are borne because `--lenient` says so. */
  readonly lenient?: boolean | undefined;
  /** Text messages pass as they are and may drive the terminal. */
  readonly raw: boolean;
}

export function consoleOptions(options: Options, look: Look, numbered: boolean): ConsoleOptions {
  return {
    look,
    showPings: options.flag('show-ping-pong'),
    keepsPinging: options.has('ping-interval') || options.has('ping-timeout'),
    numbered,
    dump: dumpOf(options) ?? 'off',
    dumpMax: options.number('dump-max'),
    quiet: options.flag('quiet'),
    lenient: options.flag('lenient'),
    raw: options.flag('raw'),
  };
}

type FrameEvent = Extract<SessionEvent, { type: 'frame' }>;
type MessageEvent = Extract<SessionEvent, { type: 'message' }>;

/** The payload of the pings that `--ping-interval` sends. */
const OWN_PING = /^wstap \d+$/;

export class Console {
  readonly tally = new Tally();
  readonly #options: ConsoleOptions;
  readonly #print: (text: string) => void;
  readonly #closings: ClosingNotices;
  readonly #sameMask = new SameMask();
  #dump: Dump;
  #filter: Filter | 'off' = 'off';
  #frame: (event: FrameEvent) => string;
  #lastPong = '';
  /** Payloads of pings of ours that are not answered yet, the oldest first. */
  readonly #unanswered = new Set<string>();

  /** Connections of which neither messages nor frames are shown. */
  readonly #muted = new Set<number>();

  /** `print` takes whole lines, without the last line feed. */
  constructor(options: ConsoleOptions, print: (text: string) => void) {
    this.#options = options;
    this.#print = print;
    this.#dump = options.dump;
    this.#frame = this.#viewFor(options.dump);
    this.#closings = new ClosingNotices(
      (connection) => this.#inner(connection),
      (lines, connection) => this.#say(lines, connection),
    );
  }

  /** The sink: shows what is to be shown, and counts everything. */
  readonly record = (event: SessionEvent): void => {
    this.tally.record(event);
    if (event.type === 'closed') this.#muted.delete(event.connection);
    if ((event.type === 'frame' || event.type === 'message') && this.#muted.has(event.connection)) return;
    if (event.type === 'frame') this.#showFrame(event);
    else if (event.type === 'message' && event.direction === 'received') this.#showMessage(event);
    else if (event.type === 'gap') this.print(gapLine(event, this.#options.look));
    else if (event.type === 'rtt') this.#showRoundTrip(event.rtt, event.connection);
    else if (event.type === 'violation') this.#showViolation(event);
    else if (event.type === 'fault') this.note(faultText(event, this.#options.look.safe), event.connection);
    const same = this.#sameMask.record(event);
    if (same !== undefined) this.warn(same, event.connection);
    this.#closings.record(event);
  };

  /** Shows nothing more of what goes over this connection; it is counted. */
  mute(connection: number): void {
    this.#muted.add(connection);
  }

  unmute(connection: number): void {
    this.#muted.delete(connection);
  }

  isMuted(connection: number): boolean {
    return this.#muted.has(connection);
  }

  /** A remark of ours, between the messages. */
  note(text: string, connection?: number): void {
    if (!this.#options.quiet) this.#wrap('•', text, this.#options.look.style.dim, connection);
  }

  /** Something that the user should look at. A line feed begins a line. */
  warn(text: string, connection?: number): void {
    this.#wrap('!', text, this.#options.look.style.warn, connection);
  }

  /** Lines as they are. */
  print(text: string): void {
    if (text !== '') this.#print(text);
  }

  /** What was sent without having been typed. */
  sent(message: ShownMessage, connection?: number): void {
    const prefix = this.#prefix(connection);
    const text = this.#messageText(message, prefix.length + 2);
    if (!this.#options.quiet) this.print(`${prefix}${this.#options.look.style.sent('>')} ${text}`);
  }

  /** Without a form: on, in hex, if it was off, else off. */
  setDump(form: Dump | undefined): void {
    this.#dump = form ?? (this.#dump === 'off' ? 'hex' : 'off');
    this.#frame = this.#viewFor(this.#dump);
    this.note(this.#dump === 'off' ? 'frames are not shown, only messages' : `every frame is shown (${this.#dump})`);
  }

  setFilter(filter: Filter | 'off' | undefined): void {
    if (filter !== undefined) this.#filter = filter;
    if (this.#filter === 'off') {
      this.note('no filter: every message is shown');
      return;
    }
    const unseen = this.#dump === 'off' && this.#filter.opcodes?.every((opcode) => isControl(opcode)) === true;
    this.note(`shown: ${filterText(this.#filter)}; /filter off ends it${unseen ? '. Only a dump shows frames: /dump line' : ''}`);
  }

  /** What happened so far, in a few lines. */
  stats(): void {
    const lines = summary(this.tally, this.#options.look);
    if (lines.length === 0) this.note('nothing yet');
    else this.print(lines.join('\n'));
  }

  /** The same as the last words, where anything was opened. */
  farewell(): void {
    if (this.tally.opened > 0) this.print(['', ...summary(this.tally, this.#options.look)].join('\n'));
  }

  #showFrame(event: FrameEvent): void {
    const { opcode, payload } = event.frame;
    const isAnswer = this.#followPings(event);
    if (this.#dump !== 'off') {
      if (this.#passesFrame(event)) this.print(this.#frame(event));
      return;
    }
    // Typed by hand and illegal: where frames are not shown, say so here.
    if (event.direction === 'sent') {
      for (const { rule, detail } of event.violations)
        this.warn(`this frame breaks ${RULES[rule].section}: ${detail}`, event.connection);
    }
    const isPing = opcode === Opcode.ping || opcode === Opcode.pong;
    if (!this.#options.showPings || !isPing || isAnswer || !this.#passesFrame(event)) return;
    const data = payload.length === 0 ? '' : ` ${quoteBytes(payload, 64, this.#options.look.style.escape)}`;
    this.#say([this.#options.look.style.dim(`• ${event.direction} ${opcodeName(opcode)}${data}`)], event.connection);
  }

  /** Returns whether this is the answer to a ping of ours: its round trip is about to be told. */
  #followPings({ direction, connection, frame: { opcode, payload } }: FrameEvent): boolean {
    if (opcode !== Opcode.ping && opcode !== Opcode.pong) return false;
    const data = Buffer.from(payload).toString('latin1');
    const key = `${connection} ${data}`;
    if (direction === 'received') {
      if (opcode === Opcode.ping) return false;
      this.#lastPong = data;
      return this.#unanswered.delete(key);
    }
    if (opcode === Opcode.pong) return false;
    if (this.#unanswered.size >= 64) this.#unanswered.delete(this.#unanswered.keys().next().value ?? '');
    this.#unanswered.add(key);
    return false;
  }

  #showMessage(event: MessageEvent): void {
    if (!this.#passesMessage(event)) return;
    const prefix = this.#prefix(event.connection);
    const text = this.#messageText(event, prefix.length + 2);
    this.print(`${prefix}${this.#options.look.style.received('<')} ${text}`);
  }

  #messageText(message: ShownMessage, indent: number): string {
    const { style, width } = this.#options.look;
    return messageText(message, { style, width, indent, raw: this.#options.raw });
  }

  #showRoundTrip(rtt: number, connection: number): void {
    const payload = this.#lastPong;
    if (this.#options.keepsPinging && OWN_PING.test(payload) && !this.#options.showPings) return;
    const data = payload === '' ? '' : ` ${quoteBytes(Buffer.from(payload, 'latin1'), 64)}`;
    this.note(`pong${data} after ${durationText(rtt)}`, connection);
  }

  #showViolation({ violation, fatal, connection }: Extract<SessionEvent, { type: 'violation' }>): void {
    const dumped = this.#dump !== 'off' && this.#filter === 'off';
    if (fatal) this.#say(breachLines(violation, this.#inner(connection), dumped), connection);
    else if (this.#dump === 'off') {
      this.warn(borneText(violation, this.#options.lenient), connection);
    }
  }

  #passesFrame({ frame }: FrameEvent): boolean {
    if (this.#filter === 'off') return true;
    if (this.#filter.opcodes) return this.#filter.opcodes.includes(frame.opcode);
    return isControl(frame.opcode) || this.#filter.pattern.test(Buffer.from(frame.payload).toString('utf8'));
  }

  #passesMessage({ opcode, data }: MessageEvent): boolean {
    if (this.#filter === 'off') return true;
    if (this.#filter.opcodes) return this.#filter.opcodes.includes(Opcode[opcode]);
    return this.#filter.pattern.test(Buffer.from(data).toString('utf8'));
  }

  #prefix(connection: number | undefined): string {
    return this.#options.numbered && connection !== undefined ? `#${connection} ` : '';
  }

  /** The look of what stands behind the prefix. */
  #inner(connection: number | undefined): Look {
    const { look } = this.#options;
    return { ...look, width: look.width - this.#prefix(connection).length };
  }

  #wrap(mark: string, text: string, paint: (text: string) => string, connection: number | undefined): void {
    const { width } = this.#inner(connection);
    const lines = text.split('\n').flatMap((line) => wrapWords(line, width - 2));
    this.#say(
      lines.map((line, index) => paint(`${index === 0 ? mark : ' '} ${line}`)),
      connection,
    );
  }

  #say(lines: readonly string[], connection: number | undefined): void {
    const prefix = this.#prefix(connection);
    const blank = ' '.repeat(prefix.length);
    this.print(lines.map((line, index) => (index === 0 ? prefix : blank) + line).join('\n'));
  }

  #viewFor(dump: Dump): (event: FrameEvent) => string {
    const { look, dumpMax, numbered } = this.#options;
    const form = dump === 'off' ? 'line' : dump;
    return frameView({ ...look, dump: form, numbered, ...(dumpMax !== undefined && { dumpMax }) });
  }
}

function filterText(filter: Filter): string {
  if (filter.opcodes) return filter.opcodes.map((opcode) => opcodeName(opcode) ?? `opcode ${opcode}`).join(', ');
  return `what matches ${String(filter.pattern)}`;
}
