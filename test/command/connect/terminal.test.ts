import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { answering, closeFrame, echoServer, endOnData, frame, goodServer, rawServer, SWITCHING, upgrading } from '../../peer.ts';
import { CTRL_C, CTRL_D, ENTER, pasted, type TerminalOptions, TerminalRun, UP } from '../terminal.ts';

/** `connect` as a person has it. */

async function connected(argv: readonly string[], options: TerminalOptions = {}): Promise<TerminalRun> {
  const run = new TerminalRun(argv, options);
  await run.shows(/^>/m);
  return run;
}

/** Types the lines, each once what it asks for is on the screen. */
async function talk(run: TerminalRun, ...lines: readonly (readonly [line: string, shows: RegExp])[]): Promise<void> {
  for (const [line, shows] of lines) {
    await run.line(line);
    await run.shows(shows);
  }
}

describe('from the first line to the last', () => {
  test('without a URL there is an echo server inside', async () => {
    const run = await connected([]);
    await talk(run, ['hello', /< hello/]);
    await run.keys(CTRL_D);
    expect(await run.end()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      • no URL: this is an echo server inside wstap, it sends back what you send
      Type a message, or /help. Ctrl-D closes.
      > hello
      < hello
      • closed by us: 1000 Normal Closure

      sent      1 message (1 text), 5 B · 2 frames (1 data, 1 close), 19 B on the wire
      received  1 message (1 text), 5 B · 2 frames (1 data, 1 close), 11 B on the wire
      open      for TIME
      [status 0]
      "
    `);
  });

  test('an illegal frame: what is wrong with it, and what the server said to it', async () => {
    const run = await connected([]);
    await run.line('/frame opcode=3 abcd');
    expect(await run.end()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      • no URL: this is an echo server inside wstap, it sends back what you send
      Type a message, or /help. Ctrl-D closes.
      > /frame opcode=3 abcd
      ! this frame breaks RFC 6455 §5.2: opcode 3 (0x3)
      ! closed by the peer: 1002 Protocol error "RFC 6455 §5.2: opcode 3 (0x3)"
        The side that closed saw a breach of the protocol. Look at the last frames
        before it with --dump.

      sent      2 frames (1 close, 1 reserved), 16 B on the wire
      received  1 frame (1 close), 34 B on the wire
      open      for TIME
      [status 8]
      "
    `);
  });

  test('-q says nothing of its own', async () => {
    const { url } = await echoServer();
    const run = await connected(['-q', url]);
    await talk(run, ['hi', /< hi/]);
    await run.keys(CTRL_D);
    expect(await run.end()).toBe('\n> hi\n< hi\n• closed by us: 1000 Normal Closure\n[status 0]\n');
  });

  test('what was agreed on is told, and what was not', async () => {
    const { url } = await echoServer({ perMessageDeflate: true });
    const run = await connected(['-s', 'chat', '--compress', url]);
    expect(await run.screen()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      • subprotocol: chat
      • extensions: permessage-deflate
      Type a message, or /help. Ctrl-D closes.
      >
      "
    `);
    const other = await echoServer({ handleProtocols: () => false });
    const asking = await connected(['-s', 'chat', '-s', 'soap', other.url]);
    expect(await asking.screen()).toContain('• the server took no subprotocol; chat, soap was asked for\n');
  });

  test('-x with -i: what is sent is shown, and the session stays', async () => {
    const { url } = await echoServer();
    const run = await connected(['-i', '-x', 'one', '-x', 'two', url]);
    await run.shows(/< two/);
    expect(await run.screen()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      Type a message, or /help. Ctrl-D closes.
      > one
      > two
      < one
      < two
      >
      "
    `);
  });
});

describe('what arrives', () => {
  const says = (...messages: (string | Buffer)[]) =>
    goodServer((client) => {
      for (const message of messages) client.send(message);
    });

  test('nothing that a peer sends drives the terminal or passes for a line of ours', async () => {
    const { url } = await says('red \x1b[31mred\x1b[0m\x07\r\n> /quit\n• closed by us', '漢字 😀', '', Buffer.from([1, 2, 255]));
    const run = await connected([url]);
    expect(await run.shows(/01 02 ff/)).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      Type a message, or /help. Ctrl-D closes.
      < red \\x1b[31mred\\x1b[0m\\x07\\x0d
        > /quit
        • closed by us
      < 漢字 😀
      < (empty)
      < binary 3 B  01 02 ff
      >
      "
    `);
  });

  test('what a peer says in its Close is explained at once, while TCP lives on', async () => {
    const sockets: Socket[] = [];
    const { url } = await upgrading((socket) => {
      sockets.push(socket);
      socket.write(closeFrame(1008, 'log in first'));
    });
    const run = new TerminalRun([url]);
    const shown = await run.shows(/too many messages/);
    expect(shown).toContain('! closed by the peer: 1008 Policy Violation "log in first"\n  The side that closed');
    expect(shown).not.toContain('sent ');
    for (const socket of sockets) socket.end();
    const end = await run.end();
    expect(end.match(/Policy Violation/g)).toHaveLength(1);
    expect(end).toContain('[status 8]');
  });

  test('a breach of the protocol: the rule, and status 7', async () => {
    const { url } = await upgrading((socket) => {
      socket.write(frame(0xb1, 'x'));
      endOnData(socket);
    });
    expect(await new TerminalRun([url]).end()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      Type a message, or /help. Ctrl-D closes.
      ✗ the peer broke the protocol: RSV2, RSV3 set
        RFC 6455 §5.2: RSV1–3 must be 0 unless an extension was negotiated that gives
        them a meaning
      ! closed by us: 1002 Protocol error

      sent      1 frame (1 close), 38 B on the wire
      received  1 frame, 3 B on the wire
      faults    the peer broke the protocol once
      open      for TIME
      [status 7]
      "
    `);
  });

  test('the connection is lost', async () => {
    const { url } = await upgrading((socket) => socket.end());
    expect(await new TerminalRun([url]).end()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      Type a message, or /help. Ctrl-D closes.
      ! the connection was lost: 1006 Abnormal Closure
        The connection ended without a Close frame: the peer crashed, or something on
        the way cut it (a proxy, a time limit).

      open      for TIME
      [status 8]
      "
    `);
  });

  test('pings are answered unseen; -P shows them', async () => {
    const { url } = await upgrading((socket) => {
      socket.write(Buffer.concat([frame(0x89, 'are you there'), frame(0x81, 'hi')]));
    });
    expect(await (await connected([url])).shows(/< hi/)).not.toContain('there');
    const run = await connected(['-P', url]);
    expect(await run.shows(/sent pong/)).toMatch(/• received ping "are you there"\n(?:< hi\n)?• sent pong "are you there"/);
  });

  test('5000 messages while a line is typed: all are there, in order, and the line is whole', async () => {
    const { url } = await goodServer((client) =>
      client.once('message', () => {
        for (let index = 0; index < 5000; index++) client.send(`message ${index}`);
      }),
    );
    const run = await connected([url]);
    await run.line('go');
    await run.keys('a line ', 'of my ', 'own');
    const shown = await run.shows(/< message 4999\n> a line of my own/);
    const numbers = [...shown.matchAll(/^< message (\d+)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  });

  test('a screen that stands still holds up the peer, not our memory', async () => {
    const message = frame(0x81, 'x'.repeat(60_000));
    const most = 64 * 1024 * 1024;
    let sent = 0;
    let begin: (() => void) | undefined;
    const { url, sockets } = await upgrading((socket) => {
      begin = () => {
        while (sent < most) {
          sent += message.length;
          if (!socket.write(message)) return;
        }
      };
      socket.on('drain', begin);
    });
    const run = await connected([url]);
    run.env.stdout.hold();
    begin?.();
    let before = -1;
    await vi.waitUntil(
      () => {
        const stands = sent === before;
        before = sent;
        return stands;
      },
      { interval: 200, timeout: 4000 },
    );
    // What kernels hold between two sockets.
    expect(sent).toBeLessThan(most / 2);
    for (const socket of sockets) socket.destroy();
    run.env.stdout.release();
    expect(await run.end()).toContain('the connection was lost');
  });
});

describe('what is typed', () => {
  test('messages, frames and files, and what is said of each', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'wstap-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'message.txt'), 'from a file');
    const { url } = await echoServer();
    const run = await connected([url]);
    await talk(
      run,
      ['/binary', /as binary/],
      ['xyz', /78 79 7a/],
      ['/text', /as text/],
      [`/file ${directory}/message.txt`, /< from a file/],
      ['/file /no/such/file', /no file/],
      ['/fragment Hel | lo', /< Hello/],
      ['/repeat 3 again', /sent 3 times\n(?:< again\n){3}/],
      ['/ping you', /pong "you"/],
      ['//slash', /< \/slash/],
      ['/nonsense', /two slashes/],
      ['/json {a:1}', /for example/],
    );
    const shown = (await run.screen()).replaceAll(directory, 'DIRECTORY').replace(/^[\s\S]*Ctrl-D closes\.\n/, '\n');
    expect(shown).toMatchInlineSnapshot(`
      "
      > /binary
      • lines are sent as binary messages (their UTF-8 bytes); /text goes back
      binary> xyz
      < binary 3 B  78 79 7a
      binary> /text
      • lines are sent as text messages
      > /file DIRECTORY/message.txt
      • sent: text, 11 B
      < from a file
      > /file /no/such/file
      ! there is no file "/no/such/file"
      > /fragment Hel | lo
      < Hello
      > /repeat 3 again
      • sent 3 times
      < again
      < again
      < again
      > /ping you
      • pong "you" after TIME
      > //slash
      < /slash
      > /nonsense
      ! there is no command '/nonsense'; /help lists the commands
        to send it as a message, begin with two slashes: '//nonsense'
      > /json {a:1}
      ! this is not JSON: 'a:1}' at character 2 cannot stand there; /text sends it all
        the same
        for example: /json {"type":"hello"}
      >
      "
    `);
  });

  test('a dump while messages arrive, a filter, and back', async () => {
    const { url } = await echoServer();
    const run = await connected([url], { columns: 100 });
    await talk(
      run,
      ['/dump line', /\(line\)/],
      ['one', /< one/],
      ['/filter ping', /\/filter off ends it/],
      ['two', /> two/],
      ['/ping sync', /pong "sync"/],
      ['/filter off', /no filter/],
      ['/dump off', /only messages/],
      ['three', /< three/],
      ['/filter pong', /Only a dump shows frames/],
    );
    const shown = (await run.screen())
      .replace(/^[\s\S]*Ctrl-D closes\.\n/, '\n')
      .replace(/^ +\d+\.\d{4}(?: {2}\+\d\.\d{4}| {9})/gm, '  AT')
      .replace(/mask [0-9a-f]{8}/g, 'mask KEY');
    expect(shown).toMatchInlineSnapshot(`
      "
      > /dump line
      • every frame is shown (line)
      > one
        AT  → TEXT   fin  ···  mask KEY  len 3 (7-bit)           9 B  "one"
        AT  ← TEXT   fin  ···  mask none      len 3 (7-bit)           5 B  "one"
      < one
      > /filter ping
      • shown: ping; /filter off ends it
      > two
      > /ping sync
        AT  → PING   fin  ···  mask KEY  len 4 (7-bit)          10 B  "sync"
      • pong "sync" after TIME
      > /filter off
      • no filter: every message is shown
      > /dump off
      • frames are not shown, only messages
      > three
      < three
      > /filter pong
      • shown: pong; /filter off ends it. Only a dump shows frames: /dump line
      >
      "
    `);
  });

  test('several lines pasted, and /paste, are one message', async () => {
    const { url } = await echoServer();
    const run = await connected([url]);
    await run.keys(pasted('one\ntwo\n'), ENTER);
    await run.shows(/< one\n {2}two/);
    await talk(run, ['/paste', /Ctrl-C gives up/], ['three', /\| three/], ['four', /\| four/], ['.', /< three\n {2}four/]);
    await talk(run, ['/paste', /gives up[\s\S]*gives up/]);
    await run.keys(CTRL_C);
    await run.shows(/nothing was sent/);
  });

  test('--no-slash: a slash is a slash', async () => {
    const { url } = await echoServer();
    const run = await connected(['--no-slash', url]);
    await talk(run, ['/quit', /< \/quit/]);
    expect(await run.screen()).toContain('Type a message; / begins no command. Ctrl-D closes.\n');
  });

  test('/handshake, /stats and /close with a code', async () => {
    const { url } = await echoServer();
    const run = await connected([url]);
    await talk(run, ['/handshake', /✓ the server sent this/], ['/stats', /open {6}for/]);
    await run.line('/close 4000 bye');
    const end = await run.end();
    expect(end).toContain('  ✓ Sec-WebSocket-Accept fits the key ');
    expect(end).toContain('\n> /close 4000 bye\n• closed by us: 4000 Private Use "bye"\n\nsent ');
    expect(end).toContain('[status 8]');
  });

  test('a peer that takes nothing is not sent a million messages, and that is said', async () => {
    const sockets: Socket[] = [];
    const { url } = await upgrading((socket) => {
      socket.pause();
      sockets.push(socket);
    });
    const run = await connected([url]);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await run.line(`/repeat 1000000 ${'x'.repeat(70)}`);
    const advance = setInterval(() => vi.isFakeTimers() && vi.advanceTimersByTime(500), 5);
    onTestFinished(() => clearInterval(advance));
    await vi.waitUntil(() => run.env.stdout.written.includes('the peer takes nothing just now'), { timeout: 15_000 });
    vi.useRealTimers();
    clearInterval(advance);
    for (const socket of sockets) socket.destroy();
    expect(await run.end()).not.toContain('sent 1000000 times');
  });
});

describe('the end', () => {
  test('Ctrl-C clears the line first, then closes', async () => {
    const { url } = await echoServer();
    const run = await connected([url]);
    await run.keys('not sent', CTRL_C);
    await run.keys(CTRL_C);
    expect(await run.end()).toMatch(/closes\.\n• closed by us: 1000 Normal Closure\n\nsent {6}1 frame/);
  });

  test('a peer that does not answer the Close: what is waited for, and a way out', async () => {
    const { url } = await upgrading((socket) => socket.resume());
    const run = await connected([url]);
    await run.keys(CTRL_D);
    await run.shows(/• waiting for the peer to close, TIME at most; Ctrl-C leaves at once/);
    await run.keys(CTRL_C);
    expect(await run.end()).toContain('[status 130]');
  });

  test('SIGTERM closes in good order', async () => {
    const { url } = await echoServer();
    const run = await connected([url]);
    run.env.signal('SIGTERM');
    const end = await run.end();
    expect(end).toContain('• closed by us: 1000 Normal Closure');
    expect(end).toContain('[status 143]');
  });

  test('the keyboard goes away', async () => {
    const { url } = await echoServer();
    const run = await connected([url]);
    run.env.stdin.end();
    expect(await run.end()).toContain('[status 0]');
  });
});

describe('no connection', () => {
  test('refused', async () => {
    expect(await new TerminalRun(['ws://127.0.0.1:1/']).end()).toMatchInlineSnapshot(`
      "
      wstap: could not connect: 127.0.0.1:PORT refused the connection
      Likely cause: Nothing listens on this port.
      → try: another port; is the server up?
      [status 4]
      "
    `);
  });

  test('a wrong accept value', async () => {
    const { url } = await answering(`${SWITCHING}Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n`);
    const end = (await new TerminalRun([url]).end()).replace(/expected \S+/, 'expected ACCEPT');
    expect(end).toContain('wstap: the opening handshake is wrong\n');
    expect(end).toContain('[status 6]');
  });

  test('an answer that does not come: what is waited for, and Ctrl-C', async () => {
    const { url } = await rawServer((socket) => socket.resume());
    const run = new TerminalRun([url]);
    await run.shows(/• connecting to ws:\/\/127\.0\.0\.1:PORT\/; Ctrl-C gives up/);
    run.env.signal('SIGINT');
    expect(await run.end()).toMatch(/gives up\n\[status 130\]/);
  });
});

describe('connecting again', () => {
  test('/reconnect, and the counts go on', async () => {
    const { url } = await echoServer();
    const run = await connected([url]);
    await talk(run, ['one', /< one/], ['/reconnect', /Connected[\s\S]*Connected/], ['two', /< two/]);
    await run.keys(CTRL_D);
    expect(await run.end()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      Type a message, or /help. Ctrl-D closes.
      > one
      < one
      > /reconnect
      • closed by us: 1000 Normal Closure
      Connected to ws://127.0.0.1:PORT/ in TIME.
      > two
      < two
      • closed by us: 1000 Normal Closure

      sent      2 messages (2 text), 6 B
                4 frames (2 data, 2 close), 34 B on the wire
      received  2 messages (2 text), 6 B
                4 frames (2 data, 2 close), 18 B on the wire
      open      2 connections in TIME
      [status 0]
      "
    `);
  });

  test('--reconnect: what is typed meanwhile is not lost without a word', async () => {
    let admit: (() => void) | undefined;
    const { url, server } = await echoServer({
      verifyClient: (_, done) => {
        // The second waits until we let it in.
        if (server.clients.size === 0 && admit === undefined) done(true);
        else admit = () => done(true);
        admit ??= () => undefined;
      },
    });
    const run = await connected(['--reconnect', url]);
    const first = admit;
    for (const client of server.clients) client.terminate();
    await run.shows(/connecting again in TIME; \/reconnect does it now/);
    await talk(run, ['lost?', /not connected just now/]);
    await run.line('/reconnect');
    await vi.waitUntil(() => admit !== first);
    admit?.();
    await run.shows(/Connected[\s\S]*Connected/);
    await run.keys(UP, UP);
    expect(await run.shows(/> lost\?$/m)).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      Type a message, or /help. Ctrl-D closes.
      ! the connection was lost: 1006 Abnormal Closure
        The connection ended without a Close frame: the peer crashed, or something on
        the way cut it (a proxy, a time limit).
      • connecting again in TIME; /reconnect does it now
      > lost?
      ! not connected just now, so nothing was sent; once it is, ↑ brings the line
        back
      > /reconnect
      ┄┄ connected again: gone for TIME, 1 try ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
      Connected to ws://127.0.0.1:PORT/ in TIME.
      > lost?
      "
    `);
  });

  test('--reconnect=1: the last try is told in full', async () => {
    const run = new TerminalRun(['--reconnect=1', 'ws://127.0.0.1:1/']);
    expect(await run.end()).toMatchInlineSnapshot(`
      "
      ! could not connect: 127.0.0.1:PORT refused the connection
      • connecting again in TIME; /reconnect does it now
      wstap: could not connect: 127.0.0.1:PORT refused the connection
      Likely cause: Nothing listens on this port.
      → try: another port; is the server up?
      [status 4]
      "
    `);
  });
});

describe('colour and terminals', () => {
  test.each<[string, readonly string[], Readonly<Record<string, string>>, boolean]>([
    ['a terminal with colours', [], { TERM: 'xterm-256color' }, true],
    ['NO_COLOR', [], { TERM: 'xterm-256color', NO_COLOR: '1' }, false],
    ['--color always goes first', ['--color', 'always'], { NO_COLOR: '1' }, true],
    ['--color never', ['--color', 'never'], { TERM: 'xterm' }, false],
  ])('%s', async (_, argv, variables, coloured) => {
    const { url } = await echoServer();
    const run = await connected([...argv, url], { variables });
    await talk(run, ['hello', /< hello/]);
    expect(/\x1b\[[0-9;]*m/.test(run.env.stdout.written)).toBe(coloured);
    expect(run.env.stdout.written.includes('\x1b[35m<\x1b[39m hello')).toBe(coloured);
  });

  test('TERM=dumb: lines in and lines out, and no key codes', async () => {
    const { url } = await echoServer();
    const run = new TerminalRun([url], { variables: { TERM: 'dumb' } });
    await run.shows(/Ctrl-D closes/);
    run.env.stdin.write('hello\n');
    await run.shows(/< hello/);
    run.env.stdin.end();
    expect(await run.end()).toContain('[status 0]');
    expect(run.env.stdout.written).not.toContain('\x1b');
  });

  test('60 columns: nothing of ours is broken within a word', async () => {
    const { url } = await upgrading((socket) => {
      socket.write(closeFrame(1011, 'no luck with the database today, sorry about that'));
      endOnData(socket);
    });
    expect(await new TerminalRun([url], { columns: 60 }).end()).toMatchInlineSnapshot(`
      "
      Connected to ws://127.0.0.1:PORT/ in TIME.
      Type a message, or /help. Ctrl-D closes.
      ! closed by the peer: 1011 Internal Error
        "no luck with the database today, sorry about that"
        The side that closed failed by a fault of its own. Its log
        knows more.

      sent      1 frame (1 close), 8 B on the wire
      received  1 frame (1 close), 53 B on the wire
      open      for TIME
      [status 8]
      "
    `);
  });
});
