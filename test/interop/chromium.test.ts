import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWith, type Peer } from '../need.ts';
import { buildsProgram } from '../process.ts';
import { type Listening, listen } from './program.ts';

/** A page in Chromium and `wstap listen`: what comes through, and which pages are kept out. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const EXECUTABLE = '/usr/bin/chromium';
const browser: Peer = { debianPackage: 'chromium', probe: [EXECUTABLE, '--version'] };

/** Names that a page may have here; all of them are this machine. */
const NAMES = ['foreign.test', 'localhost.foreign.test', 'rebound.test'];

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-proxy-server',
  `--host-resolver-rules=${[...NAMES.map((name) => `MAP ${name} 127.0.0.1`), 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost'].join(', ')}`,
];

describeWith(browser, 'Chromium', () => {
  buildsProgram();
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  let context: BrowserContext;
  let pages: Server;
  let pagePort = 0;

  beforeAll(async () => {
    pages = createServer(({ url }, response) => {
      response.setHeader('Content-Type', 'text/html');
      // A sandbox takes a page's origin away from it.
      if (url === '/sandbox') response.setHeader('Content-Security-Policy', 'sandbox allow-scripts');
      response.end('<!doctype html><title>page</title>');
    });
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    const address = pages.address();
    pagePort = typeof address === 'object' && address ? address.port : 0;
    context = await chromium.launchPersistentContext(profile, { executablePath: EXECUTABLE, headless: true, args: ARGUMENTS });
  });
  afterAll(async () => {
    await context?.close();
    pages?.close();
    pages?.closeAllConnections();
    rmSync(profile, { recursive: true, force: true });
  });

  /** A page of this origin, with a server of ours beside it. */
  async function scene(
    { at = `http://127.0.0.1:${pagePort}/`, options = [] as readonly string[] },
    play: (page: Page, server: Listening, url: string) => Promise<void>,
  ): Promise<string> {
    const server = await listen([...options, '0']);
    const page = await context.newPage();
    try {
      await page.goto(at);
      await play(page, server, server.url);
    } finally {
      await page.close();
      await server.stop();
    }
    return (await server.end).stderr;
  }

  test.each([
    ['deflate', ['--echo'], 'permessage-deflate'],
    ['plain', ['--echo', '--no-compress'], ''],
    [
      'no context takeover',
      ['--echo', '--deflate', 'server_no_context_takeover; client_no_context_takeover'],
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    ],
    [
      'small windows',
      ['--echo', '--deflate', 'server_max_window_bits=8; client_max_window_bits=9'],
      'permessage-deflate; server_max_window_bits=8; client_max_window_bits=9',
    ],
  ])('%s: text, Blob, ArrayBuffer and their lengths come back', async (_, options, extensions) => {
    await scene({ options }, async (page, __, url) => {
      expect(await page.evaluate(echoes, url)).toEqual({ extensions, wrong: [], count: 42, end: '1000 done true' });
    });
  });

  test('every frame that Chromium sends is as RFC 6455 wants it', async () => {
    const server = await listen(['--echo', '--format', 'json', '-vv', '0']);
    const page = await context.newPage();
    await page.goto(`http://localhost:${pagePort}/`);
    await page.evaluate(echoes, server.url);
    await page.close();
    const { stdout } = await server.stop();
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const frames = events.filter(({ type }) => type === 'frame');
    expect(frames.length).toBeGreaterThan(80);
    expect(frames.filter(({ violations }) => violations?.length > 0)).toEqual([]);
    expect(
      frames.filter(({ direction, rsv1, maskingKey }) => direction === 'received' && rsv1 && maskingKey !== null).length,
    ).toBeGreaterThan(40);
    expect(events.filter(({ type }) => type === 'violation')).toEqual([]);
  });

  test.each([
    [1000, ''],
    [1000, 'Grund: 漢字 🙂'],
    [3000, 'of a library'],
    [4999, 'x'.repeat(123)],
  ])('the page closes with %i %j', async (code, reason) => {
    const said = await scene({ options: ['-vv'] }, async (page, _, url) => {
      expect(await page.evaluate(closing, { url, code, reason })).toBe(`${code}  true`);
    });
    expect(said).toMatch(`#1 left: ${code}\n`);
    expect(said).toMatch(new RegExp(`← CLOSE [^\\n]*\\n +${code} `));
  });

  test('the program ends: the page sees 1001', async () => {
    await scene({}, async (page, server, url) => {
      const seen = page.evaluate(ending, url);
      await page.waitForFunction(() => 'opened' in globalThis);
      await server.stop();
      expect(await seen).toBe('1001 the server ends true');
    });
  });

  test('what is sent at once when a page comes is not lost', async () => {
    await scene({ options: ['-x', 'early', '-x', 'bird'] }, async (page, _, url) => {
      expect(await page.evaluate(firstTwo, url)).toEqual(['early', 'bird']);
    });
  });

  test.each([
    [['-s', 'b', '-s', 'a'], ['x', 'a', 'b'], 'a'],
    [[], [], ''],
  ])('subprotocols: %j, asked for %j', async (options, asked, chosen) => {
    await scene({ options }, async (page, _, url) => {
      expect(await page.evaluate(subprotocol, { url, asked })).toBe(chosen);
    });
  });

  describe('which pages may connect', () => {
    const page = (name: string) => () => `http://${name}:${pagePort}/`;
    const own = (url: string) => url;
    const rebound = (url: string) => url.replace('127.0.0.1', 'rebound.test');
    const byName = (url: string) => url.replace('127.0.0.1', 'localhost');

    test.each([
      ['a page of 127.0.0.1', page('127.0.0.1'), own],
      ['a page of localhost', page('localhost'), own],
      ['a page of localhost, to localhost', page('localhost'), byName],
    ])('%s may', async (_, at, to) => {
      await scene({ at: at() }, async (visitor, __, url) => {
        expect(await visitor.evaluate(attempt, to(url))).toBe('open');
      });
    });

    test.each([
      ['a foreign page', page('foreign.test'), own, /Origin: http:\/\/foreign\.test:\d+/],
      [
        'a foreign page with a name like ours',
        page('localhost.foreign.test'),
        own,
        /Origin: http:\/\/localhost\.foreign\.test:\d+/,
      ],
      ['a foreign page whose name leads here', page('rebound.test'), rebound, /Host: rebound\.test:\d+/],
      ['a page without an origin', () => `http://127.0.0.1:${pagePort}/sandbox`, own, /Origin: null/],
    ])('%s may not: 403', async (_, at, to, sent) => {
      const said = await scene({ at: at(), options: ['-v'] }, async (visitor, __, url) => {
        expect(await visitor.evaluate(attempt, to(url))).toBe('1006  false');
      });
      expect(said).toMatch(sent);
      expect(said).toMatch(/HTTP\/1\.1 403 Forbidden/);
      expect(said).toMatch(/#1 127\.0\.0\.1:\d+ was refused/);
    });

    test('a foreign page that is listed may', async () => {
      const at = `http://foreign.test:${pagePort}`;
      await scene({ at: `${at}/`, options: ['--origin', at] }, async (visitor, _, url) => {
        expect(await visitor.evaluate(attempt, url)).toBe('open');
      });
    });

    test('with --origin "*" all may', async () => {
      await scene({ at: `http://127.0.0.1:${pagePort}/sandbox`, options: ['--origin', '*'] }, async (visitor, _, url) => {
        expect(await visitor.evaluate(attempt, url)).toBe('open');
      });
    });
  });
});

// What follows runs in the page.

/** Sends every kind and length there is and compares what comes back. */
async function echoes(url: string): Promise<{ extensions: string; wrong: string[]; count: number; end: string }> {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const { extensions } = socket;
  const wrong: string[] = [];
  let count = 0;
  const hex = (data: string | ArrayBuffer) => (typeof data === 'string' ? data : Array.from(new Uint8Array(data)).join());
  const send = async (name: string, data: string | Blob | ArrayBuffer) => {
    const back = new Promise<string>((resolve) =>
      socket.addEventListener('message', (event) => resolve(hex(event.data)), { once: true }),
    );
    socket.send(data);
    const sent = hex(data instanceof Blob ? await data.arrayBuffer() : data);
    if ((await back) !== sent) wrong.push(name);
    count++;
  };
  for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 1_048_576]) {
    // 64 KiB without pattern, 64 KiB of zeros, and so on.
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 65_536) if (at % 131_072 === 0) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    for (let round = 0; round < 2 && length < 100_000; round++) {
      await send(
        `text ${length}`,
        'aé漢🙂'
          .repeat(length)
          .slice(0, length)
          .replace(/[\ud800-\udbff]$/, ''),
      );
      await send(`ArrayBuffer ${length}`, bytes.buffer);
    }
    await send(`Blob ${length}`, new Blob([bytes]));
  }
  for (let row = 0; count < 42; row++) await send(`row ${row}`, `{"row":${row}}`);
  const end = new Promise<string>((resolve) =>
    socket.addEventListener('close', ({ code, reason, wasClean }) => resolve(`${code} ${reason || 'done'} ${wasClean}`)),
  );
  socket.close(1000, 'done');
  return { extensions, wrong, count, end: await end };
}

function closing({ url, code, reason }: { url: string; code: number; reason: string }): Promise<string> {
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => socket.close(code, reason));
  return new Promise((resolve) =>
    socket.addEventListener('close', (event) => resolve(`${event.code} ${event.reason} ${event.wasClean}`)),
  );
}

function ending(url: string): Promise<string> {
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => Object.assign(globalThis, { opened: true }));
  return new Promise((resolve) =>
    socket.addEventListener('close', (event) => resolve(`${event.code} ${event.reason} ${event.wasClean}`)),
  );
}

function firstTwo(url: string): Promise<string[]> {
  const socket = new WebSocket(url);
  const received: string[] = [];
  return new Promise((resolve) =>
    socket.addEventListener('message', ({ data }) => {
      if (received.push(data) === 2) resolve(received);
    }),
  );
}

function subprotocol({ url, asked }: { url: string; asked: string[] }): Promise<string> {
  const socket = new WebSocket(url, asked);
  return new Promise((resolve) => socket.addEventListener('open', () => resolve(socket.protocol)));
}

function attempt(url: string): Promise<string> {
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    socket.addEventListener('open', () => resolve('open'));
    socket.addEventListener('close', ({ code, reason, wasClean }) => resolve(`${code} ${reason} ${wasClean}`));
  });
}
