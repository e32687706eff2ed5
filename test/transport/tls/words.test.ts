import { describe, expect, it } from 'vitest';
import type { CertificateFacts } from '../../../src/session/event.ts';
import type { TlsChoice } from '../../../src/transport/route.ts';
import { alertWords, opensslReason } from '../../../src/transport/tls/alert.ts';
import { untrustedWords } from '../../../src/transport/tls/words.ts';

const link = {
  subject: 'CN=a.example',
  issuer: 'CN=CA',
  names: ['DNS:a.example', 'DNS:b.example', 'IP Address:::1'],
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2026-11-20T23:30:00.000Z',
  key: 'RSA 2048 bits',
  signature: 'RSA with SHA-256',
  serial: '01',
  fingerprint256: 'AB',
};
const facts = (more: Partial<CertificateFacts> = {}): CertificateFacts => ({
  ...link,
  judgedAt: '2026-11-21T00:00:00.000Z',
  issuers: [],
  ...more,
});

/** What the interop tests cannot make easily; the rest is in `tls.test.ts` and `tls-openssl.test.ts`, through the program. */
describe('why a certificate is not believed', () => {
  it.each<[string, Partial<CertificateFacts>, RegExp]>([
    ['CERT_HAS_EXPIRED', {}, /expired on 2026-11-20 23:30 UTC, 30 minutes ago$/],
    ['CERT_HAS_EXPIRED', { validTo: '2026-11-19T00:00:00.000Z' }, /, 2 days ago$/],
    ['CERT_HAS_EXPIRED', { validTo: '2026-10-21T00:00:00.000Z' }, /, 1 month ago$/],
    [
      'CERT_HAS_EXPIRED',
      { validTo: '2027-01-01T00:00:00.000Z', issuers: [{ ...link, subject: 'CN=CA', sent: true }] },
      /^the certificate of its issuer CN=CA expired on/,
    ],
    ['CERT_NOT_YET_VALID', { validFrom: '2026-11-21T05:00:00.000Z' }, /only from 2026-11-21 05:00 UTC on, 5 hours from now$/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', {}, /^the certificate is not for h but for a\.example, b\.example and ::1$/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', { names: [] }, /for nobody: it has no subject alternative names, only CN=a\.example$/],
    ['CERT_REVOKED', {}, /revoked/],
    ['INVALID_CA', {}, /^CN=CA signed the certificate and is no certificate authority$/],
    ['INVALID_PURPOSE', {}, /not meant for servers/],
    ['CERT_SIGNATURE_FAILURE', {}, /signature is wrong/],
    ['UNSPECIFIED', { signature: 'RSA with MD5' }, /is signed with MD5, which can be forged$/],
    ['UNSPECIFIED', {}, /^the certificate does not verify: UNSPECIFIED$/],
  ])('%s %j', (reason, more, words) => {
    const { message, hint } = untrustedWords(reason, facts(more), 'h');
    expect(message).toMatch(words);
    expect(hint).toContain('--insecure');
  });
});

describe('why TLS fails', () => {
  const identity = { form: 'pem', certificate: '', key: '' } as const;
  it.each<[string, Partial<TlsChoice>, RegExp]>([
    ['ERR_SSL_WRONG_VERSION_NUMBER', {}, /^what answers is not TLS: this port speaks plain text/],
    [
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      { identity },
      /^the server refused our client certificate \(alert "bad certificate"\)/,
    ],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', { identity }, /refused our client certificate \(alert "certificate expired"\)/],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', {}, /^the server wants a client certificate, and none was shown/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', { identity }, /wants another client certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', {}, /although no certificate was shown/],
    ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', {}, /failed inside .*they do not know the name h$/],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', {}, /or it wants a client certificate$/],
    ['ERR_SSL_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED', {}, /too weak to be believed \(legacy sigalg/],
    ['ERR_SSL_DH_KEY_TOO_SMALL', {}, /too weak to be believed \(dh key too small\)$/],
    ['ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED', {}, /RFC 5746/],
  ])('%s %j', (code, more, words) => {
    expect(alertWords(code, { serverName: 'h', extraCa: [], insecure: false, ...more })?.message).toMatch(words);
  });

  const hintFor = (code: string, more: Partial<TlsChoice>) =>
    alertWords(code, { serverName: 'h', extraCa: [], insecure: false, ...more })?.hint;

  it.each<[Partial<TlsChoice>, string]>([
    [{ minVersion: 'TLSv1.3' }, '--tls-min 1.2, or no --tls-min'],
    [{}, '--tls-min 1.0, which allows old versions'],
    [{ maxVersion: 'TLSv1.2' }, 'a higher --tls-max, or none'],
  ])('no version in common with %j: the step that is nearest', (more, hint) => {
    expect(hintFor('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', more)).toBe(hint);
  });

  it.each(['127.0.0.1', '::1'])('no name is sent for %s, so it is none that the server does not know', (serverName) => {
    for (const code of ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR']) {
      const words = alertWords(code, { serverName, extraCa: [], insecure: false });
      expect(words?.message).not.toContain(`know the name`);
      expect(words?.hint).toContain('--servername NAME');
    }
  });

  it('a code that nobody thought of keeps the words of OpenSSL', () => {
    const message = '80:error:0A0000BA:SSL routines:some_function:some odd thing:../deps/x.c:12:\n';
    expect(alertWords('ERR_SSL_SOME_ODD_THING', { serverName: 'h', extraCa: [], insecure: false })).toBeUndefined();
    expect(opensslReason(message)).toBe('some odd thing');
    expect(opensslReason('plain')).toBe('plain');
  });
});
