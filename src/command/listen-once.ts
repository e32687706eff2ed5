import type { Options } from '../cli/value.ts';
import { systemClock } from '../endpoint/clock.ts';
import { Pipe } from '../endpoint/pipe.ts';
import type { Peer, Server, ServerOptions } from '../endpoint/server.ts';
import type { Env } from '../env.ts';
import { ExitStatus } from '../exit-status.ts';
import { Diagnostics } from './diagnostics.ts';
import { diagnosticsOptions, stderrPrinter } from './diagnostics-options.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from './failure.ts';
import { lookOf } from './look.ts';
import { messageArgument, writingOf } from './outgoing.ts';
import { serve } from './serve.ts';
import { inputOf, Output } from './stdio.ts';

/** `listen --once`: the first client is the other end of a pipe, and its end is ours. */
export async function listenOnce(options: Options, serverOptions: ServerOptions, env: Env): Promise<number> {
  const writing = writingOf(options);
  const execute = await Promise.all(options.texts('execute').map((text) => messageArgument(text, writing, env)));
  const print = stderrPrinter(env);
  const diagnostics = new Diagnostics(diagnosticsOptions(options, await lookOf(options, env, env.stderr), undefined), print);
  const frames = options.has('dump') || options.count('verbose') >= 2;
  const count = options.flag('one') ? 1 : options.number('count');
  let server: Server | undefined;
  let peer: Peer | undefined;
  let status: number | undefined;

  return new Promise<number>((resolve, reject) => {
    const finish = (ending: Ending) => {
      server?.destroy();
      stopListening();
      const written = output.finish();
      // Whoever was told to end does not wait for a reader that may have stalled for ever.
      void (status !== undefined && status > 128 ? Promise.resolve() : written).then(() => {
        const broken = diagnostics.violation !== undefined;
        if (status === undefined) diagnostics.end(ending);
        const found = status ?? statusOf(ending, broken);
        if (found === ExitStatus.ok && !pipe.satisfied) diagnostics.unmet(pipe.unmet);
        resolve(found === ExitStatus.ok && !pipe.satisfied ? ExitStatus.unmet : found);
      });
    };
    const leave = (why: number, code?: number) => {
      status ??= why;
      pipe.release();
      pipe.leave(code);
      if (peer) return;
      server?.destroy();
      stopListening();
      resolve(status);
    };
    const output = new Output(options, env, frames, {
      full: () => pipe.hold(),
      room: () => pipe.release(),
      fail: (code, message) => {
        if (code !== 'EPIPE') diagnostics.note(`standard output failed: ${message}`);
        leave(code === 'EPIPE' ? ExitStatus.sigpipe : ExitStatus.local);
      },
    });
    const input = inputOf(options, writing, env, {
      send: (opcode, bytes, start, end) => pipe.send(opcode, bytes, start, end),
      piece: () => pipe.pieceSent(),
      end: () => pipe.inputEnded(),
      fail: (text) => {
        diagnostics.note(text);
        leave(ExitStatus.local);
      },
    });
    const pipe = new Pipe(
      {
        execute,
        wait: options.number('wait') ?? Number.POSITIVE_INFINITY,
        exitOnEof: options.flag('exit-on-eof'),
        count,
        expect: options.patterns('expect'),
        echo: options.flag('echo'),
      },
      systemClock(() => env.now()),
      input,
      output,
      finish,
    );
    const stopListening = env.onSignal((signal) => {
      const why = STATUS_OF_SIGNAL[signal];
      if (status === why) peer?.link.destroy();
      leave(why, 1001);
    });
    serve(
      options,
      serverOptions,
      env,
      (event) => {
        diagnostics.record(event);
        output.event(event);
      },
      {
        opened: (first) => {
          if (peer) {
            first.link.close(1013, 'one client only');
            return;
          }
          peer = first;
          server?.stopAccepting();
          if (output.json || frames) first.link.connection.watch(true);
          pipe.open(first.link);
        },
        message: (from, message) => from === peer && pipe.message(message),
        pong: (from, payload) => from === peer && pipe.pong(payload),
        drain: (from) => from === peer && pipe.drain(),
        peerClosed: (from) => from === peer && pipe.peerClosed(),
        ended: (from, ending) => from === peer && pipe.end(ending),
        refused: (_, remote, left) => {
          diagnostics.note(`${remote} ${left ? 'left before its request was whole' : 'was refused'}; still waiting for a client`);
        },
        trouble: (_, message) => diagnostics.note(message),
      },
      print,
    ).then((started) => {
      server = started;
      if (peer) started.stopAccepting();
    }, reject);
  });
}
