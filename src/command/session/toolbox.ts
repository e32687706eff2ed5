import type { Env } from '../../env.ts';
import { createCompleter } from '../../repl/complete.ts';
import { filesBeginningWith } from '../../repl/files.ts';
import { helpText } from '../../repl/help.ts';
import { openHistory } from '../../repl/history.ts';
import { parseLine } from '../../repl/line.ts';
import { isMistake, type ReplCommand, type Sendable } from '../../repl/repl-command.ts';
import { openTerminal, type Terminal } from '../../repl/terminal.ts';
import { countText, sizeText } from '../../view/size.ts';
import type { Style } from '../../view/style.ts';
import type { Console } from './console.ts';
import { perform, type Recipient } from './perform.ts';

/** What is typed in a live session, by a client or on a server: lines are messages, and `/` opens the toolbox. */
export interface ToolboxOptions {
  readonly env: Env;
  readonly screen: Console;
  readonly style: Style;
  readonly role: 'client' | 'server';
  readonly mode: 'text' | 'binary';
  /** Whether `/` begins a command. */
  readonly slash: boolean;
  /** To whom a line goes, or, on a server, the client with this number. Empty: to nobody. */
  recipients(client?: number): readonly Recipient[];
  /** What is said where a line has nobody to go to. */
  absent(client?: number): string;
  /** Numbers of the clients that are there, for completion. */
  readonly clients?: () => readonly number[];
  /** What only this role knows. */
  obey(command: ReplCommand): void;
  /** A clean end is wished for. */
  leave(): void;
  /** An end at once. */
  quit(): void;
}

/** Milliseconds that a peer may take nothing before we say so. */
const PATIENCE = 2000;

export class Toolbox {
  readonly terminal: Terminal;
  readonly #options: ToolboxOptions;
  #mode: 'text' | 'binary';
  #waiting: (() => void)[] = [];

  constructor(options: ToolboxOptions) {
    this.#options = options;
    this.#mode = options.mode;
    const { env, role, clients } = options;
    this.terminal = openTerminal({
      input: env.stdin,
      output: env.stdout,
      prompt: this.#prompt(),
      plain: env.variables.TERM === 'dumb',
      reflows: env.variables.TERM_PROGRAM !== 'vscode',
      history: openHistory(env.variables),
      completer: createCompleter({ role, canRecord: false, files: filesBeginningWith, ...(clients && { clients }) }),
      now: () => env.now(),
      onLine: (line) => {
        this.#typed(line);
        // What a command answers stands under it, however fast the next line is typed.
        if (!this.terminal.needsDrain) this.terminal.flush();
      },
      onInterrupt: (wish) => (wish === 'quit' ? options.quit() : options.leave()),
      onEnd: () => options.leave(),
    });
  }

  /** A recipient has room again, or is gone: whoever waits looks again. */
  relieved(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #prompt(): string {
    const { style } = this.#options;
    return `${style.sent(this.#mode === 'binary' ? 'binary>' : '>')} `;
  }

  #typed(line: string): void {
    if (!this.#options.slash) {
      if (line !== '') this.#send(message(line, this.#mode), 1);
      return;
    }
    const command = parseLine(line, {
      role: this.#options.role,
      mode: this.#mode,
      canRecord: false,
      maskingKey: () => this.#maskingKey(),
    });
    if (isMistake(command)) this.#options.screen.warn(command.text);
    else this.#obey(command);
  }

  #obey(command: ReplCommand): void {
    const { screen, role } = this.#options;
    switch (command.type) {
      case 'nothing':
        break;
      case 'action':
      case 'file':
        this.#send(command, 1);
        break;
      case 'repeat':
        this.#send(command.command, command.count);
        break;
      case 'to':
        if (command.command.type === 'repeat') this.#send(command.command.command, command.command.count, command.client);
        else this.#send(command.command, 1, command.client);
        break;
      case 'mode':
        this.#setMode(command.mode);
        break;
      case 'paste':
        this.#paste(command.opcode);
        break;
      case 'dump':
        screen.setDump(command.form);
        break;
      case 'filter':
        screen.setFilter(command.filter);
        break;
      case 'help':
        screen.print(helpText({ role, canRecord: false }, command.topic, this.#options.env.stdout.columns));
        break;
      case 'stats':
        screen.stats();
        break;
      case 'quit':
        this.#options.leave();
        break;
      default:
        this.#options.obey(command);
    }
  }

  #setMode(mode: 'text' | 'binary'): void {
    this.#mode = mode;
    this.terminal.setPrompt(this.#prompt());
    const back = mode === 'binary' ? ' (their UTF-8 bytes); /text goes back' : '';
    this.#options.screen.note(`lines are sent as ${mode} messages${back}`);
  }

  #send(command: Sendable, times: number, client?: number): void {
    const { screen } = this.#options;
    const recipients = this.#options.recipients(client);
    if (recipients.length === 0) {
      screen.warn(this.#options.absent(client));
      return;
    }
    const stage = { complain: (text: string) => screen.warn(text), room: (recipient: Recipient) => this.#room(recipient) };
    void perform(command, recipients, times, stage).then((action) => {
      // What was typed stands on the screen; a file does not.
      if (command.type === 'file' && action?.type === 'send')
        screen.note(`sent: ${action.opcode}, ${sizeText(action.data.length)}`);
      if (action && times > 1) screen.note(`sent ${countText(times, 'time')}`);
    });
  }

  /** Waits for `relieved`; a peer that takes nothing for long is mentioned. */
  async #room(recipient: Recipient): Promise<void> {
    // What was sent in this turn is written at its end: only then is there somebody to wait for.
    await new Promise((resolve) => setImmediate(resolve));
    if (!recipient.open || recipient.writable) return;
    const note = () => this.#options.screen.note('the peer takes nothing just now: the rest waits until it does (Ctrl-C ends)');
    const timer = setTimeout(note, PATIENCE);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    clearTimeout(timer);
  }

  #paste(opcode: 'text' | 'binary'): void {
    this.#options.screen.note('paste or type lines; one with only . sends them, Ctrl-C gives up');
    void this.terminal.readBlock(`${this.#options.style.sent('|')} `).then((text) => {
      if (text !== undefined) this.#send(message(text, opcode), 1);
      else this.#options.screen.note('nothing was sent');
    });
  }

  #maskingKey(): Uint8Array {
    const key = new Uint8Array(4);
    this.#options.env.fillRandom(key);
    return key;
  }
}

function message(text: string, opcode: 'text' | 'binary'): Sendable {
  return { type: 'action', action: { type: 'send', opcode, data: Buffer.from(text, 'utf8') } };
}
