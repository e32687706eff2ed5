import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { describeWith } from '../need.ts';
import { waitFor } from '../wait.ts';
import { blank, browser, connect, lines, open, seen, usesChromium } from './chromium.ts';

/** Who is kept out of the page, and what it says where something else goes wrong. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const BROWSER = 'Messages in the browser';
const SERVER = 'Frames on the server';

describeWith(browser, 'the page in Chromium', () => {
  usesChromium();

  test('a handshake that is refused: the server says why, which no browser does', async () => {
    const { page, port } = await open(['--route', '/chat=echo'], /WebSocket connection to .* failed/);
    await page.getByRole('textbox', { name: 'URL' }).fill(`ws://localhost:${port}/none`);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.locator('#state[data-state=failed]').waitFor();
    expect(await seen(page.locator('#closed'))).toBe('1006');
    await page.getByText('Opening handshake: 404 Not Found').waitFor();
    expect(await seen(page.locator('#heads'))).toMatch(/Received\s+GET \/none HTTP/);
    await waitFor(async () => expect((await lines(page, SERVER)).at(-1)).toMatch(/^· refused /));
  });

  test('another server: only its messages are to be seen', async () => {
    const { page } = await open();
    const other = await open();
    await page.getByRole('textbox', { name: 'URL' }).fill(`ws://127.0.0.1:${other.port}/`);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('This connection goes to another server').waitFor();
    await page.locator('#state[data-state=open]').waitFor();
    expect(await lines(page, SERVER)).toEqual([]);
  });

  test('the server ends: both sides say so', async () => {
    const { page, server } = await open(['--echo'], /WebSocket connection to/);
    await connect(page);
    server.env.signal('SIGTERM');
    await page.getByText('The server has ended').waitFor();
    await page.locator('#state[data-state=closed]').waitFor();
    expect(await seen(page.locator('#closed'))).toBe('1001 the server ends');
  });

  test.each([[['--tls']], [['--tls', '--http2']]])('over TLS: %j', async (options) => {
    const { page, address } = await open(['--echo', ...options]);
    expect(address).toMatch(/^https:/);
    await connect(page);
    await waitFor(async () => expect((await lines(page, BROWSER))[0]).toMatch(/^· connect wss:/));
  });

  test('without the token: where to find it', async () => {
    const { address } = await open();
    const page = await blank(/403/);
    await page.goto(new URL('/', address).href);
    await page.getByRole('heading', { name: 'This address lacks its token' }).waitFor();
    expect(await seen(page.getByRole('main'))).toContain('wstap: look inside with a browser: http://');
  });

  test('a foreign page, even with the token, neither looks inside nor frames the page', async () => {
    const { address, port } = await open();
    const foreign = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><title>foreign</title><iframe src="${address}"></iframe>`);
    });
    foreign.listen(0, '127.0.0.1');
    onTestFinished(() => {
      foreign.close();
      foreign.closeAllConnections();
    });
    await once(foreign, 'listening');
    const at = foreign.address();
    const page = await blank(/frame-ancestors|WebSocket connection to .* failed|403|CORS policy|ERR_FAILED/);
    await page.goto(`http://localhost:${typeof at === 'object' && at ? at.port : 0}/`);
    expect(await page.frames()[1]?.evaluate<string>('document.body?.textContent ?? ""')).not.toContain('What the server sees');
    const token = new URL(address).searchParams.get('token');
    const outcome = await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.addEventListener('open', () => resolve('open'));
          socket.addEventListener('close', ({ code }) => resolve(code));
        }),
      `ws://127.0.0.1:${port}/.wstap/events?token=${token}`,
    );
    expect(outcome).toBe(1006);
    const stolen = await page.evaluate(
      (url) =>
        fetch(url).then(
          (response) => response.text(),
          () => 'kept out',
        ),
      address,
    );
    expect(stolen).toBe('kept out');
  });
});
