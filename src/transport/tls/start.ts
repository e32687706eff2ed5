import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type SecureContext, type TLSSocket } from 'node:tls';
import { unheeding } from '../../env.ts';
import { RouteError, type RouteObserver, type TlsChoice } from '../route.ts';
import { alertWords, opensslReason } from './alert.ts';
import { certificateFacts } from './certificate.ts';
import { secureContext } from './context.ts';
import { sessionDetail } from './session.ts';
import { type Trouble, untrustedWords } from './words.ts';

type TlsHop = 'tls' | 'proxy-tls';

/**
 * What TLS is spoken with. Made before the hop begins: to read a hundred and more certificates takes longer than a handshake.
 * `trusted`: certificates in PEM, unless the choice is to trust its own only. Throws `RouteError`, in words.
 */
export function tlsContext(choice: TlsChoice, trusted: readonly string[], hop: TlsHop): SecureContext {
  const { extraCa, onlyExtraCa } = choice;
  try {
    // As with curl, what was named by hand is believed whatever stands above it.
    return secureContext({ ...choice, trustsAnyLink: extraCa.length > 0 }, onlyExtraCa ? extraCa : trusted);
  } catch (error) {
    throw routeError(error as NodeJS.ErrnoException, choice, hop);
  }
}

/**
 * TLS over an open stream, as a client. Verification is on; no byte of the request leaves before the certificate was judged.
 * Rejects with `RouteError`, in words.
 */
export async function startTls(
  socket: Duplex,
  choice: TlsChoice,
  secureContext: SecureContext,
  observer: RouteObserver,
  hop: TlsHop,
): Promise<TLSSocket> {
  observer.begin(hop);
  const secure = await shake(socket, choice, secureContext, hop);
  const reason = secure.authorized ? undefined : reasonOf(secure.authorizationError);
  const facts = certificateFacts(secure, reason, choice.now);
  observer.done(hop, sessionDetail(secure), facts);
  if (reason !== undefined && !choice.insecure) {
    secure.on('error', () => undefined);
    secure.destroy();
    const trouble = facts ? untrustedWords(reason, facts, choice.serverName) : { message: 'the server showed no certificate' };
    const { message, hint } = hop === 'tls' ? trouble : ofProxy(trouble);
    throw new RouteError(hop, reason, message, hint);
  }
  // In TLS 1.3 a client is through before the server has seen its certificate: a refusal comes as a late alert.
  secure.prependListener('error', (error: NodeJS.ErrnoException) => putInWords(error, choice));
  return secure;
}

function shake(socket: Duplex, choice: TlsChoice, secureContext: SecureContext, hop: TlsHop): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(routeError(error, choice, hop));
    const closed = () => reject(new RouteError(hop, 'ECONNRESET', ...brokenWords('ended', hop)));
    let secure: TLSSocket;
    try {
      secure = unheeding(() => connect(connectOptions(socket, choice, secureContext)));
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

function connectOptions(socket: Duplex, choice: TlsChoice, secureContext: SecureContext): ConnectionOptions {
  const { serverName, alpn = ['http/1.1'] } = choice;
  return {
    socket,
    secureContext,
    // RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in HostName".
    ...(isIP(serverName) ? {} : { servername: serverName }),
    host: serverName,
    ...(alpn.length > 0 && { ALPNProtocols: [...alpn] }),
    // Judged by us, so that the certificate can be shown with the reason.
    rejectUnauthorized: false,
  };
}

function routeError(error: InWords, choice: TlsChoice, hop: TlsHop): RouteError {
  const { code = 'TLS' } = error;
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    // Node says the same of an end, with a message of its own.
    const isEnd = code === 'EPIPE' || /disconnected before/.test(error.message);
    return new RouteError(hop, code, ...brokenWords(isEnd ? 'ended' : 'reset', hop));
  }
  putInWords(error, choice);
  const trouble: Trouble = { message: error.message, hint: error.hint };
  // Of the options that change what TLS is like, none is for proxies.
  const { message, hint } =
    hop === 'tls' ? trouble : ofProxy({ ...trouble, hint: trouble.hint === undefined ? NO_TLS : undefined });
  return new RouteError(hop, code, message, hint);
}

const NO_TLS = 'http:// before its address, if it speaks no TLS';

/** What is said of a server, of a proxy. */
function ofProxy({ message, hint }: Trouble): Trouble {
  const its = (text: string) =>
    text
      .replaceAll('the server', 'the proxy')
      .replace('--insecure', '--proxy-insecure')
      .replace(/in the URL; --servername NAME to go to .* and expect NAME/, 'in --proxy');
  return { message: its(message), hint: hint && its(hint) };
}

/** What to try where it was the server depends on the URL, which is not known here. */
function brokenWords(how: 'ended' | 'reset', hop: TlsHop): [message: string, hint?: string] {
  const what = (who: string) => `${who} ${how} the connection during the TLS handshake`;
  return hop === 'tls' ? [what('the server')] : [what('the proxy'), NO_TLS];
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
