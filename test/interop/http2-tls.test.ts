import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, expect, test, vi } from 'vitest';
import { describeWith, type Peer } from '../need.ts';
import { buildsProgram } from '../process.ts';
import { makeCertificates, OPENSSL } from '../transport/certificates.ts';
import { listen, wstap } from './program.ts';

/** WebSocket over HTTP/2 over TLS, through the program: ours with ours, and a page in Chromium with ours. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const EXECUTABLE = '/usr/bin/chromium';
const browser: Peer = { debianPackage: 'chromium', probe: [EXECUTABLE, '--version'] };

describeWith(OPENSSL, 'wss over HTTP/2', () => {
  buildsProgram();
  const { good, ca } = makeCertificates();
  const serve = (...options: string[]) =>
    listen(['--tls', '--cert', good.file, '--key', good.file.replace('.pem', '.key'), '--echo', ...options, '0']);

  test.each<[what: string, server: string[], client: string[], spoken: RegExp]>([
    ['ALPN chooses h2', ['--http2'], ['--http2'], /< CONNECT \/ HTTP\/2\n/],
    ['a client that does not ask for it', ['--http2'], [], /< GET \/ HTTP\/1\.1\n/],
    ['a server that does not offer it', [], ['--http2'], /< GET \/ HTTP\/1\.1\n/],
    ['ALPN by hand', ['--http2'], ['--alpn', 'h2'], /< CONNECT \/ HTTP\/2\n/],
    ['HTTP/1.1 all the same', ['--http2'], ['--http1.1'], /< GET \/ HTTP\/1\.1\n/],
  ])('%s', async (_, server, client, spoken) => {
    const running = await serve('-v', ...server);
    const run = await wstap(['--ca', ca.file, '--compress', ...client, running.url], 'one\nZöe 漢字 🙂\n');
    expect(run).toEqual({ status: 0, stdout: 'one\nZöe 漢字 🙂\n', stderr: '' });
    expect((await running.stop()).stderr).toMatch(spoken);
  });

  test('inspected: TLS, SETTINGS and the extended CONNECT', async () => {
    const running = await serve('--http2');
    const { status, stdout } = await wstap([
      'handshake',
      '--format',
      'json',
      '--http2',
      '--ca',
      ca.file,
      `${running.url}x?token=s3cret`,
    ]);
    await running.stop();
    const report = JSON.parse(stdout);
    expect([status, report.ok]).toEqual([0, true]);
    expect(report.http2.map(({ direction, frame }: { direction: string; frame: string }) => `${direction} ${frame}`)).toEqual([
      'sent SETTINGS',
      'received SETTINGS',
    ]);
    expect(report.phases.map(({ hop }: { hop: string }) => hop)).toEqual(['tcp', 'tls', 'http2', 'http']);
    expect(report.request).toMatchObject({ method: 'CONNECT', version: 'HTTP/2' });
    expect(report.request.fields.slice(0, 4)).toEqual([
      { name: ':method', value: 'CONNECT' },
      { name: ':protocol', value: 'websocket' },
      { name: ':scheme', value: 'https' },
      { name: ':path', value: '/x?token=***' },
    ]);
    expect(stdout).not.toContain('s3cret');
  });

  describeWith(browser, 'Chromium', () => {
    const profile = mkdtempSync(join(tmpdir(), 'chromium-h2-'));
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
    const opened = chromium.launchPersistentContext(profile, {
      executablePath: EXECUTABLE,
      headless: true,
      args: [...args, '--disable-component-update', '--disable-sync', '--no-proxy-server'],
      ignoreHTTPSErrors: true,
    });
    afterAll(async () => {
      await (await opened).close();
      rmSync(profile, { recursive: true, force: true });
    });

    /** An answer of our own server; its own page (`--no-page`) would let no script connect. From then on the browser has a connection of HTTP/2 to it. */
    async function visit(url: string): Promise<Page> {
      const page = await (await opened).newPage();
      await page.goto(url.replace('wss:', 'https:'));
      return page;
    }

    test('a WebSocket goes on the connection that the page came on', async () => {
      const server = await serve('--http2', '-v', '-s', 'chat', '--no-page');
      const page = await visit(server.url);
      expect(await page.evaluate(echoes, `${server.url}ws`)).toEqual({
        protocol: 'chat',
        extensions: 'permessage-deflate',
        wrong: [],
        end: '1000 true',
      });
      await page.close();
      const { stderr } = await server.stop();
      expect(stderr).toMatch(/< GET \/ HTTP\/2\n/);
      expect(stderr).toMatch(/< CONNECT \/ws HTTP\/2\n< :method: CONNECT\n/);
      expect(stderr).toMatch(/< :protocol: websocket\n/);
      // One connection for both: its SETTINGS came once.
      expect(stderr.match(/^< SETTINGS/gm)).toHaveLength(1);
      expect(stderr).not.toMatch(/< GET \/ws HTTP\/1\.1/);
    });

    test('several at once, each a client of its own', async () => {
      const server = await serve('--http2', '-v', '--no-page');
      const page = await visit(server.url);
      const ends = await page.evaluate(
        (to) =>
          Promise.all(
            [1, 2, 3].map(
              (each) =>
                new Promise((resolve) => {
                  const socket = new WebSocket(`${to}${each}`);
                  socket.onopen = () => socket.send(`from ${each}`);
                  socket.onmessage = ({ data }) => {
                    resolve(data);
                    socket.close();
                  };
                  socket.onerror = () => resolve('error');
                }),
            ),
          ),
        server.url,
      );
      await page.close();
      expect(ends).toEqual(['from 1', 'from 2', 'from 3']);
      expect((await server.stop()).stderr.match(/^< CONNECT \/\d HTTP\/2$/gm)).toHaveLength(3);
    });
  });
});

// What follows runs in the page.

async function echoes(url: string): Promise<{ protocol: string; extensions: string; wrong: number[]; end: string }> {
  const socket = new WebSocket(url, ['chat']);
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = reject;
  });
  const { protocol, extensions } = socket;
  const wrong: number[] = [];
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 1_048_576]) {
    const bytes = new Uint8Array(length).map((_, at) => (at * 7919) % 251);
    const back = new Promise<MessageEvent>((resolve) => {
      socket.onmessage = resolve;
    });
    socket.send(bytes);
    const got = new Uint8Array((await back).data);
    if (got.length !== length || got.some((byte, at) => byte !== bytes[at])) wrong.push(length);
  }
  const end = new Promise<string>((resolve) => {
    socket.onclose = ({ code, wasClean }) => resolve(`${code} ${wasClean}`);
  });
  socket.close(1000, 'done');
  return { protocol, extensions, wrong, end: await end };
}
