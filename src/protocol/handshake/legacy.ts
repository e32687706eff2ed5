import { fieldValues, firstValue, type RequestHead, type ResponseHead } from '../http/head.ts';

/** The versions of the draft series hybi-08 to hybi-17 whose handshake is verified: the accept rule is one and the same. */
export const VERIFIED_VERSIONS: readonly string[] = ['13', '8'];

/** Names the older protocol that a request speaks, in words; `undefined` where it is version 8, 13 or nothing known. */
export function legacyRequest(request: RequestHead): string | undefined {
  const has = (name: string) => fieldValues(request, name).length > 0;
  const version = firstValue(request, 'Sec-WebSocket-Version');
  if (version !== undefined) return /^[4-7]$/.test(version) ? `hybi-0${version} (version ${version})` : undefined;
  if (has('Sec-WebSocket-Key1') || has('Sec-WebSocket-Key2')) {
    const draft = firstValue(request, 'Sec-WebSocket-Draft') ?? '0';
    return draft === '0' ? 'hixie-76' : 'hybi-01 to -03';
  }
  if (has('Sec-WebSocket-Key') || has('Sec-WebSocket-Extensions')) return undefined;
  return fieldValues(request, 'Upgrade').includes('WebSocket') ? 'hixie-75' : undefined;
}

/** Names the older protocol that an answer speaks (the answers of versions 5 to 13 look alike). */
export function legacyResponse(response: ResponseHead): string | undefined {
  const has = (name: string) => fieldValues(response, name).length > 0;
  if (has('Sec-WebSocket-Accept')) return has('Sec-WebSocket-Nonce') ? 'hybi-04' : undefined;
  if (has('Sec-WebSocket-Location') || has('Sec-WebSocket-Origin')) return 'hixie-76';
  return has('WebSocket-Location') || has('WebSocket-Origin') ? 'hixie-75' : undefined;
}

/** The polite sentence for them. */
export function legacyHint(name: string): string {
  return `This is a ${name} handshake, from before RFC 6455.`;
}
