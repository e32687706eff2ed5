import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeWith } from '../../../need.ts';
import { run } from '../../../program.ts';
import { site } from '../../../site.ts';
import { OPENSSL } from '../../../transport/certificates.ts';
import { FOR_HERE, makeChain, NOT_A_CA } from '../../../transport/chain.ts';

/** What --ca names is believed, be it a root, a CA between, or the server's own certificate: as with curl's --cacert. */
describeWith(OPENSSL, 'a server that sends its own certificate alone', () => {
  const chain = makeChain();
  const root = chain.make('root', '/CN=Root');
  const inter = chain.make('inter', '/CN=Inter', 'root', '-addext', 'basicConstraints=critical,CA:TRUE');
  const leaf = chain.make('leaf', '/CN=localhost', 'inter', ...FOR_HERE);
  const other = chain.make('other', '/CN=other', 'inter', ...NOT_A_CA, '-addext', 'subjectAltName=DNS:other.example');
  const identity = { cert: readFileSync(leaf.cert), key: readFileSync(leaf.key) };

  test('following what is advised leads to an open connection', async () => {
    const { port } = await site({ '/': 'ws' }, identity);
    const url = `wss://localhost:${port}/`;
    const { status, stderr } = await run([url]);
    expect([status, stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      5,
      expect.stringContaining('try: --ca FILE with the certificate of CN=Inter'),
    ]);
    expect(await run(['--ca', inter.cert, url])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test.each([
    ['its issuer', inter.cert, [], 0],
    ['its issuer, and nothing else', inter.cert, ['--ca-only'], 0],
    ['itself', leaf.cert, [], 0],
    ['itself, and nothing else', leaf.cert, ['--ca-only'], 0],
    ['the root, which does not lead there', root.cert, [], 5],
    ['the certificate of another server', other.cert, [], 5],
  ])('--ca with %s', async (_, file, argv, status) => {
    const { port } = await site({ '/': 'ws' }, identity);
    expect((await run([...argv, '--ca', file, `wss://localhost:${port}/`])).status).toBe(status);
  });

  test('the name must be right all the same', async () => {
    const pair = { cert: readFileSync(other.cert), key: readFileSync(other.key) };
    const { port } = await site({ '/': 'ws' }, pair);
    const { status, stderr } = await run(['--ca', other.cert, `wss://localhost:${port}/`]);
    expect([status, stderr.replaceAll(/\s+/g, ' ')]).toEqual([5, expect.stringContaining('is not for localhost but for')]);
  });

  test('a proxy is believed by it too', async () => {
    const { port, asked } = await site({ 'server.test:80': '403 Forbidden' }, identity);
    const { stderr } = await run(['--ca', inter.cert, '--proxy', `https://localhost:${port}`, 'ws://server.test/']);
    expect(stderr).toContain('the proxy failed: it answered 403 Forbidden');
    expect(asked).toHaveLength(1);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'trust-option-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const DAMAGED = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

test.each<[string, string, string, string]>([
  ['SSL_CERT_FILE', 'without a certificate', fileOf('empty.pem', ''), 'holds no certificate that can be read (PEM)'],
  ['SSL_CERT_FILE', 'with a damaged one', fileOf('damaged.pem', DAMAGED), 'holds no certificate that can be read (PEM)'],
  ['NODE_EXTRA_CA_CERTS', 'without a certificate', fileOf('text', 'hello'), 'holds no certificate that can be read (PEM)'],
  ['SSL_CERT_DIR', 'that is not there', `${folder}:/nowhere`, 'there is no folder "/nowhere"'],
  ['SSL_CERT_DIR', 'that is a file', fileOf('file', ''), 'there is no folder "'],
])('the variable %s %s does not count, and that is said', async (name, _, value, words) => {
  const { stderr } = await run(['wss://127.0.0.1:1/'], '', { variables: { [name]: value } });
  expect(stderr.match(/does not count/g)).toHaveLength(1);
  expect(stderr).toContain(`wstap: ! the variable ${name} does not count: `);
  expect(stderr).toContain(words);
});
