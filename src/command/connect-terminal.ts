import type { Options } from '../cli/value.ts';
import { Client, type ClientEnv, type ClientOptions } from '../endpoint/client.ts';
import { keepPinging } from '../endpoint/heartbeat.ts';
import type { Link } from '../endpoint/link.ts';
import type { Env } from '../env.ts';
import { ExitStatus } from '../exit-status.ts';
import type { ReplCommand } from '../repl/repl-command.ts';
import type { Terminal } from '../repl/terminal.ts';
import type { SessionEvent } from '../session/event.ts';
import { renderHandshake } from '../view/handshake.ts';
import { durationText } from '../view/size.ts';
import { summary } from '../view/summary.ts';
import { clientEnv } from './client-env.ts';
import { Console } from './console.ts';
import { Diagnostics, diagnosticsOptions, dumpOf } from './diagnostics.ts';
import { type Ending, statusOf } from './failure.ts';
import { type Look, lookOf } from './look.ts';
import { messageArgument, type OutgoingMessage, writingOf } from './outgoing.ts';
import { Reconnection } from './reconnect.ts';
import { Toolbox } from './toolbox.ts';

/** `connect` for a person: what is typed is sent, what arrives is shown, and `/` opens the toolbox. */
export async function connectTerminal(options: Options, client: ClientOptions, url: string, env: Env): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  const look = await lookOf(options, env, env.stdout);
  return new TerminalSession(options, client, url, env, execute, look).run();
}

class TerminalSession {
  readonly #options: Options;
  readonly #clientOptions: ClientOptions;
  readonly #url: string;
  readonly #env: Env;
  readonly #execute: readonly OutgoingMessage[];
  readonly #look: Look;
  readonly #endpointEnv: ClientEnv;
  readonly #console: Console;
  readonly #diagnostics: Diagnostics;
  readonly #reconnection: Reconnection;
  #toolbox: Toolbox | undefined;
  #client: Client | undefined;
  #link: Link | undefined;
  /** The user wants to leave: trouble is no reason to connect again. */
  #leaving = false;
  #again = false;
  #status: number | undefined;
  #finish: (status: number) => void = () => undefined;

  constructor(options: Options, client: ClientOptions, url: string, env: Env, execute: readonly OutgoingMessage[], look: Look) {
    this.#options = options;
    this.#clientOptions = client;
    this.#url = url;
    this.#env = env;
    this.#execute = execute;
    this.#look = look;
    this.#endpointEnv = clientEnv(env);
    this.#reconnection = new Reconnection(options, () => this.#random());
    const print = (text: string) => this.#print(text);
    this.#console = new Console({
      look,
      print,
      showPings: options.flag('show-ping-pong'),
      numbered: false,
      dump: dumpOf(options) ?? 'off',
      dumpMax: options.number('dump-max'),
    });
    // The console shows the frames.
    this.#diagnostics = new Diagnostics({ ...diagnosticsOptions(options, look, url), dump: undefined }, print);
  }

  run(): Promise<number> {
    return new Promise((resolve) => {
      const stopListening = this.#env.onSignal((signal) => this.#signalled(signal));
      this.#finish = (status) => {
        this.#finish = () => undefined;
        stopListening();
        this.#toolbox?.terminal.close();
        resolve(status);
      };
      this.#connect();
    });
  }

  #connect(): void {
    this.#again = false;
    this.#client = new Client(this.#clientOptions, this.#endpointEnv, (event) => this.#record(event), {
      open: (link) => this.#opened(link),
      message: (message) => {
        if (this.#options.flag('echo')) this.#link?.send(message.opcode, message.buffer, message.start, message.end, true);
      },
      pong: () => undefined,
      peerClosed: () => undefined,
      drain: () => undefined,
      end: (ending) => this.#ended(ending),
    });
  }

  #record(event: SessionEvent): void {
    this.#diagnostics.record(event);
    this.#console.record(event);
    const terminal = this.#toolbox?.terminal;
    if (event.type === 'message' && terminal?.needsDrain) this.#waitForScreen(terminal);
  }

  /** The screen is slower than the peer: read no more until it has caught up. */
  #waitForScreen(terminal: Terminal): void {
    const link = this.#link;
    if (!link || link.connection.paused) return;
    link.pause();
    void terminal.drained().then(() => link.resume());
  }

  #opened(link: Link): void {
    this.#link = link;
    this.#reconnection.opened();
    link.connection.watch(true);
    const interval = this.#options.number('ping-interval');
    if (interval !== undefined) keepPinging(link, this.#endpointEnv.clock, interval);
    this.#toolbox ??= this.#openToolbox();
    const report = this.#diagnostics.handshake.report;
    const total = Math.max(0, ...(report.phases ?? []).map(({ endedAt }) => endedAt));
    if (!this.#options.flag('quiet')) {
      this.#print(
        `${this.#look.style.good('Connected')} to ${this.#look.safe(this.#url)} in ${durationText(total)}.${this.#agreed()}`,
      );
      this.#print(this.#look.style.dim('Type a message, or /help. Ctrl-D closes.'));
    }
    for (const { opcode, data } of this.#execute) link.send(opcode, data, 0, data.length, true);
  }

  #agreed(): string {
    const response = this.#diagnostics.handshake.report.response;
    const value = (name: string) => response?.fields.find((field) => field.name.toLowerCase() === name)?.value;
    const subprotocol = value('sec-websocket-protocol');
    const extensions = value('sec-websocket-extensions');
    const parts = [subprotocol && `Subprotocol ${subprotocol}.`, extensions && `Extensions ${extensions}.`].filter(Boolean);
    return parts.length === 0 ? '' : ` ${this.#look.safe(parts.join(' '))}`;
  }

  #openToolbox(): Toolbox {
    return new Toolbox({
      env: this.#env,
      console: this.#console,
      role: 'client',
      mode: this.#options.flag('binary') ? 'binary' : 'text',
      slash: !this.#options.off('slash'),
      recipients: () => (this.#link ? [this.#link] : []),
      obey: (command) => this.#obey(command),
      leave: () => this.#leave(),
      quit: () => this.#quit(),
    });
  }

  #obey(command: ReplCommand): void {
    if (command.type === 'reconnect') this.#reconnect();
    else if (command.type === 'handshake') {
      this.#print(renderHandshake({ ...this.#diagnostics.handshake.report, url: this.#url }, this.#look).join('\n'));
    }
  }

  #reconnect(): void {
    this.#again = true;
    if (this.#link?.open) this.#link.close(1000);
    else this.#connect();
  }

  /** A clean end. */
  #leave(): void {
    this.#leaving = true;
    if (this.#link?.open) this.#link.close(1000);
    else if (this.#link) this.#link.destroy();
    else {
      this.#client?.stop();
      this.#finish(this.#status ?? ExitStatus.ok);
    }
  }

  /** At once. */
  #quit(): void {
    this.#status = ExitStatus.sigint;
    this.#link?.destroy();
    this.#finish(ExitStatus.sigint);
  }

  #signalled(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
    if (signal === 'SIGINT' && this.#toolbox) {
      this.#toolbox.terminal.interrupt();
      return;
    }
    this.#status = { SIGINT: ExitStatus.sigint, SIGTERM: ExitStatus.sigterm, SIGHUP: ExitStatus.sighup }[signal];
    this.#leave();
  }

  #ended(ending: Ending): void {
    this.#link = undefined;
    const broken = this.#diagnostics.violation !== undefined;
    this.#toolbox?.terminal.flush();
    if (!this.#leaving || ending.type !== 'closed') this.#diagnostics.end(ending);
    const pause = this.#again ? 0 : this.#leaving ? undefined : this.#reconnection.after(ending, broken);
    if (pause === undefined) {
      this.#conclude(ending, broken);
      return;
    }
    if (pause > 0) this.#console.note(`connecting again in ${durationText(pause)}`);
    this.#endpointEnv.clock.after(pause, () => {
      if (!this.#leaving) this.#connect();
    });
  }

  #conclude(ending: Ending, broken: boolean): void {
    this.#toolbox?.terminal.close();
    this.#toolbox = undefined;
    if (ending.type === 'closed' && !this.#options.flag('quiet'))
      this.#print(summary(this.#console.tally, this.#look).join('\n'));
    this.#finish(this.#status ?? statusOf(ending, broken));
  }

  #print(text: string): void {
    if (this.#toolbox) this.#toolbox.terminal.print(text);
    else this.#env.stdout.write(`${text}\n`);
  }

  #random(): number {
    const bytes = new Uint8Array(4);
    this.#env.fillRandom(bytes);
    return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
  }
}
