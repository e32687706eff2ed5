import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { signatureAlgorithm } from '../../../src/transport/tls/signature.ts';
import { describeWith } from '../../need.ts';
import { OPENSSL } from '../certificates.ts';
import { makeChain } from '../chain.ts';

describeWith(OPENSSL, 'the signature algorithm of a certificate', () => {
  const chain = makeChain();
  const der = (name: string, ...more: string[]) => {
    const { cert } = chain.make(name, '/CN=x', undefined, ...more);
    return Buffer.from(new X509Certificate(readFileSync(cert)).raw);
  };

  it.each([
    [['-newkey', 'rsa:1024', '-sha256'], 'RSA with SHA-256'],
    [['-newkey', 'rsa:1024', '-sha1'], 'RSA with SHA-1'],
    [['-newkey', 'rsa:1024', '-sha256', '-sigopt', 'rsa_padding_mode:pss'], 'RSA-PSS'],
    [['-sha384'], 'ECDSA with SHA-384'],
    [['-newkey', 'ed25519'], 'Ed25519'],
    [['-sha3-256'], '2.16.840.1.101.3.4.3.10'],
  ])('%j: %s', (argv, name) => {
    expect(signatureAlgorithm(der('one', ...argv))).toBe(name);
  });

  it('bytes that are cut, changed or none at all never throw', () => {
    const whole = der('cut');
    for (let length = 0; length < whole.length; length++) signatureAlgorithm(whole.subarray(0, length));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => typeof signatureAlgorithm(Buffer.from(bytes)) === 'string'),
    );
    expect(signatureAlgorithm(Buffer.from('not DER'))).toBe('');
  });
});
