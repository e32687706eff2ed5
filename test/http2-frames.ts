import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Frames of HTTP/2 as they are on the wire (RFC 9113 §4.1), read by a relay of a test's own and not by what is tested. */

const TYPES = ['DATA', 'HEADERS', 'PRIORITY', 'RST_STREAM', 'SETTINGS', 'PUSH_PROMISE', 'PING', 'GOAWAY', 'WINDOW_UPDATE'];
const PREFACE = 24;
const END_STREAM = 1;

/**
 * A port that leads to another one. `frames`: `> DATA END_STREAM` for the client's, `< RST_STREAM 8` for the server's; those of
 * streams only, without WINDOW_UPDATE.
 */
export async function watched(port: number): Promise<{ port: number; frames: string[] }> {
  const frames: string[] = [];
  const relay = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    tell(client, '>', PREFACE, frames);
    tell(server, '<', 0, frames);
    client.pipe(server).pipe(client);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  onTestFinished(() => void relay.close());
  const address = relay.address();
  return { port: typeof address === 'object' && address ? address.port : 0, frames };
}

function tell(socket: Socket, mark: string, skipped: number, frames: string[]): void {
  let waiting = Buffer.alloc(0);
  let skip = skipped;
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (waiting.length < skip) return;
    waiting = waiting.subarray(skip);
    skip = 0;
    while (waiting.length >= 9 && waiting.length >= 9 + waiting.readUIntBE(0, 3)) {
      const length = waiting.readUIntBE(0, 3);
      const type = TYPES[waiting[3] ?? 0] ?? 'other';
      const ends = (type === 'DATA' || type === 'HEADERS') && ((waiting[4] ?? 0) & END_STREAM) !== 0;
      const stream = waiting.readUInt32BE(5);
      const code = type === 'RST_STREAM' ? ` ${waiting.readUInt32BE(9)}` : '';
      if (stream > 0 && type !== 'WINDOW_UPDATE') frames.push(`${mark} ${type}${code}${ends ? ' END_STREAM' : ''}`);
      waiting = waiting.subarray(9 + length);
    }
  });
}
