import type { SessionEvent } from '../session/event.ts';

/**
 * Watches whether clients draw a masking key for each frame, as they must (RFC 6455 §5.3: "needs to be unpredictable"); old
 * libraries have one for all.
 */
export class SameMask {
  /** By connection: the key of its last frame, in hex; empty once it was told of. */
  readonly #last = new Map<number, string>();

  /** A sentence, once a connection, where two frames in a row came with the same key. */
  record(event: SessionEvent): string | undefined {
    if (event.type === 'closed') this.#last.delete(event.connection);
    if (event.type !== 'frame' || event.direction !== 'received' || !event.frame.maskingKey) return undefined;
    const key = Buffer.from(event.frame.maskingKey).toString('hex');
    const last = this.#last.get(event.connection);
    if (last === '') return undefined;
    this.#last.set(event.connection, last === key ? '' : key);
    return last === key ? `the mask never changes: two frames in a row have ${key}, and each must have a fresh one` : undefined;
  }
}
