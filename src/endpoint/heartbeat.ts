import type { Clock } from './clock.ts';
import type { Link } from './link.ts';

/**
 * Pings while the link is open, each with a payload of its own so that its pong gives a round trip. A ping that is not
 * answered by the time of the next is told to `missed`, with how many in a row. Returns what stops it.
 */
export function keepPinging(link: Link, clock: Clock, interval: number, missed: (inARow: number) => void): () => void {
  let number = 0;
  let unanswered = 0;
  const beat = () => {
    if (!link.open) return;
    unanswered = number > 0 && link.awaitsPong(payloadOf(number)) ? unanswered + 1 : 0;
    if (unanswered > 0) missed(unanswered);
    link.ping(payloadOf(++number));
    stop = clock.after(interval, beat);
  };
  let stop = clock.after(interval, beat);
  return () => stop();
}

function payloadOf(number: number): Uint8Array {
  return Buffer.from(`wstap ${number}`);
}
