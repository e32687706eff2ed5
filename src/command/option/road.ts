import { isIP } from 'node:net';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { Detour, Resolution, Road } from '../../transport/route.ts';

/** Parsed options → the road to the server; `undefined` where none was asked for. `unixSocket`: what the URL names. */
export function roadOf(options: Options, unixSocket: string | undefined): Road | undefined {
  const resolve = options.texts('resolve').map(resolution);
  const connectTo = options.texts('connect-to').map(detour);
  const road = {
    family: familyOf(options),
    resolve: resolve.length > 0 ? resolve : undefined,
    connectTo: connectTo.length > 0 ? connectTo : undefined,
    from: options.text('interface')?.replace(/^(?:if|host)!/, ''),
    unixSocket: unixSocketOf(options, unixSocket),
  };
  if (road.unixSocket !== undefined) refuseNetwork(options);
  return Object.values(road).every((part) => part === undefined) ? undefined : road;
}

/** A Unix socket has neither an address nor a way to one. */
function refuseNetwork(options: Options): void {
  const name = ['resolve', 'connect-to', 'ipv4', 'ipv6', 'interface'].find((one) => options.has(one));
  if (name !== undefined)
    throw new UsageError(`--${name} and a Unix socket exclude each other: a socket is no address; give one`);
}

function familyOf(options: Options): 4 | 6 | undefined {
  const [four, six] = [options.flag('ipv4'), options.flag('ipv6')];
  if (four && six) throw new UsageError('-4 and -6 exclude each other: leave out both to take either');
  return four ? 4 : six ? 6 : undefined;
}

/** The Unix socket that options or a URL name; an abstract one begins with `@`. */
export function unixSocketOf(options: Options, inAddress: string | undefined): string | undefined {
  const abstract = options.text('abstract-unix-socket');
  const names = [inAddress, options.text('unix-socket'), abstract === undefined ? undefined : `@${abstract}`];
  const [name, another] = names.filter((one) => one !== undefined);
  if (another !== undefined)
    throw new UsageError(`two Unix sockets were given, ${quoted(name)} and ${quoted(another)}: give one`);
  if (name === '' || name === '@')
    throw new UsageError('the Unix socket has no name: write a path, or @NAME for an abstract one');
  if (name?.includes('\0')) throw new UsageError('the name of a Unix socket holds no zero byte');
  return name;
}

/** A host, or an IPv6 address in brackets, which holds colons itself. */
const HOST = String.raw`(\[[^\]]*\]|[^:]*)`;

/** curl's `HOST:PORT:ADDR[,ADDR]…`; the `+` that lets it time out there is taken and means nothing here. */
function resolution(text: string): Resolution {
  const match = new RegExp(`^\\+?${HOST}:(\\d{1,5}|\\*):(.+)$`).exec(text);
  const [, host = '', port = '', list = ''] = match ?? [];
  const addresses = list.split(',').map(unbracketed);
  if (!match || host === '' || addresses.some((address) => isIP(address) === 0)) {
    const wrong = match && addresses.find((address) => isIP(address) === 0);
    const why = wrong ? `${quoted(wrong)} is no address; ` : '';
    throw new UsageError(`--resolve ${quoted(text)}: ${why}write HOST:PORT:ADDRESS, e.g. example.com:443:127.0.0.1`);
  }
  return { host: unbracketed(host), port: port === '*' ? undefined : portNumber(port, '--resolve', text), addresses };
}

/** curl's `HOST1:PORT1:HOST2:PORT2`. */
function detour(text: string): Detour {
  const match = new RegExp(`^${HOST}:(\\d{0,5}):${HOST}:(\\d{0,5})$`).exec(text);
  if (!match) {
    throw new UsageError(
      `--connect-to ${quoted(text)}: write HOST1:PORT1:HOST2:PORT2, e.g. example.com:443:localhost:8443; a part may be empty`,
    );
  }
  const [, fromHost = '', fromPort = '', toHost = '', toPort = ''] = match;
  return {
    fromHost: unbracketed(fromHost),
    fromPort: fromPort === '' ? undefined : portNumber(fromPort, '--connect-to', text),
    toHost: unbracketed(toHost),
    toPort: toPort === '' ? undefined : portNumber(toPort, '--connect-to', text),
  };
}

function portNumber(digits: string, option: string, text: string): number {
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw new UsageError(`${option} ${quoted(text)}: ${digits} is no port: they go from 1 to 65535`);
  return port;
}

const unbracketed = (text: string) => text.replace(/^\[(.*)\]$/, '$1');
const quoted = (text: string | undefined) => JSON.stringify(text);
