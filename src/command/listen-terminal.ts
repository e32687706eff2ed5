import type { Options } from '../cli/value.ts';
import type { Peer, Server, ServerOptions } from '../endpoint/server.ts';
import type { Env } from '../env.ts';
import { ExitStatus } from '../exit-status.ts';
import { LocalProtocolError } from '../protocol/rule.ts';
import type { ReplCommand } from '../repl/repl-command.ts';
import type { SessionEvent } from '../session/event.ts';
import { closeText } from '../view/annotation.ts';
import { durationText } from '../view/size.ts';
import { summary } from '../view/summary.ts';
import { Console } from './console.ts';
import { Diagnostics, diagnosticsOptions, dumpOf } from './diagnostics.ts';
import { type Ending, statusOf } from './failure.ts';
import { type Look, lookOf } from './look.ts';
import { messageArgument, type OutgoingMessage, writingOf } from './outgoing.ts';
import { serve } from './serve.ts';
import { Toolbox } from './toolbox.ts';

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
  readonly #counts = new Map<number, { sent: number; received: number }>();
  #toolbox: Toolbox | undefined;
  #server: Server | undefined;
  #status: number | undefined;
  #finish: (status: number) => void = () => undefined;

  constructor(options: Options, serverOptions: ServerOptions, env: Env, execute: readonly OutgoingMessage[], look: Look) {
    this.#options = options;
    this.#serverOptions = serverOptions;
    this.#env = env;
    this.#execute = execute;
    this.#look = look;
    const print = (text: string) => this.#print(text);
    this.#console = new Console({
      look,
      print,
      showPings: options.flag('show-ping-pong'),
      numbered: true,
      dump: dumpOf(options) ?? 'off',
      dumpMax: options.number('dump-max'),
    });
    this.#diagnostics = new Diagnostics({ ...diagnosticsOptions(options, look, undefined, true), dump: undefined }, print);
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    const stopListening = this.#env.onSignal((signal) => {
      if (signal === 'SIGINT' && this.#toolbox) this.#toolbox.terminal.interrupt();
      else this.#leave({ SIGINT: ExitStatus.sigint, SIGTERM: ExitStatus.sigterm, SIGHUP: ExitStatus.sighup }[signal]);
    });
    try {
      this.#server = await this.#serve();
      this.#toolbox = this.#openToolbox();
      return await ended;
    } finally {
      stopListening();
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
        message: (peer, message) => {
          if (this.#options.flag('echo')) peer.link.send(message.opcode, message.buffer, message.start, message.end, true);
          if (!this.#options.flag('broadcast')) return;
          for (const other of this.#peers()) {
            if (other !== peer && other.link.open)
              other.link.send(message.opcode, message.buffer, message.start, message.end, true);
          }
        },
        pong: () => undefined,
        drain: () => undefined,
        peerClosed: () => undefined,
        ended: (peer, ending) => this.#ended(peer, ending),
        refused: (number, remote) => this.#console.note(`${remote} was refused (-v shows why)`, number),
        trouble: (_, message) => this.#console.warn(message),
      },
      (line) => this.#print(line.replace(/^wstap: l/, 'L')),
    );
  }

  #openToolbox(): Toolbox {
    this.#print(this.#look.style.dim('Lines go to every client; /help lists commands. Ctrl-D ends.'));
    return new Toolbox({
      env: this.#env,
      console: this.#console,
      role: 'server',
      mode: this.#options.flag('binary') ? 'binary' : 'text',
      slash: !this.#options.off('slash'),
      recipients: (client) =>
        this.#peers()
          .filter(({ number }) => client === undefined || number === client)
          .map(({ link }) => link),
      clients: () => this.#peers().map(({ number }) => number),
      obey: (command) => this.#obey(command),
      leave: () => this.#leave(ExitStatus.ok),
      quit: () => this.#finish(ExitStatus.sigint),
    });
  }

  #record(event: SessionEvent): void {
    this.#diagnostics.record(event);
    this.#console.record(event);
    const terminal = this.#toolbox?.terminal;
    if (event.type !== 'message') return;
    const counts = this.#counts.get(event.connection);
    if (counts) counts[event.direction]++;
    const peer = this.#server?.peers.get(event.connection);
    if (!terminal?.needsDrain || !peer || peer.link.connection.paused) return;
    // The screen is slower than this client: read no more of it until it has caught up.
    peer.link.pause();
    void terminal.drained().then(() => peer.link.resume());
  }

  #opened(peer: Peer): void {
    const { number, remote, link } = peer;
    this.#counts.set(number, { sent: 0, received: 0 });
    this.#console.note(`${remote} connected${this.#facts(peer)}`, number);
    link.connection.watch(true);
    for (const { opcode, data } of this.#execute) link.send(opcode, data, 0, data.length, true);
    if (this.#options.flag('once')) this.#server?.stopAccepting();
  }

  #facts({ target, subprotocol, extensions }: Peer): string {
    const parts = [target === '/' ? '' : this.#look.safe(target), this.#look.safe(subprotocol), extensions].filter(
      (part) => part !== '',
    );
    return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  }

  #ended({ number }: Peer, ending: Ending): void {
    this.#counts.delete(number);
    const { style, width } = this.#look;
    if (ending.type === 'closed') {
      const who = { us: 'closed by us', peer: 'left', network: 'was lost' }[ending.by];
      this.#console.note(`${who}: ${closeText(ending.code, Buffer.from(ending.reason), width - 20, style)}`, number);
    }
    if (this.#options.flag('once')) this.#conclude(this.#status ?? statusOf(ending, this.#diagnostics.violation !== undefined));
    else if (this.#status !== undefined && this.#peers().length === 0) this.#conclude(this.#status);
  }

  #obey(command: ReplCommand): void {
    if (command.type === 'clients') this.#listClients();
    else if (command.type === 'kick') this.#kick(command.client, command.code, command.reason);
    else if (command.type === 'handshake') this.#console.note('-v shows each handshake as it happens');
  }

  #listClients(): void {
    const peers = this.#peers();
    if (peers.length === 0) this.#console.note('nobody is connected');
    const now = this.#env.now();
    for (const peer of peers) {
      const { sent = 0, received = 0 } = this.#counts.get(peer.number) ?? {};
      const age = durationText(now - peer.openedAt);
      const counts = `${sent} sent, ${received} received, for ${age}`;
      this.#print(`${`#${peer.number}`.padEnd(4)} ${peer.remote.padEnd(22)} ${counts}${this.#facts(peer)}`);
    }
  }

  #kick(number: number, code: number, reason: string): void {
    const peer = this.#server?.peers.get(number);
    try {
      if (peer) peer.link.close(code, reason);
      else this.#console.warn(`there is no client ${number}; /clients lists them`);
    } catch (error) {
      if (!(error instanceof LocalProtocolError)) throw error;
      this.#console.warn(error.message);
    }
  }

  #leave(status: number): void {
    if (this.#status !== undefined) {
      this.#conclude(status);
      return;
    }
    this.#status = status;
    this.#server?.stop(1001, 'the server ends');
    if (this.#peers().length === 0) this.#conclude(status);
    else setTimeout(() => this.#conclude(status), FAREWELL).unref();
  }

  #conclude(status: number): void {
    this.#toolbox?.terminal.close();
    this.#toolbox = undefined;
    if (!this.#options.flag('quiet')) this.#print(summary(this.#console.tally, this.#look).join('\n'));
    this.#finish(status);
  }

  #peers(): Peer[] {
    return [...(this.#server?.peers.values() ?? [])];
  }

  #print(text: string): void {
    if (text === '') return;
    if (this.#toolbox) this.#toolbox.terminal.print(text);
    else this.#env.stdout.write(`${text}\n`);
  }
}
