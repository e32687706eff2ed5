import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { dial } from '../../src/transport/dial.ts';
import type { ProxyServer, Target, TlsChoice } from '../../src/transport/route.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { makeCertificates } from './certificates.ts';
import { failureOf, Told } from './observing.ts';

/** The whole way, hop by hop; each hop has tests of its own. */

const { ca, good, selfSigned } = makeCertificates();

const contexts = vi.hoisted(() => ({ made: 0 }));
vi.mock('node:tls', async (original) => {
  const tls = await original<typeof import('node:tls')>();
  const createSecureContext: typeof tls.createSecureContext = (options) => {
    contexts.made++;
    return tls.createSecureContext(options);
  };
  return { ...tls, createSecureContext };
});

async function port(server: Server, talk: (socket: Socket) => void, event = 'connection'): Promise<number> {
  server.on(event, (socket: Socket) => {
    socket.on('error', () => undefined);
    onTestFinished(() => {
      socket.destroy();
    });
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as { port: number }).port;
}

const plain = (talk: (socket: Socket) => void) => port(createServer(), talk);
const secure = (options: TlsOptions, talk: (socket: Socket) => void) => port(createTlsServer(options), talk, 'secureConnection');

/** A proxy that does as it is asked, whatever the place is called, by leading to `to` on loopback. */
function tunnelling(to: number, asked: string[]) {
  return (socket: Socket) => {
    socket.once('data', (chunk: Buffer) => {
      asked.push(String(chunk).split('\r\n')[0] ?? '');
      const onward = connect(to, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => undefined);
    });
  };
}

const trusting = (serverName: string): TlsChoice => ({ serverName, extraCa: [ca.cert], insecure: false });
const proxyAt = (at: number, tls?: TlsChoice): ProxyServer => ({
  scheme: tls ? 'https' : 'http',
  host: '127.0.0.1',
  port: at,
  tls,
  origin: '--proxy',
});

async function take(target: Target): Promise<{ told: string[]; said: string }> {
  const told = new Told();
  const transport = await dial(target, {}, told).transport;
  const said = await firstWords(transport);
  transport.destroy();
  return { told: told.lines.filter((line) => /^(begin|done)/.test(line)).map((line) => line.split(':')[0] ?? ''), said };
}

function firstWords(transport: Transport): Promise<string> {
  return new Promise((resolve) => {
    const over = () => resolve('');
    transport.handler = { data: (chunk) => resolve(String(chunk)), end: over, drain: () => undefined, close: over };
    transport.resume();
  });
}

const both = (...hops: string[]) => hops.flatMap((hop) => [`begin ${hop}`, `done ${hop}`]);
const greet = (socket: Socket) => void socket.write('hello');

describe('the hops, in their order', () => {
  test('TCP', async () => {
    const target = { host: '127.0.0.1', port: await plain(greet) };
    expect(await take(target)).toEqual({ told: both('tcp'), said: 'hello' });
  });

  test('TCP, TLS', async () => {
    const target = { host: '127.0.0.1', port: await secure(good, greet), tls: trusting('localhost') };
    expect(await take(target)).toEqual({ told: both('tcp', 'tls'), said: 'hello' });
  });

  test('TCP, the proxy', async () => {
    const asked: string[] = [];
    const proxy = proxyAt(await plain(tunnelling(await plain(greet), asked)));
    expect(await take({ host: 'a.test', port: 80, proxy })).toEqual({ told: both('tcp', 'proxy'), said: 'hello' });
    expect(asked).toEqual(['CONNECT a.test:80 HTTP/1.1']);
  });

  test('TCP, TLS to the proxy, the proxy, TLS to the server', async () => {
    const asked: string[] = [];
    const server = await secure(good, greet);
    const proxy = proxyAt(await secure(good, tunnelling(server, asked)), trusting('localhost'));
    const { told, said } = await take({ host: 'a.test', port: 443, tls: trusting('localhost'), proxy });
    expect(told).toEqual(both('tcp', 'proxy-tls', 'proxy', 'tls'));
    expect(said).toBe('hello');
  });

  test('what TLS is spoken with is made before the first hop begins, so that no hop has its time', async () => {
    const server = await secure(good, greet);
    const proxy = proxyAt(await secure(good, tunnelling(server, [])), { ...trusting('localhost'), minVersion: 'TLSv1.3' });
    const before = contexts.made;
    const told = new Told();
    const made: number[] = [];
    const observer = {
      done: told.done,
      attempt: told.attempt,
      lines: told.lines,
      begin: () => made.push(contexts.made - before),
    };
    const transport = await dial({ host: 'a.test', port: 443, tls: trusting('localhost'), proxy }, {}, observer).transport;
    transport.destroy();
    expect(made).toEqual([2, 2, 2, 2]);
  });

  test('a detour is what the proxy is asked for', async () => {
    const asked: string[] = [];
    const proxy = proxyAt(await plain(tunnelling(await plain(greet), asked)));
    const connectTo = [{ fromHost: 'a.test', fromPort: 80, toHost: 'b.test', toPort: 81 }];
    await take({ host: 'a.test', port: 80, proxy, road: { connectTo } });
    expect(asked).toEqual(['CONNECT b.test:81 HTTP/1.1']);
  });
});

describe('what fails says at which hop', () => {
  test('the proxy’s certificate', async () => {
    const proxy = proxyAt(await secure(selfSigned, greet), trusting('localhost'));
    expect((await failureOf(dial({ host: 'a.test', port: 443, proxy }, {}, new Told()).transport)).hop).toBe('proxy-tls');
  });

  test('the server’s, behind the proxy', async () => {
    const proxy = proxyAt(await plain(tunnelling(await secure(selfSigned, greet), [])));
    const target = { host: 'a.test', port: 443, tls: trusting('localhost'), proxy };
    expect((await failureOf(dial(target, {}, new Told()).transport)).hop).toBe('tls');
  });

  test('the proxy that is not there, by its origin', async () => {
    const server = createServer();
    const closed = await port(server, () => undefined);
    await new Promise((resolve) => server.close(resolve));
    const { hop, message } = await failureOf(
      dial({ host: 'a.test', port: 80, proxy: proxyAt(closed) }, {}, new Told()).transport,
    );
    expect([hop, message]).toEqual([
      'tcp',
      `127.0.0.1:${closed} refused the connection; that is the address of the proxy (from --proxy)`,
    ]);
  });
});

describe('given up, nothing stays open', () => {
  test.each<[hop: string, target: (at: number) => Target]>([
    ['proxy', (at) => ({ host: 'a.test', port: 80, proxy: proxyAt(at) })],
    ['tls', (at) => ({ host: '127.0.0.1', port: at, tls: trusting('localhost') })],
    ['proxy-tls', (at) => ({ host: 'a.test', port: 80, proxy: proxyAt(at, trusting('localhost')) })],
  ])('in hop %s', async (hop, target) => {
    let gone: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      gone = resolve;
    });
    // Takes what comes and says nothing, until the other side goes.
    const at = await plain((socket) => socket.resume().once('close', gone));
    const told = new Told();
    const dialing = dial(target(at), {}, told);
    const failure = failureOf(dialing.transport);
    while (told.lines.at(-1) !== `begin ${hop}`) await new Promise((resolve) => setImmediate(resolve));
    dialing.abort();
    expect((await failure).hop).toBe(hop);
    await over;
  });
});
