import type { Ending } from '../endpoint/client.ts';
import type { Link } from '../endpoint/link.ts';
import type { Action } from '../protocol/connection/action.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { Head } from '../protocol/http/head.ts';
import type { Violation } from '../protocol/rule.ts';
import type { Direction, SessionEvent } from '../session/event.ts';
import { checkedAction } from './checked-step.ts';
import {
  type FramePattern,
  frameFits,
  InspectError,
  type InspectedFrame,
  type InspectedMessage,
  type MessagePattern,
  messageFits,
  Transcript,
} from './transcript.ts';

/** The other side of a connection under test: it records everything, and does what it is told, right or wrong. */

/** What a script can ask for, in turn. */
export type Step =
  | Action
  /** Waits for a frame, or a message. */
  | { readonly type: 'await-frame'; readonly frame: FramePattern }
  | { readonly type: 'await-message'; readonly message?: MessagePattern }
  | { readonly type: 'wait'; readonly milliseconds: number }
  /** Reads no more. */
  | { readonly type: 'pause' }
  /** Reads on. */
  | { readonly type: 'resume' }
  /** Ends both directions of TCP at once. */
  | { readonly type: 'drop' };

export interface WaitOptions {
  /** Milliseconds; what the peer was made with, 2000 by default. */
  readonly timeout?: number | undefined;
}

export class InspectedPeer {
  readonly #transcript = new Transcript();
  readonly #timeout: number;
  readonly #settled: Promise<void>;
  readonly #ending: Promise<Ending>;
  #settle: () => void = () => undefined;
  #end: (ending: Ending) => void = () => undefined;
  #link: Link | undefined;
  #drop: () => void = () => undefined;

  /** Made by `inspect`. */
  constructor(timeout: number) {
    this.#timeout = timeout;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#ending = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Everything, in order. */
  get events(): readonly SessionEvent[] {
    return this.#transcript.events;
  }

  /** Every frame of both directions, in order. */
  get frames(): readonly InspectedFrame[] {
    return this.#transcript.frames;
  }

  get messages(): readonly InspectedMessage[] {
    return this.#transcript.messages;
  }

  /** What the other side broke, in order. */
  get violations(): readonly Violation[] {
    return this.events.flatMap((event) => (event.type === 'violation' ? [event.violation] : []));
  }

  /** What the other side sent to open: its request, or its answer. `undefined` until it came. */
  get head(): Head | undefined {
    return this.#head('received');
  }

  /** What we sent to open. */
  get ownHead(): Head | undefined {
    return this.#head('sent');
  }

  /** Every requirement on the opening handshake, met or not; empty before its end. */
  get findings(): readonly Finding[] {
    return this.events.flatMap((event) => (event.type === 'open' || event.type === 'refused' ? event.findings : []));
  }

  get open(): boolean {
    return this.#link?.open ?? false;
  }

  /** Settles with how it ended: `closed`, `refused`, or a `failure` of the network before it was open. */
  get closed(): Promise<Ending> {
    return this.#ending;
  }

  /** The next frame that fits: the first one that was not handed out before, had it come already or not. */
  frame(pattern: FramePattern = {}, { timeout = this.#timeout }: WaitOptions = {}): Promise<InspectedFrame> {
    return this.#transcript.next(this.frames, frameFits(pattern), `a frame like ${inWords(pattern)}`, timeout);
  }

  /** The next message that fits, in the same way. */
  message(pattern?: MessagePattern, { timeout = this.#timeout }: WaitOptions = {}): Promise<InspectedMessage> {
    const what = pattern === undefined ? 'a message' : `a message like ${inWords(pattern)}`;
    return this.#transcript.next(this.messages, messageFits(pattern), what, timeout);
  }

  /** Does what no library would, too. Throws where there is no connection to do it on, and a `TypeError` for what is no action. */
  act(...actions: readonly Action[]): void {
    const link = this.#mustHaveLink();
    for (const action of actions) link.act(checkedAction(action));
    link.flush();
  }

  send(data: string | Uint8Array): void {
    const opcode = typeof data === 'string' ? 'text' : 'binary';
    this.act({ type: 'send', opcode, data: typeof data === 'string' ? Buffer.from(data, 'utf8') : data });
  }

  /** Any bytes, frames or not. */
  bytes(bytes: Uint8Array): void {
    this.act({ type: 'bytes', bytes });
  }

  close(code?: number, reason?: string): void {
    this.act({ type: 'close', ...(code !== undefined && { code }), ...(reason !== undefined && { reason }) });
  }

  /** Reads no more, so that the other side's bytes pile up. */
  pause(): void {
    this.#mustHaveLink().pause();
  }

  resume(): void {
    this.#mustHaveLink().resume();
  }

  /** Ends both directions of TCP at once; the other side sees 1006. */
  drop(): void {
    this.#drop();
  }

  /** Takes the steps one after the other. Rejects with a `TypeError` for what is no step. */
  async play(steps: Iterable<Step>): Promise<void> {
    for (const step of steps) {
      if (step.type === 'await-frame') await this.frame(step.frame);
      else if (step.type === 'await-message') await this.message(step.message);
      else if (step.type === 'wait') await new Promise((resolve) => setTimeout(resolve, step.milliseconds));
      else if (step.type === 'pause') this.pause();
      else if (step.type === 'resume') this.resume();
      else if (step.type === 'drop') this.drop();
      else this.act(step);
    }
  }

  /** For `inspect`: what happened, the link once there is one, and how to end it all. */
  record(event: SessionEvent): void {
    this.#transcript.add(event);
    if (event.type === 'open' || event.type === 'refused') this.#settle();
  }

  attach(link: Link): void {
    this.#link = link;
  }

  setDrop(drop: () => void): void {
    this.#drop = drop;
  }

  ended(ending: Ending): void {
    this.#settle();
    this.#end(ending);
  }

  /** Keeps once the opening handshake is over, whatever came of it. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** What happened, in lines. */
  summary(): string {
    return this.#transcript.summary();
  }

  #head(direction: Direction): Head | undefined {
    const event = this.events.findLast((each) => each.type === 'head' && each.direction === direction);
    return event?.type === 'head' ? event.head : undefined;
  }

  #mustHaveLink(): Link {
    if (this.#link) return this.#link;
    throw new InspectError(`there is no open connection to do this on\n${this.summary()}`);
  }
}

function inWords(pattern: FramePattern | MessagePattern): string {
  if (typeof pattern === 'function') return `what ${pattern.name || 'the function given'} wants`;
  if (pattern instanceof RegExp) return String(pattern);
  return JSON.stringify(pattern, (_, value) => (value instanceof RegExp ? String(value) : value));
}
