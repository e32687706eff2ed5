import type { Clock } from './clock.ts';
import type { Link } from './link.ts';

/** Whether the peer is still there, found out by asking: all that a half-open TCP connection never tells by itself. */
export interface Heartbeat {
  /** Milliseconds from one ping to the next. */
  readonly interval: number;
  /** Milliseconds within which a pong must come; `undefined`: it may take as long as it likes. */
  readonly timeout?: number | undefined;
  /** A ping was not answered by the time of the next; how many in a row. */
  missed(inARow: number): void;
}

/**
 * Pings while the link is open, each with a payload of its own so that its pong gives a round trip. A peer that does not
 * answer in time is dead, and the link lost. Returns what stops it.
 */
export function keepPinging(link: Link, clock: Clock, { interval, timeout, missed }: Heartbeat): () => void {
  let number = 0;
  let unanswered = 0;
  const deadlines = new Map<number, () => void>();
  const awaits = (ping: number) => link.awaitsPong(payloadOf(ping));
  const expect = (ping: number, within: number) => {
    const due = () => {
      deadlines.delete(ping);
      if (!link.open || !awaits(ping)) return;
      // While nothing is read no pong can be seen: that is our doing, and proves nothing.
      if (link.reading) link.lose('PING_TIMEOUT', `no pong within ${secondsText(within)}`);
      else expect(ping, within);
    };
    deadlines.set(ping, clock.after(within, due));
  };
  const beat = () => {
    if (!link.open) return;
    unanswered = number > 0 && awaits(number) ? unanswered + 1 : 0;
    if (unanswered > 0) missed(unanswered);
    link.ping(payloadOf(++number));
    if (timeout !== undefined) expect(number, timeout);
    stop = clock.after(interval, beat);
  };
  let stop = clock.after(interval, beat);
  return () => {
    stop();
    for (const stopWaiting of deadlines.values()) stopWaiting();
  };
}

function payloadOf(number: number): Uint8Array {
  return Buffer.from(`wstap ${number}`);
}

function secondsText(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 100) / 10} s`;
}
