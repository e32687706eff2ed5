import type { RequestFacts, Visit } from './behaviour.ts';

/**
 * What a process is told of its client, by the names of RFC 3875 as far as they fit. Nothing of a client's is in an
 * environment but under these names, and nothing that ends a line or drives a terminal is in their values.
 */
export function cgiVariables({ peer, stage }: Visit, request: RequestFacts): Record<string, string> {
  const { target, route, rest, version, host, origin, userAgent } = request;
  const { address, port } = splitAddress(peer.remote);
  const [, query = ''] = /\?([^#]*)/s.exec(target) ?? [];
  const given: Record<string, string> = {
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_SOFTWARE: 'wstap',
    SERVER_PROTOCOL: version,
    SERVER_NAME: stage.place.host,
    SERVER_PORT: String(stage.place.port),
    REQUEST_METHOD: 'GET',
    REQUEST_URI: target,
    // RFC 3875 §4.1.13: the path that identifies the script, "empty" where it is the root.
    SCRIPT_NAME: route,
    PATH_INFO: rest,
    QUERY_STRING: query,
    REMOTE_ADDR: address,
    REMOTE_HOST: address,
    REMOTE_PORT: port,
    HTTP_HOST: host,
    HTTP_ORIGIN: origin,
    HTTP_USER_AGENT: userAgent,
    WSTAP_CONNECTION: String(peer.number),
    WSTAP_SUBPROTOCOL: peer.subprotocol,
  };
  if (stage.place.secure) given.HTTPS = 'on';
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, sanitised(value)]));
}

/** Control characters are left out: no value can end early or begin another line. */
function sanitised(value: string): string {
  return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
}

/** `address:port`, of which an IPv6 address may stand in brackets; what is neither (a Unix socket) has no address. */
function splitAddress(remote: string): { address: string; port: string } {
  const [, sixth, fourth, port] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(remote) ?? [];
  return { address: sixth ?? fourth ?? '', port: port ?? '' };
}
