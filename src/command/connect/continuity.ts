import type { Clock } from '../../endpoint/clock.ts';
import type { EventSink, SessionEvent } from '../../session/event.ts';

/**
 * Makes one session of connections that follow each other: each counts time from its own beginning, a session from that of
 * the first; and the gap between two of them is told.
 */
export class Continuity {
  readonly #clock: Clock;
  readonly #sink: EventSink;
  #firstAt: number | undefined;
  #offset = 0;
  #opened = false;
  /** When the last open connection was lost; `undefined` while one is open, and before the first. */
  #lostAt: number | undefined;
  #tries = 0;

  constructor(clock: Clock, sink: EventSink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  /** A try begins. */
  begin(): void {
    this.#firstAt ??= this.#clock.now();
    this.#offset = this.#clock.now() - this.#firstAt;
    this.#tries++;
  }

  /** A connection was lost, or a try failed, and another try will follow. */
  lost(): void {
    if (!this.#opened || this.#lostAt !== undefined) return;
    this.#lostAt = this.#clock.now();
    this.#tries = 0;
  }

  record(event: SessionEvent): void {
    if (event.type === 'open') this.#tellGap(event);
    this.#sink(this.#offset === 0 ? event : later(event, this.#offset));
  }

  #tellGap({ at, connection }: SessionEvent): void {
    this.#opened = true;
    if (this.#lostAt === undefined) return;
    const duration = this.#clock.now() - this.#lostAt;
    this.#lostAt = undefined;
    this.#sink({ type: 'gap', duration, tries: this.#tries, at: at + this.#offset, connection });
  }
}

function later(event: SessionEvent, offset: number): SessionEvent {
  const at = event.at + offset;
  if (event.type !== 'hop' && event.type !== 'failure') return { ...event, at };
  const { startedAt, attempts } = event;
  return {
    ...event,
    at,
    ...(startedAt !== undefined && { startedAt: startedAt + offset }),
    ...(attempts && {
      attempts: attempts.map((attempt) => ({
        ...attempt,
        startedAt: attempt.startedAt + offset,
        endedAt: attempt.endedAt + offset,
      })),
    }),
  } as SessionEvent;
}
