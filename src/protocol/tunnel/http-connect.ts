/**
 * The promise: what a tunnel through an HTTP proxy is asked for with, and what came of it, in bytes alone. Nothing that
 * belongs to the tunnel is lost, however it was cut or glued to the proxy's answer.
 */
import { CLIENT_HEAD_LIMITS, type Field, type HeadLimits, type RequestHead, type ResponseHead } from '../http/head.ts';
import { HeadReader } from '../http/head-reader.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * RFC 9112 §3.2.3: "only the host and port number of the tunnel destination, separated by a colon". RFC 6874 §3: "An HTTP
 * client, proxy, or other intermediary MUST remove any ZoneID attached to an outgoing URI".
 */
export function authorityForm(host: string, port: number): string {
  return host.includes(':') ? `[${host.replace(/%.*$/, '')}]:${port}` : `${host}:${port}`;
}

/** RFC 9110 §9.3.6. A proxy that is not asked to log in by the user is told no name. */
export function connectRequest(host: string, port: number, credentials: Credentials | undefined): RequestHead {
  const target = authorityForm(host, port);
  const login: Field[] = credentials ? [proxyAuthorization(credentials)] : [];
  return { kind: 'request', method: 'CONNECT', target, version: 'HTTP/1.1', fields: [{ name: 'Host', value: target }, ...login] };
}

/** RFC 7617 §2, in UTF-8. */
export function proxyAuthorization({ user, password }: Credentials): Field {
  return { name: 'Proxy-Authorization', value: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` };
}

export type ConnectAnswer =
  | { readonly state: 'incomplete' }
  /** `rest`: the first bytes of the tunnel. */
  | { readonly state: 'open'; readonly head: ResponseHead; readonly rest: Uint8Array }
  /** `rest`: the start of the body. */
  | { readonly state: 'refused'; readonly head: ResponseHead; readonly rest: Uint8Array }
  /** `problem` is authored by us. `raw`: everything received. */
  | { readonly state: 'invalid'; readonly problem: string; readonly raw: Uint8Array };

/** Interim answers that are passed over before the real one. */
const MAX_INTERIM = 8;

/** Reads the answer to a CONNECT; `push` what arrives until it says anything but `incomplete`. */
export class ConnectAnswerReader {
  readonly #limits: HeadLimits;
  #reader: HeadReader<'response'>;
  #interim = 0;
  #before = 0;

  constructor(limits: HeadLimits = CLIENT_HEAD_LIMITS) {
    this.#limits = limits;
    this.#reader = new HeadReader('response', limits);
  }

  /** Bytes received so far. */
  get length(): number {
    return this.#before + this.#reader.length;
  }

  push(bytes: Uint8Array): ConnectAnswer {
    const result = this.#reader.push(bytes);
    if (result.state === 'incomplete') return result;
    if (result.state === 'invalid') return { state: 'invalid', problem: result.problem, raw: result.raw };
    const { head, raw, rest } = result;
    // "Any 2xx (Successful) response indicates that the sender … will switch to tunnel mode immediately after the response
    // header section" (RFC 9110 §9.3.6): whatever Content-Length says, there is no body.
    if (head.status >= 200 && head.status < 300) return { state: 'open', head, rest };
    if (head.status >= 200 || head.status === 101) return { state: 'refused', head, rest };
    // RFC 9110 §15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response".
    this.#interim += 1;
    if (this.#interim > MAX_INTERIM) return { state: 'invalid', problem: `more than ${MAX_INTERIM} interim answers (1xx)`, raw };
    this.#before += raw.length;
    this.#reader = new HeadReader('response', this.#limits);
    return rest.length > 0 ? this.push(rest) : { state: 'incomplete' };
  }
}
