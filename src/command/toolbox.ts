import type { Env } from '../env.ts';
import { createCompleter } from '../repl/complete.ts';
import { filesBeginningWith } from '../repl/files.ts';
import { helpText } from '../repl/help.ts';
import { openHistory } from '../repl/history.ts';
import { parseLine } from '../repl/line.ts';
import { isMistake, type ReplCommand, type Sendable } from '../repl/repl-command.ts';
import { openTerminal, type Terminal } from '../repl/terminal.ts';
import type { Console } from './console.ts';
import { perform, type Recipient } from './perform.ts';

/** What is typed in a live session, by a client or on a server: lines are messages, and `/` opens the toolbox. */
export interface ToolboxOptions {
  readonly env: Env;
  readonly console: Console;
  readonly role: 'client' | 'server';
  readonly mode: 'text' | 'binary';
  /** Whether `/` begins a command. */
  readonly slash: boolean;
  /** To whom a line goes, or, on a server, the client with this number. Empty: to nobody. */
  recipients(client?: number): readonly Recipient[];
  /** Numbers of the clients that are there, for completion. */
  readonly clients?: () => readonly number[];
  /** What only this role knows. */
  obey(command: ReplCommand): void;
  /** A clean end is wished for. */
  leave(): void;
  /** An end at once. */
  quit(): void;
}

const PROMPT = '> ';

export class Toolbox {
  readonly terminal: Terminal;
  readonly #options: ToolboxOptions;
  #mode: 'text' | 'binary';

  constructor(options: ToolboxOptions) {
    this.#options = options;
    this.#mode = options.mode;
    const { env, role, clients } = options;
    this.terminal = openTerminal({
      input: env.stdin,
      output: env.stdout,
      prompt: PROMPT,
      plain: env.variables.TERM === 'dumb',
      reflows: env.variables.TERM_PROGRAM !== 'vscode',
      history: openHistory(env.variables),
      completer: createCompleter({ role, canRecord: false, files: filesBeginningWith, ...(clients && { clients }) }),
      now: () => env.now(),
      onLine: (line) => this.#typed(line),
      onInterrupt: (wish) => (wish === 'quit' ? options.quit() : options.leave()),
      onEnd: () => options.leave(),
    });
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
    if (isMistake(command)) this.#options.console.warn(command.text);
    else this.#obey(command);
  }

  #obey(command: ReplCommand): void {
    const { console, role } = this.#options;
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
        this.#mode = command.mode;
        console.note(`lines are sent as ${command.mode} messages`);
        break;
      case 'paste':
        this.#paste(command.opcode);
        break;
      case 'dump':
        console.setDump(command.form);
        break;
      case 'filter':
        console.setFilter(command.filter);
        break;
      case 'help':
        console.print(helpText({ role, canRecord: false }, command.topic));
        break;
      case 'stats':
        console.stats();
        break;
      case 'quit':
        this.#options.leave();
        break;
      default:
        this.#options.obey(command);
    }
  }

  #send(command: Sendable, times: number, client?: number): void {
    const { console } = this.#options;
    const recipients = this.#options.recipients(client);
    if (recipients.length === 0) {
      console.warn(client === undefined ? 'nobody is connected' : `there is no client ${client}; /clients lists them`);
      return;
    }
    void perform(command, recipients, times, (text) => console.warn(text));
  }

  #paste(opcode: 'text' | 'binary'): void {
    this.#options.console.note('paste or type; a line with only . sends it, Ctrl-C gives up');
    void this.terminal.readBlock('. ').then((text) => {
      if (text !== undefined) this.#send(message(text, opcode), 1);
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
