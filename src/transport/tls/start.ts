import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { RouteError, type RouteObserver, type TlsChoice } from '../route.ts';
import { alertWords, opensslReason } from './alert.ts';
import { certificateFacts } from './certificate.ts';
import { secureContext } from './context.ts';
import { sessionDetail } from './session.ts';
import { untrustedWords } from './words.ts';

/**
 * TLS over an open stream, as a client. Verification is on; no byte of the request leaves before the certificate was judged.
 * `trusted`: certificates in PEM, unless the choice is to trust its own only. Rejects with `RouteError`, in words.
 */
export async function startTls(
  socket: Duplex,
  choice: TlsChoice,
  trusted: readonly string[],
  observer: RouteObserver,
  hop: 'tls' | 'proxy-tls' = 'tls',
): Promise<TLSSocket> {
  observer.begin(hop);
  const secure = await shake(socket, choice, trusted, hop);
  const reason = secure.authorized ? undefined : reasonOf(secure.authorizationError);
  const facts = certificateFacts(secure, reason, choice.now);
  observer.done(hop, sessionDetail(secure), facts);
  if (reason !== undefined && !choice.insecure) {
    secure.on('error', () => undefined);
    secure.destroy();
    const { message, hint } = facts
      ? untrustedWords(reason, facts, choice.serverName)
      : { message: 'the server showed no certificate', hint: undefined };
    throw new RouteError(hop, reason, message, hop === 'tls' ? hint : hint?.replace('--insecure', '--proxy-insecure'));
  }
  // In TLS 1.3 a client is through before the server has seen its certificate: a refusal comes as a late alert.
  secure.prependListener('error', (error: NodeJS.ErrnoException) => putInWords(error, choice));
  return secure;
}

function shake(socket: Duplex, choice: TlsChoice, trusted: readonly string[], hop: 'tls' | 'proxy-tls'): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      putInWords(error, choice);
      reject(new RouteError(hop, error.code ?? 'TLS', error.message, (error as InWords).hint));
    };
    const closed = () => reject(new RouteError(hop, 'ECONNRESET', 'the peer ended the connection during the TLS handshake'));
    let secure: TLSSocket;
    try {
      secure = connect(connectOptions(socket, choice, trusted));
    } catch (error) {
      socket.destroy();
      failed(error as NodeJS.ErrnoException);
      return;
    }
    const { keylog } = choice;
    if (keylog) secure.on('keylog', keylog);
    secure.once('error', failed);
    secure.once('close', closed);
    secure.once('secureConnect', () => {
      secure.off('error', failed);
      secure.off('close', closed);
      resolve(secure);
    });
  });
}

function connectOptions(socket: Duplex, choice: TlsChoice, trusted: readonly string[]): ConnectionOptions {
  const { serverName, alpn = ['http/1.1'] } = choice;
  return {
    socket,
    secureContext: secureContext(choice, choice.onlyExtraCa ? choice.extraCa : trusted),
    // RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in HostName".
    ...(isIP(serverName) ? {} : { servername: serverName }),
    host: serverName,
    ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
    // Judged by us, so that the certificate can be shown with the reason.
    rejectUnauthorized: false,
  };
}

/** An error that says what to try. */
type InWords = NodeJS.ErrnoException & { hint?: string };

/** OpenSSL's error says what it means from now on. */
function putInWords(error: InWords, choice: TlsChoice): void {
  const code = error.code ?? '';
  if (!code.startsWith('ERR_SSL_')) return;
  const words = alertWords(code, choice);
  error.message = words?.message ?? opensslReason(error.message);
  if (words?.hint !== undefined) error.hint = words.hint;
}

/** The types say Error, and Node gives OpenSSL's code as a string or an error with one. */
function reasonOf(error: Error | string | null): string {
  if (typeof error === 'string') return error;
  return (error as NodeJS.ErrnoException | null)?.code ?? error?.message ?? 'UNTRUSTED';
}
