import type { Limits } from '../../protocol/connection/limits.ts';
import type { Transport } from '../../transport/transport.ts';
import type { AdmissionOptions } from '../admitting.ts';
import type { Clock } from '../clock.ts';
import type { Link, LinkOptions } from '../link.ts';
import type { Peer } from '../peer.ts';
import type { Tell } from '../stamp.ts';
import { acts, type Fault, type FaultValue } from './fault.ts';
import { type Conditions, FaultTransport } from './fault-transport.ts';
import { spoilAdmission } from './faulty-answer.ts';
import { FaultyOutbox } from './faulty-outbox.ts';
import { FRAMES_AT_ONCE, isFramesAtOnce } from './frames-at-once.ts';
import { SeededRandom } from './random.ts';
import { type FaultName, faultRow, isHandshakeFault } from './table.ts';

/** One client's connection with all that is wrong with it: its transport, its answer, its outbox, and what comes in its time. */
export interface FaultyEnv {
  readonly clock: Clock;
  /** `undefined`: nobody watches. */
  readonly tell: Tell | undefined;
  /** From which its random numbers are drawn. */
  readonly seed: number;
  readonly number: number;
  /** Which request this is that is let in, from 1 on. */
  readonly nextRequest: () => number;
  readonly over: () => void;
}

export class FaultyConnection {
  readonly transport: FaultTransport;
  readonly random: SeededRandom;
  readonly #env: FaultyEnv;
  readonly #handshake: readonly Fault[];
  /** Those that act on every message, and those that have their one moment. */
  #lasting: readonly Fault[];
  #once: readonly Fault[];
  #link: Link | undefined;
  #extensions = '';
  #openedAt = 0;
  #messages = 0;
  #glued = false;
  /** Its end is not to be seen: our Close was held back. */
  #closeKept = false;
  #keepingTold = false;
  silent = false;
  readonly #timers = new Set<() => void>();

  constructor(faults: readonly Fault[], raw: Transport, env: FaultyEnv) {
    this.#env = env;
    this.random = new SeededRandom(env.seed, env.number);
    this.#handshake = faults.filter(({ name }) => isHandshakeFault(name));
    const stream = faults.filter(({ name }) => !isHandshakeFault(name));
    this.#lasting = stream.filter(({ name }) => faultRow(name).times === 'each');
    this.#once = stream.filter(({ name }) => faultRow(name).times === 'once');
    this.transport = new FaultTransport(raw, env.clock, () => this.#ended());
  }

  /** What its opening handshake is answered with. */
  admission(options: AdmissionOptions): AdmissionOptions {
    const needs = [...this.#lasting, ...this.#once].map(({ name }) => faultRow(name).deflate);
    const { deflate, ...others } = spoilAdmission(options, this);
    if (deflate === undefined || needs.includes('off')) return { ...others, deflate: undefined };
    const isFresh = needs.includes('fresh') || needs.includes('needed');
    return { ...others, deflate: isFresh ? { ...deflate, serverNoContextTakeover: true } : deflate };
  }

  link(options: LinkOptions): LinkOptions {
    if (options.framing) this.#keepToNetwork();
    return { ...options, outbox: (usual) => new FaultyOutbox(usual, this), mirrorLimits: SHOWN };
  }

  /** It is open; nothing was sent yet. */
  attach(peer: Peer): void {
    this.#link = peer.link;
    this.#extensions = peer.extensions;
    this.#openedAt = this.#env.clock.now();
    this.transport.conditions = () => this.#conditions();
    this.transport.keeps = () => this.#keeps();
    if (this.#glued) peer.link.ping(GLUED);
  }

  /** What is sent first was sent: now for the faults that wait for nothing. */
  opened(): void {
    for (const fault of this.#once) {
      if (fault.when.type === 'always') this.#do(fault);
      else if (fault.when.type === 'time') this.later(fault.when.after, () => this.#do(fault));
    }
    this.#link?.flush();
  }

  /** Ends it, whatever keeps it. */
  letGo(): void {
    this.transport.letGo();
  }

  nextRequest(): ReadonlyMap<FaultName, FaultValue> {
    const number = this.#env.nextRequest();
    const active = new Map(this.#handshake.filter((fault) => acts(fault, number, 0)).map(({ name, value }) => [name, value]));
    this.#glued = active.has('glued');
    return active;
  }

  nextMessage(): { readonly number: number; readonly active: ReadonlyMap<FaultName, FaultValue> } {
    // Each message leaves by itself where each is held up by itself.
    if (this.#lasting.some(({ name }) => TIMING.has(name))) this.#link?.flush();
    return { number: ++this.#messages, active: this.now() };
  }

  now(): ReadonlyMap<FaultName, FaultValue> {
    const age = this.#env.clock.now() - this.#openedAt;
    const active = this.#lasting.filter((fault) => acts(fault, this.#messages, age));
    return new Map(active.map(({ name, value }) => [name, value]));
  }

  messageDone(number: number): void {
    for (const fault of this.#once) {
      if (fault.when.type === 'number' && fault.when.from === number) this.#do(fault);
    }
  }

  say(name: FaultName, detail: string): void {
    this.#env.tell?.({ type: 'fault', name, detail });
  }

  later(milliseconds: number, run: () => void): () => void {
    const stop = this.#env.clock.after(milliseconds, () => {
      this.#timers.delete(stop);
      run();
      this.#link?.flush();
    });
    this.#timers.add(stop);
    return () => {
      stop();
      this.#timers.delete(stop);
    };
  }

  closeKept(): void {
    this.#closeKept = true;
  }

  /** Frames of a draft before hybi-07 have no such bits and lengths: only what is not about frames is done. */
  #keepToNetwork(): void {
    for (const { name } of [...this.#lasting, ...this.#once]) if (!OF_NETWORK.has(name)) this.say(name, OLDER);
    this.#lasting = this.#lasting.filter(({ name }) => OF_NETWORK.has(name));
    this.#once = this.#once.filter(({ name }) => OF_NETWORK.has(name));
  }

  #do({ name, value }: Fault): void {
    const link = this.#link;
    if (!link?.open || this.silent) return;
    if (faultRow(name).deflate === 'needed' && this.#extensions === '') {
      this.say(name, 'not done: the client did not offer permessage-deflate');
      return;
    }
    if (isFramesAtOnce(name)) {
      const { frames, detail } = FRAMES_AT_ONCE[name](value);
      this.say(name, detail);
      for (const frame of frames) link.act({ type: 'frame', frame });
    } else if (name === 'stall') {
      this.say(name, 'nothing more is read');
      this.transport.stall();
    } else this.#cut(name, link);
  }

  /** What was sent before goes out, nothing after it. */
  #cut(name: FaultName, link: Link): void {
    this.silent = true;
    const cuts: Partial<Record<FaultName, [detail: string, run: () => void]>> = {
      end: ['TCP is ended without a Close', () => this.transport.finish()],
      // A reset in the same moment as bytes is often read as an end: they are given time to be read.
      rst: ['TCP is reset', () => this.later(BEFORE_RESET, () => this.transport.reset())],
      'half-open': ['nothing more is read or written', () => this.transport.freeze()],
    };
    const [detail, run] = cuts[name] ?? ['', () => undefined];
    this.#env.clock.soon(() => {
      link.flush();
      this.transport.afterwards(() => {
        this.say(name, detail);
        run();
      });
    });
  }

  #conditions(): Conditions {
    const active = this.now();
    const jitter = active.get('jitter')?.number;
    const late = (active.get('delay')?.number ?? 0) + (jitter === undefined ? 0 : Math.round(this.random.next() * jitter));
    const rate = active.get('bandwidth')?.number;
    if (late > 0) this.say(jitter === undefined ? 'delay' : 'jitter', `what is sent leaves ${late} ms later`);
    if (rate !== undefined) this.say('bandwidth', `${rate} bytes a second`);
    return { delay: late, rate };
  }

  #keeps(): boolean {
    const leftOpen = this.now().has('no-fin');
    if (leftOpen && !this.#keepingTold) this.say('no-fin', 'TCP is left open');
    this.#keepingTold ||= leftOpen;
    return leftOpen || this.#closeKept;
  }

  #ended(): void {
    for (const stop of this.#timers) stop();
    this.#timers.clear();
    this.#env.over();
  }
}

const OLDER = 'not done: the client speaks an older version of the protocol';
const OF_NETWORK: ReadonlySet<FaultName> = new Set([
  'delay',
  'jitter',
  'bandwidth',
  'stall',
  'no-fin',
  'end',
  'rst',
  'half-open',
]);
const TIMING: ReadonlySet<FaultName> = new Set(['delay', 'jitter', 'bandwidth']);
/** Milliseconds. */
const BEFORE_RESET = 20;
const GLUED = Buffer.from('glued');
/** A bomb must not go off here, where somebody looks at what is sent. */
const SHOWN: Limits = { maxMessage: 64 * 1024 * 1024, maxFrame: Infinity, maxFragments: Infinity, maxPongs: Infinity };
