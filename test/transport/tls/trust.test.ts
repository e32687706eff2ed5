import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { certificatesIn, trustedCertificates } from '../../../src/transport/tls/trust.ts';

const folder = mkdtempSync(join(tmpdir(), 'trust-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test('Node’s list, and each source on top of it', () => {
  const dir = join(folder, 'dir');
  mkdirSync(dir);
  writeFileSync(join(dir, 'one.pem'), pem('ONE'));
  writeFileSync(join(dir, 'README'), 'nothing');
  mkdirSync(join(dir, 'deeper'));
  const variables = {
    SSL_CERT_FILE: file('system.pem', `# Some CA\n${pem('SYS')}\n\n# Other\n${pem('SYS2').replaceAll('\n', '\r\n')}\n`),
    SSL_CERT_DIR: `${folder}/missing:${dir}`,
    NODE_EXTRA_CA_CERTS: file('extra.pem', pem('EXTRA')),
  };
  const all = trustedCertificates(variables, [pem('HAND')]);
  expect(all.slice(0, rootCertificates.length)).toEqual([...rootCertificates]);
  expect(all.slice(rootCertificates.length)).toEqual([pem('SYS'), pem('SYS2'), pem('EXTRA'), pem('ONE'), pem('HAND')]);
});

test('what several sources hold is there once, and the same question has the same answer', () => {
  const SSL_CERT_FILE = file('roots.pem', rootCertificates.join('\n'));
  const variables = { SSL_CERT_FILE };
  const all = trustedCertificates(variables, []);
  expect(all).toHaveLength(rootCertificates.length);
  expect(trustedCertificates(variables, [])).toBe(all);
  expect(trustedCertificates(variables, [pem('X')])).toHaveLength(all.length + 1);
});

test('certificates are told from all else in a PEM file', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';
  expect(certificatesIn(`${key}\n${pem('A')}\ntext\n${pem('B')}`)).toEqual([pem('A'), pem('B')]);
  expect(certificatesIn('')).toEqual([]);
});
