import { describe, expect, test } from 'vitest';
import { GoodClient, REQUEST, rawClient } from '../../peer.ts';
import { CTRL_C, CTRL_D, type TerminalOptions, TerminalRun } from '../terminal.ts';

/** `listen` as a person has it. */

async function listening(
  argv: readonly string[] = [],
  options: TerminalOptions = {},
): Promise<{ run: TerminalRun; port: number }> {
  const run = new TerminalRun(['listen', ...argv], options);
  await run.shows(/^>/m);
  const [, port] = /Listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(run.env.stdout.written) ?? [];
  return { run, port: Number(port) };
}

/** A client that opened, and is announced. */
async function enter(run: TerminalRun, port: number, number: number, path = '', protocols: string[] = []): Promise<GoodClient> {
  const client = new GoodClient(port, {}, protocols, path);
  await client.open();
  await run.shows(new RegExp(`#${number} • connected`));
  return client;
}

/** Masks with a key of zeros: the payload stays as it is. */
const fromClient = (first: number, payload: string | Buffer): Buffer => {
  const data = Buffer.from(payload);
  return Buffer.concat([Buffer.from([first, 0x80 | data.length, 0, 0, 0, 0]), data]);
};

async function enterRaw(run: TerminalRun, port: number, number: number) {
  const socket = await rawClient(port);
  socket.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
  await run.shows(new RegExp(`#${number} • connected`));
  return socket;
}

describe('clients come, talk and go', () => {
  test('a whole session', async () => {
    const { run, port } = await listening();
    const one = await enter(run, port, 1, 'chat?x=1');
    const two = await enter(run, port, 2);
    one.socket.send('from one');
    await run.shows(/#1 < from one/);
    two.socket.send('line 1\nline 2');
    await run.shows(/#2 < line 1\n {5}line 2/);
    await run.line('to all');
    expect(await Promise.all([one.got(1), two.got(1)])).toEqual([['to all'], ['to all']]);
    await run.line('/to 2 to two');
    expect(await two.got(2)).toEqual(['to all', 'to two']);
    await run.line('/clients');
    await run.shows(/#2 {2}127/);
    await run.line('/to 1 /ping');
    await run.shows(/pong after/);
    await run.line('/kick 1 4001 go');
    expect(await one.closed).toEqual({ code: 4001, reason: 'go' });
    await run.shows(/#1 • closed/);
    two.socket.close(1000, 'thanks');
    await run.shows(/#2 • closed/);
    await run.line('anybody?');
    await run.line('/to 2 hi');
    await run.line('/clients');
    await run.keys(CTRL_D);
    const end = await run.end();
    expect(end.replace(/ {2,}(\d sent|\d received|TIME)/g, '  $1')).toMatchInlineSnapshot(`
      "
      Listening on ws://127.0.0.1:PORT/
      Look inside with a browser: http://127.0.0.1:PORT/?token=TOKEN
      Lines go to every client; /help lists commands. Ctrl-D ends.
      #1 • connected from 127.0.0.1:PORT, /chat?x=1
      #2 • connected from 127.0.0.1:PORT
      #1 < from one
      #2 < line 1
           line 2
      > to all
      > /to 2 to two
      > /clients
      #1  127.0.0.1:PORT  1 sent  1 received  TIME, /chat?x=1
      #2  127.0.0.1:PORT  2 sent  1 received  TIME
      > /to 1 /ping
      #1 • pong after TIME
      > /kick 1 4001 go
      #1 • closed by us: 4001 Private Use "go"
      #2 • closed by the peer: 1000 Normal Closure "thanks"
      > anybody?
      ! nobody is connected, so it went to nobody
      > /to 2 hi
      ! nobody is connected, so it went to nobody
      > /clients
      • nobody is connected

      sent      3 messages (3 text), 18 B
                6 frames (3 data, 2 close, 1 ping), 36 B on the wire
      received  2 messages (2 text), 21 B
                5 frames (2 data, 2 close, 1 pong), 63 B on the wire
      ping      1 round trip: TIME
      open      2 connections in TIME
      [status 0]
      "
    `);
    expect(one.messages).toEqual(['to all']);
  });

  test('numbers that are nobody’s, and lines that cannot be understood', async () => {
    const { run, port } = await listening();
    await enter(run, port, 1);
    for (const line of ['/to 9 x', '/kick 9', '/to nobody x', '/reconnect', '/handshake 9']) await run.line(line);
    expect(await run.shows(/> \/handshake 9\n! /)).toMatchInlineSnapshot(`
      "
      Listening on ws://127.0.0.1:PORT/
      Look inside with a browser: http://127.0.0.1:PORT/?token=TOKEN
      Lines go to every client; /help lists commands. Ctrl-D ends.
      #1 • connected from 127.0.0.1:PORT
      > /to 9 x
      ! there is no client 9; /clients lists them
      > /kick 9
      ! there is no client 9; /clients lists them
      > /to nobody x
      ! 'nobody' is not a client's number; /clients lists them
        for example: /to 2 hello
      > /reconnect
      ! there is no command '/reconnect'; /help lists the commands
        to send it as a message, begin with two slashes: '//reconnect'
      > /handshake 9
      ! there is no client 9; /clients lists them
      >
      "
    `);
  });

  test('/handshake shows what a client asked for, and what it was answered', async () => {
    const { run, port } = await listening(['-s', 'chat']);
    await enter(run, port, 1, 'first');
    await enter(run, port, 2, 'second', ['chat']);
    await run.line('/handshake');
    const newest = await run.shows(/requirements: \d+ met/);
    expect(newest).toContain('\n< GET /second HTTP/1.1\n');
    expect(newest).toContain('\n> HTTP/1.1 101 Switching Protocols\n');
    expect(newest).toContain('\n> Sec-WebSocket-Protocol: chat\n');
    expect(newest).not.toContain('GET /first');
    await run.line('/handshake 1');
    await run.shows(/< GET \/first HTTP/);
  });

  test('secrets in a request’s query are shown nowhere', async () => {
    const { run, port } = await listening(['-v']);
    await enter(run, port, 1, 'p?x=1&key=SECRET1&sig=SECRET2');
    await run.line('/clients');
    await run.line('/handshake');
    const shown = await run.shows(/requirements: \d+ met/);
    expect(shown).toMatch(/connected from 127\.0\.0\.1:PORT,\s+\/p\?x=1&key=\*\*\*&sig=\*\*\*/);
    expect(shown).toMatch(/0 received {2}TIME,\s+\/p\?x=1&key=\*\*\*&sig=\*\*\*/);
    expect(shown).not.toContain('SECRET');
  });

  test('who is refused, and why', async () => {
    const { run, port } = await listening();
    await new GoodClient(port, { origin: 'https://evil.example' }).refused();
    const socket = await rawClient(port);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await run.shows(/#2 ! .*not sent/)).replace(/^[\s\S]*ends\.\n/, '\n')).toMatchInlineSnapshot(`
      "
      #1 ! 127.0.0.1:PORT was refused: 403, Origin "https://evil.example" is not one
           that may connect (--origin adds it)
      #2 ! 127.0.0.1:PORT was refused: 426, Upgrade is not sent
      >
      "
    `);
  });

  test('-v shows what was wrong with its request', async () => {
    const { run, port } = await listening(['-v']);
    await new GoodClient(port, { origin: 'https://evil.example' }).refused();
    const shown = await run.shows(/#1 ! .* was refused: 403/);
    expect(shown).toMatch(/✗ The page is one that may connect [\s\S]*found +https:\/\/evil\.example\n/);
  });

  test('a client that breaks the protocol, and one whose connection is lost', async () => {
    const { run, port } = await listening();
    const rude = await enterRaw(run, port, 1);
    const lost = await enterRaw(run, port, 2);
    rude.write(fromClient(0x83, 'x'));
    await run.shows(/#1 ✗/);
    rude.destroy();
    await run.shows(/#1 • closed|#1 ! closed/);
    lost.destroy();
    await run.shows(/#2 ! the connection was lost/);
    expect((await run.screen()).replace(/^[\s\S]*#2 • connected[^\n]*\n/, '\n')).toMatchInlineSnapshot(`
      "
      #1 ✗ the peer broke the protocol: opcode 3 (0x3)
           RFC 6455 §5.2: opcodes 3–7 and 11–15 are reserved; an unknown opcode must
           fail the connection
      #1 ! closed by us: 1002 Protocol error
      #2 ! the connection was lost: 1006 Abnormal Closure
           The connection ended without a Close frame: the peer crashed, or something
           on the way cut it (a proxy, a time limit).
      >
      "
    `);
  });
});

describe('one client among others', () => {
  test('/clients: address, path, subprotocol, extensions, ages, counts, round trips and what is done with each', async () => {
    const { run, port } = await listening(['-s', 'chat', '--route', '/echo=echo', '--route', '/=none']);
    const echo = new GoodClient(port, { perMessageDeflate: true }, ['chat'], 'echo/room');
    await echo.open();
    await run.shows(/#1 • connected/);
    await enter(run, port, 2);
    echo.socket.send('x');
    await echo.got(1);
    await run.line('/ping 1');
    await run.shows(/#1 • pong after/);
    await run.line('/mute 2');
    await run.line('/clients');
    expect(
      (await run.shows(/#2 {2}127.*muted/)).replace(/^[\s\S]*\/clients\n/, '\n').replace(/ {3,}TIME/g, '  TIME'),
    ).toMatchInlineSnapshot(`
      "
      #1  127.0.0.1:PORT  1 sent  1 received  TIME
          rtt TIME, /echo/room, chat, permessage-deflate, echo
      #2  127.0.0.1:PORT  0 sent  0 received  TIME, muted
      >
      "
    `);
  });

  test('/ping N [DATA]: that one and nobody else', async () => {
    const { run, port } = await listening();
    const clients = [await enter(run, port, 1), await enter(run, port, 2)];
    const pings: string[] = [];
    for (const [index, { socket }] of clients.entries()) socket.on('ping', (data) => pings.push(`${index + 1} ${data}`));
    await run.line('/ping 2 data');
    await run.shows(/#2 • pong "data" after/);
    await run.line('/to 1 /ping 2');
    await run.shows(/#1 • pong "2" after/);
    await run.line('/ping 9');
    await run.shows(/there is no client 9/);
    expect(pings).toEqual(['2 data', '1 2']);
  });

  test('/mute and /unmute', async () => {
    const { run, port } = await listening(['--echo']);
    const [loud, other] = [await enter(run, port, 1), await enter(run, port, 2)];
    await run.line('/mute 1');
    loud.socket.send('not shown');
    expect(await loud.got(1)).toEqual(['not shown']);
    other.socket.send('shown');
    await run.shows(/#2 < shown/);
    await run.line('/unmute 1');
    await run.shows(/#1 • its messages and frames are shown/);
    loud.socket.send('shown again');
    const shown = await run.shows(/#1 < shown again/);
    expect(shown).not.toContain('< not shown');
    await run.line('/mute 9');
    await run.shows(/there is no client 9/);
  });

  test('a client that is sunk is muted from the start', async () => {
    const { run, port } = await listening(['--sink', '-v']);
    const client = await enter(run, port, 1);
    expect(await run.screen()).toMatch(/#1 • connected from 127\.0\.0\.1:PORT, sink/);
    client.socket.send('gone');
    client.socket.close(1000);
    const shown = await run.shows(/#1 • dropped 1 message, 4 B/);
    expect(shown).not.toContain('< gone');
  });

  test('what a program says on stderr, and its end', async () => {
    const { run, port } = await listening(['--exec', 'sh -c \'printf "\\033[2Jhi\\n" >&2; exit 2\''], {
      variables: { PATH: '/bin:/usr/bin' },
    });
    await new GoodClient(port).closed;
    await run.shows(/#1 • stderr: \\x1b\[2Jhi/);
    await run.shows(/#1 • exit status 2/);
    await run.shows(/#1 • closed by us: 1011 Internal Error "exit status 2"/);
  });
});

describe('what it does by itself', () => {
  test('--echo', async () => {
    const { run, port } = await listening(['--echo']);
    const client = await enter(run, port, 1);
    client.socket.send('hi');
    expect(await client.got(1)).toEqual(['hi']);
  });

  test('--broadcast: to all others', async () => {
    const { run, port } = await listening(['--broadcast']);
    const [one, two, three] = [await enter(run, port, 1), await enter(run, port, 2), await enter(run, port, 3)];
    one.socket.send('to you');
    expect(await Promise.all([two.got(1), three.got(1)])).toEqual([['to you'], ['to you']]);
    two.socket.send('and back');
    expect(await one.got(1)).toEqual(['and back']);
  });

  test('-x greets each client', async () => {
    const { run, port } = await listening(['-x', 'welcome']);
    const client = await enter(run, port, 1);
    expect(await client.got(1)).toEqual(['welcome']);
    expect(await run.screen()).toContain('\n#1 > welcome\n');
  });

  test('--once: the first client, and its end is ours', async () => {
    const { run, port } = await listening(['--once']);
    const client = await enter(run, port, 1);
    await run.line('hello');
    expect(await client.got(1)).toEqual(['hello']);
    client.socket.close(4000, 'enough');
    const end = await run.end();
    expect(end).toContain('#1 ! closed by the peer: 4000 Private Use "enough"\n');
    expect(end).toContain('[status 8]');
  });
});

describe('the end', () => {
  test('every client is told', async () => {
    const { run, port } = await listening();
    const clients = [await enter(run, port, 1), await enter(run, port, 2)];
    await run.keys(CTRL_C);
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([
      { code: 1001, reason: 'the server ends' },
      { code: 1001, reason: 'the server ends' },
    ]);
    // Whoever answers first is the first to be told of.
    expect((await run.end()).replaceAll('#2 • closed', '#1 • closed')).toMatchInlineSnapshot(`
      "
      Listening on ws://127.0.0.1:PORT/
      Look inside with a browser: http://127.0.0.1:PORT/?token=TOKEN
      Lines go to every client; /help lists commands. Ctrl-D ends.
      #1 • connected from 127.0.0.1:PORT
      #2 • connected from 127.0.0.1:PORT
      #1 • closed by us: 1001 Going Away "the server ends"
      #1 • closed by us: 1001 Going Away "the server ends"

      sent      2 frames (2 close), 38 B on the wire
      received  2 frames (2 close), 46 B on the wire
      open      2 connections in TIME
      [status 0]
      "
    `);
  });

  test('a client that does not answer: what is waited for, and a way out', async () => {
    const { run, port } = await listening();
    await enterRaw(run, port, 1);
    await run.keys(CTRL_D);
    await run.shows(/• waiting for 1 client to close, TIME at most; Ctrl-D again ends now/);
    await run.keys(CTRL_D);
    expect(await run.end()).toContain('[status 0]');
  });

  test('SIGTERM', async () => {
    const { run, port } = await listening();
    const client = await enter(run, port, 1);
    run.env.signal('SIGTERM');
    expect((await client.closed).code).toBe(1001);
    expect(await run.end()).toContain('[status 143]');
  });

  test('a port in use', async () => {
    const { port } = await listening();
    const run = new TerminalRun(['listen', String(port)]);
    expect(await run.status).toBe(3);
    expect(run.env.stderr.text).toContain(`port ${port} is in use`);
  });
});

test('60 columns', async () => {
  const { run, port } = await listening(['--dump=line'], { columns: 60 });
  const client = await enter(run, port, 1);
  client.socket.send('hi');
  const shown = (await run.shows(/#1 < hi/))
    .replace(/^[\s\S]*#1 • connected[^\n]*\n/, '\n')
    .replace(/\d\.\d{4}/g, 'S.SSSS')
    .replace(/mask [0-9a-f]{8}/g, 'mask KEYKEYKE');
  expect(shown).toMatchInlineSnapshot(`
    "
    #1    S.SSSS           ← TEXT   fin  ···  mask KEYKEYKE
              len 2 (7-bit)           8 B  "hi"
    #1 < hi
    >
    "
  `);
});
