import { type OptionSpec, UsageError } from '../../cli/option.ts';
import { type Options, parseDuration } from '../../cli/value.ts';
import type { Clock } from '../../endpoint/clock.ts';
import { keepPinging } from '../../endpoint/heartbeat.ts';
import type { Link } from '../../endpoint/link.ts';

/** Pings of our own: off by default, because a debugger must not disturb what it observes. */
export const KEEP_ALIVE_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'ping-interval',
    kind: 'value',
    placeholder: 'TIME',
    parse: parsePause,
    group: 'Connection',
    summary: 'send a ping this often (default: never)',
    details: 'Round trips are counted: /stats, the last words with `-v`, and the `closed` event of `--format json` tell them.',
  },
  {
    name: 'ping-timeout',
    kind: 'value',
    placeholder: 'TIME',
    parse: parsePause,
    group: 'Connection',
    summary: 'a peer that does not answer a ping in time is dead',
    details:
      'The connection is given up then (status 8, or the next try with `--reconnect`), also where nothing else is sent and TCP would never notice. Without `--ping-interval` pings go out as often.',
  },
];

/** Without a pause pings would be all there is. */
function parsePause(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === 0) throw new UsageError('0 is too often: write 500ms, 30s or 2m');
  return milliseconds;
}

/** Starts to ping a link that has opened, as the options say. Returns what stops it. */
export function keepAlive(options: Options, link: Link, clock: Clock, warn: (text: string) => void): () => void {
  const timeout = options.number('ping-timeout');
  const interval = options.number('ping-interval') ?? timeout;
  if (interval === undefined) return () => undefined;
  if (!link.carries('ping')) {
    warn(`${link.draft} has no pings: whether the peer is still there shows only when something is sent`);
    return () => undefined;
  }
  return keepPinging(link, clock, { interval, timeout, missed: (inARow) => warn(missedText(inARow)) });
}

function missedText(inARow: number): string {
  return inARow === 1 ? 'the last ping is not answered' : `the last ${inARow} pings are not answered: the peer may be gone`;
}
