import type { PolicyRefusal } from '../endpoint/admitting.ts';
import { authorityOf } from '../protocol/handshake/extended-connect.ts';
import { shortened } from '../protocol/handshake/fault-words.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { isHostAllowed, isLoopbackName, isOriginAllowed, listedOrigin } from '../protocol/handshake/origin.ts';
import { fieldValues, type RequestHead } from '../protocol/http/head.ts';

/**
 * Which pages may connect. A browser lets every page open a WebSocket to everywhere and sends the user's cookies along; the
 * server alone can tell a foreign page, by its Origin (RFC 6455 §10.2).
 */
export interface OriginOptions {
  /**
   * Pages of these origins may connect (`https://app.example.com`), beside pages of the server's own host and of loopback.
   * `'*'` lets every page in. Clients that are no browser send no Origin and are not held up by this.
   */
  readonly origins?: '*' | readonly string[] | undefined;
  /** Names by which a server on loopback may be called beside `localhost`: a foreign one is how DNS rebinding looks. */
  readonly hosts?: '*' | readonly string[] | undefined;
}

/** `address`: where the server listens, `undefined` where somebody else does. Throws a `TypeError` for an origin that is none. */
export function originPolicy(
  { origins = [], hosts = [] }: OriginOptions,
  address: string | undefined,
): (request: RequestHead) => PolicyRefusal | undefined {
  const listed = (typeof origins === 'string' ? [origins] : origins).map(originOf);
  const names = typeof hosts === 'string' ? [hosts] : hosts;
  const local = address !== undefined && isLoopbackName(address);
  // Most clients call a server by one name.
  let allowed: string | undefined;
  return (request) => {
    const host = authorityOf(request) ?? '';
    if (local && host !== allowed) {
      if (!isHostAllowed(host, names))
        return refusal('host-policy', 'Host is a name of this server (hosts adds one)', host, HOST);
      allowed = host;
    }
    // hybi-04 to -10 call it Sec-WebSocket-Origin; some clients sent both.
    const sent = [...fieldValues(request, 'Origin'), ...fieldValues(request, 'Sec-WebSocket-Origin')];
    const origin = sent.find((one) => !isOriginAllowed(one, listed) && (local || !isOwn(one, host)));
    if (origin === undefined) return undefined;
    return refusal('origin-policy', 'The page is of an origin that may connect (origins adds one)', origin, ORIGIN);
  };
}

function originOf(text: string): string {
  const origin = listedOrigin(text);
  if (origin === undefined) throw new TypeError(`${JSON.stringify(text)} is no origin: write https://app.example.com`);
  return origin;
}

/** Whether a page is of the host that it calls, on whatever port. */
function isOwn(origin: string, host: string): boolean {
  if (!/^https?:\/\//i.test(origin) || !URL.canParse(origin) || !URL.canParse(`http://${host}`)) return false;
  return new URL(origin).hostname === new URL(`http://${host}`).hostname;
}

const HOST = ['Host', 'is no name of this server (hosts adds it)'] as const;
const ORIGIN = ['Origin', 'is not one that may connect (origins adds it)'] as const;

function refusal(id: string, requirement: string, actual: string, [field, wrong]: typeof HOST | typeof ORIGIN): PolicyRefusal {
  const finding: Finding = { id, level: 'fail', side: 'client', section: 'RFC 6455 §10.2', requirement, actual };
  return { status: 403, finding, why: `${field} "${shortened(actual)}" ${wrong}` };
}
