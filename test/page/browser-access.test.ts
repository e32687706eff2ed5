import { expect, test, vi } from 'vitest';
import { describeWith } from '../need.ts';
import { waitFor } from '../wait.ts';
import { browser, connect, lines, open, seen, usesChromium } from './chromium.ts';

/** The page for those who have no mouse, no screen, or a small one. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const SERVER = 'Frames on the server';

describeWith(browser, 'the page in Chromium', () => {
  usesChromium();

  test('keyboard alone: connect, send, look at a frame, close', async () => {
    const { page } = await open();
    const focused = () => page.evaluate<string>(NAME_OF_FOCUS);
    const names: string[] = [];
    const tab = async () => {
      await page.keyboard.press('Tab');
      names.push(await focused());
    };
    const tabTo = async (name: string) => {
      for (let step = 0; step < 30; step++) {
        await tab();
        if (names.at(-1) === name) return;
      }
      throw new Error(`${name} is not among ${names.join(', ')}`);
    };
    await tabTo('url');
    expect(names).toEqual(['Skip to the message', 'url']);
    await page.keyboard.press('Enter');
    await page.locator('#state[data-state=open]').waitFor();
    await tabTo('text');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('json');
    await tabTo('message');
    await page.keyboard.type('[1,2,3]');
    await page.keyboard.press('Control+Enter');
    await waitFor(async () => expect(await lines(page, SERVER)).toHaveLength(3));
    names.length = 0;
    await tabTo('Clear: Frames on the server');
    expect(names).toEqual([
      'send',
      'code',
      'reason',
      'close-button',
      'Filter: Messages in the browser',
      'Copy: Messages in the browser',
      'Clear: Messages in the browser',
      'Messages in the browser',
      'entry',
      'every',
      'Opening handshake: 101 Switching Protocols',
      'Filter: Frames on the server',
      'Copy: Frames on the server',
      'Clear: Frames on the server',
    ]);
    await tab();
    await tab();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await waitFor(async () => expect(await seen(page.locator('#frames .detail'))).toContain('[1,2,3]'));
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    expect(await page.locator(':focus').textContent()).toContain('open');
    // Whatever has the focus is seen to have it.
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Shift+Tab');
    for (let step = 0; (await focused()) !== 'close-button' && step < 20; step++) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    await page.locator('#state[data-state=closed]').waitFor();
  });

  test('names and roles', async () => {
    const { page } = await open();
    await connect(page);
    await waitFor(async () => expect(await lines(page, SERVER)).toHaveLength(1));
    const tree = (await page.locator('body').ariaSnapshot())
      .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
      .replace(/\d\d:\d\d:\d\d\.\d+|\b\d+\.\d{4}/g, 'TIME')
      .replace(/#\d+/g, '#N');
    expect(tree).toMatchInlineSnapshot(`
      "- link "Skip to the message":
        - /url: "#composer"
      - banner:
        - heading "wstap" [level=1]
        - paragraph: open
        - status: Connected
      - main:
        - region "This browser":
          - heading "This browser" [level=2]
          - form "Connection":
            - text: URL
            - textbox "URL": ws://ADDRESS/
            - button "Connect" [disabled]
            - text: Subprotocols
            - textbox "Subprotocols":
              - /placeholder: none, or a, b
            - text: Binary type
            - combobox "Binary type":
              - option "blob" [selected]
              - option "arraybuffer"
            - alert
          - term: readyState
          - definition: 1 open
          - term: bufferedAmount
          - definition: 0 B
          - term: protocol
          - definition: –
          - term: extensions
          - definition: permessage-deflate
          - form "Message":
            - group "Send as":
              - text: Send as
              - radio "Text" [checked]
              - text: Text
              - radio "JSON"
              - text: JSON
              - radio "Hex"
              - text: Hex
              - radio "File"
              - text: File
            - text: Message
            - textbox "Message"
            - alert
            - paragraph: A text message. Ctrl+Enter sends.
            - button "Send"
          - form "Closing handshake":
            - text: Close code
            - textbox "Close code":
              - /placeholder: none
              - text: "1000"
            - text: Reason
            - textbox "Reason"
            - button "Close"
            - alert
          - heading "Messages in the browser" [level=3]
          - text: "2"
          - 'searchbox "Filter: Messages in the browser"'
          - 'button "Copy: Messages in the browser"': Copy
          - 'button "Clear: Messages in the browser"': Clear
          - log "Messages in the browser":
            - list:
              - listitem:
                - button "TIME connect ws://ADDRESS/"
              - listitem:
                - button "TIME open permessage-deflate"
        - region "What the server sees":
          - heading "What the server sees" [level=2]
          - status: "Client #N of the server is this page’s connection."
          - checkbox "Every client, not only this page"
          - text: Every client, not only this page
          - group: "Opening handshake: 101 Switching Protocols"
          - heading "Frames on the server" [level=3]
          - text: "1"
          - 'searchbox "Filter: Frames on the server"'
          - 'button "Copy: Frames on the server"': Copy
          - 'button "Clear: Frames on the server"': Clear
          - log "Frames on the server":
            - list:
              - listitem:
                - button "TIME open permessage-deflate""
    `);
  });

  test('nothing is wider than the window, from 320 pixels on', async () => {
    const { page } = await open();
    await connect(page);
    await page.getByRole('textbox', { name: 'Message' }).fill('x'.repeat(5000));
    await page.getByRole('button', { name: 'Send' }).click();
    await waitFor(async () => expect(await lines(page, SERVER)).toHaveLength(3));
    await page.getByText('Opening handshake').click();
    await page.locator('#frames .entry').last().click();
    await page.locator('#log .entry').last().click();
    for (const width of [1280, 960, 700, 360, 320]) {
      await page.setViewportSize({ width, height: 740 });
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });
});

/** Runs in the page: what has the focus, by its name, id or value. */
const NAME_OF_FOCUS = `(() => {
  const element = document.activeElement;
  const name = element.getAttribute('aria-label');
  if (name) return name;
  if (element.type === 'radio') return element.value;
  return element.id || (element.classList.contains('entry') ? 'entry' : element.textContent);
})()`;
