import { firstValue, type RequestHead, type ResponseHead } from '../http/head.ts';
import { redactUrl } from '../http/redact.ts';
import type { Finding } from './finding.ts';

/** What is known about a handshake that failed. */
export interface Facts {
  readonly request?: RequestHead | undefined;
  readonly response?: ResponseHead | undefined;
  readonly findings: readonly Finding[];
  /** The start of the answer's body; without a `response`, whatever arrived instead of HTTP. */
  readonly body?: Uint8Array | undefined;
  /** The ws:, wss: (or http:, https:) URL that was asked for. */
  readonly url?: string | undefined;
  /** What ALPN chose, where TLS was spoken. */
  readonly alpn?: string | undefined;
  /** `hint`: what whoever failed advises. */
  readonly failure?:
    | { readonly code: string; readonly message: string; readonly hop: string; readonly hint?: string | undefined }
    | undefined;
}

/** A likely cause. Both may quote the peer or the URL (secrets already left out): escape before printing. */
export interface Cause {
  /** One sentence; `undefined` where the failure's own words say it all. */
  readonly cause?: string | undefined;
  /** What to try: a command, or a phrase that begins with a verb. */
  readonly remedy?: string | undefined;
}

/** What to try where a server speaks another version. */
export const FIND_VERSION = '--draft auto, which finds a version that both speak';

/** The first value of a field. */
export const header = (head: ResponseHead | RequestHead | undefined, name: string) => head && firstValue(head, name);
/** The start of the body, bytes as latin-1 characters. */
export const bodyText = ({ body }: Facts) => (body ? Buffer.from(body.subarray(0, 8192)).toString('latin1') : '');

/** Whether a URL over TLS was asked for. */
export const isSecure = ({ url }: Facts) => url !== undefined && /^(?:wss|https)(?=:|\+unix:)/i.test(url);

/** The URL with another scheme, secrets left out. */
export function withScheme(url: string, secure: boolean): string {
  return redactUrl(url).replace(/^[A-Za-z]+(?=:|\+unix:)/, secure ? 'wss' : 'ws');
}

/** The command that inspects a URL, quoted for a shell where that is needed. */
export function inspect(url: string): string {
  return `wstap handshake ${/^[A-Za-z0-9:/._~%@+,=-]+$/.test(url) ? url : `'${url.replaceAll("'", "'\\''")}'`}`;
}
