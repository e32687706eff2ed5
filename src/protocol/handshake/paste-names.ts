/** Field names that text is searched for where nothing else says where a field begins. */
const KNOWN = new Set(
  (
    'accept accept-charset accept-encoding accept-language accept-ranges age allow alt-svc authorization cache-control connection ' +
    'content-encoding content-language content-length content-security-policy content-type cookie cookie2 date dnt etag expires ' +
    'forwarded from host keep-alive last-modified location mime-version origin pragma proxy-authenticate proxy-authorization ' +
    'proxy-connection referer retry-after server set-cookie strict-transport-security te transfer-encoding upgrade ' +
    'upgrade-insecure-requests user-agent vary via warning websocket-location websocket-origin websocket-protocol www-authenticate ' +
    'cf-ray cf-cache-status cf-connecting-ip nel report-to priority http2-settings'
  ).split(' '),
);

const FAMILIES = ['sec-websocket-', 'sec-fetch-', 'sec-ch-', 'access-control-', 'x-', 'kaazing-', 'cf-'];

/** Whether this is the name of a header field that handshakes are seen with. */
export function isKnownField(name: string): boolean {
  const lower = name.toLowerCase();
  return KNOWN.has(lower) || FAMILIES.some((family) => lower.startsWith(family) && lower.length > family.length);
}

/** Words that label a block in prose (`Server:`) and look like an empty field. */
const LABELS = new Set(['server', 'client', 'request', 'response', 'answer', 'reply', 'browser', 'headers']);

export const isLabel = (name: string) => LABELS.has(name.toLowerCase());
