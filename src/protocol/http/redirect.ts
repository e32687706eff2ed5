import { fieldValues, type ResponseHead } from './head.ts';

/** Where a redirect leads, in the URLs of WebSocket. Pure: whether to go there is for others to decide. */
export type Redirect =
  | {
      /** `ws:` or `wss:`, without user, password and fragment. */
      readonly url: string;
      /** Another scheme, host or port: nothing that is for the one is for the other. */
      readonly crossesOrigin: boolean;
      /** From `wss:` to `ws:`. */
      readonly leavesTls: boolean;
    }
  /** A sentence; it may quote the server. */
  | { readonly problem: string };

/** RFC 9110 §15.4: the statuses that send a client elsewhere. A GET stays a GET with each of them. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

const SCHEMES: Readonly<Record<string, 'ws:' | 'wss:'>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' };

/** `from`: the `ws:` or `wss:` URL that was asked for; a relative Location is one beside it (RFC 9110 §10.2.2). */
export function redirectOf(response: ResponseHead, from: string): Redirect {
  const [location = '', ...more] = fieldValues(response, 'Location');
  if (location === '') return { problem: `The server redirects (${response.status}) without saying where: Location is missing.` };
  if (more.some((other) => other !== location)) return { problem: 'The server redirects to several places at once.' };
  const text = Buffer.from(location, 'latin1').toString('utf8');
  if (!URL.canParse(text, from)) return { problem: `The server redirects to ${text}, which is no URL.` };
  const base = new URL(from);
  const url = new URL(text, base);
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined) return { problem: `The server redirects to ${text}: there is no WebSocket behind ${url.protocol}` };
  // A server's user and password would be sent on its word alone.
  url.username = '';
  url.password = '';
  url.hash = '';
  const target = new URL(`${scheme}${url.href.slice(url.protocol.length)}`);
  return {
    url: target.href,
    crossesOrigin: originOf(target) !== originOf(base),
    leavesTls: base.protocol === 'wss:' && scheme === 'ws:',
  };
}

/** Scheme, host and port; the default port is left out, as it is in a URL. */
function originOf({ protocol, host }: URL): string {
  return `${SCHEMES[protocol] ?? protocol}//${host}`;
}
