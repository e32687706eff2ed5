import type { Clock } from './clock.ts';
import type { Link } from './link.ts';

/** Pings while the link is open, each with a payload of its own so that its pong gives a round trip. Returns what stops it. */
export function keepPinging(link: Link, clock: Clock, interval: number): () => void {
  let number = 0;
  const beat = () => {
    if (!link.open) return;
    link.ping(Buffer.from(`wstap ${++number}`));
    stop = clock.after(interval, beat);
  };
  let stop = clock.after(interval, beat);
  return () => stop();
}
