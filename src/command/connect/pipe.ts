import type { Options } from '../../cli/value.ts';
import { Client, type ClientOptions } from '../../endpoint/client.ts';
import type { Link } from '../../endpoint/link.ts';
import { Pipe, type PipeInput } from '../../endpoint/pipe.ts';
import type { Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { SessionEvent } from '../../session/event.ts';
import { durationText } from '../../view/size.ts';
import { diagnosticsOptions, stderrPrinter } from '../option/diagnostics-options.ts';
import { clientEnv, randomFraction } from '../session/client-env.ts';
import type { Diagnostics } from '../session/diagnostics.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from '../session/failure.ts';
import { LateDiagnostics } from '../session/late-diagnostics.ts';
import { type Look, lookOf } from '../session/look.ts';
import { messageArgument, type OutgoingMessage, type Writing, writingOf } from '../session/outgoing.ts';
import { inputOf, Output } from '../session/stdio.ts';
import { Continuity } from './continuity.ts';
import { keepAlive } from './keep-alive.ts';
import { Reconnection } from './reconnect.ts';

/** `connect` as a filter: standard input → messages → standard output, nothing else on it. */
export async function connectPipe(options: Options, client: ClientOptions, url: string, env: Env): Promise<number> {
  const writing = writingOf(options);
  const { dialect } = client.request;
  if (writing.opcode === 'binary' && dialect !== undefined && dialect !== 'rfc6455')
    (await import('../option/client-draft.ts')).refuseBinary(dialect);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  const look = await lookOf(options, env, env.stderr);
  const diagnostics = await diagnosticsFor(options, look, url, env);
  return new PipeSession(options, client, env, writing, execute, diagnostics).run();
}

/** Who wants to see everything has the whole of it loaded at once. */
async function diagnosticsFor(options: Options, look: Look, url: string, env: Env): Promise<Diagnostics | LateDiagnostics> {
  const settings = diagnosticsOptions(options, look, url);
  const print = stderrPrinter(env);
  if (settings.verbosity === 0 && settings.dump === undefined && !options.flag('lenient'))
    return new LateDiagnostics(settings, print);
  const { Diagnostics: Whole } = await import('../session/diagnostics.ts');
  return new Whole(settings, print);
}

/** With an expectation the replies are waited for longer, where `--wait` says nothing. */
const WAIT = 300;
const WAIT_FOR_EXPECTED = 10_000;

class PipeSession {
  readonly #options: Options;
  readonly #clientOptions: ClientOptions;
  readonly #env: Env;
  readonly #writing: Writing;
  readonly #diagnostics: Diagnostics | LateDiagnostics;
  readonly #output: Output;
  readonly #pipe: Pipe;
  readonly #reconnection: Reconnection;
  readonly #endpointEnv;
  readonly #continuity: Continuity;
  #client: Client | undefined;
  #stopPinging: () => void = () => undefined;
  /** Does not connect again after all. */
  #stopPause: () => void = () => undefined;
  #status: number | undefined;
  #done: (status: number) => void = () => undefined;

  constructor(
    options: Options,
    client: ClientOptions,
    env: Env,
    writing: Writing,
    execute: readonly OutgoingMessage[],
    diagnostics: Diagnostics | LateDiagnostics,
  ) {
    this.#options = options;
    this.#clientOptions = client;
    this.#env = env;
    this.#writing = writing;
    this.#endpointEnv = clientEnv(env);
    this.#diagnostics = diagnostics;
    this.#continuity = new Continuity(this.#endpointEnv.clock, (event) => this.#record(event));
    this.#reconnection = new Reconnection(options, () => randomFraction(env));
    this.#output = new Output(options, env, this.#showsFrames, {
      full: () => this.#pipe.hold(),
      room: () => this.#pipe.release(),
      fail: (code, message) => this.#outputFailed(code, message),
    });
    const count = options.flag('one') ? 1 : options.number('count');
    const expect = options.patterns('expect');
    const wait = options.number('wait') ?? (count !== undefined || expect.length > 0 ? WAIT_FOR_EXPECTED : WAIT);
    const input = execute.length === 0 && !options.flag('echo') ? this.#openInput() : undefined;
    this.#pipe = new Pipe(
      { execute, wait, exitOnEof: options.flag('exit-on-eof'), count, expect, echo: options.flag('echo') },
      this.#endpointEnv.clock,
      input,
      this.#output,
      (ending) => this.#ended(ending),
    );
  }

  run(): Promise<number> {
    return new Promise((resolve) => {
      const stopListening = this.#env.onSignal((signal) => this.#signalled(signal));
      this.#done = (status) => {
        this.#done = () => undefined;
        stopListening();
        resolve(status);
      };
      this.#connect();
    });
  }

  #connect(): void {
    this.#continuity.begin();
    const watched = this.#output.json || this.#showsFrames;
    this.#client = new Client(this.#clientOptions, this.#endpointEnv, (event) => this.#continuity.record(event), {
      open: (link) => {
        this.#reconnection.opened();
        if (watched) link.connection.watch(true);
        if (this.#writing.opcode === 'binary' && !link.carries('binary')) {
          this.#refuseBinary(link);
          return;
        }
        this.#stopPinging = keepAlive(this.#options, link, this.#endpointEnv.clock, (text) => this.#diagnostics.note(text));
        this.#pipe.open(link);
      },
      borrows: true,
      message: (message) => this.#pipe.message(message),
      pong: (payload) => this.#pipe.pong(payload),
      peerClosed: () => this.#pipe.peerClosed(),
      drain: () => this.#pipe.drain(),
      end: (ending) => {
        this.#stopPinging();
        this.#pipe.end(ending);
      },
    });
  }

  get #showsFrames(): boolean {
    return this.#options.has('dump') || this.#options.count('verbose') >= 2;
  }

  #record(event: SessionEvent): void {
    this.#diagnostics.record(event);
    this.#output.event(event);
  }

  #openInput(): PipeInput {
    return inputOf(this.#options, this.#writing, this.#env, {
      send: (opcode, bytes, start, end) => this.#pipe.send(opcode, bytes, start, end),
      piece: () => this.#pipe.pieceSent(),
      end: () => this.#pipe.inputEnded(),
      fail: (text) => this.#inputFailed(text),
    });
  }

  /** Nothing that we were given can be said in this version. */
  #refuseBinary(link: Link): void {
    this.#diagnostics.note(`${link.draft} has no binary messages: leave out -b, --hex and --base64, or add -t`);
    this.#status ??= ExitStatus.local;
    link.close(1000);
  }

  /** Something is wrong with what we were given: what was sent stays sent, the rest is not. */
  #inputFailed(text: string): void {
    this.#diagnostics.note(text);
    this.#status ??= ExitStatus.local;
    this.#pipe.leave();
  }

  #outputFailed(code: string, message: string): void {
    this.#status ??= code === 'EPIPE' ? ExitStatus.sigpipe : ExitStatus.local;
    if (code !== 'EPIPE') this.#diagnostics.note(`standard output failed: ${message}`);
    this.#pipe.release();
    this.#pipe.leave();
  }

  #signalled(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
    const again = this.#status === STATUS_OF_SIGNAL[signal];
    this.#status = STATUS_OF_SIGNAL[signal];
    this.#pipe.release();
    if (!again && this.#client?.link?.open) {
      this.#pipe.leave();
      return;
    }
    if (this.#client?.link) this.#client.link.destroy();
    else this.#client?.stop();
    this.#stopPause();
    this.#done(this.#status);
  }

  #ended(ending: Ending): void {
    const broken = this.#diagnostics.violation !== undefined;
    const pause = this.#status === undefined && !this.#pipe.left ? this.#reconnection.after(ending, broken) : undefined;
    if (pause !== undefined) {
      this.#continuity.lost();
      this.#stopPause = this.#endpointEnv.clock.after(pause, () => {
        this.#diagnostics.restart();
        this.#connect();
      });
      void Promise.resolve(this.#diagnostics.end(ending)).then(() => {
        this.#diagnostics.note(`connecting again in ${durationText(pause)}`);
      });
      return;
    }
    const written = this.#output.finish();
    // Whoever was told to end does not wait for a reader that may have stalled for ever.
    if (this.#status !== undefined && this.#status > 128) this.#done(this.#status);
    else void written.then(async () => this.#done(await this.#conclude(ending, broken)));
  }

  async #conclude(ending: Ending, broken: boolean): Promise<number> {
    if (this.#status !== undefined) return this.#status;
    await this.#diagnostics.end(ending);
    const status = statusOf(ending, broken);
    if (this.#pipe.inputLeft && ending.type === 'closed')
      this.#diagnostics.note('the connection ended before all input was sent');
    if (status !== ExitStatus.ok || this.#pipe.satisfied) return status;
    this.#diagnostics.unmet(this.#pipe.unmet);
    return ExitStatus.unmet;
  }
}
