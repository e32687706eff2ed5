import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWith } from '../need.ts';
import { run } from '../program.ts';
import { OPENSSL } from '../transport/certificates.ts';
import { FOR_HERE, makeChain, NOT_A_CA } from '../transport/chain.ts';
import { startOpenssl } from '../transport/s-server.ts';

/** The client against `openssl s_server`: versions, client certificates, weak keys, session keys, and every refusal in words. */
describeWith(OPENSSL, 'a client of openssl s_server', () => {
  const chain = makeChain();
  const root = chain.make('root', '/CN=Root CA');
  const inter = chain.make('inter', '/CN=Inter CA', 'root', '-addext', 'basicConstraints=critical,CA:TRUE');
  const leaf = chain.make('leaf', '/CN=localhost', 'inter', ...FOR_HERE);
  const plain = chain.make('plain', '/CN=localhost', 'root', ...FOR_HERE);
  const alice = chain.make('alice', '/CN=alice', 'root', ...NOT_A_CA);
  const mallory = chain.make('mallory', '/CN=mallory', undefined, ...NOT_A_CA);
  const CA = ['--ca', root.cert];
  const CLIENTS = ['-Verify', '1', '-verify_return_error', '-CAfile', root.cert];
  const words = (stderr: string) => stderr.replaceAll(/\n {2}/g, ' ');
  /** What answers is a page, no WebSocket: TLS was through. */
  const THROUGH = 6;

  test.each([
    ['-tls1_3', [], 'TLSv1.3, TLS_AES'],
    ['-tls1_2', [], 'TLSv1.2, ECDHE'],
    ['-tls1_1', ['--tls-min', '1.1'], 'TLSv1.1, ECDHE'],
    ['-tls1', ['--tls-max', '1.0'], 'TLSv1, ECDHE'],
  ])('%s with %j: spoken, and shown with -v', async (version, argv, detail) => {
    const { url } = await startOpenssl(plain, version, '-cipher', 'ALL:@SECLEVEL=0');
    const { status, stderr } = await run([...CA, ...argv, '-v', url]);
    expect(stderr).toContain(detail);
    expect(status).toBe(THROUGH);
  });

  test.each([
    ['-tls1_1', [], /does not speak TLS 1\.2 or 1\.3: there is no TLS version in common\n→ try: --tls-min 1\.0/],
    ['-tls1_2', ['--tls-min', '1.3'], /does not speak TLS 1\.3: .*\n→ try: --tls-min 1\.2, or no --tls-min\n/],
    ['-tls1_3', ['--tls-max', '1.2'], /does not speak TLS 1\.2: .*\n→ try: a higher --tls-max, or none\n/],
    ['-tls1_3', ['--tls-min', '1.0', '--tls-max', '1.1'], /does not speak TLS 1\.0 or 1\.1: .*\n→ try: a higher --tls-max/],
  ])('a server of %s only, and %j: 5, and which option', async (version, argv, said) => {
    const { url } = await startOpenssl(plain, version, '-cipher', 'ALL:@SECLEVEL=0');
    const { status, stderr } = await run([...CA, ...argv, url]);
    expect(words(stderr)).toMatch(said);
    expect(status).toBe(5);
  });

  test.each(['-tls1_2', '-tls1_3'])('%s: a client certificate is wanted and none is shown: 5', async (version) => {
    const { url } = await startOpenssl(plain, version, ...CLIENTS);
    const { status, stderr } = await run([...CA, url]);
    expect(words(stderr)).toMatch(/^wstap: TLS failed: .*wants a client certificate[\s\S]*→ try: .*--cert FILE --key FILE/);
    expect(status).toBe(5);
  });

  test.each(['-tls1_2', '-tls1_3'])('%s: a client certificate of an unknown CA is refused: 5', async (version) => {
    const { url } = await startOpenssl(plain, version, ...CLIENTS);
    const { status, stderr } = await run([...CA, '--cert', mallory.cert, '--key', mallory.key, url]);
    expect(words(stderr)).toMatch(/the server refused our client certificate: it does not trust its issuer/);
    expect(status).toBe(5);
  });

  test('client certificates: two files, one file, PKCS#12, and their passphrases', async () => {
    const both = chain.join('both.pem', alice.cert, alice.key);
    const secret = chain.path('secret.key');
    chain.openssl('pkey', '-in', alice.key, '-aes256', '-passout', 'pass:geheim', '-out', secret);
    const p12 = chain.pkcs12('alice.p12', alice, 'geheim');
    const open = chain.pkcs12('open.pfx', alice, '');
    writeFileSync(chain.path('passphrase'), 'geheim\n');
    const { url } = await startOpenssl(plain, ...CLIENTS);
    const variables = { WSTAP_PASSPHRASE: 'geheim' };
    const ways: [string[], { variables?: Record<string, string> }][] = [
      [['--cert', alice.cert, '--key', alice.key], {}],
      [['--cert', both], {}],
      [['--cert', alice.cert, '--key', secret, '--passphrase', 'geheim'], {}],
      [['--cert', alice.cert, '--key', secret], { variables }],
      [['--cert', p12, '--passphrase', `@${chain.path('passphrase')}`], {}],
      [['--cert', p12], { variables }],
      [['--cert', open], {}],
    ];
    for (const [argv, options] of ways) {
      expect(await run([...CA, ...argv, url], '', options), argv.join(' ')).toMatchObject({ status: THROUGH });
    }
  });

  test('the chain is shown up to the root that is trusted here', async () => {
    const { url } = await startOpenssl(leaf, '-cert_chain', inter.cert);
    const { stderr } = await run([...CA, '-v', url], '', { wallClock: Date.now });
    expect(stderr).toMatch(
      /CN=localhost {2}✓ trusted\n {4}for {8}localhost, 127\.0\.0\.1, ::1\n {4}valid {6}\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, 29 days left\n {4}key {8}EC P-256, signed by ECDSA with SHA-256\n {4}SHA-256 {4}[0-9a-f]{64}\n {4}issued by {2}CN=Inter CA\n {15}until .*29 days left; EC P-256, ECDSA with SHA-256\n {4}issued by {2}CN=Root CA, known to this machine\n/,
    );
  });

  test('an incomplete chain, and a root that is not trusted: 5, which issuer, and what to do', async () => {
    const lone = await startOpenssl(leaf);
    const incomplete = await run([...CA, lone.url]);
    expect(incomplete.status).toBe(5);
    expect(words(incomplete.stderr)).toMatch(
      /issued by CN=Inter CA, which this machine does not know, .*incomplete[\s\S]*→ try: --ca FILE with the certificate of CN=Inter CA/,
    );
    const place = chain.make(
      'place',
      '/CN=localhost',
      'inter',
      ...FOR_HERE,
      '-addext',
      'authorityInfoAccess=caIssuers;URI:http://ca.example/inter.der',
    );
    const told = await run([...CA, (await startOpenssl(place)).url]);
    expect(words(told.stderr)).toMatch(
      /chain is incomplete: .* CN=Inter CA\n→ try: .*it lies at http:\/\/ca\.example\/inter\.der/,
    );
    const whole = await startOpenssl(leaf, '-cert_chain', inter.cert);
    expect(words((await run([whole.url])).stderr)).toMatch(/chain ends with CN=Inter CA; its issuer, CN=Root CA, is not trusted/);
    const withRoot = await startOpenssl(leaf, '-cert_chain', chain.join('both-cas.pem', inter.cert, root.cert));
    expect(words((await run([withRoot.url])).stderr)).toMatch(/leads to CN=Root CA, which signed itself and is not trusted/);
  });

  test('--ca takes DER, several files, and --ca-only nothing else', async () => {
    const der = chain.path('root.der');
    chain.openssl('x509', '-in', root.cert, '-outform', 'DER', '-out', der);
    const { url } = await startOpenssl(plain);
    expect((await run(['--ca', mallory.cert, '--ca', der, url])).status).toBe(THROUGH);
    const variables = { NODE_EXTRA_CA_CERTS: root.cert };
    expect((await run(['--ca', mallory.cert, url], '', { variables })).status).toBe(THROUGH);
    expect((await run(['--ca-only', '--ca', mallory.cert, url], '', { variables })).status).toBe(5);
    expect((await run(['--ca-only', ...CA, url])).status).toBe(THROUGH);
  });

  test('SSL_CERT_DIR: a folder of certificates', async () => {
    const { url } = await startOpenssl(plain);
    expect((await run([url], '', { variables: { SSL_CERT_DIR: `/nowhere:${chain.path('')}` } })).status).toBe(THROUGH);
  });

  test('a weak key and an old signature: 5, in words', async () => {
    const SMALL = ['-newkey', 'rsa:512'];
    chain.make('rsa', '/CN=RSA CA', undefined, '-newkey', 'rsa:2048');
    const weak = chain.make('weak', '/CN=localhost', 'rsa', ...FOR_HERE, ...SMALL);
    const old = chain.make('old', '/CN=localhost', 'rsa', ...FOR_HERE, '-newkey', 'rsa:2048', '-sha1');
    const ALL = ['-cipher', 'ALL:@SECLEVEL=0', '-tls1_2'];
    const ca = ['--ca', chain.path('rsa.pem')];
    const small = await run([...ca, (await startOpenssl(weak, ...ALL)).url]);
    expect(small.status).toBe(5);
    expect(words(small.stderr)).toMatch(/the certificate has a key that is too weak to be believed: RSA 512 bits/);
    const sha1 = await run([...ca, (await startOpenssl(old, ...ALL)).url]);
    expect(sha1.status).toBe(5);
    expect(words(sha1.stderr)).toMatch(/the certificate is signed with SHA-1, which can be forged/);
  });

  test('no cipher in common: 5, and what may help', async () => {
    // The key lies on a curve that browsers and we do not offer.
    const odd = chain.make(
      'odd',
      '/CN=localhost',
      'root',
      ...FOR_HERE,
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:secp256k1',
    );
    const { url } = await startOpenssl(odd, '-tls1_2');
    const { status, stderr } = await run([...CA, url]);
    expect(words(stderr)).toMatch(/no cipher or signature in common with TLS 1\.2 or 1\.3/);
    expect(status).toBe(5);
  });

  test('--alpn: what is offered, and nobody who speaks it', async () => {
    const { url } = await startOpenssl(plain, '-alpn', 'other/1,http/1.1');
    expect((await run([...CA, '-v', url])).stderr).toContain('ALPN http/1.1');
    expect((await run([...CA, '-v', '--alpn', 'other/1', url])).stderr).toContain('ALPN other/1');
    expect((await run([...CA, '-v', '--alpn', 'none', url])).stderr).not.toContain('ALPN');
    const { status, stderr } = await run([...CA, '--alpn', 'smtp,x', url]);
    expect(words(stderr)).toMatch(/speaks none of the protocols that ALPN offers: smtp, x\n→ try: --alpn none/);
    expect(status).toBe(5);
  });

  test('--servername: asked for by SNI, and expected in the certificate', async () => {
    const named = chain.make('named', '/CN=n', 'root', ...NOT_A_CA, '-addext', 'subjectAltName=DNS:inner.example');
    const sni = ['-servername', 'inner.example', '-servername_fatal', '-cert2', named.cert, '-key2', named.key];
    const { url } = await startOpenssl(named, ...sni);
    expect((await run([...CA, '--servername', 'inner.example', url])).status).toBe(THROUGH);
    const { status, stderr } = await run([...CA, url]);
    expect(words(stderr)).toMatch(/the server does not know the name localhost \(SNI\)\n→ try: --servername NAME/);
    expect(status).toBe(5);
    const unnamed = await startOpenssl(named);
    expect(words((await run([...CA, unnamed.url])).stderr)).toMatch(
      /the certificate is not for localhost but for inner\.example\n→ try: .*--servername NAME/,
    );
  });

  test.each(['--keylog', 'SSLKEYLOGFILE'])('%s: the very keys that the server has, appended, for our eyes only', async (way) => {
    const theirs = chain.path(`theirs-${way}`);
    const ours = chain.path(`ours-${way}`);
    const { url } = await startOpenssl(plain, '-keylogfile', theirs);
    const argv = way === '--keylog' ? ['--keylog', ours] : [];
    const variables: Record<string, string> = way === '--keylog' ? {} : { SSLKEYLOGFILE: ours };
    await run([...CA, ...argv, url], '', { variables });
    const first = readFileSync(ours, 'utf8');
    const sorted = (text: string) =>
      text
        .split('\n')
        .filter((line) => /^[A-Z]/.test(line))
        .sort();
    expect(sorted(first)).toEqual(sorted(readFileSync(theirs, 'utf8')));
    expect(sorted(first).map((line) => line.split(' ')[0])).toContain('CLIENT_TRAFFIC_SECRET_0');
    expect(statSync(ours).mode & 0o777).toBe(0o600);
    await run([...CA, ...argv, url], '', { variables });
    expect(readFileSync(ours, 'utf8').startsWith(first)).toBe(true);
    expect(readFileSync(ours, 'utf8').length).toBeGreaterThan(first.length);
  });

  test('a key log that cannot be written: asked for by hand 3, from the environment a warning', async () => {
    const { url } = await startOpenssl(plain);
    expect(await run([...CA, '--keylog', '/nowhere/keys', url])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('--keylog'),
    });
    const { status, stderr } = await run([...CA, url], '', { variables: { SSLKEYLOGFILE: '/nowhere/keys' } });
    expect(status).toBe(THROUGH);
    expect(stderr.match(/no session keys are kept/g)).toHaveLength(1);
  });

  test('handshake --format json carries certificate and failure', async () => {
    const { url } = await startOpenssl(leaf, '-cert_chain', inter.cert);
    const { status, stdout } = await run(['handshake', '--format', 'json', url]);
    expect(status).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      certificate: {
        subject: 'CN=localhost',
        key: 'EC P-256',
        untrusted: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
        issuers: [{ subject: 'CN=Inter CA', sent: true }],
      },
      failure: { hop: 'tls', hint: expect.stringContaining('--ca FILE') },
    });
  });
});
