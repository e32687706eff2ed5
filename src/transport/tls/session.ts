import type { TLSSocket } from 'node:tls';

/** `TLSv1.3, TLS_AES_256_GCM_SHA384, X25519, ALPN http/1.1`: version, cipher, key exchange, protocol. */
export function sessionDetail(secure: TLSSocket): string {
  // Of a server Node does not know the exchange.
  const exchange = secure.getEphemeralKeyInfo() as { readonly name?: string } | null;
  const protocol = secure.alpnProtocol;
  return [secure.getProtocol(), secure.getCipher().name, exchange?.name, protocol && `ALPN ${protocol}`]
    .filter(Boolean)
    .join(', ');
}
