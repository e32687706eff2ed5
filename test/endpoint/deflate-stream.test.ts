import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DeflateStream } from '../../src/endpoint/deflate-stream.ts';
import { acceptFor } from '../../src/protocol/handshake/key.ts';
import type { Violation } from '../../src/protocol/rule.ts';
import type { Transport, TransportHandler } from '../../src/transport/transport.ts';
import { rawServer } from '../peer.ts';
import { run } from '../program.ts';
import { pieces } from '../protocol/bits.ts';

const deflate = (bytes: Uint8Array) => deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const inflate = (bytes: Uint8Array) => inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const hex = (text: string) => Buffer.from(text, 'hex');

/** A transport in memory, and what comes out of the stream in front of it. */
function open(early: Uint8Array = new Uint8Array(0)) {
  const wrote: Buffer[] = [];
  const told: string[] = [];
  const below: Transport & { handler: TransportHandler } = {
    remote: 'wire',
    pending: 0,
    held: 0,
    written: 0,
    sent: 0,
    handler: { data() {}, end() {}, drain() {}, close() {} },
    write: (list) => wrote.push(Buffer.concat(list)) > 0,
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    end: () => told.push('end'),
    destroy: () => told.push('destroy'),
  };
  const stream = new DeflateStream(below, early);
  const read: Buffer[] = [];
  stream.handler = {
    data: (chunk) => read.push(Buffer.from(chunk)),
    end: () => told.push('peer ended'),
    drain: () => told.push('drain'),
    close: () => told.push('closed'),
  };
  stream.broken = ({ rule }: Violation) => told.push(rule);
  return { stream, below, wrote, told, read: () => Buffer.concat(read).toString() };
}

describe('the stream', () => {
  test('is inflated however it is cut, over many writes', () => {
    for (const size of [1, 7, 1000]) {
      const { stream, below, read } = open();
      stream.resume();
      const bytes = Buffer.concat([deflate(Buffer.from('Hello ')), deflate(Buffer.from('and '.repeat(500)))]);
      for (const piece of pieces(bytes, size)) below.handler.data(piece);
      expect(read()).toBe(`Hello ${'and '.repeat(500)}`);
    }
  });

  test('what came behind the handshake comes first, once it is wanted', async () => {
    const { stream, below, read } = open(deflate(Buffer.from('early ')));
    stream.resume();
    await Promise.resolve();
    below.handler.data(deflate(Buffer.from('late')));
    expect(read()).toBe('early late');
  });

  test('pauses, and the peer’s end waits for what came before it', async () => {
    const { stream, below, read, told } = open();
    below.handler.data(deflate(Buffer.from('Hello')));
    below.handler.end();
    expect([read(), told]).toEqual(['', []]);
    stream.resume();
    await Promise.resolve();
    expect([read(), told]).toEqual(['Hello', ['peer ended', 'resume']]);
  });

  test('what is written can be inflated as one stream', () => {
    const { stream, wrote } = open();
    for (const text of ['Hello', ' ', 'Hello']) stream.write([Buffer.from(text)]);
    expect(inflate(Buffer.concat(wrote)).toString()).toBe('Hello Hello');
    expect([stream.written, stream.sent, stream.held]).toEqual([11, 11, 0]);
  });

  test('what is no DEFLATE data is told once, and nothing is read behind it', () => {
    const { stream, below, read, told } = open();
    stream.resume();
    below.handler.data(deflate(Buffer.from('ok')));
    below.handler.data(hex('ffff'));
    below.handler.data(deflate(Buffer.from('no')));
    expect([read(), told.filter((one) => one.startsWith('deflate'))]).toEqual(['ok', ['deflate-stream-failed']]);
  });
});

/** A server that agrees to whatever is offered and then sends `frames`; what comes is inflated into `heard`. */
async function agreeing(extension: string, frames: readonly Buffer[]) {
  const heard: Buffer[] = [];
  const { url } = await rawServer((socket) => {
    socket.once('data', (head: Buffer) => {
      const [, key = ''] = /Sec-WebSocket-Key: (\S+)/.exec(head.toString('latin1')) ?? [];
      const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
      lines.push(`Sec-WebSocket-Accept: ${acceptFor(key)}`, `Sec-WebSocket-Extensions: ${extension}`, '', '');
      socket.end(Buffer.concat([Buffer.from(lines.join('\r\n')), ...frames]));
      socket.on('data', (chunk: Buffer) => heard.push(chunk));
      socket.on('error', () => undefined);
    });
  });
  return { url, heard: () => inflate(Buffer.concat(heard)) };
}

const offering = (name: string) => ['-H', `Sec-WebSocket-Extensions: ${name}`];

test.each([
  ['6', '840548656c6c6f', '810203e8'],
  ['7', '810548656c6c6f', '880203e8'],
  ['8', '810548656c6c6f', '880203e8'],
])('a client of version %s that offers deflate-stream speaks it, and dumps show what is inside', async (draft, text, close) => {
  const { url, heard } = await agreeing('deflate-stream', [deflate(hex(text)), deflate(hex(close))]);
  const { status, stdout, stderr } = await run(['--draft', draft, ...offering('deflate-stream'), '--dump', url]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'Hello\n' });
  expect(stderr).toMatch(/← TEXT .* 7 B/);
  // Its Close comes last: header, key and code, the key in front where all behind it is masked.
  const last = heard().subarray(-8);
  const header = draft === '6' ? [4, 5].map((at) => (last[at] ?? 0) ^ (last[at - 4] ?? 0)) : [...last.subarray(0, 2)];
  expect(header).toEqual(draft === '6' ? [0x81, 0x02] : [0x88, 0x82]);
});

test('bytes that are no stream break the protocol', async () => {
  const { url } = await agreeing('deflate-stream', [hex('ffffff')]);
  const { status, stderr } = await run(['--draft', '8', ...offering('deflate-stream'), url]);
  expect(status).toBe(7);
  expect(stderr).toContain('these bytes are not DEFLATE data');
});

test.each(['mux; quota=1024', 'x-google-mux', 'mux_DO_NOT_USE'])(
  '%s that was offered and accepted opens nothing',
  async (name) => {
    const { url } = await agreeing(name, [hex('820401810178')]);
    const { status, stdout, stderr } = await run([...offering(name), '-v', url]);
    expect({ status, stdout }).toEqual({ status: 6, stdout: '' });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('Multiplexing would carry several WebSockets over one connection');
  },
);
