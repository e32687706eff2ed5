import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { connect, type DetailedPeerCertificate, type PeerCertificate, rootCertificates, type TLSSocket } from 'node:tls';
import type { CertificateFacts } from '../session/event.ts';
import { RouteError, type RouteObserver, type TlsChoice } from './route.ts';

/** TLS over an open socket. Verification is on; no byte of the request leaves before the certificate was judged. */

/** Where systems keep the certificates that they trust, in the order in which they are looked for. */
const SYSTEM_STORES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/**
 * Everything that is trusted: Node's own list, the system's (or SSL_CERT_FILE's), NODE_EXTRA_CA_CERTS, and what was
 * given by hand. Handing `ca` to Node drops all of these, so they are put together here.
 */
export function trustedCertificates(variables: Readonly<Record<string, string | undefined>>, extra: readonly string[]): string[] {
  const system = variables.SSL_CERT_FILE ? [variables.SSL_CERT_FILE] : SYSTEM_STORES;
  const files = [firstReadable(system), variables.NODE_EXTRA_CA_CERTS && firstReadable([variables.NODE_EXTRA_CA_CERTS])];
  return [...rootCertificates, ...files.filter((text) => text !== undefined && text !== ''), ...extra] as string[];
}

function firstReadable(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      // Not on this system: the next.
    }
  }
  return undefined;
}

export function startTls(
  socket: Socket,
  choice: TlsChoice,
  trusted: readonly string[],
  observer: RouteObserver,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    observer.begin('tls');
    const secure = connect({
      socket,
      ca: [...trusted],
      // RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in HostName".
      ...(isIP(choice.serverName) ? {} : { servername: choice.serverName }),
      host: choice.serverName,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      // Judged below, so that the certificate can be shown with the reason.
      rejectUnauthorized: false,
    });
    const failed = (error: NodeJS.ErrnoException) =>
      reject(new RouteError('tls', error.code ?? 'TLS', opensslReason(error.message)));
    const closed = () => reject(new RouteError('tls', 'ECONNRESET', 'the peer ended the connection during the TLS handshake'));
    secure.once('error', failed);
    secure.once('close', closed);
    secure.once('secureConnect', () => {
      secure.off('error', failed);
      secure.off('close', closed);
      const reason = secure.authorized ? undefined : reasonOf(secure.authorizationError);
      const facts = certificateFacts(secure.getPeerCertificate(), reason);
      observer.done(
        'tls',
        [secure.getProtocol(), secure.getCipher().name, secure.alpnProtocol && `ALPN ${secure.alpnProtocol}`]
          .filter(Boolean)
          .join(', '),
        facts,
      );
      if (reason === undefined || choice.insecure) resolve(secure);
      else {
        secure.on('error', () => undefined);
        secure.destroy();
        reject(new RouteError('tls', reason, wordsFor(reason, facts, choice.serverName)));
      }
    });
  });
}

/** `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…` says `wrong version number` to people. */
function opensslReason(message: string): string {
  return /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
}

/** The types say Error, and Node gives OpenSSL's code as a string or an error with one. */
function reasonOf(error: Error | string | null): string {
  if (typeof error === 'string') return error;
  return (error as NodeJS.ErrnoException | null)?.code ?? error?.message ?? 'UNTRUSTED';
}

function certificateFacts(
  certificate: PeerCertificate | DetailedPeerCertificate,
  untrusted: string | undefined,
): CertificateFacts | undefined {
  if (!certificate.raw) return undefined;
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    names: (certificate.subjectaltname ?? '').split(', ').filter((name) => name !== ''),
    validFrom: isoDate(certificate.valid_from),
    validTo: isoDate(certificate.valid_to),
    fingerprint256: certificate.fingerprint256,
    ...(untrusted === undefined ? {} : { untrusted }),
  };
}

function distinguishedName(name: object): string {
  return Object.entries(name as Record<string, string | string[]>)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : value}`)
    .join(', ');
}

function isoDate(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

function wordsFor(reason: string, facts: CertificateFacts | undefined, host: string): string {
  switch (reason) {
    case 'CERT_HAS_EXPIRED':
      return `the certificate expired on ${facts?.validTo ?? 'an unknown day'}`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate is valid only from ${facts?.validFrom ?? 'a later day'}`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'the certificate is self-signed: nobody that this machine trusts vouches for it';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate is not for ${host} but for ${facts?.names.join(', ') || facts?.subject || 'nobody'}`;
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return `the certificate's issuer is not trusted or was not sent along: ${facts?.issuer ?? 'unknown'}`;
    default:
      return `the certificate did not verify: ${reason}`;
  }
}
