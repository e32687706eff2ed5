import type { Frame } from '../protocol/frame/frame.ts';
import { type OpcodeName, opcodeName } from '../protocol/frame/opcode.ts';
import type { Direction, SessionEvent } from './event.ts';

/**
 * Counts what happened. It keeps numbers and never data, so that it can run along with any session; frames are counted only
 * where somebody makes them events.
 */

/** Messages and their bytes, after inflation. */
interface MessageCount {
  readonly messages: number;
  readonly bytes: number;
}

export interface DirectionTally {
  readonly text: MessageCount;
  readonly binary: MessageCount;
  /** Of the compressed messages: payload bytes on the wire, and what they inflate to. */
  readonly compressed: { readonly messages: number; readonly wire: number; readonly inflated: number };
  /** Frames by opcode; zero for all where nobody watches frames. */
  readonly frames: Readonly<Record<OpcodeName | 'reserved', number>>;
  /** Bytes of those frames on the wire, headers included. */
  readonly frameBytes: number;
}

/** Round trips of pings, in milliseconds. The median is that of the newest 1,024; the mean, of all. */
export interface RoundTrips {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly max: number;
  readonly last: number;
}

export type Closed = Extract<SessionEvent, { type: 'closed' }>;

const KEPT_ROUND_TRIPS = 1024;

export class Tally {
  readonly #sent = new Counter();
  readonly #received = new Counter();
  readonly #roundTrips: number[] = [];
  #roundTripCount = 0;
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;
  #total = 0;
  #newest = 0;
  #opened = 0;
  #openedAt: number | undefined;
  #lastAt = 0;
  #violations = 0;
  #closed: Closed | undefined;

  /** The sink; it can be handed over as it is. */
  readonly record = (event: SessionEvent): void => {
    this.#lastAt = event.at;
    switch (event.type) {
      case 'message':
        this.#of(event.direction).countMessage(event);
        break;
      case 'frame':
        this.#of(event.direction).countFrame(event.frame.opcode, wireLength(event.frame));
        break;
      case 'rtt':
        this.#countRoundTrip(event.rtt);
        break;
      case 'open':
        this.#opened += 1;
        this.#openedAt ??= event.at;
        break;
      case 'violation':
        this.#violations += 1;
        break;
      case 'closed':
        this.#closed = event;
        break;
    }
  };

  get sent(): DirectionTally {
    return this.#sent;
  }

  get received(): DirectionTally {
    return this.#received;
  }

  /** Connections that were opened. */
  get opened(): number {
    return this.#opened;
  }

  /** Milliseconds from the first opening to the last event; `undefined` where nothing was opened. */
  get duration(): number | undefined {
    return this.#openedAt === undefined ? undefined : this.#lastAt - this.#openedAt;
  }

  /** How often a peer broke a rule. */
  get violations(): number {
    return this.#violations;
  }

  /** How the connection ended, of several the last one. */
  get closed(): Closed | undefined {
    return this.#closed;
  }

  get roundTrips(): RoundTrips | undefined {
    if (this.#roundTripCount === 0) return undefined;
    return {
      count: this.#roundTripCount,
      min: this.#shortest,
      median: median(this.#roundTrips),
      mean: this.#total / this.#roundTripCount,
      max: this.#longest,
      last: this.#newest,
    };
  }

  #of(direction: Direction): Counter {
    return direction === 'sent' ? this.#sent : this.#received;
  }

  #countRoundTrip(rtt: number): void {
    this.#roundTrips[this.#roundTripCount % KEPT_ROUND_TRIPS] = rtt;
    this.#roundTripCount += 1;
    this.#shortest = Math.min(this.#shortest, rtt);
    this.#longest = Math.max(this.#longest, rtt);
    this.#total += rtt;
    this.#newest = rtt;
  }
}

/** One direction. Its numbers are changed in place: a message costs no allocation. */
class Counter implements DirectionTally {
  readonly text = { messages: 0, bytes: 0 };
  readonly binary = { messages: 0, bytes: 0 };
  readonly compressed = { messages: 0, wire: 0, inflated: 0 };
  readonly frames = { continuation: 0, text: 0, binary: 0, close: 0, ping: 0, pong: 0, reserved: 0 };
  frameBytes = 0;

  countMessage({ opcode, data, wireLength, compressed }: Extract<SessionEvent, { type: 'message' }>): void {
    const count = this[opcode];
    count.messages += 1;
    count.bytes += data.length;
    if (!compressed) return;
    this.compressed.messages += 1;
    this.compressed.wire += wireLength;
    this.compressed.inflated += data.length;
  }

  countFrame(opcode: number, wireLength: number): void {
    this.frames[opcodeName(opcode) ?? 'reserved'] += 1;
    this.frameBytes += wireLength;
  }
}

/** Not `raw.length`: the raw bytes are made when asked for. */
function wireLength({ headerLength, payload, draft }: Frame): number {
  return draft ? draft.clear.length : headerLength + payload.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
