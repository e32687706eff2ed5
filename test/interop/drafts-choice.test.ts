import { describe, expect, onTestFinished, test } from 'vitest';
import { buildsProgram } from '../process.ts';
import { type Listening, listen, wstap } from './program.ts';

/** Which version is spoken, and what becomes of those that are not: through the real program. */
buildsProgram();

async function serve(...args: string[]): Promise<Listening> {
  const server = await listen(args);
  onTestFinished(async () => {
    await server.stop();
  });
  return server;
}

describe('what the server accepts', () => {
  test.each([
    ['75', 'hixie-75', '75'],
    ['76', 'hixie-76 (= hybi-00)', '76'],
  ])('%s is refused without a word, and the option is named', async (draft, title, name) => {
    const server = await serve('--echo');
    const run = await wstap(['--draft', draft, '-x', 'a', server.url]);
    expect(run.status).toBe(6);
    expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain('the peer ended the connection without a word');
    expect(run.stderr).toContain('--draft auto');
    const { stderr } = await server.stop();
    expect(stderr).toContain(
      `was refused: the client speaks ${title}, which is off; --draft 13,8,${name} or --draft all accepts it\n`,
    );
  });

  test.each(['4', '7'])('%s is refused with 426, which names what is on', async (draft) => {
    const server = await serve('--echo');
    const run = await wstap(['--draft', draft, '-x', 'a', server.url]);
    expect(run.status).toBe(6);
    expect(run.stderr).toMatch(/^wstap: the server refused: 426 Upgrade Required\n/);
    expect(run.stderr).toContain('Sec-WebSocket-Version: 13, 8\n');
  });

  test.each(['8', 'hybi-11'])('%s is let in', async (draft) => {
    const server = await serve('--echo');
    expect(await wstap(['--draft', draft, '-1', '-x', 'a', server.url])).toMatchObject({ status: 0, stdout: 'a\n' });
  });

  test('with all, everything; clients of several versions are joined', async () => {
    const server = await serve('--broadcast', '--draft', 'all');
    const receive = (draft: string) => wstap(['--draft', draft, '-1', '-w', '5s', server.url]);
    const listeners = ['75', '76', '4', '8'].map(receive);
    for (const name of ['hixie-75', 'hixie-76', 'hybi-04', 'hybi-08']) {
      await expect.poll(() => server.said(), { timeout: 15_000 }).toContain(`connected, ${name}`);
    }
    expect((await wstap(['--draft', '6', '-x', 'to all', '-w', '50ms', server.url])).status).toBe(0);
    for (const listener of listeners) expect(await listener).toMatchObject({ status: 0, stdout: 'to all\n' });
  });

  test('bytes for a client that knows none are left out, and said', async () => {
    const server = await serve('--broadcast', '--draft', 'all');
    const listener = wstap(['--draft', '76', '-1', '-w', '5s', server.url]);
    await expect.poll(() => server.said(), { timeout: 15_000 }).toContain('connected, hixie-76');
    expect((await wstap(['--hex', '-x', '00ff', '-w', '50ms', server.url])).status).toBe(0);
    expect((await wstap(['-x', 'text', '-w', '50ms', server.url])).status).toBe(0);
    expect(await listener).toMatchObject({ status: 0, stdout: 'text\n' });
    expect((await server.stop()).stderr).toContain('#1 hixie-76 has no binary messages');
  });
});

describe('--draft auto', () => {
  test.each([
    ['8', ['names version 8. Asking again in hybi-08.']],
    ['6', ['names version 6. Asking again in hybi-06.']],
    ['76', ['names version 0. Asking again in hixie-76.']],
    ['75', ['named no version. Asking again in hybi-08.', 'Asking again in hixie-76.', 'Asking again in hixie-75.']],
  ])('finds %s', async (draft, says) => {
    const server = await serve('--echo', '--draft', draft);
    const run = await wstap(['--draft', 'auto', '-1', '-x', 'found', server.url]);
    expect(run).toMatchObject({ status: 0, stdout: 'found\n' });
    const told = run.stderr.split('\n').slice(0, -1);
    expect(told).toHaveLength(says.length);
    for (const [index, end] of says.entries()) expect(told[index]).toContain(end);
  });

  test('JSON tells each step', async () => {
    const server = await serve('--echo', '--draft', '76');
    const run = await wstap(['--draft', 'auto', '-1', '-x', 'a', '--format', 'json', server.url]);
    expect(run.stdout).toContain(
      '"reason":"draft","status":426,"to":"ws://127.0.0.1:' +
        `${new URL(server.url).port}/","dialect":"hixie-76","learnt":"The server does not speak RFC 6455 (version 13); it names version 0."`,
    );
  });

  test('a 404 says nothing of versions', async () => {
    const server = await serve('--echo', '--origin', 'http://elsewhere.example');
    const run = await wstap(['--draft', 'auto', '-x', 'a', '-o', 'http://other.example', server.url]);
    expect(run.status).toBe(6);
    expect(run.stderr).toMatch(/^wstap: the server refused: 403/);
  });
});

describe('handshake', () => {
  test('hixie-76, live: every requirement, and the proof step by step', async () => {
    const server = await serve('--echo', '--draft', 'all');
    const run = await wstap(['handshake', '--draft', '76', server.url]);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('✓ Sec-WebSocket-Key1 is a number times its spaces');
    expect(run.stdout).toContain('✓ 16 bytes follow the head: the MD5 of the keys');
    expect(run.stdout).toMatch(/key 1 {3}\d+ \/ \d+ spaces? = \d+/);
    expect(run.stdout).toContain('✓ the server sent this');
  });

  test('every version, live: nothing is wrong', async () => {
    const server = await serve('--echo', '--draft', 'all');
    for (const draft of ['75', '76', 'hybi-02', '4', '5', '6', '7', '8', 'hybi-11', '13']) {
      const run = await wstap(['handshake', '--draft', draft, '--format', 'json', server.url]);
      const { ok, findings } = JSON.parse(run.stdout);
      expect({ draft, ok }).toEqual({ draft, ok: true });
      expect(findings.filter(({ level }: { level: string }) => level !== 'pass')).toEqual([]);
    }
  });
});

describe('compression of single frames', () => {
  test.each([
    ['deflate-frame', 'deflate-frame'],
    ['x-webkit-deflate-frame', 'x-webkit-deflate-frame'],
    ['x-webkit-deflate-frame; no_context_takeover; max_window_bits=9', 'x-webkit-deflate-frame'],
    ['permessage-deflate; server_no_context_takeover', 'permessage-deflate; server_no_context_takeover'],
  ])('%s', async (offer, agreed) => {
    const server = await serve('--echo');
    const text = 'again and again and again and again';
    const run = await wstap(['--deflate', offer, '--format', 'json', '-x', text, '-x', text, '-w', '50ms', server.url]);
    expect(run.status).toBe(0);
    const events = run.stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
    expect(events).toContainEqual(expect.objectContaining({ type: 'open', extensions: agreed }));
    const received = events.filter(({ type, direction }) => type === 'message' && direction === 'received');
    expect(received.map(({ data, compressed }) => [data.text, compressed])).toEqual([
      [text, true],
      [text, true],
    ]);
  });

  test('deflate-stream, agreed to by a server that does not speak it: 7, and what is wrong', async () => {
    const server = await serve('--echo', '-H', 'Sec-WebSocket-Extensions: deflate-stream');
    const run = await wstap(['-H', 'Sec-WebSocket-Extensions: deflate-stream', '-x', 'a', server.url]);
    expect(run.status).toBe(7);
    expect(run.stderr).toContain('the peer broke the protocol: these bytes are not DEFLATE data');
  });

  test('what a version cannot carry is a mistake', async () => {
    const run = await wstap(['--draft', '76', '--compress', '-x', 'a']);
    expect(run).toMatchObject({ status: 2 });
    expect(run.stderr).toContain('frames of hixie-76 (= hybi-00) cannot be compressed');
    expect((await wstap(['--draft', '99', '-x', 'a'])).stderr).toContain('no version has that name');
    expect((await wstap(['--draft', '76', '--http2', '-x', 'a'])).status).toBe(2);
    expect((await wstap(['--draft', '75', '-s', 'a', '-s', 'b', '-x', 'a'])).stderr).toContain('one subprotocol only');
  });
});
