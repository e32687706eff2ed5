import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DeflateStream } from '../../../src/protocol/dialect/deflate-stream.ts';
import type { InboundSink } from '../../../src/protocol/message/direction.ts';
import { everySplit, hex } from '../bits.ts';
import { LIMITS } from './draft-talk.ts';
import { framingFor, VECTORS } from './frame-vectors.ts';

/** A server's hybi-06 bytes under deflate-stream, and what they say. */
function listen(after: (told: string[], stream: DeflateStream) => void = () => undefined) {
  const told: string[] = [];
  const hear = (line: string) => {
    told.push(line);
    after(told, stream);
  };
  const sink: InboundSink = {
    message: (message) => hear(message.text()),
    ping: (payload) => hear(`ping ${payload}`),
    pong: () => undefined,
    close: (code) => hear(`close ${code}`),
    violation: ({ rule }, fatal) => hear(`${fatal ? 'fatal' : 'noted'} ${rule}`),
    frame: () => undefined,
  };
  const inner = framingFor('hybi-06').inbound({ sender: 'server', limits: LIMITS, tolerance: 'strict' }, sink);
  const stream: DeflateStream = new DeflateStream(inner, sink);
  return { stream, told };
}

const deflated = (plain: Buffer) => deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH });

describe('deflate-stream', () => {
  test('the vector, however it is cut', () => {
    const vector = VECTORS.deflate.find(({ id }) => id === 'deflate-stream-v6-server');
    for (const parts of everySplit(hex(vector?.bytes ?? ''))) {
      const { stream, told } = listen();
      for (const part of parts) expect(stream.read(part)).toBe(part.length);
      expect(told).toEqual(['Hello']);
      expect(stream.atBoundary).toBe(true);
    }
  });

  test('a pause holds what is inflated; whoever resumes gets all of it, in order', () => {
    const plain = Buffer.concat(
      Array.from({ length: 300 }, (_, i) => hex(`8403${Buffer.from(String(i).padStart(3, '0')).toString('hex')}`)),
    );
    for (const every of [1, 7]) {
      const { stream, told } = listen((lines, self) => {
        if (lines.length % every === 0) self.pause();
      });
      const bytes = deflated(plain);
      let reads = 0;
      for (let at = 0; at < bytes.length; reads++) at = stream.read(bytes, at);
      expect(told).toEqual(Array.from({ length: 300 }, (_, i) => String(i).padStart(3, '0')));
      expect(reads).toBeGreaterThan(300 / every / 2);
    }
  });

  test('what is not DEFLATE data ends it', () => {
    const { stream, told } = listen();
    expect(stream.read(hex('840548656c6c6f'))).toBe(7);
    stream.read(hex('ff'));
    expect(told).toEqual(['fatal deflate-stream-failed']);
  });

  test('a breach inside ends it once', () => {
    const { stream, told } = listen();
    stream.read(deflated(hex('8600 840141')));
    expect(told).toEqual(['fatal draft-opcode-reserved']);
  });
});
