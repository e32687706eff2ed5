import { expect, it } from 'vitest';
import type { CertificateFacts, CertificateLink } from '../../src/session/event.ts';
import { renderCertificate } from '../../src/view/certificate.ts';
import { escapeText } from '../../src/view/escape.ts';
import { plainStyle } from '../../src/view/style.ts';

const VIEW = { style: plainStyle, safe: (text: string) => escapeText(text) };

const link = (subject: string, issuer: string, more: Partial<CertificateLink> = {}): CertificateLink => ({
  subject,
  issuer,
  names: [],
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2027-01-01T00:00:00.000Z',
  key: 'RSA 2048 bits',
  signature: 'RSA with SHA-256',
  serial: '01',
  fingerprint256: 'AB:CD:EF',
  ...more,
});

const facts = (more: Partial<CertificateFacts> = {}): CertificateFacts => ({
  ...link('CN=localhost', 'CN=Inter', { names: ['DNS:localhost', 'IP Address:127.0.0.1', 'URI:x:y'], key: 'EC P-256' }),
  judgedAt: '2026-12-20T12:00:00.000Z',
  issuers: [],
  ...more,
});

const lines = (certificate: CertificateFacts, role?: 'client') => renderCertificate(certificate, VIEW, role);

it('who, for which names, how long, which key, and the chain up to the root', () => {
  const issuers = [
    { ...link('CN=Inter', 'CN=Root'), sent: true },
    { ...link('CN=Root', 'CN=Root'), sent: false },
  ];
  expect(lines(facts({ issuers }))).toEqual([
    '  CN=localhost  ✓ trusted',
    '    for        localhost, 127.0.0.1, URI:x:y',
    '    valid      2026-01-01 to 2027-01-01, 11 days left',
    '    key        EC P-256, signed by RSA with SHA-256',
    '    SHA-256    abcdef',
    '    issued by  CN=Inter',
    '               until 2027-01-01, 11 days left; RSA 2048 bits, RSA with SHA-256',
    '    issued by  CN=Root, known to this machine',
    '               until 2027-01-01, 11 days left; RSA 2048 bits, RSA with SHA-256',
  ]);
});

it.each<[string, Partial<CertificateFacts>, string]>([
  ['not trusted', { untrusted: 'CERT_HAS_EXPIRED' }, '  CN=localhost  ✗ expired (CERT_HAS_EXPIRED)'],
  ['not trusted for a reason without words', { untrusted: 'CA_MD_TOO_WEAK' }, '  CN=localhost  ✗ CA_MD_TOO_WEAK\n'],
  ['expired yesterday', { validTo: '2026-12-20T00:00:00.000Z' }, '2026-01-01 to 2026-12-20, expired 0 days ago'],
  ['expired', { validTo: '2026-12-18T00:00:00.000Z' }, '2026-01-01 to 2026-12-18, expired 2 days ago'],
  ['one day', { validTo: '2026-12-22T00:00:00.000Z' }, ', 1 day left'],
  ['not yet', { validFrom: '2026-12-30T00:00:00.000Z' }, '2026-12-30 to 2027-01-01, not yet'],
  ['self-signed', { issuer: 'CN=localhost' }, '    issued by  itself'],
  ['incomplete', {}, '    issued by  CN=Inter, whose certificate is not here'],
  ['nameless', { names: [], subject: '' }, '    for        no name'],
  ['of nobody', { subject: '' }, '  nobody (an empty subject)  ✓ trusted'],
  ['hostile', { subject: 'CN=\x1b[31m' }, '  CN=\\x1b[31m  ✓ trusted'],
])('a certificate that is %s', (_, more, shown) => {
  expect(lines(facts(more)).join('\n')).toContain(shown);
});

it('a client has a role of its own', () => {
  expect(lines(facts(), 'client')[0]).toBe('  the client is CN=localhost  ✓ trusted');
});

it('many names and long ones stay within 80 columns', () => {
  const names = Array.from({ length: 40 }, (_, index) => `DNS:server-${index}.of.some.example`);
  const shown = lines(facts({ names, subject: `CN=${'long '.repeat(30)}` })).slice(1);
  expect(shown.join('\n')).toContain('28 more');
  for (const line of shown) expect(line.length).toBeLessThanOrEqual(80);
});
