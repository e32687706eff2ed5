import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Peer } from '../need.ts';
import { type Running, startListen } from '../program.ts';

/** Chromium on the page of a server that runs inside of the test's process. Whatever the browser complains of fails the test. */

const EXECUTABLE = '/usr/bin/chromium';
export const browser: Peer = { debianPackage: 'chromium', probe: [EXECUTABLE, '--version'] };

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--no-proxy-server'];

let context: BrowserContext;

/** To be called once in a suite. */
export function usesChromium(): void {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  beforeAll(async () => {
    const options = { executablePath: EXECUTABLE, headless: true, args: ARGUMENTS, ignoreHTTPSErrors: true };
    context = await chromium.launchPersistentContext(profile, options);
  });
  afterAll(async () => {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  });
}

export interface Scene {
  readonly page: Page;
  readonly server: Running;
  readonly port: number;
  /** The page's address, with its token. */
  readonly address: string;
}

/** A page that complains of nothing but what `expected` matches. */
export async function blank(expected = /^(?!)/): Promise<Page> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!expected.test(text)) complaints.push(text);
  };
  page.on('console', (message) => complain(message.text()));
  page.on('pageerror', (error) => complain(error.message));
  onTestFinished(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });
  return page;
}

/** The page of `wstap listen` with these options, ready. */
export async function open(options: readonly string[] = ['--echo'], expected?: RegExp): Promise<Scene> {
  const server = await startListen(options);
  const [, address = ''] = await server.env.stderr.until(/look inside with a browser: (\S+)\n/);
  const page = await blank(expected);
  await page.goto(address);
  await page.getByText('Ready. It shows the connection that you open here.').waitFor();
  return { page, server, port: server.port, address };
}

export async function connect(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('log', { name: 'Frames on the server' }).getByText('open', { exact: true }).last().waitFor();
  await page.locator('#state[data-state=open]').waitFor();
}

/** The lines of a log, as they are seen; times and masking keys left out. */
export async function lines(page: Page, log: 'Messages in the browser' | 'Frames on the server'): Promise<string[]> {
  const rows = await page.getByRole('log', { name: log }).getByRole('listitem').locator('> button').all();
  const texts = await Promise.all(rows.map((row) => row.locator('> span:not(.time):not(.hidden)').allInnerTexts()));
  return texts.map((parts) =>
    parts
      .join(' ')
      .replace(/\b[0-9a-f]{8}\b/, 'KEY')
      .replace(/\s+/g, ' '),
  );
}

/** A text as it is laid out. */
export async function seen(locator: Locator): Promise<string> {
  return (await locator.allInnerTexts()).join('\n');
}
