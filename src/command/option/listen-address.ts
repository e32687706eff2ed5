import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { Door } from '../../transport/listen.ts';
import { unixSocketOf } from './road.ts';

/** Where to listen. `hosts`: the first must be had, the others are taken if they can be. */
export interface ListenAddress {
  readonly hosts: readonly string[];
  readonly port: number;
  /** In place of hosts and port. */
  readonly doors?: readonly Door[];
}

/** What the program that started us has handed down. */
export interface Inheritance {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly pid?: number;
}

/** `text`: what stands on the command line. Throws `UsageError` where two places are given, or one that is none. */
export function listenAddress(text: string | undefined, options: Options, inheritance: Inheritance): ListenAddress {
  const doors = doorsOf(text, options);
  const [door, another] = doors;
  const isAddress = text !== undefined && !isDoor(text);
  if (another || (door && isAddress)) throw new UsageError('two places to listen at were given: give one');
  const wrong = door && ['port-file'].find((name) => options.has(name));
  if (wrong) throw new UsageError(`--${wrong} needs a port to write: give PORT in place of a Unix socket or a descriptor`);
  if (door) return { hosts: [], port: 0, doors };
  const inherited = text === undefined ? inheritedDoors(inheritance) : [];
  return inherited.length > 0 ? { hosts: [], port: 0, doors: inherited } : parseListenAddress(text);
}

const DOOR = /^(unix|fd):(.*)$/s;
const isDoor = (text: string) => DOOR.test(text);

function doorsOf(text: string | undefined, options: Options): Door[] {
  const [, kind, name = ''] = DOOR.exec(text ?? '') ?? [];
  const unixSocket = unixSocketOf(options, kind === 'unix' ? name : undefined);
  const fds = [kind === 'fd' ? name : undefined, options.text('fd')].filter((digits) => digits !== undefined);
  return [...(unixSocket === undefined ? [] : [{ unixSocket }]), ...fds.map((digits) => ({ fd: descriptor(digits) }))];
}

function descriptor(digits: string): number {
  if (/^\d{1,6}$/.test(digits)) return Number(digits);
  throw new UsageError(`${JSON.stringify(digits)} is no descriptor: write its number, e.g. --fd 3`);
}

/** The first descriptor that is handed down (sd_listen_fds(3)). */
const FIRST_INHERITED = 3;

/**
 * Socket activation: LISTEN_FDS says how many listening sockets there are, and LISTEN_PID for whom they are; for another
 * process, they are not ours to take.
 */
function inheritedDoors({ variables, pid }: Inheritance): Door[] {
  const { LISTEN_FDS: count = '', LISTEN_PID: owner } = variables;
  if (pid === undefined || owner !== String(pid) || !/^[1-9]\d{0,2}$/.test(count)) return [];
  return Array.from({ length: Number(count) }, (_, at) => ({ fd: FIRST_INHERITED + at }));
}

function parseListenAddress(text: string | undefined): ListenAddress {
  if (text === undefined) return { hosts: LOOPBACK, port: 0 };
  const match = /^(?:(\[[0-9a-fA-F:.]+(?:%[^\]]+)?\]|[^:]*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) {
    throw new UsageError(
      `${JSON.stringify(text)} is no address to listen at: write PORT, HOST:PORT or unix:PATH, e.g. 8080 or 0.0.0.0:8080`,
    );
  }
  const host = match[1]?.replace(/^\[|\]$/g, '');
  return { hosts: host === undefined || host === '' || host === 'localhost' ? LOOPBACK : [host], port };
}

const LOOPBACK = ['127.0.0.1', '::1'];
