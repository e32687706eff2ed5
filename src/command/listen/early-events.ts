import type { EventSink, SessionEvent } from '../../session/event.ts';

/**
 * What is told of connections whose request is not read yet: it may turn out to be none of a client, and then nothing was
 * told at all.
 */
export class EarlyEvents {
  readonly #held = new Map<number, SessionEvent[]>();

  /** A sink in front of another one. */
  sink(onward: EventSink): EventSink {
    return (event) => {
      const { type, connection } = event;
      const held = this.#held.get(connection);
      if (type === 'hop' || type === 'http2') {
        if (held) held.push(event);
        else this.#held.set(connection, [event]);
        return;
      }
      if (held) {
        this.#held.delete(connection);
        for (const early of held) onward(early);
      }
      onward(event);
    };
  }

  /** This one is no client's. */
  drop(connection: number): void {
    this.#held.delete(connection);
  }
}
