import {
  createSecureContext,
  DEFAULT_CIPHERS,
  type SecureContext,
  type SecureContextOptions,
  type SecureVersion,
} from 'node:tls';
import type { TlsIdentity, TlsVersion } from '../route.ts';

/** What TLS is set up with, either role: whom we trust, who we are, which versions. */
export interface ContextChoice {
  readonly identity?: TlsIdentity | undefined;
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** A certificate that is trusted need not be a root: one between vouches for what it signed, and one of a server for itself. */
  readonly trustsAnyLink?: boolean | undefined;
}

const VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** The versions that are spoken, oldest first; none where `minVersion` is newer than `maxVersion`. */
export function spokenVersions({ minVersion, maxVersion = 'TLSv1.3' }: ContextChoice): readonly TlsVersion[] {
  const newest = VERSIONS.indexOf(maxVersion);
  const oldest = minVersion === undefined ? Math.min(VERSIONS.indexOf('TLSv1.2'), newest) : VERSIONS.indexOf(minVersion);
  return VERSIONS.slice(oldest, newest + 1);
}

/** The last one, as reading a hundred and more certificates takes longer than the handshake. */
const last = new WeakMap<readonly string[], { readonly key: string; readonly context: SecureContext }>();

/** `trusted`: in PEM; one and the same array for the same certificates. Throws OpenSSL's error where something does not fit. */
export function secureContext(choice: ContextChoice, trusted: readonly string[]): SecureContext {
  const own = {
    ...identityOptions(choice.identity),
    ...versionOptions(choice),
    ...(choice.trustsAnyLink && { allowPartialTrustChain: true }),
  };
  const key = JSON.stringify(own);
  const kept = last.get(trusted);
  if (kept?.key === key) return kept.context;
  const context = createSecureContext({ ca: [...trusted], ...own });
  last.set(trusted, { key, context });
  return context;
}

/** Of a certificate with its key, for Node. */
export function identityOptions(identity: TlsIdentity | undefined): SecureContextOptions {
  if (!identity) return {};
  const { passphrase } = identity;
  const secret = passphrase === undefined ? {} : { passphrase };
  return identity.form === 'pem'
    ? { cert: identity.certificate, key: identity.key, ...secret }
    : { pfx: identity.data, ...secret };
}

function versionOptions(choice: ContextChoice): SecureContextOptions {
  const spoken = spokenVersions(choice);
  const [oldest, newest] = [spoken[0], spoken.at(-1)] as const;
  if (!oldest || !newest)
    throw new RangeError(`no TLS version is both at least ${choice.minVersion} and at most ${choice.maxVersion}`);
  const range: { minVersion: SecureVersion; maxVersion: SecureVersion } = { minVersion: oldest, maxVersion: newest };
  // The oldest sign with MD5 and SHA-1, which OpenSSL takes at its lowest level of security only.
  const isOld = oldest === 'TLSv1' || oldest === 'TLSv1.1';
  return isOld ? { ...range, ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` } : range;
}
