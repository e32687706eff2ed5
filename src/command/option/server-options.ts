import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { ServerOptions } from '../../endpoint/server.ts';
import { SERVER_LIMITS } from '../../protocol/connection/limits.ts';
import type { ServerPreference } from '../../protocol/extension/permessage-deflate.ts';
import { readParameters } from '../../protocol/extension/permessage-deflate.ts';
import { authorityOf, connectionLine } from '../../protocol/handshake/extended-connect.ts';
import { shortened } from '../../protocol/handshake/fault-words.ts';
import type { Finding } from '../../protocol/handshake/finding.ts';
import { isHostAllowed, isOriginAllowed, listedOrigin } from '../../protocol/handshake/origin.ts';
import { parseHeaderLine } from '../../protocol/handshake/request.ts';
import { fieldValues, SERVER_HEAD_LIMITS } from '../../protocol/http/head.ts';
import { isToken, parseParameterList } from '../../protocol/http/parameter-list.ts';
import { PinnedBudget } from '../../protocol/message/pinned.ts';
import { repeatedName } from '../../transport/h2/fields.ts';
import { limitsOf } from './client-options.ts';
import { acceptedDrafts } from './drafts.ts';
import { certificateNames } from './tls/certificate-names.ts';

/** Parsed options → what a server needs. */

/** What unfinished messages may hold in the whole process. */
const PINNED = 64 * 1024 * 1024;

/** A server that takes everybody, for one process to talk to itself. */
export function serverDefaults(): Omit<ServerOptions, 'hosts' | 'port'> {
  return {
    limits: SERVER_LIMITS,
    tolerance: 'strict',
    subprotocols: [],
    headers: [],
    deflate: {},
    compressFrom: 0,
    handshakeTimeout: 10_000,
    closeTimeout: 5000,
    maxConnections: 1024,
    budget: new PinnedBudget(PINNED),
    policy: () => undefined,
  };
}

/** `doors`: in place of hosts and port. */
export function serverOptions(
  options: Options,
  hosts: readonly string[],
  port: number,
  doors?: ServerOptions['doors'],
): ServerOptions {
  const subprotocols = options.texts('subprotocol').flatMap((text) => text.split(',').map((name) => name.trim()));
  const wrong = subprotocols.find((name) => !isToken(name));
  if (wrong !== undefined) throw new UsageError(`${JSON.stringify(wrong)} is no subprotocol: a name has no spaces or separators`);
  checkHeaders(options);
  return {
    ...serverDefaults(),
    hosts,
    port,
    doors,
    limits: limitsOf(options, SERVER_LIMITS),
    tolerance: options.flag('lenient') ? 'lenient' : 'strict',
    subprotocols,
    headers: options.texts('header'),
    deflate: options.off('compress') ? undefined : preference(options.text('deflate')),
    headLimits: { ...SERVER_HEAD_LIMITS, maxBytes: options.number('max-header') ?? SERVER_HEAD_LIMITS.maxBytes },
    handshakeTimeout: options.number('timeout') ?? 10_000,
    http2: options.flag('http2'),
    dialects: acceptedDrafts(options.texts('draft')),
    maxConnections: options.number('max-connections') ?? 1024,
    policy: policyOf(options, hosts, doors),
  };
}

function checkHeaders(options: Options): void {
  const lines = options.texts('header');
  const names: string[] = [];
  for (const line of lines) {
    const header = parseHeaderLine(line);
    if (typeof header === 'string') throw new UsageError(`--header ${JSON.stringify(line)}: ${header}`);
    if (header.value !== undefined) names.push(header.name);
  }
  if (!options.flag('http2')) return;
  const unfit = connectionLine(lines);
  if (unfit !== undefined) {
    throw new UsageError(
      `--header ${JSON.stringify(unfit)} is about a connection of HTTP/1.1, and HTTP/2 forbids it (RFC 9113 §8.2.2): leave out either it or --http2`,
    );
  }
  const repeated = repeatedName(names);
  if (repeated === undefined) return;
  throw new UsageError(`--header ${JSON.stringify(repeated)} is there twice, and over HTTP/2 it is sent once: leave one out`);
}

function preference(text: string | undefined): ServerPreference {
  if (text === undefined || text.trim() === '') return {};
  const { items, error } = parseParameterList([`permessage-deflate; ${text}`]);
  const [element] = items ?? [];
  const parameters = element ? readParameters(element, 'offer') : undefined;
  if (error || !parameters || 'problem' in parameters) {
    const problem = error?.problem ?? (parameters && 'problem' in parameters ? parameters.problem : 'no parameters');
    throw new UsageError(`--deflate ${JSON.stringify(text)}: ${problem}`);
  }
  const { serverMaxWindowBits, clientMaxWindowBits, ...rest } = parameters;
  return {
    ...rest,
    ...(serverMaxWindowBits !== undefined && { serverMaxWindowBits }),
    ...(typeof clientMaxWindowBits === 'number' && { clientMaxWindowBits }),
  };
}

/**
 * Any page in a browser can reach a server that this machine can reach, and a name that an attacker owns can be made to
 * resolve to it. So a foreign Origin and a foreign Host are refused, unless they are listed; a page of this very server is
 * at home.
 */
function policyOf(options: Options, hosts: readonly string[], doors: ServerOptions['doors']): ServerOptions['policy'] {
  const origins = originsOf(options);
  const names = [...options.texts('allow-host'), ...certificateNames(options), ...hosts];
  // No page reaches a Unix socket; a descriptor may well be of a port.
  const reachable = doors === undefined || doors.some((door) => 'fd' in door);
  const restricts = reachable || origins.length > 0 || options.has('auth');
  return (request) => {
    if (!restricts) return undefined;
    const name = authorityOf(request) ?? '';
    const known = isHostAllowed(name, names);
    const own = known ? [`http://${name}`, `https://${name}`] : [];
    // hybi-04 to -10 call it Sec-WebSocket-Origin; some clients sent both.
    const sent = [...fieldValues(request, 'Origin'), ...fieldValues(request, 'Sec-WebSocket-Origin')];
    const foreign = sent.find((one) => !isOriginAllowed(one, [...origins, ...own]));
    if (foreign !== undefined) return originRefused(foreign);
    return reachable && !known ? hostRefused(name) : undefined;
  };
}

/** What could never match is a mistake. */
function originsOf(options: Options): string[] {
  return options.texts('origin').map((text) => {
    const origin = listedOrigin(text);
    if (origin !== undefined) return origin;
    throw new UsageError(`--origin ${JSON.stringify(text)}: an origin is a scheme and a host, e.g. https://app.example, or *`);
  });
}

type Refused = ReturnType<ServerOptions['policy']>;

function originRefused(origin: string): Refused {
  return {
    status: 403,
    why: `Origin "${shortened(origin)}" is not one that may connect (--origin adds it)`,
    finding: finding('origin-policy', 'RFC 6455 §10.2', 'The page is one that may connect (--origin adds one)', origin),
  };
}

function hostRefused(name: string): Refused {
  return {
    status: 403,
    why: name === '' ? 'Host is empty' : `Host "${shortened(name)}" does not name this machine (--allow-host adds it)`,
    finding: finding('host-policy', 'RFC 6455 §10.2', 'Host names this machine (--allow-host adds a name)', name),
  };
}

function finding(id: string, section: string, requirement: string, actual: string): Finding {
  return { id, level: 'fail', side: 'client', section, requirement, actual };
}
