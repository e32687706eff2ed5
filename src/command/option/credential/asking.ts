import type { Asking } from '../../../endpoint/again.ts';
import { parseHeaderLine } from '../../../protocol/handshake/request.ts';
import { isSecretField, isSecretSubprotocol } from '../../../protocol/http/redact.ts';
import type { Address } from '../target.ts';

/**
 * What a server is asked, and told. The promise: the origin that the user named gets everything that was given by hand, and
 * any other nothing that is a secret.
 */
export interface Given {
  /** What every server is asked alike. */
  readonly common: Pick<Asking, 'dialect' | 'subprotocols' | 'extensions' | 'origin'>;
  /** `--host`. */
  readonly host: string | undefined;
  /** `--header` lines. */
  readonly headers: readonly string[];
  /** `--cookie` pairs. */
  readonly cookies: readonly string[];
  /** Cookies of files, and set by servers, for a `ws:` or `wss:` URL. */
  readonly stored: ((url: string) => string) | undefined;
}

export type Request = Asking;

/** `own`: the origin was never left on the way there. `authorization`: a whole header line. */
export function requestFor(given: Given, address: Address, own: boolean, authorization: string | undefined): Request {
  const cookies = [...(own ? given.cookies : []), given.stored?.(plainUrl(address)) ?? ''].filter((pair) => pair !== '');
  return {
    ...given.common,
    ...(own ? {} : { subprotocols: (given.common.subprotocols ?? []).filter((name) => !isSecretSubprotocol(name)) }),
    host: (own ? given.host : undefined) ?? address.hostField,
    target: address.target,
    headers: [
      ...(authorization === undefined ? [] : [authorization]),
      ...(cookies.length === 0 ? [] : [`Cookie: ${cookies.join('; ')}`]),
      ...(own ? given.headers : given.headers.filter((line) => !staysHome(line))),
    ],
  };
}

/** Whether there is anything that another origin does not get. */
export function keepsSecrets({ common, headers, cookies }: Given): boolean {
  return cookies.length > 0 || headers.some(staysHome) || common.subprotocols?.some(isSecretSubprotocol) === true;
}

/** The address as a URL that has no Unix socket in it. */
export function plainUrl({ secure, hostField, target }: Address): string {
  return `${secure ? 'wss' : 'ws'}://${hostField}${target}`;
}

/** A header that is for one host: its name, or a secret of ours. */
function staysHome(line: string): boolean {
  const header = parseHeaderLine(line);
  if (typeof header === 'string') return true;
  const { name } = header;
  return /^host$/i.test(name) || isSecretField(name);
}
