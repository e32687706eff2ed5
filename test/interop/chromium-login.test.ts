import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWith, type Peer } from '../need.ts';
import { startListen } from '../program.ts';
import { waitFor } from '../wait.ts';

/** What a browser does with `listen --auth`: it logs in once, and every page of that site then has the login, whoever wrote the page. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const EXECUTABLE = '/usr/bin/chromium';
const chromiumPeer: Peer = { debianPackage: 'chromium', probe: [EXECUTABLE, '--version'] };

describeWith(chromiumPeer, 'Chromium', () => {
  let browser: Browser;
  let pages: Server;
  let pagePort = 0;

  beforeAll(async () => {
    pages = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    pagePort = (pages.address() as AddressInfo).port;
    const rules = '--host-resolver-rules=MAP foreign.test 127.0.0.1, MAP own.test 127.0.0.1';
    browser = await chromium.launch({
      executablePath: EXECUTABLE,
      args: ['--no-sandbox', '--disable-gpu', '--no-proxy-server', rules],
    });
  });
  afterAll(async () => {
    await browser?.close();
    pages?.close();
    pages?.closeAllConnections();
  });

  /** What becomes of a WebSocket that the page opens: what came back for `hi`, or the code of its close. */
  const socketFrom = (page: Page, url: string): Promise<string | number> =>
    page.evaluate(
      (address) =>
        new Promise<string | number>((resolve) => {
          const socket = new WebSocket(address);
          socket.onopen = () => socket.send('hi');
          socket.onmessage = ({ data }) => resolve(String(data));
          socket.onclose = ({ code }) => resolve(code);
        }),
      url,
    );

  /** Logs in as a person would whose browser asks: the user stands in the address. */
  async function visit(page: Page, address: string, userinfo: string) {
    return (await page.goto(address.replace('http://', `http://${userinfo}`)))?.status();
  }

  test('a page without a login is kept out, and one with it has WebSockets that are let in', async () => {
    const { env, port } = await startListen(['--auth', 'joe:geheim', '--echo']);
    const [, token = ''] = await env.stderr.until(/\?token=(\S+)/);
    const address = `http://127.0.0.1:${port}/?token=${token}`;
    const stranger = await (await browser.newContext()).newPage();
    // A headless browser shows no question: whether it shows the 401 is its own affair.
    await visit(stranger, address, 'joe:wrong@').catch(() => undefined);
    expect(await stranger.title()).toBe('');
    const page = await (await browser.newContext()).newPage();
    expect(await visit(page, address, 'joe:geheim@')).toBe(200);
    expect(await socketFrom(page, `ws://127.0.0.1:${port}/`)).toBe('hi');
    await Promise.all([stranger, page].map((each) => each.context().close()));
  });

  test('of the foreign pages those of the same site have the login too: there their origin keeps them out', async () => {
    const { env, port } = await startListen(['--auth', 'joe:geheim', '--echo', '-v', '--allow-host', 'own.test', '0.0.0.0:0']);
    const [, token = ''] = await env.stderr.until(/\?token=(\S+)/);
    const own = `http://own.test:${port}/?token=${token}`;
    const context = await browser.newContext();
    const page = await context.newPage();
    expect(await visit(page, own, 'joe:geheim@')).toBe(200);
    expect(await socketFrom(page, `ws://own.test:${port}/`)).toBe('hi');
    const foreign = await context.newPage();
    for (const [host, status] of [
      // Another port of the same host is another origin, and the same site.
      ['own.test', '403 Forbidden'],
      ['foreign.test', '401 Unauthorized'],
    ]) {
      await foreign.goto(`http://${host}:${pagePort}/`);
      const before = env.stderr.text.length;
      expect(await socketFrom(foreign, `ws://own.test:${port}/`)).toBe(1006);
      await waitFor(() => expect(env.stderr.text.slice(before)).toContain(`> HTTP/1.1 ${status}`));
    }
    await context.close();
  });
});
