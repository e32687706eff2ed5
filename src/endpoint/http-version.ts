import { SocketTransport } from '../transport/socket.ts';
import type { Transport } from '../transport/transport.ts';

/** `1.1`: that, whatever else could be had. `2`: where ALPN chooses it, and on plain TCP without asking. */
export type HttpVersion = '1.1' | '2';

/** Whether the opening handshake goes over HTTP/2. Over TLS what ALPN chose decides, unless HTTP/1.1 is insisted on. */
export function speaksHttp2(
  transport: Transport,
  secure: boolean,
  wanted: HttpVersion | undefined,
): transport is SocketTransport {
  if (wanted === '1.1' || !SocketTransport.is(transport)) return false;
  return secure ? transport.socket.alpnProtocol === 'h2' : wanted === '2';
}
