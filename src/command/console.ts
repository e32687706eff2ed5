import { isControl, Opcode, opcodeName } from '../protocol/frame/opcode.ts';
import type { Dump, Filter } from '../repl/repl-command.ts';
import type { SessionEvent } from '../session/event.ts';
import { Tally } from '../session/tally.ts';
import { escapeText } from '../view/escape.ts';
import { frameView } from '../view/frame.ts';
import { quoteBytes } from '../view/quote.ts';
import { durationText, sizeText } from '../view/size.ts';
import { summary } from '../view/summary.ts';
import type { Look } from './look.ts';

/** The screen of a live session: what is shown of what happens, and how that is changed while it runs. */
export interface ConsoleOptions {
  readonly look: Look;
  readonly print: (text: string) => void;
  /** Show pings and pongs also where frames are not dumped (wscat's `-P`). */
  readonly showPings: boolean;
  /** Begin with the connection's number: for a server. */
  readonly numbered: boolean;
  readonly dump: Dump;
  readonly dumpMax: number | undefined;
}

type FrameEvent = Extract<SessionEvent, { type: 'frame' }>;
type MessageEvent = Extract<SessionEvent, { type: 'message' }>;

/** Bytes of a message that are shown at most. */
const SHOWN = 16 * 1024;

export class Console {
  readonly tally = new Tally();
  readonly #options: ConsoleOptions;
  #dump: Dump;
  #filter: Filter | 'off' = 'off';
  #frame: (event: FrameEvent) => string;

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#dump = options.dump;
    this.#frame = this.#viewFor(options.dump);
  }

  /** The sink: shows what is to be shown, and counts everything. */
  readonly record = (event: SessionEvent): void => {
    this.tally.record(event);
    if (event.type === 'frame') this.#showFrame(event);
    else if (event.type === 'message' && event.direction === 'received') this.#showMessage(event);
    else if (event.type === 'rtt') this.note(`round trip ${durationText(event.rtt)}`, event.connection);
    else if (event.type === 'violation' && !event.fatal && this.#dump === 'off')
      this.note(`! ${event.violation.detail}`, event.connection);
  };

  /** A remark of ours, between the messages. */
  note(text: string, connection?: number): void {
    const { style } = this.#options.look;
    this.#options.print(style.dim(`${this.#prefix(connection)}• ${text}`));
  }

  warn(text: string): void {
    this.#options.print(this.#options.look.style.warn(text));
  }

  /** Lines as they are. */
  print(text: string): void {
    if (text !== '') this.#options.print(text);
  }

  /** Without a form: on, in hex, if it was off, else off. */
  setDump(form: Dump | undefined): void {
    this.#dump = form ?? (this.#dump === 'off' ? 'hex' : 'off');
    this.#frame = this.#viewFor(this.#dump);
    this.note(this.#dump === 'off' ? 'frames are not shown' : `every frame is shown (${this.#dump})`);
  }

  setFilter(filter: Filter | 'off' | undefined): void {
    if (filter !== undefined) this.#filter = filter;
    this.note(this.#filter === 'off' ? 'everything is shown' : `shown: ${filterText(this.#filter)}`);
  }

  /** What happened so far, in a few lines. */
  stats(): void {
    const lines = summary(this.tally, this.#options.look);
    this.print(lines.length === 0 ? 'nothing yet' : lines.join('\n'));
  }

  #showFrame(event: FrameEvent): void {
    if (this.#dump !== 'off' && this.#passesFrame(event)) {
      this.print(this.#frame(event));
      return;
    }
    const { opcode, payload } = event.frame;
    const isPing = opcode === Opcode.ping || opcode === Opcode.pong;
    if (!this.#options.showPings || !isPing || this.#dump !== 'off') return;
    const data = payload.length === 0 ? '' : ` ${quoteBytes(payload, 64)}`;
    this.note(`${event.direction} ${opcodeName(opcode)}${data}`, event.connection);
  }

  #showMessage(event: MessageEvent): void {
    if (!this.#passesMessage(event)) return;
    const { style } = this.#options.look;
    const shown = event.data.subarray(0, SHOWN);
    const text =
      event.opcode === 'text'
        ? escapeText(Buffer.from(shown).toString('utf8'), { multiline: true, mark: style.escape })
        : `${style.dim(`binary ${sizeText(event.data.length)}`)} ${quoteBinary(shown)}`;
    const more = event.data.length > SHOWN ? style.dim(` … (+${event.data.length - SHOWN} bytes)`) : '';
    this.print(`${style.received(`${this.#prefix(event.connection)}<`)} ${text}${more}`);
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

  #viewFor(dump: Dump): (event: FrameEvent) => string {
    const { look, dumpMax, numbered } = this.#options;
    const form = dump === 'off' ? 'line' : dump;
    return frameView({ ...look, dump: form, numbered, ...(dumpMax !== undefined && { dumpMax }) });
  }
}

function quoteBinary(bytes: Uint8Array): string {
  const rows = Buffer.from(bytes.subarray(0, 64))
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
  return bytes.length > 64 ? `${rows} … (+${bytes.length - 64} bytes; /dump shows more)` : rows;
}

function filterText(filter: Filter): string {
  if (filter.opcodes) return filter.opcodes.map((opcode) => opcodeName(opcode) ?? `opcode ${opcode}`).join(', ');
  return `what matches ${String(filter.pattern)}`;
}
