import type { Options } from '../../cli/value.ts';
import { Broadcast } from '../../endpoint/broadcast.ts';
import { systemClock } from '../../endpoint/clock.ts';
import type { Peer, Server, ServerOptions } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import { diagnosticsOptions, stderrPrinter } from '../option/diagnostics-options.ts';
import { Diagnostics } from '../session/diagnostics.ts';
import { STATUS_OF_SIGNAL } from '../session/failure.ts';
import { lookOf } from '../session/look.ts';
import { messageArgument, type OutgoingMessage, type Writing, writingOf } from '../session/outgoing.ts';
import { inputOf, Output } from '../session/stdio.ts';
import { serve } from './serve.ts';

/** `listen` without a terminal: lines to every client, messages of every client to standard output, until a signal. */
export async function listenPipe(options: Options, serverOptions: ServerOptions, env: Env): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  const look = await lookOf(options, env, env.stderr);
  const diagnostics = new Diagnostics(diagnosticsOptions(options, look, undefined, true), stderrPrinter(env));
  return new ServerSession(options, serverOptions, env, writing, execute, diagnostics).run();
}

/** Milliseconds that clients have for their closing handshake once we were told to end. */
const FAREWELL = 5000;

class ServerSession {
  readonly #options: Options;
  readonly #serverOptions: ServerOptions;
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
  #full = false;
  #status: number | undefined;
  #stopFarewell: () => void = () => undefined;
  #finish: (status: number) => void = () => undefined;

  constructor(
    options: Options,
    serverOptions: ServerOptions,
    env: Env,
    writing: Writing,
    execute: readonly OutgoingMessage[],
    diagnostics: Diagnostics,
  ) {
    this.#options = options;
    this.#serverOptions = serverOptions;
    this.#env = env;
    this.#execute = execute;
    this.#diagnostics = diagnostics;
    this.#frames = options.has('dump') || options.count('verbose') >= 2;
    this.#clock = systemClock(() => env.now());
    this.#broadcast = new Broadcast(this.#clock, { blocked: () => this.#hold(), clear: () => this.#release() });
    this.#output = new Output(options, env, this.#frames, {
      full: () => {
        this.#full = true;
        this.#steer();
      },
      room: () => {
        this.#full = false;
        this.#steer();
      },
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
    }
  }

  #serve(): Promise<Server> {
    const record = (event: Parameters<Output['event']>[0]) => {
      this.#diagnostics.record(event);
      this.#output.event(event);
    };
    const { note } = { note: (text: string) => this.#diagnostics.note(text) };
    return serve(
      this.#options,
      this.#serverOptions,
      this.#env,
      record,
      {
        opened: (peer) => this.#opened(peer),
        message: (peer, message) => this.#message(peer, message),
        pong: () => undefined,
        drain: (peer) => this.#broadcast.relieved(peer),
        peerClosed: () => undefined,
        ended: (peer, ending) => {
          this.#broadcast.relieved(peer);
          if (ending.type === 'closed') note(`#${peer.number} left: ${ending.code}${ending.wasClean ? '' : ', not cleanly'}`);
          if (this.#status !== undefined && this.#server?.peers.size === 0) this.#end();
        },
        refused: (number, remote, left) => {
          const hint = this.#options.count('verbose') > 0 ? '' : ' (-v shows why)';
          note(`#${number} ${remote} ${left ? 'left before its request was whole' : `was refused${hint}`}`);
        },
        trouble: (_, message) => note(message),
      },
      stderrPrinter(this.#env),
    );
  }

  #opened(peer: Peer): void {
    const { number, remote, target, subprotocol, link } = peer;
    this.#diagnostics.note(
      `#${number} ${remote} connected${target === '/' ? '' : ` to ${target}`}${subprotocol && `, ${subprotocol}`}`,
    );
    if (this.#output.json || this.#frames) link.connection.watch(true);
    for (const { opcode, data } of this.#execute) link.send(opcode, data, 0, data.length, true);
    if (this.#full) link.pause();
    if (this.#inputStarted) return;
    this.#inputStarted = true;
    this.#input.start();
  }

  #message(peer: Peer, message: MessageView): void {
    this.#output.message(message);
    if (this.#options.flag('echo')) peer.link.send(message.opcode, message.buffer, message.start, message.end, true);
    if (!this.#options.flag('broadcast')) return;
    const { opcode, buffer, start, end } = message;
    this.#broadcast.send(
      [...this.#peers()].filter((other) => other !== peer),
      opcode,
      buffer,
      start,
      end,
    );
  }

  #peers(): Iterable<Peer> {
    return this.#server?.peers.values() ?? [];
  }

  /** Some client does not keep up: nothing more is taken from whoever feeds it. */
  #hold(): void {
    this.#input.pause();
    this.#steer();
  }

  #release(): void {
    if (this.#inputStarted && !this.#inputEnded) this.#input.resume();
    this.#steer();
  }

  #steer(): void {
    const stop = this.#full || (this.#options.flag('broadcast') && this.#broadcast.blocked);
    for (const { link } of this.#peers()) {
      if (stop) link.pause();
      else link.resume();
    }
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
    this.#full = false;
    this.#steer();
    this.#server?.stop(1001, 'the server ends');
    if (again || !this.#server || this.#server.peers.size === 0) this.#end();
    else this.#stopFarewell = this.#clock.after(FAREWELL, () => this.#end());
  }

  #end(): void {
    this.#stopFarewell();
    this.#server?.destroy();
    const status = this.#status ?? ExitStatus.ok;
    const written = this.#output.finish();
    // Whoever was told to end does not wait for a reader that may have stalled for ever.
    if (status > 128) this.#finish(status);
    else void written.then(() => this.#finish(status));
  }
}
