import type { Options } from '../../cli/value.ts';
import type { Serving } from '../../endpoint/behaviour/serving.ts';
import type { Peer, Server, ServerHandler, ServerOptions } from '../../endpoint/server.ts';
import type { EndSignal, Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { RequestHead } from '../../protocol/http/head.ts';
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
import { FAREWELL, type SessionStage, stageOf } from './stage.ts';

/** `listen` for a person: who comes is announced, what is typed goes to every client. */
export async function listenTerminal(
  options: Options,
  serverOptions: ServerOptions,
  serving: Serving,
  env: Env,
): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  return new ServerTerminal(options, serverOptions, serving, env, execute, await lookOf(options, env, env.stdout)).run();
}

class ServerTerminal {
  readonly #options: Options;
  readonly #serverOptions: ServerOptions;
  readonly #serving: Serving;
  readonly #stage: SessionStage;
  readonly #env: Env;
  readonly #execute: readonly OutgoingMessage[];
  readonly #look: Look;
  readonly #console: Console;
  readonly #diagnostics: Diagnostics;
  readonly #clients: ClientList;
  readonly #reminder: Reminder;
  #toolbox: Toolbox | undefined;
  #server: Server | undefined;
  /** The screen is slower than the clients. */
  #screenFull = false;
  #status: number | undefined;
  #stopFarewell: (() => void) | undefined;
  #over = false;
  #finish: (status: number) => void = () => undefined;

  readonly #handler: ServerHandler = {
    opened: (peer, request) => this.#opened(peer, request),
    message: () => undefined,
    pong: () => undefined,
    cannotSend: (peer, text) => this.#console.warn(`${text}; it is left out`, peer.number),
    remark: (peer, text) => this.#console.note(text, peer.number),
    drain: () => this.#toolbox?.relieved(),
    peerClosed: () => undefined,
    ended: (_, ending) => this.#ended(ending),
    refused: (number, remote, left, why) => this.#clients.refused(number, remote, left, why),
    abandoned: (number) => this.#clients.abandoned(number),
    trouble: (_, message) => this.#console.warn(message),
  };

  constructor(
    options: Options,
    serverOptions: ServerOptions,
    serving: Serving,
    env: Env,
    execute: readonly OutgoingMessage[],
    look: Look,
  ) {
    this.#options = options;
    this.#serverOptions = serverOptions;
    this.#serving = serving;
    this.#env = env;
    this.#execute = execute;
    this.#look = look;
    const print = (text: string) => this.#print(text);
    this.#console = new Console(consoleOptions(options, look, true), print);
    this.#diagnostics = new Diagnostics({ ...diagnosticsOptions(options, look, undefined, true), dump: undefined }, print);
    this.#clients = new ClientList(look, this.#console, () => this.#server?.peers ?? []);
    const { clock } = clientEnv(env);
    this.#reminder = new Reminder(clock, (text) => this.#console.note(text));
    this.#stage = stageOf(
      serverOptions,
      clock,
      (peer, text) => this.#tell(peer, text),
      (isWaiting) => {
        if (isWaiting) this.#reminder.expect('a client takes nothing: the others wait for it, 10 s at most');
        else this.#reminder.cancel();
      },
    );
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
      this.#handler,
      (line) => this.#print(this.#look.style.good(line.replace(/^wstap: l/, 'L'))),
      (port) => {
        this.#stage.place.port = port;
      },
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
    if (event.type === 'violation' && event.fatal) this.#diagnostics.violation = event.violation;
    if (event.type !== 'rtt' && event.type !== 'violation') this.#diagnostics.record(event);
    this.#clients.record(event);
    this.#console.record(event);
    const terminal = this.#toolbox?.terminal;
    if ((event.type !== 'message' && event.type !== 'frame') || !terminal?.needsDrain || this.#screenFull) return;
    this.#screenFull = true;
    this.#serving.hold(true);
    void terminal.drained().then(() => {
      this.#screenFull = false;
      this.#serving.hold(false);
    });
  }

  #opened(peer: Peer, request: RequestHead): void {
    const guest = this.#serving.welcome(peer, this.#handler, this.#stage);
    this.#clients.opened(peer, guest.kind, this.#options.count('verbose') > 0);
    if (guest.kind.drops) this.#console.mute(peer.number);
    peer.link.connection.watch(true);
    for (const { opcode, data } of this.#execute) {
      if (opcode === 'text' || peer.link.carries('binary')) this.#console.sent({ opcode, data }, peer.number);
      peer.link.send(opcode, data, 0, data.length, true);
    }
    this.#serving.begin(guest, request);
    if (this.#options.flag('once')) this.#server?.stopAccepting();
  }

  /** Something of a client's behaviour, such as what its program says. */
  #tell(peer: Peer, text: string): Promise<void> | undefined {
    this.#console.note(this.#look.safe(text), peer.number);
    const terminal = this.#toolbox?.terminal;
    return terminal?.needsDrain ? terminal.drained() : undefined;
  }

  #ended(ending: Ending): void {
    this.#toolbox?.relieved();
    if (this.#options.flag('once')) this.#conclude(this.#status ?? statusOf(ending, this.#diagnostics.violation !== undefined));
    else if (this.#status !== undefined && this.#clients.peers.length === 0) this.#conclude(this.#status);
  }

  #obey(command: ReplCommand): void {
    if (command.type === 'clients') this.#clients.print(this.#env.now());
    else if (command.type === 'mute' || command.type === 'unmute') this.#mute(command);
    else if (command.type === 'kick') this.#clients.kick(command.client, command.code, command.reason);
    else if (command.type === 'handshake') this.#clients.printHandshake(command.client);
  }

  #mute({ type, client }: Extract<ReplCommand, { type: 'mute' | 'unmute' }>): void {
    if (!this.#clients.numbers.includes(client)) this.#console.warn(this.#clients.absent(client));
    else if (type === 'mute') {
      this.#console.mute(client);
      this.#console.note('its messages and frames are not shown; /unmute shows them again', client);
    } else {
      this.#console.unmute(client);
      this.#console.note('its messages and frames are shown', client);
    }
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
    this.#serving.leave();
    this.#server?.stop(1001, 'the server ends');
    this.#stopFarewell = this.#stage.clock.after(FAREWELL, () => this.#conclude(status));
  }

  #conclude(status: number): void {
    if (this.#over) {
      // Asked once more: whatever still runs for a client is not waited for.
      this.#serving.kill();
      return;
    }
    this.#reminder.cancel();
    if (!this.#options.flag('quiet')) this.#console.farewell();
    this.#toolbox?.terminal.close();
    this.#over = true;
    this.#server?.destroy();
    void this.#serving.settled().then(() => this.#finish(status));
  }

  #print(text: string): void {
    if (text === '' || this.#over) return;
    if (this.#toolbox) this.#toolbox.terminal.print(text);
    else this.#env.stdout.write(`${text}\n`);
  }
}
