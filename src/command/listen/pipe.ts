import type { Options } from '../../cli/value.ts';
import type { Serving } from '../../endpoint/behaviour/serving.ts';
import { Broadcast } from '../../endpoint/broadcast.ts';
import { systemClock } from '../../endpoint/clock.ts';
import type { Peer, Server, ServerHandler, ServerOptions } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { RequestHead } from '../../protocol/http/head.ts';
import { redactUrl } from '../../protocol/http/redact.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import { diagnosticsOptions, stderrPrinter } from '../option/diagnostics-options.ts';
import { Diagnostics } from '../session/diagnostics.ts';
import { type Ending, STATUS_OF_SIGNAL } from '../session/failure.ts';
import { lookOf } from '../session/look.ts';
import { messageArgument, type OutgoingMessage, type Writing, writingOf } from '../session/outgoing.ts';
import { inputOf, Output } from '../session/stdio.ts';
import { refusedWords } from './refused-words.ts';
import { serve } from './serve.ts';
import { FAREWELL, roomOn, type SessionStage, stageOf } from './stage.ts';

/** `listen` without a terminal: lines to every client, messages of every client to standard output, until a signal. */
export async function listenPipe(options: Options, serverOptions: ServerOptions, serving: Serving, env: Env): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  const look = await lookOf(options, env, env.stderr);
  const diagnostics = new Diagnostics(diagnosticsOptions(options, look, undefined, true), stderrPrinter(env));
  return new ServerSession(options, serverOptions, serving, env, writing, execute, diagnostics).run();
}

class ServerSession {
  readonly #options: Options;
  readonly #serverOptions: ServerOptions;
  readonly #serving: Serving;
  readonly #stage: SessionStage;
  readonly #env: Env;
  readonly #execute: readonly OutgoingMessage[];
  readonly #diagnostics: Diagnostics;
  readonly #output: Output;
  readonly #input;
  readonly #broadcast: Broadcast;
  readonly #clock;
  readonly #frames: boolean;
  #server: Server | undefined;
  #inputStarted = false;
  #inputEnded = false;
  #status: number | undefined;
  #stopFarewell: () => void = () => undefined;
  #finish: (status: number) => void = () => undefined;

  readonly #handler: ServerHandler = {
    opened: (peer, request) => this.#opened(peer, request),
    message: (_: Peer, message: MessageView, dropped = false) => {
      if (!dropped) this.#output.message(message);
    },
    pong: () => undefined,
    cannotSend: (peer, text) => this.#diagnostics.note(`#${peer.number} ${text}`),
    remark: (peer, text) => this.#diagnostics.note(`#${peer.number} ${text}`),
    drain: (peer) => this.#broadcast.relieved(peer),
    peerClosed: () => undefined,
    ended: (peer, ending) => this.#left(peer, ending),
    refused: (number, remote, left, why) => {
      this.#diagnostics.note(`#${number} ${remote} ${refusedWords(left, why)}`);
    },
    trouble: (_, message) => this.#diagnostics.note(message),
  };

  constructor(
    options: Options,
    serverOptions: ServerOptions,
    serving: Serving,
    env: Env,
    writing: Writing,
    execute: readonly OutgoingMessage[],
    diagnostics: Diagnostics,
  ) {
    this.#options = options;
    this.#serverOptions = serverOptions;
    this.#serving = serving;
    this.#env = env;
    this.#execute = execute;
    this.#diagnostics = diagnostics;
    this.#frames = options.has('dump') || options.count('verbose') >= 2;
    this.#clock = systemClock(() => env.now());
    this.#stage = stageOf(serverOptions, this.#clock, (peer, text) => {
      diagnostics.note(`#${peer.number} ${text}`);
      return roomOn(env.stderr);
    });
    this.#broadcast = new Broadcast(this.#clock, { blocked: () => this.#input.pause(), clear: () => this.#release() });
    this.#output = new Output(options, env, this.#frames, {
      full: () => serving.hold(true),
      room: () => serving.hold(false),
      fail: (code, message) => this.#outputFailed(code, message),
    });
    this.#input = inputOf(options, writing, env, {
      send: (opcode, bytes, start, end) => this.#broadcast.send(this.#peers(), opcode, bytes, start, end),
      piece: () => undefined,
      end: () => {
        this.#inputEnded = true;
      },
      fail: (text) => {
        this.#diagnostics.note(text);
        this.#stop(ExitStatus.local);
      },
    });
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    const stopListening = this.#env.onSignal((signal) => {
      this.#stop(STATUS_OF_SIGNAL[signal]);
    });
    try {
      this.#server = await this.#serve();
      return await ended;
    } finally {
      stopListening();
      this.#server?.destroy();
    }
  }

  #serve(): Promise<Server> {
    const record = (event: Parameters<Output['event']>[0]) => {
      this.#diagnostics.record(event);
      this.#output.event(event);
    };
    const ready = (port: number) => {
      this.#stage.place.port = port;
    };
    return serve(this.#options, this.#serverOptions, this.#env, record, this.#handler, stderrPrinter(this.#env), ready);
  }

  #opened(peer: Peer, request: RequestHead): void {
    const { number, remote, target, subprotocol, dialect, link } = peer;
    const guest = this.#serving.welcome(peer, this.#handler, this.#stage);
    const where = `${target === '/' ? '' : ` to ${redactUrl(target)}`}${subprotocol && `, ${subprotocol}`}${dialect === 'rfc6455' ? '' : `, ${dialect}`}`;
    const how = this.#options.count('verbose') > 0 ? `: ${guest.kind.name}` : '';
    this.#diagnostics.note(`#${number} ${remote} connected${where}${how}`);
    if (this.#output.json || this.#frames) link.connection.watch(true);
    for (const { opcode, data } of this.#execute) link.send(opcode, data, 0, data.length, true);
    this.#serving.begin(guest, request);
    if (this.#inputStarted) return;
    this.#inputStarted = true;
    this.#input.start();
  }

  #left(peer: Peer, ending: Ending): void {
    this.#broadcast.relieved(peer);
    if (ending.type === 'closed')
      this.#diagnostics.note(`#${peer.number} left: ${ending.code}${ending.wasClean ? '' : ', not cleanly'}`);
    if (this.#status !== undefined && this.#server?.peers.size === 0) this.#end();
  }

  #peers(): Iterable<Peer> {
    return this.#server?.peers ?? [];
  }

  /** Everybody keeps up again. */
  #release(): void {
    if (this.#inputStarted && !this.#inputEnded) this.#input.resume();
  }

  #outputFailed(code: string, message: string): void {
    if (code !== 'EPIPE') this.#diagnostics.note(`standard output failed: ${message}`);
    this.#stop(code === 'EPIPE' ? ExitStatus.sigpipe : ExitStatus.local);
  }

  /** Says goodbye to every client; a second time ends at once. */
  #stop(status: number): void {
    const again = this.#status !== undefined;
    this.#status ??= status;
    this.#input.stop();
    this.#serving.leave();
    this.#server?.stop(1001, 'the server ends');
    if (again) this.#serving.kill();
    if (again || !this.#server || this.#server.peers.size === 0) this.#end();
    else this.#stopFarewell = this.#clock.after(FAREWELL, () => this.#end());
  }

  #end(): void {
    this.#stopFarewell();
    this.#server?.destroy();
    const status = this.#status ?? ExitStatus.ok;
    const written = this.#output.finish();
    // Whoever was told to end does not wait for a reader that may have stalled for ever.
    const over = status > 128 ? [] : [written];
    void Promise.all([...over, this.#serving.settled()]).then(() => this.#finish(status));
  }
}
