import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { CertificateFacts, CertificateLink } from '../../session/event.ts';
import { signatureAlgorithm } from './signature.ts';

/**
 * What the other side's certificate says, and those of its issuers, up to the root where that is known. `untrusted`: why it
 * does not verify, in OpenSSL's word. `now`: milliseconds since the epoch. `undefined` where none was shown.
 */
export function certificateFacts(
  secure: TLSSocket,
  untrusted: string | undefined,
  now: (() => number) | undefined,
): CertificateFacts | undefined {
  const [leaf, ...issuers] = chainOf(secure.getPeerCertificate(true));
  if (!leaf) return undefined;
  const sent = sentBy(secure);
  return {
    ...linkOf(leaf),
    ...(now && { judgedAt: new Date(now()).toISOString() }),
    issuers: issuers.map((issuer) => ({ ...linkOf(issuer), sent: sent.has(issuer.fingerprint256) })),
    ...issuerPlace(leaf),
    ...(untrusted === undefined ? {} : { untrusted }),
  };
}

/** Node links each certificate to its issuer, the root to itself, and adds the one that is trusted where the chain ends. */
function chainOf(first: Partial<DetailedPeerCertificate>): X509Certificate[] {
  const chain = new Map<string, X509Certificate>();
  let next: Partial<DetailedPeerCertificate> | undefined = first;
  while (next?.raw && !chain.has(next.fingerprint256 ?? '')) {
    chain.set(next.fingerprint256 ?? '', new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return [...chain.values()];
}

/** Fingerprints of what came over the wire. */
function sentBy(secure: TLSSocket): Set<string> {
  const prints = new Set<string>();
  let next = secure.getPeerX509Certificate();
  while (next && !prints.has(next.fingerprint256)) {
    prints.add(next.fingerprint256);
    next = next.issuerCertificate;
  }
  return prints;
}

/** One certificate by itself. */
function linkOf(certificate: X509Certificate): CertificateLink {
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    names: namesIn(certificate.subjectAltName),
    validFrom: isoDate(certificate.validFrom),
    validTo: isoDate(certificate.validTo),
    key: keyOf(certificate),
    signature: signatureAlgorithm(certificate.raw),
    serial: certificate.serialNumber,
    fingerprint256: certificate.fingerprint256,
  };
}

/** Node writes an attribute a line, and nothing at all for a name without any. */
function distinguishedName(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** `DNS:a, IP Address:::1`; a name with a comma stands in quotes, as in JSON. */
function namesIn(text: string | undefined): string[] {
  return text?.match(/(?:[^",]|"(?:[^"\\]|\\.)*")+/g)?.map((name) => shortAddress(name.trim())) ?? [];
}

/** OpenSSL writes an IPv6 address out; people write it short (RFC 5952). */
function shortAddress(name: string): string {
  const address = /^IP Address:([0-9a-f:]*:[0-9a-f:.]*)$/i.exec(name)?.[1];
  return address === undefined || isIP(address) !== 6 ? name : `IP Address:${new URL(`ws://[${address}]`).hostname.slice(1, -1)}`;
}

function isoDate(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** `RSA 2048 bits`, `EC P-256`, `Ed25519`. */
function keyOf(certificate: X509Certificate): string {
  try {
    const { asymmetricKeyType: type = '', asymmetricKeyDetails: details = {} } = certificate.publicKey;
    if (type === 'ec') return `EC ${CURVES[details.namedCurve ?? ''] ?? details.namedCurve ?? 'of an unnamed curve'}`;
    if (type.startsWith('ed')) return type.replace('ed', 'Ed');
    return `${type.toUpperCase()}${details.modulusLength === undefined ? '' : ` ${details.modulusLength} bits`}`;
  } catch {
    return 'of an unknown kind';
  }
}

/** RFC 5280 §4.2.2.1: where the issuer's certificate lies, for whoever was not sent it. */
function issuerPlace({ infoAccess }: X509Certificate): { readonly issuerAt?: string } {
  const place = /^CA Issuers - URI:(.+)$/m.exec(infoAccess ?? '')?.[1];
  return place === undefined ? {} : { issuerAt: place };
}
