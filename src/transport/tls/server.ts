import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { CertificateFacts } from '../../session/event.ts';
import type { TlsIdentity, TlsVersion } from '../route.ts';
import { certificateFacts } from './certificate.ts';
import { secureContext } from './context.ts';
import { clientTrouble, clientUntrusted, LEFT } from './server-words.ts';
import { sessionDetail } from './session.ts';

/**
 * TLS as a server. Whoever does not get through is told why where that can be: plain HTTP gets an answer in plain HTTP, a
 * client whose certificate is not accepted one over TLS.
 */
export interface ServerTls {
  readonly identity: TlsIdentity;
  /** Certificates in PEM: clients must show one that these vouch for. Empty: none is asked for. */
  readonly clientCa: readonly string[];
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** Protocols taken by ALPN, best first; a client that offers others only is refused (RFC 7301 §3.2). */
  readonly alpn: readonly string[];
  /** Takes lines of NSS's key log format, each with its line end. */
  readonly keylog?: ((line: Buffer) => void) | undefined;
  /** Milliseconds since the epoch, for words about a client's certificate. */
  readonly now?: (() => number) | undefined;
}

export type Secured =
  | { readonly socket: TLSSocket; readonly detail: string; readonly certificate: CertificateFacts | undefined }
  /** `code`: OpenSSL's, or ours. The connection is over, or ends by itself. */
  | { readonly code: string; readonly message: string; readonly certificate?: CertificateFacts | undefined };

/** Throws OpenSSL's error where the choice cannot be served: to be asked before anybody comes. */
export function serverContext(choice: ServerTls): SecureContext {
  return secureContext(choice, choice.clientCa);
}

/** Never rejects. `socket` is paused, and given up by destroying it. */
export async function acceptTls(socket: Duplex, choice: ServerTls): Promise<Secured> {
  const first = await firstBytes(socket);
  if (typeof first === 'string') return { code: 'EMPTY', message: first };
  if (isPlainHttp(first)) {
    refuse(socket, 400, 'This port speaks TLS, and the request came as plain HTTP.\nUse wss:// in place of ws://.');
    return { code: 'PLAIN_HTTP', message: 'it speaks plain HTTP (ws://), and this port TLS (wss://)' };
  }
  socket.unshift(first);
  const secure = await shake(socket, choice);
  if ('code' in secure) return secure;
  const { clientCa } = choice;
  const reason = clientCa.length === 0 ? undefined : unverified(secure);
  const certificate = certificateFacts(secure, reason, choice.now);
  if (reason === undefined) return { socket: secure, detail: sessionDetail(secure), certificate };
  const message = clientUntrusted(reason, certificate);
  refuse(secure, 403, `Your certificate is not accepted:\n${message}.`);
  return { code: reason, message, certificate };
}

/**
 * Why the client's certificate does not verify, in OpenSSL's word. Node fills `authorized` in for sockets of its own servers
 * only, and those would drop the client without a word; what they ask is asked here. Where it cannot be, nobody gets in.
 */
function unverified(secure: TLSSocket): string | undefined {
  const { ssl } = secure as TLSSocket & { readonly ssl?: { verifyError?(): NodeJS.ErrnoException | null | undefined } | null };
  if (typeof ssl?.verifyError !== 'function') return 'UNVERIFIABLE';
  const error = ssl.verifyError();
  return error ? (error.code ?? error.message) : undefined;
}

/** What the client says first; words where it says nothing. */
function firstBytes(socket: Duplex): Promise<Buffer | string> {
  return new Promise((resolve) => {
    const settle = (result: Buffer | string) => {
      socket.off('data', take).off('end', gone).off('close', gone).off('error', failed);
      socket.pause();
      resolve(result);
    };
    const take = (chunk: Buffer) => settle(chunk);
    const gone = () => settle('it left without a word');
    const failed = (error: Error) => settle(`the connection failed: ${error.message}`);
    // What fails later is told by whoever has the socket then.
    socket.on('error', () => undefined);
    socket.on('data', take).on('end', gone).on('close', gone).on('error', failed);
    socket.resume();
  });
}

/** A method, as all requests begin; a TLS record begins with 22 (RFC 8446 §5.1). */
function isPlainHttp(bytes: Buffer): boolean {
  return /^[A-Z]{3}/.test(bytes.toString('latin1', 0, 3));
}

function shake(socket: Duplex, choice: ServerTls): Promise<TLSSocket | { readonly code: string; readonly message: string }> {
  return new Promise((resolve) => {
    const asks = choice.clientCa.length > 0;
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: serverContext(choice),
      requestCert: asks,
      // OpenSSL refuses who shows none, with an alert; who shows the wrong one is judged by us, and told why.
      rejectUnauthorized: asks,
      ALPNProtocols: wireNames(choice.alpn),
    });
    if (choice.keylog) secure.on('keylog', choice.keylog);
    const over = (code: string, message: string) => {
      secure.destroy();
      resolve({ code, message });
    };
    const failed = (error: NodeJS.ErrnoException) => over(error.code ?? 'TLS', clientTrouble(error, choice));
    const closed = () => over('ECONNRESET', LEFT);
    // A socket that no server of Node's own has made tells the errors of TLS by this event, and by no other.
    secure.on('_tlsError', failed).on('error', failed).on('end', closed).on('close', closed);
    secure.once('secure', () => {
      secure.off('_tlsError', failed).off('error', failed).off('end', closed).off('close', closed);
      secure.on('_tlsError', (error: NodeJS.ErrnoException) => {
        error.message = clientTrouble(error, choice);
        secure.destroy(error);
      });
      secure.pause();
      resolve(secure);
    });
    // Else nobody is told that the client has gone.
    secure.resume();
  });
}

/** RFC 7301 §3.1: each name behind its length. */
function wireNames(names: readonly string[]): Buffer {
  return Buffer.concat(names.map((name) => Buffer.from([Buffer.byteLength(name), ...Buffer.from(name)])));
}

/** Milliseconds that a refused client has to read why. */
const LINGER = 1000;

function refuse(socket: Duplex, status: number, text: string): void {
  const reason = status === 403 ? 'Forbidden' : 'Bad Request';
  const body = `${text}\n`;
  const fields = ['Connection: close', 'Content-Type: text/plain; charset=utf-8', `Content-Length: ${Buffer.byteLength(body)}`];
  // A client that sends on while we close would get a reset, and lose the answer.
  const timer = setTimeout(() => socket.destroy(), LINGER);
  socket.on('error', () => undefined);
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroy());
  socket.resume();
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${fields.join('\r\n')}\r\n\r\n${body}`);
}
