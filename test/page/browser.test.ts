import { expect, test, vi } from 'vitest';
import { describeWith } from '../need.ts';
import { GoodClient } from '../peer.ts';
import { waitFor } from '../wait.ts';
import { browser, connect, lines, open, seen, usesChromium } from './chromium.ts';

/** The page as people use it, in Chromium. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const BROWSER = 'Messages in the browser';
const SERVER = 'Frames on the server';

describeWith(browser, 'the page in Chromium', () => {
  usesChromium();

  test('text, JSON, hex and a file: as the browser has them, and as the server has them', async () => {
    const { page } = await open(['--echo', '--no-compress', '-s', 'chat']);
    await page.getByRole('textbox', { name: 'Subprotocols' }).fill('other, chat');
    await connect(page);
    const message = page.getByRole('textbox', { name: 'Message' });
    const send = page.getByRole('button', { name: 'Send' });
    await message.fill('Hello');
    await send.click();
    await page.getByRole('radio', { name: 'JSON' }).check();
    await message.fill('{"a":');
    await send.click();
    await page
      .getByRole('alert')
      .getByText(/This is no JSON/)
      .waitFor();
    await message.fill('{"a":1}');
    await send.click();
    await page.getByRole('radio', { name: 'Hex' }).check();
    await message.fill('de ad be ef');
    await send.click();
    await page.getByRole('radio', { name: 'File' }).check();
    await page.getByLabel('Files').setInputFiles({ name: 'a.bin', mimeType: 'application/x', buffer: Buffer.alloc(200, 0x41) });
    await send.click();
    await waitFor(async () => expect(await lines(page, SERVER)).toHaveLength(9));
    await waitFor(async () => expect(await lines(page, BROWSER)).toHaveLength(10));
    const port = new URL(page.url()).port;
    expect(await lines(page, BROWSER)).toEqual([
      `· connect ws://127.0.0.1:${port}/, asking for other, chat`,
      '· open chat',
      ...both('text Hello 5 B'),
      ...both('text {"a":1} 7 B'),
      '→ binary ArrayBuffer de ad be ef 4 B',
      '← binary Blob 4 B',
      '→ binary Blob, file a.bin 200 B',
      '← binary Blob 200 B',
    ]);
    expect(await lines(page, SERVER)).toEqual([
      '· open chat',
      '← TEXT fin ··· KEY len 5 Hello 11 B',
      '→ TEXT fin ··· no mask len 5 Hello 7 B',
      '← TEXT fin ··· KEY len 7 {"a":1} 13 B',
      '→ TEXT fin ··· no mask len 7 {"a":1} 9 B',
      '← BINARY fin ··· KEY len 4 de ad be ef 10 B',
      '→ BINARY fin ··· no mask len 4 de ad be ef 6 B',
      `← BINARY fin ··· KEY len 200 ${'41 '.repeat(48)}208 B`,
      `→ BINARY fin ··· no mask len 200 ${'41 '.repeat(48)}204 B`,
    ]);
    // What is buffered is looked at now and then.
    const facts = /readyState\s+1 open\s+bufferedAmount\s+0 B\s+protocol\s+chat\s+extensions\s+–$/;
    await waitFor(async () => expect(await seen(page.locator('dl'))).toMatch(facts));
  });

  test('a frame, byte for byte; and both heads', async () => {
    const { page } = await open();
    await connect(page);
    await page.getByRole('textbox', { name: 'Message' }).fill('Hello Hello Hello');
    await page.getByRole('button', { name: 'Send' }).click();
    const row = page.getByRole('log', { name: SERVER }).getByRole('button', { name: /received.*TEXT/ });
    await row.click();
    await page.locator('#frames .detail').getByText('Inflated').waitFor();
    const detail = await seen(page.locator('#frames .detail'));
    expect(detail).toMatch(/FIN\s+bit 0\s+1\s+RSV1\s+bit 1\s+1\s+RSV2/);
    expect(detail).toMatch(/On the wire\s+0000 {2}c1 8[0-9a-f] ([0-9a-f]{2} ){4}/);
    expect(detail).toMatch(/Payload, unmasked\s+0000 {2}f2 48 cd/);
    expect(detail).toMatch(/Inflated\s+Hello Hello Hello$/);
    await row.click();
    expect(await page.locator('#frames .detail').isVisible()).toBe(false);
    await page.getByText('Opening handshake: 101 Switching Protocols').click();
    const heads = await seen(page.locator('#heads'));
    expect(heads).toMatch(/Received\s+GET \/ HTTP\/1\.1\nHost: [\s\S]*\nSec-WebSocket-Key: \S{24}\n/);
    expect(heads).toMatch(/Sent\s+HTTP\/1\.1 101 Switching Protocols\n[\s\S]*Sec-WebSocket-Accept: /);
  });

  test.each([
    ['4001', 'done, thank you', '4001 done, thank you', 'true'],
    ['', '', '1005', 'true'],
    ['1000', '', '1000', 'true'],
  ])('it closes with %j %j', async (code, reason, said, clean) => {
    const { page } = await open();
    await connect(page);
    await page.getByRole('textbox', { name: 'Close code' }).fill(code);
    await page.getByRole('textbox', { name: 'Reason' }).fill(reason);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.locator('#state[data-state=closed]').waitFor();
    // A browser tells a script the code that came back, and no reason came with that.
    expect(await seen(page.locator('#closed'))).toBe(said.split(' ', 1)[0]);
    expect(await seen(page.locator('#was-clean'))).toBe(clean);
    const frames = await waitFor(async () => {
      const all = await lines(page, SERVER);
      expect(all.at(-1)).toMatch(/^· closed /);
      return all;
    });
    expect(frames.at(-1)).toContain(`${said}${code === '4001' ? ',' : ''}`);
    expect(frames.at(-1)).toMatch(/the browser closed first, clean$/);
    expect(frames.filter((line) => line.includes('CLOSE'))).toHaveLength(2);
    // And once more.
    await connect(page);
  });

  test('what a browser would not send is said in the page', async () => {
    const { page } = await open();
    await page.getByRole('textbox', { name: 'URL' }).fill('ftp://127.0.0.1/');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page
      .getByRole('alert')
      .getByText(/ftp|scheme/)
      .waitFor();
    await page.getByRole('textbox', { name: 'URL' }).fill(`ws://127.0.0.1:${new URL(page.url()).port}/`);
    await page.getByRole('textbox', { name: 'Subprotocols' }).fill('a(b');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page
      .getByRole('alert')
      .getByText(/subprotocol/)
      .waitFor();
    await page.getByRole('textbox', { name: 'Subprotocols' }).fill('');
    await connect(page);
    await page.getByRole('textbox', { name: 'Close code' }).fill('1006');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('alert').getByText('A browser sends 1000, or 3000 to 4999, or no code.').waitFor();
  });

  test('where routes are all that is served, the URL is that of the first', async () => {
    const { page, port } = await open(['--route', '/chat=echo']);
    expect(await page.getByRole('textbox', { name: 'URL' }).inputValue()).toBe(`ws://127.0.0.1:${port}/chat`);
    await connect(page);
  });

  test('binary types: what arrives is what was asked for', async () => {
    const { page } = await open();
    await page.getByRole('combobox', { name: 'Binary type' }).selectOption('arraybuffer');
    await connect(page);
    await page.getByRole('radio', { name: 'Hex' }).check();
    await page.getByRole('textbox', { name: 'Message' }).fill('00ff');
    await page.getByRole('button', { name: 'Send' }).click();
    await waitFor(async () => expect((await lines(page, BROWSER)).at(-1)).toBe('← binary ArrayBuffer 00 ff 2 B'));
    await page.getByRole('combobox', { name: 'Binary type' }).selectOption('blob');
    await page.getByRole('button', { name: 'Send' }).click();
    await waitFor(async () => expect((await lines(page, BROWSER)).at(-1)).toBe('← binary Blob 2 B'));
    await page.getByRole('log', { name: BROWSER }).getByRole('button').last().click();
    await page.locator('#log .detail').getByText('00 ff').waitFor();
  });

  test('every client of the server, where that is asked for', async () => {
    const { page, port } = await open();
    const client = await new GoodClient(port, {}, [], 'other').open();
    const every = page.getByRole('checkbox', { name: /Every client/ });
    await every.check();
    expect(await seen(page.locator('#view-state'))).toBe('Every client of this server is shown.');
    await connect(page);
    // It was there before.
    client.socket.send('from another client');
    await page.getByRole('log', { name: SERVER }).getByText('from another client').first().waitFor();
    await every.uncheck();
    expect(await seen(page.locator('#view-state'))).toMatch(/^Client #\d+ of the server is this page’s connection\.$/);
    await every.check();
    await page.getByRole('searchbox', { name: /Filter: Frames/ }).fill('another CLIENT');
    await waitFor(async () => expect(await lines(page, SERVER)).toHaveLength(2));
    await page.getByRole('button', { name: /Clear: Frames/ }).click();
    expect(await lines(page, SERVER)).toEqual([]);
  });

  test('ten thousand messages: the newest are there, and the page still answers', async () => {
    const { page, port } = await open(['--broadcast']);
    await connect(page);
    const client = await new GoodClient(port).open();
    for (let number = 1; number <= 10_000; number++) client.socket.send(`message ${number}`);
    await page.locator('#log li:last-child').filter({ hasText: 'message 10000' }).waitFor();
    await page.locator('#frames li:last-child').filter({ hasText: 'message 10000' }).waitFor();
    for (const log of ['#log', '#frames']) {
      expect(await page.locator(`${log} li`).count()).toBe(1000);
      expect(await seen(page.locator(`${log} .trimmed`))).toMatch(/^The newest 1000 are kept; 9,0\d\d older ones are gone\.$/);
    }
    await page.getByRole('searchbox', { name: /Filter: Messages/ }).fill('message 9999');
    await waitFor(async () => expect(await lines(page, BROWSER)).toEqual(['← text message 9999 12 B']));
  }, 60_000);

  test('a log is copied as text', async () => {
    const { page } = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await connect(page);
    await page.getByRole('textbox', { name: 'Message' }).fill('copy me');
    await page.getByRole('button', { name: 'Send' }).click();
    await waitFor(async () => expect(await lines(page, SERVER)).toHaveLength(3));
    await page.getByRole('button', { name: /Copy: Frames/ }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toMatch(
      /^[\d.]+ {2}open {2}permessage-deflate\n[\d.]+ {2}received {2}TEXT {2}fin 1·· [0-9a-f]{8} len \d+ {2}/,
    );
  });
});

function both(line: string): [string, string] {
  return [`→ ${line}`, `← ${line}`];
}
