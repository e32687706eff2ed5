import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { ServerOptions } from '../../endpoint/server.ts';
import { SERVER_LIMITS } from '../../protocol/connection/limits.ts';
import type { ServerPreference } from '../../protocol/extension/permessage-deflate.ts';
import { readParameters } from '../../protocol/extension/permessage-deflate.ts';
import { authorityOf } from '../../protocol/handshake/extended-connect.ts';
import type { Finding } from '../../protocol/handshake/finding.ts';
import { isHostAllowed, isLoopbackName, isOriginAllowed } from '../../protocol/handshake/origin.ts';
import { parseHeaderLine } from '../../protocol/handshake/request.ts';
import { fieldValues, SERVER_HEAD_LIMITS } from '../../protocol/http/head.ts';
import { isToken, parseParameterList } from '../../protocol/http/parameter-list.ts';
import { PinnedBudget } from '../../protocol/message/pinned.ts';
import { limitsOf } from './client-options.ts';
import { acceptedDrafts } from './drafts.ts';

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
  for (const line of options.texts('header')) {
    const header = parseHeaderLine(line);
    if (typeof header === 'string') throw new UsageError(`--header ${JSON.stringify(line)}: ${header}`);
  }
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
 * Any page in a browser on this machine can reach a server on loopback, and a name that an attacker owns can be made to
 * resolve to it. So a foreign Origin and a foreign Host are refused, unless they are listed. A server that was put on
 * another address on purpose is reached by names that we cannot know: there only listed origins restrict.
 */
function policyOf(options: Options, hosts: readonly string[], doors: ServerOptions['doors']): ServerOptions['policy'] {
  const origins = options.texts('origin');
  const names = options.texts('allow-host');
  const asks = options.has('auth');
  // No page reaches a Unix socket; a descriptor may well be of a port on loopback.
  const local = doors ? doors.some((door) => 'fd' in door) : hosts.every(isLoopbackName);
  return (request) => {
    // hybi-04 to -10 call it Sec-WebSocket-Origin; some clients sent both.
    const sent = [...fieldValues(request, 'Origin'), ...fieldValues(request, 'Sec-WebSocket-Origin')];
    const origin = sent.find((one) => !isOriginAllowed(one, origins));
    const name = authorityOf(request) ?? '';
    if ((local || origins.length > 0) && origin !== undefined) return originRefused(origin);
    // A browser that has logged in here sends the password along for any page of the site: only this server's own may use that.
    const own = [...origins, `http://${name}`, `https://${name}`];
    const foreign = asks ? sent.find((one) => !isOriginAllowed(one, own)) : undefined;
    if (foreign !== undefined) return originRefused(foreign);
    if (local && !isHostAllowed(name, names)) return hostRefused(name);
    return undefined;
  };
}

type Refused = ReturnType<ServerOptions['policy']>;

function originRefused(origin: string): Refused {
  return {
    status: 403,
    finding: finding('origin-policy', 'RFC 6455 §10.2', 'The page is one that may connect (--origin adds one)', origin),
  };
}

function hostRefused(name: string): Refused {
  return {
    status: 403,
    finding: finding('host-policy', 'RFC 6455 §10.2', 'Host names this machine (--allow-host adds a name)', name),
  };
}

function finding(id: string, section: string, requirement: string, actual: string): Finding {
  return { id, level: 'fail', side: 'client', section, requirement, actual };
}
