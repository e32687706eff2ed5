import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { TlsIdentity } from '../route.ts';
import { identityOptions } from './context.ts';

/** A certificate with its private key: read from what a file holds, and judged before anything is open. */

/** What a file of unknown form holds. */
export function formOf(data: Buffer): 'pem' | 'pkcs12' | 'der' | undefined {
  if (data.includes('-----BEGIN ')) return 'pem';
  // DER: a sequence. PKCS#12 begins with its version, 3 (RFC 7292 §4); a certificate with another sequence.
  if (data[0] !== 0x30) return undefined;
  const first = data[1] ?? 0;
  const start = first < 0x80 ? 2 : 2 + (first & 0x7f);
  if (data.subarray(start, start + 3).equals(Buffer.from([2, 1, 3]))) return 'pkcs12';
  return data[start] === 0x30 ? 'der' : undefined;
}

/** Whether the text of a key says that it is encrypted. */
function isEncrypted(key: string): boolean {
  return key.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') || /^Proc-Type: *4, *ENCRYPTED/m.test(key);
}

/** What is wrong with an identity. */
export interface IdentityProblem {
  /** `passphrase`: none was given where one is needed, or it is the wrong one. */
  readonly kind: 'passphrase' | 'other';
  /** Begins with a verb: `holds no private key in PEM form`. */
  readonly words: string;
  readonly hint?: string;
}

/** `undefined` where it can be used. */
export function identityProblem(identity: TlsIdentity): IdentityProblem | undefined {
  // Nobody must be asked by OpenSSL itself for the passphrase of a key.
  if (identity.form === 'pem' && identity.passphrase === undefined && isEncrypted(identity.key)) return LOCKED;
  try {
    createSecureContext({ minVersion: 'TLSv1.2', ...identityOptions(identity) });
    return undefined;
  } catch (error) {
    return problemOf(error as NodeJS.ErrnoException, identity);
  }
}

const LOCKED: IdentityProblem = { kind: 'passphrase', words: 'is encrypted, and no passphrase was given' };

function problemOf({ code = '', message }: NodeJS.ErrnoException, identity: TlsIdentity): IdentityProblem {
  const all = `${code} ${message}`;
  if (/mac verify failure|bad.?decrypt|BAD_PASSWORD/i.test(all)) {
    return identity.passphrase === undefined ? LOCKED : { kind: 'passphrase', words: 'is not opened by this passphrase' };
  }
  if (/KEY_VALUES_MISMATCH|KEY_TYPE_MISMATCH/.test(code)) return other('holds a private key of another certificate');
  if (/KEY_TOO_SMALL/.test(code)) return other('holds a key that is too short: OpenSSL does not take it any more');
  if (/MD_TOO_WEAK/.test(code)) return other('is signed with a digest that OpenSSL does not take any more (MD5 or SHA-1)');
  if (identity.form === 'pkcs12') return pkcs12Problem(all);
  if (!isCertificate(identity.certificate)) return other('holds no certificate that can be read (-----BEGIN CERTIFICATE-----)');
  if (!isKey(identity)) return other('holds no private key that can be read (-----BEGIN PRIVATE KEY-----)');
  return other(`cannot be used: ${message}`);
}

function pkcs12Problem(all: string): IdentityProblem {
  if (/Unable to load private key/i.test(all)) return other('holds no private key, only certificates: export it with its key');
  if (/Unable to load certificate/i.test(all)) return other('holds a private key and no certificate: export it with both');
  if (!/unsupported/i.test(all)) return other('is damaged, or no PKCS#12 file');
  return {
    kind: 'other',
    words: 'is encrypted in an old way (RC2 or 3DES) that OpenSSL 3 does not read',
    hint: 'openssl pkcs12 -legacy -in OLD -nodes -out FILE.pem, then --cert FILE.pem',
  };
}

function other(words: string): IdentityProblem {
  return { kind: 'other', words };
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function isKey({ key, passphrase }: Extract<TlsIdentity, { form: 'pem' }>): boolean {
  try {
    return createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) }).type === 'private';
  } catch {
    return false;
  }
}
