import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions as ServerTlsOptions, TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type SessionEvent, WebSocket, type WebSocketOptions } from '../../src/index.ts';
import { describeWith } from '../need.ts';
import { OPENSSL } from '../transport/certificates.ts';
import { FOR_HERE, makeChain, NOT_A_CA } from '../transport/chain.ts';
import { openTo, socketTo, story } from './watch.ts';

/** The `tls` option of `WebSocket`, against node's https and ws. */
describeWith(OPENSSL, 'tls', () => {
  const chain = makeChain();
  const root = chain.make('root', '/CN=Root CA');
  const server = chain.make('server', '/CN=localhost', 'root', ...FOR_HERE);
  const alice = chain.make('alice', '/CN=alice', 'root', ...NOT_A_CA);
  const p12 = readFileSync(chain.pkcs12('alice.p12', alice, 'geheim'));
  const read = (file: string) => readFileSync(file, 'utf8');
  const ca = read(root.cert);
  const identity = { cert: read(alice.cert), key: read(alice.key) };

  async function secure(options: ServerTlsOptions & { ALPNProtocols?: string[] }) {
    const https = createServer({ cert: read(server.cert), key: read(server.key), ...options });
    const clients: TLSSocket[] = [];
    https.on('secureConnection', (socket) => clients.push(socket));
    https.on('tlsClientError', () => undefined);
    const sockets = new WebSocketServer({ server: https });
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate();
      https.close();
    });
    return { url: `wss://localhost:${(https.address() as AddressInfo).port}/`, clients };
  }

  const MUTUAL = { requestCert: true, rejectUnauthorized: true, ca };

  test.each<[what: string, tls: NonNullable<WebSocketOptions['tls']>]>([
    ['cert and key', identity],
    ['pfx and passphrase', { pfx: new Uint8Array(p12), passphrase: 'geheim' }],
  ])('%s are shown to a server that asks', async (_, tls) => {
    const { url, clients } = await secure(MUTUAL);
    await openTo(url, { tls: { ca, ...tls } });
    expect(clients[0]?.getPeerCertificate().subject.CN).toBe('alice');
  });

  test.each<[what: string, tls: NonNullable<WebSocketOptions['tls']>, words: RegExp]>([
    ['no certificate where one is wanted', {}, /wants a client certificate/],
    ['a wrong passphrase', { pfx: p12, passphrase: 'x' }, /mac verify failure/],
    ['no version in common', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, /does not speak TLS 1\.0 or 1\.1/],
  ])('%s: closed, and told to whoever observes', async (_, tls, words) => {
    const { url } = await secure({ ...MUTUAL, minVersion: 'TLSv1.2' });
    const events: SessionEvent[] = [];
    const socket = socketTo(url, { tls: { ca, ...tls }, observe: (event) => events.push(event) });
    expect(await story(socket)).toEqual(['error 3', 'close 1006 "" unclean 3']);
    expect(events.at(-1)).toMatchObject({ type: 'failure', hop: 'tls', message: expect.stringMatching(words) });
  });

  test('versions and ALPN are those that were chosen', async () => {
    const { url, clients } = await secure({ ALPNProtocols: ['other', 'http/1.1'] });
    await openTo(url, { tls: { ca, maxVersion: 'TLSv1.2', alpn: ['other'] } });
    await openTo(url, { tls: { ca, minVersion: 'TLSv1.3', alpn: [] } });
    expect(clients.map((client) => [client.getProtocol(), client.alpnProtocol])).toEqual([
      ['TLSv1.2', 'other'],
      ['TLSv1.3', false],
    ]);
  });

  test.each<[what: string, tls: NonNullable<WebSocketOptions['tls']>]>([
    ['cert without key', { cert: identity.cert }],
    ['key without cert', { key: identity.key }],
    ['pfx beside cert', { pfx: p12, ...identity }],
  ])('%s is a TypeError', (_, tls) => {
    expect(() => new WebSocket('wss://localhost:1/', { tls })).toThrow(TypeError);
  });
});
