import type { Options } from '../../cli/value.ts';
import type { ClientOptions } from '../../endpoint/client.ts';
import type { Link } from '../../endpoint/link.ts';
import type { EndSignal, Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import { Opcode } from '../../protocol/frame/opcode.ts';
import { redactUrl } from '../../protocol/http/redact.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import type { ReplCommand } from '../../repl/repl-command.ts';
import type { SessionEvent } from '../../session/event.ts';
import { failureText } from '../../view/ending.ts';
import { renderHandshake } from '../../view/handshake.ts';
import { durationText } from '../../view/size.ts';
import { diagnosticsOptions } from '../option/diagnostics-options.ts';
import { clientEnv, randomFraction } from '../session/client-env.ts';
import { Console, consoleOptions } from '../session/console.ts';
import { Diagnostics } from '../session/diagnostics.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from '../session/failure.ts';
import { type Look, lookOf } from '../session/look.ts';
import { messageArgument, type OutgoingMessage, writingOf } from '../session/outgoing.ts';
import { Reminder } from '../session/reminder.ts';
import { Toolbox } from '../session/toolbox.ts';
import { agreements, timeTaken } from './greeting.ts';
import { keepAlive } from './keep-alive.ts';
import { PersistentClient } from './persistent-client.ts';
import { Reconnection } from './reconnect.ts';

/** Where a session goes. `inside`: to the echo server of our own. */
export interface Destination {
  readonly url: string;
  readonly inside: boolean;
}

/** `connect` for a person: what is typed is sent, what arrives is shown, and `/` opens the toolbox. */
export async function connectTerminal(options: Options, client: ClientOptions, to: Destination, env: Env): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  const look = await lookOf(options, env, env.stdout);
  return new TerminalSession(options, client, to, env, execute, look).run();
}

class TerminalSession {
  readonly #options: Options;
  readonly #to: Destination;
  readonly #env: Env;
  readonly #execute: readonly OutgoingMessage[];
  readonly #look: Look;
  readonly #console: Console;
  readonly #diagnostics: Diagnostics;
  readonly #client: PersistentClient;
  readonly #reminder: Reminder;
  readonly #startPinging: (link: Link) => () => void;
  #stopPinging: (() => void) | undefined;
  #toolbox: Toolbox | undefined;
  #status: number | undefined;
  /** The screen takes less than there is to show. */
  #screenFull = false;
  #leaving = false;
  #over = false;
  #finish: (status: number) => void = () => undefined;

  constructor(
    options: Options,
    client: ClientOptions,
    to: Destination,
    env: Env,
    execute: readonly OutgoingMessage[],
    look: Look,
  ) {
    this.#options = options;
    this.#to = to;
    this.#env = env;
    this.#execute = execute;
    this.#look = look;
    const endpoint = clientEnv(env);
    this.#startPinging = (link) => keepAlive(options, link, endpoint.clock, (text) => this.#console.warn(text));
    this.#console = new Console(consoleOptions(options, look, false), (text) => this.#print(text));
    // The console shows the frames.
    const shown = { ...diagnosticsOptions(options, look, to.url), dump: undefined };
    this.#diagnostics = new Diagnostics(shown, (text) => this.#print(text));
    this.#reminder = new Reminder(endpoint.clock, (text) => this.#console.note(text));
    const random = () => randomFraction(env);
    this.#client = new PersistentClient(client, endpoint, new Reconnection(options, random), {
      record: (event) => this.#record(event),
      starting: () => this.#starting(),
      opened: (link) => this.#opened(link),
      message: (link, message) => this.#received(link, message),
      drain: () => {
        this.#toolbox?.relieved();
        this.#steer();
      },
      retrying: (ending, pause) => this.#retrying(ending, pause),
      ended: (ending, broken) => this.#ended(ending, broken),
    });
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    const stopListening = this.#env.onSignal((signal) => this.#signalled(signal));
    try {
      this.#client.connect();
      return await ended;
    } finally {
      stopListening();
    }
  }

  #starting(): void {
    this.#diagnostics.restart();
    this.#reminder.expect(`connecting to ${this.#look.safe(this.#to.url)}; Ctrl-C gives up`);
  }

  #record(event: SessionEvent): void {
    // Those the console tells.
    const told = event.type === 'rtt' || event.type === 'gap' || (event.type === 'violation' && !event.fatal);
    if (!told) this.#diagnostics.record(event);
    this.#console.record(event);
    if (event.type === 'frame' && event.direction === 'sent' && event.frame.opcode === Opcode.close) {
      this.#reminder.expect('waiting for the peer to close, 5 s at most; Ctrl-C leaves at once');
    }
    const terminal = this.#toolbox?.terminal;
    if ((event.type !== 'message' && event.type !== 'frame') || !terminal?.needsDrain || this.#screenFull) return;
    this.#screenFull = true;
    this.#steer();
    void terminal.drained().then(() => {
      this.#screenFull = false;
      this.#steer();
    });
  }

  #received(link: Link, { opcode, buffer, start, end }: MessageView): void {
    if (!this.#options.flag('echo') || !link.open) return;
    link.send(opcode, buffer, start, end, true);
    if (!link.writable) this.#steer();
  }

  /** Reads no more while the screen is slower than the peer, or the peer takes back less than it sends. */
  #steer(): void {
    const { link } = this.#client;
    if (this.#screenFull || (this.#options.flag('echo') && link?.writable === false)) link?.pause();
    else link?.resume();
  }

  #opened(link: Link): void {
    this.#reminder.cancel();
    link.connection.watch(true);
    this.#stopPinging = this.#startPinging(link);
    this.#greet();
    this.#toolbox ??= this.#openToolbox();
    for (const { opcode, data } of this.#execute) {
      if (opcode === 'binary' && !link.carries('binary')) {
        this.#console.warn(`${link.draft} has no binary messages: what -x gives is not sent`);
        break;
      }
      this.#console.sent({ opcode, data });
      link.send(opcode, data, 0, data.length, true);
    }
  }

  #greet(): void {
    if (this.#options.flag('quiet')) return;
    const { style, safe } = this.#look;
    const { report } = this.#diagnostics.handshake;
    this.#print(
      `${style.good('Connected')} to ${safe(redactUrl(report.url ?? this.#to.url))} in ${durationText(timeTaken(report.phases ?? []))}.`,
    );
    for (const agreement of agreements(report)) this.#console.note(safe(agreement));
    if (this.#toolbox) return;
    if (this.#to.inside) this.#console.note('no URL: this is an echo server inside wstap, it sends back what you send');
    const how = this.#options.off('slash') ? 'Type a message; / begins no command.' : 'Type a message, or /help.';
    this.#print(style.dim(`${how} Ctrl-D closes.`));
  }

  #openToolbox(): Toolbox {
    return new Toolbox({
      env: this.#env,
      screen: this.#console,
      style: this.#look.style,
      role: 'client',
      mode: this.#options.flag('binary') ? 'binary' : 'text',
      slash: !this.#options.off('slash'),
      recipients: () => (this.#client.link ? [this.#client.link] : []),
      absent: () => 'not connected just now, so nothing was sent; once it is, ↑ brings the line back',
      obey: (command) => this.#obey(command),
      leave: () => this.#leave(),
      quit: () => this.#quit(),
    });
  }

  #obey(command: ReplCommand): void {
    if (command.type === 'reconnect') this.#client.reconnect();
    else if (command.type === 'handshake') {
      this.#print(renderHandshake({ ...this.#diagnostics.handshake.report, url: this.#to.url }, this.#look).join('\n'));
    }
  }

  /** A clean end, and where that does not come, one at once. */
  #leave(): void {
    if (this.#leaving) this.#quit();
    this.#leaving = true;
    this.#client.leave();
  }

  /** At once, and with what there is to say. */
  #quit(): void {
    this.#client.destroy();
    this.#conclude(this.#status ?? ExitStatus.sigint);
  }

  #signalled(signal: EndSignal): void {
    if (signal === 'SIGINT' && this.#toolbox) this.#toolbox.terminal.interrupt();
    else {
      this.#status ??= STATUS_OF_SIGNAL[signal];
      this.#leave();
    }
  }

  #retrying(ending: Ending, pause: number): void {
    this.#connectionGone();
    if (ending.type === 'failure') this.#console.warn(failureText(ending, this.#look));
    this.#console.note(`connecting again in ${durationText(pause)}; /reconnect does it now`);
  }

  #connectionGone(): void {
    this.#reminder.cancel();
    this.#stopPinging?.();
    this.#toolbox?.relieved();
  }

  #ended(ending: Ending, broken: boolean): void {
    // How an open connection ended was told when it did.
    if (ending.type !== 'closed' && !this.#leaving) this.#diagnostics.end(ending);
    this.#conclude(this.#status ?? statusOf(ending, broken));
  }

  #conclude(status: number): void {
    if (this.#over) return;
    this.#connectionGone();
    if (!this.#options.flag('quiet')) this.#console.farewell();
    this.#toolbox?.terminal.close();
    this.#over = true;
    this.#finish(status);
  }

  #print(text: string): void {
    if (this.#over) return;
    if (this.#toolbox) this.#toolbox.terminal.print(text);
    else this.#env.stdout.write(`${text}\n`);
  }
}
