import type { Options } from '../../cli/value.ts';
import type { Stage } from '../../endpoint/behaviour/behaviour.ts';
import type { Serving } from '../../endpoint/behaviour/serving.ts';
import { type Clock, systemClock } from '../../endpoint/clock.ts';
import { Pipe, type PipeOutput } from '../../endpoint/pipe.ts';
import type { Peer, Server, ServerHandler, ServerOptions } from '../../endpoint/server.ts';
import type { EndSignal, Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { RequestHead } from '../../protocol/http/head.ts';
import { durationText } from '../../view/size.ts';
import { diagnosticsOptions, stderrPrinter } from '../option/diagnostics-options.ts';
import { Diagnostics } from '../session/diagnostics.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from '../session/failure.ts';
import { lookOf } from '../session/look.ts';
import { messageArgument, type OutgoingMessage, type Writing, writingOf } from '../session/outgoing.ts';
import { inputOf, Output } from '../session/stdio.ts';
import { refusedWords } from './refused-words.ts';
import { serve } from './serve.ts';
import { roomOn, stageOf } from './stage.ts';

/** `listen --once`: the first client is the other end of a pipe, and its end is ours. */
export async function listenOnce(options: Options, serverOptions: ServerOptions, serving: Serving, env: Env): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  const look = await lookOf(options, env, env.stderr);
  const diagnostics = new Diagnostics(diagnosticsOptions(options, look, undefined), stderrPrinter(env));
  return new OnceSession(options, serving, env, writing, execute, diagnostics).run(serverOptions);
}

class OnceSession {
  readonly #options: Options;
  readonly #serving: Serving;
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #diagnostics: Diagnostics;
  readonly #frames: boolean;
  readonly #output: Output;
  readonly #pipe: Pipe;
  #server: Server | undefined;
  #peer: Peer | undefined;
  /** What it sends is counted and looked at, and not written. */
  #drops = false;
  #status: number | undefined;
  #stopWaiting: () => void = () => undefined;
  #resolve: (status: number) => void = () => undefined;

  constructor(
    options: Options,
    serving: Serving,
    env: Env,
    writing: Writing,
    execute: readonly OutgoingMessage[],
    diagnostics: Diagnostics,
  ) {
    this.#options = options;
    this.#serving = serving;
    this.#env = env;
    this.#diagnostics = diagnostics;
    this.#frames = options.has('dump') || options.count('verbose') >= 2;
    this.#output = new Output(options, env, this.#frames, {
      full: () => {
        serving.hold(true);
        this.#pipe.hold();
      },
      room: () => {
        serving.hold(false);
        this.#pipe.release();
      },
      fail: (code, message) => this.#outputFailed(code, message),
    });
    const input = inputOf(options, writing, env, {
      send: (opcode, bytes, start, end) => this.#pipe.send(opcode, bytes, start, end),
      piece: () => this.#pipe.pieceSent(),
      end: () => this.#pipe.inputEnded(),
      fail: (text) => {
        diagnostics.note(text);
        this.#leave(ExitStatus.local);
      },
    });
    const pipeOptions = {
      execute,
      wait: options.number('wait') ?? Number.POSITIVE_INFINITY,
      exitOnEof: options.flag('exit-on-eof'),
      count: options.flag('one') ? 1 : options.number('count'),
      expect: options.patterns('expect'),
      echo: false,
      idle: serving.answers,
    };
    this.#clock = systemClock(() => env.now());
    const output: PipeOutput = {
      message: (message) => {
        if (!this.#drops) this.#output.message(message);
      },
    };
    this.#pipe = new Pipe(pipeOptions, this.#clock, input, output, (ending) => this.#ended(ending));
  }

  async run(serverOptions: ServerOptions): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#resolve = resolve;
    });
    const stopListening = this.#env.onSignal((signal) => this.#signalled(signal));
    try {
      this.#server = await this.#serve(serverOptions);
      if (this.#peer) this.#server.stopAccepting();
      if (!this.#peer || !this.#pipe.satisfied) this.#awaitClient();
      const status = await ended;
      await this.#serving.settled();
      return status;
    } finally {
      this.#stopWaiting();
      stopListening();
      this.#server?.destroy();
    }
  }

  /** Where `--timeout` was given it is for this, too: a script shall not wait for ever. */
  #awaitClient(): void {
    const patience = this.#options.number('timeout');
    if (patience === undefined) return;
    this.#stopWaiting = this.#clock.after(patience, () => {
      const what = this.#peer ? `${this.#pipe.unmet}, within` : 'no client came within';
      this.#diagnostics.note(`${what} ${durationText(patience)}`);
      this.#leave(ExitStatus.timeout, 1001);
    });
  }

  #serve(serverOptions: ServerOptions): Promise<Server> {
    const record = (event: Parameters<Output['event']>[0]) => {
      this.#diagnostics.record(event);
      this.#output.event(event);
    };
    const stage = stageOf(serverOptions, this.#clock, (peer, text) => {
      this.#diagnostics.note(`#${peer.number} ${text}`);
      return roomOn(this.#env.stderr);
    });
    const ready = (port: number) => {
      stage.place.port = port;
    };
    return serve(this.#options, serverOptions, this.#env, record, this.#handler(stage), stderrPrinter(this.#env), ready);
  }

  /** Whoever is not the first is sent away, and nothing that it does counts. */
  #handler(stage: Stage): ServerHandler {
    const first = (peer: Peer) => peer === this.#peer;
    const pipe = this.#pipe;
    const handler: ServerHandler = {
      opened: (peer, request) => this.#opened(peer, request, handler, stage),
      message: (peer, message) => first(peer) && pipe.message(message),
      pong: (peer, payload) => first(peer) && pipe.pong(payload),
      cannotSend: (_, text) => this.#diagnostics.note(text),
      remark: (_, text) => this.#diagnostics.note(text),
      drain: (peer) => first(peer) && pipe.drain(),
      peerClosed: (peer) => first(peer) && pipe.peerClosed(),
      ended: (peer, ending) => first(peer) && pipe.end(ending),
      refused: (_, remote, left, why) => {
        this.#diagnostics.note(`${remote} ${refusedWords(left, why)}; still waiting for a client`);
      },
      trouble: (_, message) => this.#diagnostics.note(message),
    };
    return handler;
  }

  #opened(peer: Peer, request: RequestHead, handler: ServerHandler, stage: Stage): void {
    if (this.#peer) {
      peer.link.close(1013, 'one client only');
      return;
    }
    this.#peer = peer;
    // Of a client from which nothing is expected it is enough that it came.
    if (this.#pipe.satisfied) this.#stopWaiting();
    this.#server?.stopAccepting();
    const guest = this.#serving.welcome(peer, handler, stage);
    this.#drops = guest.kind.drops ?? false;
    if (this.#output.json || this.#frames) peer.link.connection.watch(true);
    this.#pipe.open(peer.link);
    this.#serving.begin(guest, request);
  }

  #outputFailed(code: string, message: string): void {
    if (code !== 'EPIPE') this.#diagnostics.note(`standard output failed: ${message}`);
    this.#leave(code === 'EPIPE' ? ExitStatus.sigpipe : ExitStatus.local);
  }

  #signalled(signal: EndSignal): void {
    const why = STATUS_OF_SIGNAL[signal];
    // Asked once more, whatever was the first reason, it waits for nobody.
    if (this.#status !== undefined) {
      this.#peer?.link.destroy();
      this.#serving.kill();
    }
    this.#leave(why, 1001);
  }

  /** Ends for a reason of ours, with a close `code`; at once where no client has come. */
  #leave(why: number, code?: number): void {
    this.#status ??= why;
    this.#pipe.release();
    this.#serving.leave();
    this.#pipe.leave(code);
    if (!this.#peer) this.#resolve(this.#status);
  }

  #ended(ending: Ending): void {
    const written = this.#output.finish();
    // Whoever was told to end does not wait for a reader that may have stalled for ever.
    if (this.#status !== undefined && this.#status > 128) this.#resolve(this.#status);
    else void written.then(() => this.#resolve(this.#conclude(ending)));
  }

  #conclude(ending: Ending): number {
    if (this.#status !== undefined) return this.#status;
    this.#diagnostics.end(ending);
    const status = statusOf(ending, this.#diagnostics.violation !== undefined);
    if (status !== ExitStatus.ok || this.#pipe.satisfied) return status;
    this.#diagnostics.unmet(this.#pipe.unmet);
    return ExitStatus.unmet;
  }
}
