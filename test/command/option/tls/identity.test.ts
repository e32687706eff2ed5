import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeWith } from '../../../need.ts';
import { run } from '../../../program.ts';
import { OPENSSL } from '../../../transport/certificates.ts';
import { makeChain } from '../../../transport/chain.ts';

/** What can be wrong with a certificate and its key is said before anything is open, by client and server alike. */
const folder = mkdtempSync(join(tmpdir(), 'identity-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NOWHERE = 'wss://127.0.0.1:1/';

describeWith(OPENSSL, '--cert, --key and --passphrase', () => {
  const chain = makeChain();
  const one = chain.make('one', '/CN=one');
  const two = chain.make('two', '/CN=two');
  const weak = chain.make('weak', '/CN=weak', undefined, '-newkey', 'rsa:512');
  const locked = chain.path('locked.key');
  chain.openssl('pkey', '-in', one.key, '-aes256', '-passout', 'pass:geheim', '-out', locked);
  const p12 = chain.pkcs12('one.p12', one, 'geheim');
  const keyless = chain.pkcs12('keyless.p12', one, 'geheim', '-nokeys');
  const old = chain.pkcs12('old.p12', one, 'geheim', '-legacy');
  const der = chain.path('one.der');
  chain.openssl('x509', '-in', one.cert, '-outform', 'DER', '-out', der);
  const keyDer = chain.path('key.der');
  chain.openssl('pkey', '-in', one.key, '-outform', 'DER', '-out', keyDer);
  const text = join(folder, 'text');
  writeFileSync(text, 'hello');
  const broken = join(folder, 'broken.pem');
  writeFileSync(
    broken,
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
  );

  test.each<[string, string[], number, RegExp]>([
    ['--key alone', ['--key', one.key], 2, /--key is the key of a certificate: give --cert FILE too/],
    ['no such file', ['--cert', '/nowhere'], 3, /there is no file "\/nowhere"/],
    [
      'a certificate without a key',
      ['--cert', one.cert],
      3,
      /one\.pem holds a certificate and no private key: give --key FILE too/,
    ],
    ['a key in place of a certificate', ['--cert', one.key], 3, /one\.key holds no certificate in PEM form/],
    ['neither', ['--cert', text], 3, /text holds no certificate: PEM .* and PKCS#12 are read/],
    ['damaged', ['--cert', broken], 3, /broken\.pem holds no certificate that can be read/],
    [
      'a certificate in place of the key',
      ['--cert', one.cert, '--key', two.cert],
      3,
      /two\.pem holds no private key that can be read/,
    ],
    ['the key of another', ['--cert', one.cert, '--key', two.key], 3, /two\.key holds a private key of another certificate/],
    ['a key in DER', ['--cert', der, '--key', keyDer], 3, /key\.der holds no private key in PEM form; try: openssl pkey/],
    ['a weak key', ['--cert', weak.cert, '--key', weak.key], 3, /weak\.key holds a key that is too short/],
    [
      'a wrong passphrase',
      ['--cert', one.cert, '--key', locked, '--passphrase', 'x'],
      3,
      /locked\.key is not opened by this passphrase/,
    ],
    ['a wrong passphrase of PKCS#12', ['--cert', p12, '--passphrase', 'x'], 3, /one\.p12 is not opened by this passphrase/],
    [
      'a PKCS#12 without a key',
      ['--cert', keyless, '--passphrase', 'geheim'],
      3,
      /keyless\.p12 holds no private key, only certificates/,
    ],
    ['nobody to ask', ['--cert', p12, '--no-input'], 2, /Passphrase for .*one\.p12 is needed, but --no-input .*WSTAP_PASSPHRASE/],
    [
      'an old PKCS#12',
      ['--cert', old, '--passphrase', 'geheim'],
      3,
      /old\.p12 is encrypted in an old way .*openssl pkcs12 -legacy/,
    ],
    ['PKCS#12 and a key', ['--cert', p12, '--key', one.key], 2, /one\.p12 is PKCS#12 and holds its key: leave out --key/],
    ['no such passphrase file', ['--cert', p12, '--passphrase', '@/nowhere'], 3, /there is no file "\/nowhere"/],
    ['--ca that is damaged', ['--ca', broken], 3, /broken\.pem: the certificate cannot be read/],
    ['--ca that is none', ['--ca', text], 3, /text holds no certificate in PEM form/],
    ['--ca-only alone', ['--ca-only'], 2, /--ca-only trusts what --ca names, and nothing is named/],
    ['--tls-min that is none', ['--tls-min', '1.4'], 2, /"1\.4" is no version of TLS/],
    ['no version left', ['--tls-min', '1.3', '--tls-max', '1.2'], 2, /--tls-min is newer than --tls-max/],
    ['--alpn with a hole', ['--alpn', 'a,,b'], 2, /"a,,b" is no list of protocols/],
  ])('%s', async (_, argv, status, words) => {
    const outcome = await run([...argv, NOWHERE]);
    expect(outcome).toMatchObject({ status, stderr: expect.stringMatching(words) });
  });

  test('WSTAP_PASSPHRASE that is empty is not set', async () => {
    const { status, stderr } = await run(['--cert', p12, '--no-input', NOWHERE], '', { variables: { WSTAP_PASSPHRASE: '' } });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/one\.p12 is needed, but --no-input/)]);
  });

  test('a certificate in DER is taken, and a literal @ in a passphrase', async () => {
    const at = chain.pkcs12('at.p12', one, '@geheim');
    expect((await run(['--cert', der, '--key', one.key, NOWHERE])).status).toBe(4);
    expect((await run(['--cert', at, '--passphrase', '@@geheim', NOWHERE])).status).toBe(4);
  });

  test('a passphrase on the command line is hidden from ps, and said to be seen', async () => {
    const { stderr } = await run(['--cert', p12, '--passphrase', 'geheim', '-x', 'hi', NOWHERE], '', { terminal: true });
    expect(stderr).toContain('a secret on the command line can be seen by every user of this machine');
  });

  test('mistakes are told for a plain address too, and by the server', async () => {
    expect((await run(['--cert', one.cert, 'ws://127.0.0.1:1/'])).status).toBe(3);
    expect(await run(['listen', '--cert', p12, '--passphrase', 'x'])).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/is not opened by this passphrase/),
    });
  });
});
