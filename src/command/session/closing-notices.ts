import { closeContent } from '../../protocol/frame/close-content.ts';
import { Opcode } from '../../protocol/frame/opcode.ts';
import type { SessionEvent } from '../../session/event.ts';
import { type Closing, closingLines } from '../../view/closing.ts';
import type { Look } from './look.ts';

/**
 * Tells of each connection's end once: a Close of the peer's the moment it arrives, since TCP may end seconds later; else
 * when all is over.
 */
export class ClosingNotices {
  readonly #lookOf: (connection: number) => Look;
  readonly #say: (lines: readonly string[], connection: number) => void;
  readonly #known = new Map<number, { closeSent: boolean; told: boolean; broken: boolean; trouble: string | undefined }>();

  /** `lookOf`: how what is said of a connection is to look, which may stand behind its number. */
  constructor(lookOf: (connection: number) => Look, say: (lines: readonly string[], connection: number) => void) {
    this.#lookOf = lookOf;
    this.#say = say;
  }

  record(event: SessionEvent): void {
    const { connection } = event;
    switch (event.type) {
      case 'open':
        this.#known.set(connection, { closeSent: false, told: false, broken: false, trouble: undefined });
        break;
      case 'frame':
        if (event.frame.opcode === Opcode.close) this.#closeSeen(event);
        break;
      case 'violation':
        this.#note(connection, { broken: event.fatal });
        break;
      case 'failure':
        this.#note(connection, { trouble: this.#lookOf(connection).safe(event.message) });
        break;
      case 'closed':
        this.#closed(event);
        this.#known.delete(connection);
        break;
    }
  }

  #closeSeen({ direction, frame, violations, connection }: Extract<SessionEvent, { type: 'frame' }>): void {
    const known = this.#known.get(connection);
    if (direction === 'sent') this.#note(connection, { closeSent: true });
    else if (known && !known.closeSent && violations.length === 0) {
      const { code = 1005, reason } = closeContent(frame);
      this.#tell({ code, reason: Buffer.from(reason).toString('utf8'), wasClean: true, by: 'peer' }, connection);
      known.told = true;
    }
  }

  #closed(event: Extract<SessionEvent, { type: 'closed' }>): void {
    const known = this.#known.get(event.connection);
    if (known?.told) return;
    // The broken rule was just told: its number is enough.
    const reason = known?.broken ? '' : event.reason;
    this.#tell({ ...event, reason, trouble: known?.trouble }, event.connection);
  }

  #note(connection: number, news: { closeSent?: boolean; broken?: boolean; trouble?: string }): void {
    const known = this.#known.get(connection);
    if (known) Object.assign(known, news);
  }

  #tell(closing: Closing, connection: number): void {
    this.#say(closingLines(closing, this.#lookOf(connection)), connection);
  }
}
