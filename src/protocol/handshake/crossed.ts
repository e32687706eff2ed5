import { fieldValues, type RequestHead, type ResponseHead } from '../http/head.ts';
import { acceptFor } from './key.ts';

interface Handshake {
  readonly request?: RequestHead | undefined;
  readonly response?: ResponseHead | undefined;
}

/**
 * Where the answer to one of several handshakes proves the key of another: the index of that other one. A server that
 * keeps the key in a variable which connections share does so.
 */
export function crossedWith(handshakes: readonly Handshake[], index: number): number | undefined {
  const { request, response } = handshakes[index] ?? {};
  const accepts = response ? fieldValues(response, 'Sec-WebSocket-Accept') : [];
  const [own] = request ? fieldValues(request, 'Sec-WebSocket-Key') : [];
  if (accepts.length === 0 || (own !== undefined && accepts.includes(acceptFor(own)))) return undefined;
  const found = handshakes.findIndex((other, at) => {
    const [key] = other.request ? fieldValues(other.request, 'Sec-WebSocket-Key') : [];
    return at !== index && key !== undefined && accepts.includes(acceptFor(key));
  });
  return found === -1 ? undefined : found;
}
