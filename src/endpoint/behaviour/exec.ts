import { isUtf8 } from 'node:buffer';
import type { MessageView } from '../../protocol/message/message.ts';
import type { PolicyRefusal } from '../admitting.ts';
import type { Link } from '../link.ts';
import { MessageSource } from '../message-source.ts';
import type { Behaviour, BehaviourKind, RequestFacts, Visit } from './behaviour.ts';
import { cgiVariables } from './cgi.ts';
import type { Fork } from './fork.ts';
import type { Forks } from './forks.ts';
import { eachLine } from './stderr-lines.ts';

/**
 * A process for each client: what the client sends is its standard input, its standard output goes to the client, and the
 * two end together.
 */
export interface ExecOptions {
  /** As it was written, for people. */
  readonly command: string;
  /** The program, found already, and its arguments. */
  readonly argv: readonly string[];
  /** Of ours; those that tell of the client are added. */
  readonly variables: Readonly<Record<string, string>>;
  /** Bytes as they come, in place of a message a line. */
  readonly binary: boolean;
  /** The byte that ends a message: 10 for lines. */
  readonly separator: number;
  /** Bytes that a line of output may have. */
  readonly maxLine: number;
}

export class Exec implements BehaviourKind {
  readonly name: string;
  readonly #options: ExecOptions;
  readonly #forks: Forks;

  constructor(options: ExecOptions, forks: Forks) {
    this.name = `exec ${options.command}`;
    this.#options = options;
    this.#forks = forks;
  }

  refusal(): PolicyRefusal | undefined {
    return this.#forks.full ? FULL : undefined;
  }

  open(visit: Visit, request: RequestFacts): Behaviour {
    const { peer } = visit;
    if (this.#forks.full) {
      peer.link.close(1013, 'too many processes');
      return { message: () => undefined };
    }
    return new Execution(this.#options, this.#forks, visit, request);
  }

  kill(): void {
    this.#forks.kill();
  }

  settled(): Promise<void> {
    return this.#forks.settled();
  }
}

const FULL: PolicyRefusal = {
  status: 503,
  why: 'as many processes run as may (--max-forks)',
  finding: {
    id: 'forks',
    level: 'fail',
    side: 'server',
    section: 'limit',
    requirement: 'There is room for one more process (--max-forks)',
  },
};

/** Bytes that may wait for a process: a Close behind them is still read. */
const AHEAD = 1024 * 1024;
/** How often it is looked whether a client is still there of which nothing is read, in milliseconds. */
const LOOK = 250;
/** One look of so many sends something. */
const PROBE = 4;
const NO_BYTES = Buffer.alloc(0);

class Execution implements Behaviour {
  readonly #options: ExecOptions;
  readonly #visit: Visit;
  readonly #fork: Fork | undefined;
  /** The process takes no input any more. */
  #deaf = false;
  #stopLooking: (() => void) | undefined;
  #looks = 0;
  #resumeOutput: () => void = () => undefined;
  #toldOfBytes = false;

  constructor(options: ExecOptions, forks: Forks, visit: Visit, request: RequestFacts) {
    this.#options = options;
    this.#visit = visit;
    try {
      const variables = { ...options.variables, ...cgiVariables(visit, request) };
      const fork = forks.start(options.argv, variables, visit.stage.clock, {
        failed: (code) => this.#failed(code),
        ended: (status, signal) => this.#ended(status, signal),
      });
      this.#fork = fork;
      this.#connect(fork);
    } catch (error) {
      this.#failed((error as NodeJS.ErrnoException).code ?? 'ERROR');
    }
  }

  message(message: MessageView): void {
    const fork = this.#fork;
    if (!fork || this.#deaf) return;
    fork.stdin.write(this.#inputOf(message));
    if (fork.stdin.writableLength > AHEAD) this.#hold();
  }

  drain(): void {
    this.#resumeOutput();
  }

  ended(): void {
    this.#release();
    this.#fork?.leave();
  }

  #inputOf({ buffer, start, end }: MessageView): Buffer {
    const { binary, separator } = this.#options;
    const input = Buffer.allocUnsafe(end - start + (binary ? 0 : 1));
    buffer.copy(input, 0, start, end);
    if (!binary) input[end - start] = separator;
    return input;
  }

  #connect({ stdin, stdout, stderr }: Fork): void {
    const { peer, stage } = this.#visit;
    stdin.on('drain', () => this.#release());
    stdin.once('close', () => {
      this.#deaf = true;
      this.#release();
    });
    if (this.#options.binary) this.#relayChunks(stdout);
    else this.#relayLines(stdout);
    eachLine(stderr, (line) => stage.tell(peer, `stderr: ${line}`));
  }

  #relayChunks(stdout: Fork['stdout']): void {
    const { link } = this.#visit.peer;
    stdout.on('data', (chunk: Buffer) => {
      if (!link.open) return;
      link.send('binary', chunk, 0, chunk.length, true);
      if (!link.writable) stdout.pause();
    });
    this.#resumeOutput = () => stdout.resume();
  }

  #relayLines(stdout: Fork['stdout']): void {
    const { link } = this.#visit.peer;
    const { separator, maxLine } = this.#options;
    const source = new MessageSource(
      stdout,
      { separator, maxLength: maxLine, text: false },
      {
        message: (bytes, start, end) => link.open && this.#sendLine(bytes, start, end),
        piece: () => {
          if (link.open && !link.writable) source.pause();
        },
        end: () => undefined,
        fail: (problem) => {
          if (problem.type === 'too-long') this.#tooLong();
        },
      },
    );
    source.start();
    this.#resumeOutput = () => source.resume();
  }

  #sendLine(bytes: Buffer, start: number, end: number): void {
    const { peer, stage } = this.#visit;
    const line = bytes.subarray(start, end);
    if (isUtf8(line)) {
      peer.link.send('text', bytes, start, end, true);
      return;
    }
    if (!this.#toldOfBytes)
      stage.tell(peer, 'its output is not UTF-8, as text must be: U+FFFD stands for what is not; --binary sends bytes');
    this.#toldOfBytes = true;
    peer.link.sendText(line.toString('utf8'));
  }

  #tooLong(): void {
    const { peer, stage } = this.#visit;
    stage.tell(peer, 'a line of its output is longer than --max-line allows');
    this.#close(1009, 'a line of output is too long');
    this.#fork?.leave();
  }

  #failed(code: string): void {
    const { peer, stage } = this.#visit;
    stage.tell(peer, `${this.#options.command} could not be started: ${code}`);
    // Only once whoever made us knows us.
    stage.clock.soon(() => this.#close(1011, `could not be started: ${code}`));
  }

  #ended(status: number | null, signal: NodeJS.Signals | null): void {
    const { peer, stage } = this.#visit;
    const how = status === null ? `ended by ${signal}` : `exit status ${status}`;
    if (!peer.link.open) return;
    if (status !== 0) stage.tell(peer, how);
    if (status === 0) this.#close(1000, '');
    else this.#close(1011, how);
  }

  #close(code: number, reason: string): void {
    const { link } = this.#visit.peer;
    this.#deaf = true;
    this.#release();
    if (link.open) link.close(code, reason);
  }

  /** The process does not read: neither do we. A client that leaves meanwhile would not be noticed, so it is looked for. */
  #hold(): void {
    this.#visit.intake.pause();
    this.#stopLooking ??= this.#visit.stage.clock.after(LOOK, () => this.#look());
  }

  #look(): void {
    this.#stopLooking = undefined;
    const { link } = this.#visit.peer;
    if (link.lost || !link.open) {
      this.#deaf = true;
      this.#release();
      return;
    }
    this.#looks += 1;
    if (this.#looks % PROBE === 0) this.#probe(link);
    this.#hold();
  }

  /**
   * Whoever is gone answers with a reset, and what is sent after that fails: so it is noticed without reading. "A Pong frame MAY
   * be sent unsolicited. This serves as a unidirectional heartbeat" (RFC 6455 §5.5.3).
   */
  #probe(link: Link): void {
    if (link.carries('ping')) link.act({ type: 'pong', data: NO_BYTES });
  }

  #release(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#visit.intake.resume();
  }
}
