import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clientFrames, frame, REQUEST, rawClient, upgrading } from './peer.ts';
import { buildsProgram, spawnProgram, spawnShell } from './process.ts';
import { withResolvers } from './resolvers.ts';

/**
 * Backpressure is end to end: whoever stalls, nothing piles up in between, and nothing is lost once it goes on. Real
 * processes, far more data than the memory they may take, made on the fly.
 */
buildsProgram();

const MIB = 1024 * 1024;
const OFFERED = 320 * MIB;
/** What the process may take at its peak, Node itself included. */
const ALLOWED = 100 * MIB;

/** Bytes of memory at the peak. */
function peakOf(pid = 0): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Resolves once `count` does not grow any more. */
async function stands(count: () => number): Promise<number> {
  for (let before = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (count() === before) return before;
    before = count();
  }
}

/** Writes `total` bytes of frames, no faster than they are taken. */
function flood(socket: Socket, total: number): () => number {
  const piece = frame(0x82, Buffer.alloc(65_532, 'x'));
  let written = 0;
  const go = (): void => {
    while (written < total && !socket.destroyed) {
      written += piece.length;
      if (!socket.write(piece)) return;
    }
    socket.off('drain', go);
    socket.write(frame(0x88, Buffer.from([3, 232])));
  };
  socket.on('drain', go);
  go();
  return () => written;
}

describe('connect', () => {
  test('a server that stalls: standard input waits, and all of it arrives in the end', async () => {
    const server = withResolvers<Socket>();
    const { url } = await upgrading((socket) => {
      socket.pause();
      server.resolve(socket);
    });
    const child = spawnProgram(['-b', '-E', url], { stdio: ['pipe', 'ignore', 'inherit'] });
    const { stdin } = child;
    if (!stdin) throw new Error('no stdin');
    const line = Buffer.alloc(64 * 1024, 'x').fill('\n', 64 * 1024 - 1);
    let offered = 0;
    const offer = (): void => {
      for (; offered < OFFERED; ) {
        offered += line.length;
        if (!stdin.write(line)) return;
      }
      stdin.end();
    };
    stdin.on('drain', offer);
    offer();
    const socket = await server.promise;
    const taken = await stands(() => offered);
    expect(taken).toBeLessThan(16 * MIB);
    const whenStalled = peakOf(child.pid);
    expect(whenStalled).toBeLessThan(ALLOWED);
    let received = 0;
    let peak = 0;
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received < OFFERED) peak = Math.max(peak, received % (32 * MIB) < chunk.length ? peakOf(child.pid) : 0);
        // The Close, 8 bytes, is the last; every line came as a frame with 14 or 8 bytes of header.
        if (received >= (OFFERED / line.length) * (line.length - 1 + 8) + 8) resolve();
      });
      socket.resume();
    });
    expect(peak).toBeLessThan(ALLOWED);
  }, 20_000);

  test('an output that stalls: the server waits, and all of it comes out in the end', async () => {
    let written = () => 0;
    const { url } = await upgrading((socket) => {
      written = flood(socket, OFFERED);
      socket.on('data', (chunk: Buffer) => clientFrames(chunk).some(({ opcode }) => opcode === 8) && socket.end());
    });
    const child = spawnProgram(['-w', '-1', '--format=raw', url], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { stdout } = child;
    if (!stdout) throw new Error('no stdout');
    await new Promise((resolve) => stdout.once('readable', resolve));
    expect(await stands(written)).toBeLessThan(32 * MIB);
    expect(peakOf(child.pid)).toBeLessThan(ALLOWED);
    let read = 0;
    let peak = 0;
    stdout.on('data', (chunk: Buffer) => {
      if (read % (32 * MIB) < chunk.length) peak = Math.max(peak, peakOf(child.pid));
      read += chunk.length;
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, read]).toEqual([0, Math.ceil(OFFERED / 65_536) * 65_532]);
    expect(peak).toBeLessThan(ALLOWED);
  }, 20_000);

  test('--echo to a server that sends and reads nothing', async () => {
    let written = () => 0;
    const { url } = await upgrading((socket) => {
      socket.pause();
      written = flood(socket, OFFERED);
    });
    const child = spawnProgram(['--echo', '--format=raw', url], { stdio: ['pipe', 'ignore', 'inherit'] });
    const taken = await stands(written);
    expect(taken).toBeLessThan(32 * MIB);
    expect(peakOf(child.pid)).toBeLessThan(ALLOWED);
  }, 20_000);
});

describe('listen', () => {
  const upgraded = async (port: number) => {
    const socket = await rawClient(port);
    socket.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    return socket.pause();
  };

  test.each<[what: string, argv: string[], stdout: 'ignore' | 'pipe', readers: number]>([
    ['--echo: a client that sends and does not read', ['--echo'], 'ignore', 0],
    ['--broadcast: a client that sends, one that reads and one that does not', ['--broadcast'], 'ignore', 2],
    ['a client that sends, and an output that nobody reads', [], 'pipe', 0],
  ])(
    '%s',
    async (_, argv, stdout, readers) => {
      const child = spawnProgram(['listen', '--format=raw', ...argv], { stdio: ['ignore', stdout, 'pipe'] });
      const port = await new Promise<number>((resolve) => {
        child.stderr?.on('data', (text) => {
          const found = /:(\d+)\/\n/.exec(String(text))?.[1];
          if (found) resolve(Number(found));
        });
      });
      const sockets = [];
      for (let count = 0; count <= readers; count++) sockets.push(await upgraded(port));
      if (readers > 0) sockets[1]?.resume();
      const [sender] = sockets;
      if (!sender) throw new Error('no sender');
      const masked = Buffer.concat([Buffer.from('82ff000000000001000000000000', 'hex'), Buffer.alloc(0x10000)]);
      let written = 0;
      const go = (): void => {
        while (written < OFFERED) {
          written += masked.length;
          if (!sender.write(masked)) return;
        }
      };
      sender.on('drain', go);
      go();
      expect(await stands(() => written)).toBeLessThan(32 * MIB);
      expect(peakOf(child.pid)).toBeLessThan(ALLOWED);
    },
    20_000,
  );
});

test('input that comes faster than a shell pipe is read stays in the pipe', async () => {
  const { url } = await upgrading((socket) => socket.pause());
  const child = spawnShell(`yes ${'x'.repeat(100)} | exec $WSTAP ${url} & echo $!; wait`, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const pid = Number(await new Promise((resolve) => child.stdout?.once('data', resolve)));
  await stands(() => Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]));
  expect(peakOf(pid)).toBeLessThan(ALLOWED);
  if (child.pid) process.kill(-child.pid, 'SIGKILL');
}, 20_000);
