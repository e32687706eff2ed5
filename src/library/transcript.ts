import { closeContent } from '../protocol/frame/close-content.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import { type OpcodeName, opcodeName } from '../protocol/frame/opcode.ts';
import type { RuleId, Violation } from '../protocol/rule.ts';
import type { Direction, SessionEvent } from '../session/event.ts';
import { environment } from './environment.ts';
import { checkedTimeout } from './timeout.ts';

/** Everything that happened on one connection, and who waits for what of it. */

/** A frame as a test looks at it; `frame` has every other bit of it. */
export interface InspectedFrame {
  readonly direction: Direction;
  /** `undefined` for a reserved opcode; `frame.opcode` is the number. */
  readonly opcode: OpcodeName | undefined;
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly masked: boolean;
  /** Unmasked, and inflated where it came compressed in a whole. */
  readonly payload: Buffer;
  /** The payload as UTF-8; of a Close frame its reason. */
  readonly text: string;
  /** Of a Close frame that has one. */
  readonly code: number | undefined;
  /** Every rule that the frame breaks. */
  readonly violations: readonly Violation[];
  readonly frame: Frame;
  /** Milliseconds since the session began. */
  readonly at: number;
}

export interface InspectedMessage {
  readonly direction: Direction;
  readonly opcode: 'text' | 'binary';
  readonly data: Buffer;
  /** The data as UTF-8. */
  readonly text: string;
  readonly compressed: boolean;
  /** Payload bytes on the wire. */
  readonly wireLength: number;
  readonly at: number;
}

export type TextPattern = string | RegExp | Uint8Array;

/** What is given must hold; `received` frames are meant unless it says otherwise. */
export interface FrameMatch {
  readonly direction?: Direction;
  readonly opcode?: OpcodeName | number;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly masked?: boolean;
  /** The text or bytes of the payload, the whole of it; or what the text must fit. */
  readonly payload?: TextPattern;
  readonly code?: number;
  /** A rule that the frame breaks; `none`: it breaks no rule. */
  readonly violation?: RuleId | 'none';
}

export type FramePattern = FrameMatch | ((frame: InspectedFrame) => boolean);
export type MessagePattern = TextPattern | ((message: InspectedMessage) => boolean);

/** What was waited for did not come. */
export class InspectError extends Error {
  override readonly name = 'InspectError';
}

interface Waiting {
  readonly what: string;
  look(): boolean;
  fail(why: string): void;
}

export class Transcript {
  readonly events: SessionEvent[] = [];
  readonly frames: InspectedFrame[] = [];
  readonly messages: InspectedMessage[] = [];
  readonly #waiting = new Set<Waiting>();
  /** Handed out by `next` already: each is handed out once. */
  readonly #used = new Set<object>();
  #over = false;

  add(event: SessionEvent): void {
    this.events.push(event);
    if (event.type === 'frame') this.frames.push(inspectedFrame(event));
    if (event.type === 'message') this.messages.push(inspectedMessage(event));
    const ends = event.type === 'closed' || event.type === 'refused' || (event.type === 'failure' && event.hop !== 'stream');
    this.#over ||= ends;
    for (const each of this.#waiting) {
      if (each.look()) this.#waiting.delete(each);
      else if (this.#over) each.fail('the connection ended');
    }
    if (this.#over) this.#waiting.clear();
  }

  /** The first that fits and was not handed out before; it may have come already. `timeout` in milliseconds; rejects with a `TypeError` for NaN. */
  next<Item extends object>(items: readonly Item[], fits: (item: Item) => boolean, what: string, timeout: number): Promise<Item> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = items.find((item) => !this.#used.has(item) && fits(item));
        if (!found) return false;
        stop();
        this.#used.add(found);
        resolve(found);
        return true;
      };
      const fail = (why: string) => {
        stop();
        this.#waiting.delete(waiting);
        reject(new InspectError(`${why}, and ${what} was not seen\n${this.summary()}`));
      };
      const waiting: Waiting = { what, look, fail };
      const stop = environment().clock.after(checkedTimeout(timeout), () => fail(`${timeout} ms passed`));
      if (look()) return;
      if (this.#over) fail('the connection ended');
      else this.#waiting.add(waiting);
    });
  }

  /** The last things that happened, a line each. */
  summary(): string {
    const lines = this.events.filter(({ type }) => type !== 'message').map(lineOf);
    return lines.length === 0 ? '  nothing happened' : lines.slice(-20).join('\n');
  }
}

export function frameFits(pattern: FramePattern): (frame: InspectedFrame) => boolean {
  if (typeof pattern === 'function') return pattern;
  const { direction = 'received', opcode, payload, violation, ...same } = pattern;
  return (frame) => {
    if (frame.direction !== direction) return false;
    if (opcode !== undefined && opcode !== frame.opcode && opcode !== frame.frame.opcode) return false;
    if (payload !== undefined && !textFits(payload, frame.payload, frame.text)) return false;
    if (violation === 'none' && frame.violations.length > 0) return false;
    if (violation !== undefined && violation !== 'none' && !frame.violations.some(({ rule }) => rule === violation)) return false;
    return Object.entries(same).every(([name, value]) => frame[name as keyof typeof same] === value);
  };
}

/** Without a pattern every received message fits. */
export function messageFits(pattern: MessagePattern | undefined): (message: InspectedMessage) => boolean {
  if (typeof pattern === 'function') return pattern;
  return ({ direction, data, text }) => direction === 'received' && (pattern === undefined || textFits(pattern, data, text));
}

function textFits(pattern: TextPattern, bytes: Uint8Array, text: string): boolean {
  if (typeof pattern === 'string') return text === pattern;
  // `test` would go on behind the last find where the pattern is global.
  return pattern instanceof RegExp ? text.search(pattern) >= 0 : Buffer.compare(pattern, bytes) === 0;
}

function inspectedFrame({
  direction,
  frame,
  violations,
  inflated,
  at,
}: Extract<SessionEvent, { type: 'frame' }>): InspectedFrame {
  const bytes = inflated ?? frame.payload;
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const opcode = opcodeName(frame.opcode);
  const close = opcode === 'close' ? closeContent(frame) : undefined;
  const code = close?.code;
  const text = Buffer.from(close?.reason ?? payload).toString('utf8');
  const { fin, rsv1, maskingKey } = frame;
  return { direction, opcode, fin, rsv1, masked: maskingKey !== undefined, payload, text, code, violations, frame, at };
}

function inspectedMessage(event: Extract<SessionEvent, { type: 'message' }>): InspectedMessage {
  const { direction, opcode, compressed, wireLength, at } = event;
  const data = Buffer.from(event.data.buffer, event.data.byteOffset, event.data.byteLength);
  return { direction, opcode, data, text: data.toString('utf8'), compressed, wireLength, at };
}

function lineOf(event: SessionEvent): string {
  return `  ${event.at.toFixed(1).padStart(8)} ms  ${wordsFor(event)}`;
}

function wordsFor(event: SessionEvent): string {
  switch (event.type) {
    case 'hop':
      return `${event.hop} ${event.detail}`;
    case 'head':
      return `${event.direction} ${event.head.kind === 'request' ? `request for ${event.head.target}` : `status ${event.head.status}`}`;
    case 'refused':
      return `refused: ${
        event.findings
          .filter(({ level }) => level === 'fail')
          .map(({ requirement }) => requirement)
          .join('; ') || 'by hand'
      }`;
    case 'frame': {
      const { direction, opcode, text, violations } = inspectedFrame(event);
      const broken = violations.map(({ rule }) => ` !${rule}`).join('');
      return `${direction} ${opcode ?? `opcode ${event.frame.opcode}`} ${JSON.stringify(text.slice(0, 40))}${broken}`;
    }
    case 'violation':
      return `violation ${event.violation.rule}: ${event.violation.detail}`;
    case 'failure':
      return `failure ${event.code}: ${event.message}`;
    case 'closed':
      return `closed ${event.code} ${JSON.stringify(event.reason)} by ${event.by}`;
    default:
      return event.type;
  }
}
