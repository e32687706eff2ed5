import type { Options } from '../../cli/value.ts';
import { Broadcast } from '../../endpoint/broadcast.ts';
import type { Peer, Server, ServerOptions } from '../../endpoint/server.ts';
import type { EndSignal, Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import type { ReplCommand } from '../../repl/repl-command.ts';
import type { SessionEvent } from '../../session/event.ts';
import { countText } from '../../view/size.ts';
import { diagnosticsOptions } from '../option/diagnostics-options.ts';
import { clientEnv } from '../session/client-env.ts';
import { Console, consoleOptions } from '../session/console.ts';
import { Diagnostics } from '../session/diagnostics.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from '../session/failure.ts';
import { type Look, lookOf } from '../session/look.ts';
import { messageArgument, type OutgoingMessage, writingOf } from '../session/outgoing.ts';
import { Reminder } from '../session/reminder.ts';
import { Toolbox } from '../session/toolbox.ts';
import { ClientList } from './client-list.ts';
import { serve } from './serve.ts';

/** `listen` for a person: who comes is announced, what is typed goes to every client. */
export async function listenTerminal(options: Options, serverOptions: ServerOptions, env: Env): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  return new ServerTerminal(options, serverOptions, env, execute, await lookOf(options, env, env.stdout)).run();
}

/** Milliseconds that clients have for their closing handshake once we end. */
const FAREWELL = 5000;

class ServerTerminal {
  readonly #options: Options;
  readonly #serverOptions: ServerOptions;
  readonly #env: Env;
  readonly #execute: readonly OutgoingMessage[];
  readonly #look: Look;
  readonly #console: Console;
  readonly #diagnostics: Diagnostics;
  readonly #clients: ClientList;
  readonly #reminder: Reminder;
  readonly #broadcast: Broadcast;
  #toolbox: Toolbox | undefined;
  #server: Server | undefined;
  /** The screen is slower than the clients. */
  #screenFull = false;
  #status: number | undefined;
  #stopFarewell: (() => void) | undefined;
  #over = false;
  #finish: (status: number) => void = () => undefined;

  constructor(options: Options, serverOptions: ServerOptions, env: Env, execute: readonly OutgoingMessage[], look: Look) {
    this.#options = options;
    this.#serverOptions = serverOptions;
    this.#env = env;
    this.#execute = execute;
    this.#look = look;
    const print = (text: string) => this.#print(text);
    this.#console = new Console(consoleOptions(options, look, true), print);
    this.#diagnostics = new Diagnostics({ ...diagnosticsOptions(options, look, undefined, true), dump: undefined }, print);
    this.#clients = new ClientList(look, this.#console, () => this.#server?.peers ?? new Map());
    const { clock } = clientEnv(env);
    this.#reminder = new Reminder(clock, (text) => this.#console.note(text));
    this.#broadcast = new Broadcast(clock, {
      blocked: () => {
        this.#steer();
        this.#reminder.expect('a client takes nothing: the others wait for it, 10 s at most');
      },
      clear: () => {
        this.#steer();
        this.#reminder.cancel();
      },
    });
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    const stopListening = this.#env.onSignal((signal) => this.#signalled(signal));
    try {
      this.#server = await this.#serve();
      this.#toolbox = this.#openToolbox();
      return await ended;
    } finally {
      stopListening();
      this.#stopFarewell?.();
      this.#toolbox?.terminal.close();
      this.#server?.destroy();
    }
  }

  #serve(): Promise<Server> {
    return serve(
      this.#options,
      this.#serverOptions,
      this.#env,
      (event) => this.#record(event),
      {
        opened: (peer) => this.#opened(peer),
        message: (peer, message) => this.#received(peer, message),
        pong: () => undefined,
        drain: (peer) => this.#relieved(peer),
        peerClosed: () => undefined,
        ended: (peer, ending) => this.#ended(peer, ending),
        refused: (number, remote, left) => this.#clients.refused(number, remote, left),
        trouble: (_, message) => this.#console.warn(message),
      },
      (line) => this.#print(this.#look.style.good(line.replace(/^wstap: l/, 'L'))),
    );
  }

  #openToolbox(): Toolbox {
    if (!this.#options.flag('quiet')) {
      const how = this.#options.off('slash') ? 'Lines go to every client.' : 'Lines go to every client; /help lists commands.';
      this.#print(this.#look.style.dim(`${how} Ctrl-D ends.`));
    }
    return new Toolbox({
      env: this.#env,
      screen: this.#console,
      style: this.#look.style,
      role: 'server',
      mode: this.#options.flag('binary') ? 'binary' : 'text',
      slash: !this.#options.off('slash'),
      recipients: (client) => this.#clients.links(client),
      absent: (client) => this.#clients.absent(client),
      clients: () => this.#clients.numbers,
      obey: (command) => this.#obey(command),
      leave: () => this.#leave(ExitStatus.ok),
      quit: () => this.#conclude(ExitStatus.sigint),
    });
  }

  #record(event: SessionEvent): void {
    // Those two the console tells.
    const told = event.type === 'rtt' || (event.type === 'violation' && !event.fatal);
    if (!told) this.#diagnostics.record(event);
    this.#clients.record(event);
    this.#console.record(event);
    const terminal = this.#toolbox?.terminal;
    if ((event.type !== 'message' && event.type !== 'frame') || !terminal?.needsDrain || this.#screenFull) return;
    this.#screenFull = true;
    this.#steer();
    void terminal.drained().then(() => {
      this.#screenFull = false;
      this.#steer();
    });
  }

  #opened(peer: Peer): void {
    this.#clients.opened(peer);
    peer.link.connection.watch(true);
    for (const { opcode, data } of this.#execute) {
      this.#console.sent({ opcode, data }, peer.number);
      peer.link.send(opcode, data, 0, data.length, true);
    }
    if (this.#screenFull) peer.link.pause();
    if (this.#options.flag('once')) this.#server?.stopAccepting();
  }

  #received(peer: Peer, { opcode, buffer, start, end }: MessageView): void {
    if (this.#options.flag('echo') && peer.link.open) peer.link.send(opcode, buffer, start, end, true);
    if (!this.#options.flag('broadcast')) return;
    const others = this.#clients.peers.filter((other) => other !== peer);
    this.#broadcast.send(others, opcode, buffer, start, end);
  }

  /** Reads nothing more while the screen, or a client to whom all is sent on, does not keep up. */
  #steer(): void {
    const stop = this.#screenFull || this.#broadcast.blocked;
    for (const { link } of this.#clients.peers) {
      if (stop) link.pause();
      else link.resume();
    }
  }

  #relieved(peer: Peer): void {
    this.#broadcast.relieved(peer);
    this.#toolbox?.relieved();
  }

  #ended(peer: Peer, ending: Ending): void {
    this.#relieved(peer);
    if (this.#options.flag('once')) this.#conclude(this.#status ?? statusOf(ending, this.#diagnostics.violation !== undefined));
    else if (this.#status !== undefined && this.#clients.peers.length === 0) this.#conclude(this.#status);
  }

  #obey(command: ReplCommand): void {
    if (command.type === 'clients') this.#clients.print(this.#env.now());
    else if (command.type === 'kick') this.#clients.kick(command.client, command.code, command.reason);
    else if (command.type === 'handshake') this.#clients.printHandshake(command.client);
  }

  #signalled(signal: EndSignal): void {
    if (signal === 'SIGINT' && this.#toolbox) this.#toolbox.terminal.interrupt();
    else this.#leave(STATUS_OF_SIGNAL[signal]);
  }

  /** Closes every connection and waits for the clients; a second time ends at once. */
  #leave(status: number): void {
    const count = this.#clients.peers.length;
    if (this.#status !== undefined || count === 0) {
      this.#conclude(status);
      return;
    }
    this.#status = status;
    this.#reminder.expect(`waiting for ${countText(count, 'client')} to close, 5 s at most; Ctrl-D again ends now`);
    this.#server?.stop(1001, 'the server ends');
    const timer = setTimeout(() => this.#conclude(status), FAREWELL);
    this.#stopFarewell = () => clearTimeout(timer);
  }

  #conclude(status: number): void {
    if (this.#over) return;
    this.#reminder.cancel();
    if (!this.#options.flag('quiet')) this.#console.farewell();
    this.#toolbox?.terminal.close();
    this.#over = true;
    this.#finish(status);
  }

  #print(text: string): void {
    if (text === '' || this.#over) return;
    if (this.#toolbox) this.#toolbox.terminal.print(text);
    else this.#env.stdout.write(`${text}\n`);
  }
}
