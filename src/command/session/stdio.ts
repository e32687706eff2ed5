import type { Options } from '../../cli/value.ts';
import { MessageSource } from '../../endpoint/message-source.ts';
import { PayloadWriter, type WriterHandler } from '../../endpoint/payload-writer.ts';
import type { PipeInput } from '../../endpoint/pipe.ts';
import type { Env } from '../../env.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import type { SessionEvent } from '../../session/event.ts';
import { Tally } from '../../session/tally.ts';
import { eventJson } from '../../view/json.ts';
import { type PayloadOptions, writePayload } from '../../view/payload.ts';
import { decodeMessage, type Writing } from './outgoing.ts';

/** Standard input as messages, as `-b`, `-t`, `-0`, `--hex` and `--base64` say. */
export interface InputHandler {
  send(opcode: 'text' | 'binary', bytes: Uint8Array, start: number, end: number): void;
  piece(): void;
  end(): void;
  /** `text` says what is wrong, and what to do. */
  fail(text: string): void;
}

export function inputOf(options: Options, writing: Writing, env: Env, handler: InputHandler): PipeInput {
  const { opcode, coding } = writing;
  const separator = separatorOf(options);
  const maxLength = options.number('max-line') ?? MAX_LINE;
  let line = 0;
  const coded = (bytes: Buffer) => {
    const data = decodeMessage(bytes, writing);
    if ('problem' in data) handler.fail(`line ${line} of standard input: ${data.problem}`);
    else handler.send(opcode, data, 0, data.length);
  };
  return new MessageSource(
    env.stdin,
    { separator, maxLength, text: coding === 'plain' && opcode === 'text' },
    {
      message: (bytes, start, end) => {
        line++;
        if (coding === 'plain') handler.send(opcode, bytes, start, end);
        else coded(bytes.subarray(start, end));
      },
      piece: () => handler.piece(),
      end: () => handler.end(),
      fail: (problem) => {
        if (problem.type === 'read') handler.fail(`standard input cannot be read: ${problem.message}`);
        else if (problem.type === 'too-long')
          handler.fail(`line ${problem.line} of standard input is longer than --max-line allows`);
        else handler.fail(`line ${problem.line} of standard input is not valid UTF-8, as a text message must be; -b sends bytes`);
      },
    },
  );
}

const MAX_LINE = 64 * 1024 * 1024;

function separatorOf(options: Options): number {
  return options.flag('null') ? 0 : 10;
}

/** Standard output: payload and nothing else, or with `--format json` every event. */
export class Output {
  readonly #writer: PayloadWriter;
  readonly #shape: PayloadOptions | undefined;
  readonly #frames: boolean;
  /** Of what is written as events. */
  readonly #tally = new Tally();

  /** `frames`: whether frames are among the JSON events. */
  constructor(options: Options, env: Env, frames: boolean, handler: WriterHandler) {
    const format = (options.text('format') ?? 'text') as 'text' | 'hex' | 'raw' | 'json';
    this.#writer = new PayloadWriter(env.stdout, handler);
    this.#frames = frames;
    const terminal = env.stdout.isTTY === true && !options.flag('raw');
    this.#shape = format === 'json' ? undefined : { format, separator: separatorOf(options), terminal };
  }

  /** Whether events are written: then connections must be watched. */
  get json(): boolean {
    return this.#shape === undefined;
  }

  message(message: MessageView): void {
    if (this.#shape) writePayload(message, this.#shape, this.#writer);
  }

  event(event: SessionEvent): void {
    if (this.#shape || (event.type === 'frame' && !this.#frames)) return;
    this.#tally.record(event);
    const line = Buffer.from(eventJson(event, { roundTrips: this.#tally.roundTrips }), 'utf8');
    this.#writer.write(line, 0, line.length, 10);
  }

  /** All that was written has left. */
  finish(): Promise<void> {
    return this.#writer.finish();
  }
}
