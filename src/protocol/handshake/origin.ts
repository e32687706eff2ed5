/**
 * Which pages and names may reach a server on loopback. Any page that a browser has open can open a WebSocket to
 * `localhost`; only the Origin tells it apart (RFC 6455 §10.2), and only the Host tells a rebound DNS name.
 */

/** `localhost`, `*.localhost`, 127.0.0.0/8 and ::1; as URLs write them. */
export function isLoopbackName(name: string): boolean {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '::1') return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * Whether a request with this Origin may connect: one without (no browser), a page on loopback, or one that is listed.
 * Entries are origins (`https://example.com`, compared by scheme, host and port), or `*`.
 */
export function isOriginAllowed(origin: string | undefined, listed: readonly string[]): boolean {
  if (origin === undefined || listed.includes('*')) return true;
  const parsed = parseOrigin(origin);
  if (listed.some((entry) => entry === origin || (parsed !== undefined && parseOrigin(entry)?.origin === parsed.origin)))
    return true;
  return parsed !== undefined && isLoopbackName(parsed.hostname);
}

/**
 * A listed origin as browsers send it, without the slash that an address bar adds; `undefined` for what no page ever has, such as
 * one with a path. `*` and `null` are taken.
 */
export function listedOrigin(text: string): string | undefined {
  const origin = text.replace(/([^/])\/$/, '$1');
  return /^(?:\*|null|[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*|[a-z0-9.-]+:\d+)$/i.test(origin) ? origin : undefined;
}

/**
 * `null`, `file://` and what has a path or a user is no origin of the web. A host and its port alone are what libraries of 2012
 * sent, and no browser ever.
 */
function parseOrigin(text: string): URL | undefined {
  const whole = /^[a-z0-9.-]+:\d+$/i.test(text) ? `http://${text}` : text;
  if (!/^https?:\/\/[^/?#@\s]+$/i.test(whole)) return undefined;
  try {
    return new URL(whole);
  } catch {
    return undefined;
  }
}

/**
 * Whether a Host value names loopback, any address, or one of the names allowed (DNS rebinding sends a name of its own). `*.` at
 * the start of one is any first label, as in a certificate; `*` alone is any name.
 */
export function isHostAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.replace(/:\d*$/, '');
  if (isLoopbackName(name) || isAddress(name)) return true;
  const called = name.toLowerCase();
  const parent = called.replace(/^[^.]+/, '*');
  return allowed.some(
    (entry) => entry === '*' || entry.toLowerCase() === called || (entry.startsWith('*.') && entry.toLowerCase() === parent),
  );
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/i.test(name);
}
