import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

/** Whom this machine trusts: certificates in PEM. */
type Variables = Readonly<Record<string, string | undefined>>;

/** Where systems keep the certificates that they trust, in the order in which they are looked for. */
const SYSTEM_STORES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** To read the files once is enough for a process; the variables of one are always the same object. */
const known = new WeakMap<Variables, string[]>();
const together = new WeakMap<readonly string[], { readonly extra: readonly string[]; readonly all: string[] }>();

/**
 * Everything that is trusted: Node's own list, the system's (or SSL_CERT_FILE's), what lies in SSL_CERT_DIR,
 * NODE_EXTRA_CA_CERTS, and what was given by hand. Handing `ca` to Node drops all of these, so they are put together here.
 * The same array for the same question, where it is asked twice in a row.
 */
export function trustedCertificates(variables: Variables, extra: readonly string[]): string[] {
  let own = known.get(variables);
  if (!own) {
    own = ownCertificates(variables);
    known.set(variables, own);
  }
  const last = together.get(own);
  if (last && last.extra.length === extra.length && last.extra.every((text, index) => text === extra[index])) return last.all;
  const all = [...own, ...extra];
  together.set(own, { extra, all });
  return all;
}

function ownCertificates({ SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS }: Variables): string[] {
  const files = [firstReadable(SSL_CERT_FILE ? [SSL_CERT_FILE] : SYSTEM_STORES), firstReadable([NODE_EXTRA_CA_CERTS ?? ''])];
  const folders = (SSL_CERT_DIR ?? '').split(':').filter((path) => path !== '');
  const texts = [...files, ...folders.flatMap(filesIn)];
  // Most of the system's are in Node's list too, and each costs a start a fifth of a millisecond.
  return [...new Set([...rootCertificates, ...texts.flatMap(certificatesIn)])];
}

function firstReadable(paths: readonly string[]): string {
  for (const path of paths) {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      // Not on this system: the next.
    }
  }
  return '';
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => firstReadable([join(folder, name)]));
  } catch {
    return [];
  }
}

const BLOCK = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM text, each alone; text between them is left out. */
export function certificatesIn(pem: string): string[] {
  return pem.replaceAll('\r\n', '\n').match(BLOCK) ?? [];
}
