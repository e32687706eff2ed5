import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DeflateCodec, type DeflateParameters } from '../../../src/protocol/extension/permessage-deflate.ts';
import { PreparedMessage } from '../../../src/protocol/message/prepared.ts';
import { hex } from '../bits.ts';

const AGREED: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const codec = (agreed: Partial<DeflateParameters> = {}, threshold = 0) =>
  new DeflateCodec({ role: 'server', agreed: { ...AGREED, ...agreed }, threshold, maxMessage: 1e6 });

test.each<['text' | 'binary', Buffer, string]>([
  ['text', Buffer.from('Hello'), '8105'],
  ['binary', Buffer.alloc(0), '8200'],
  ['binary', Buffer.alloc(126), '827e007e'],
  ['binary', Buffer.alloc(65_536), '827f0000000000010000'],
])('%s: the frame of a server, once for all', (opcode, payload, header) => {
  const message = new PreparedMessage(opcode, payload);
  const frame = message.frameFor(undefined);
  expect(Buffer.concat([hex(header), payload]).equals(frame)).toBe(true);
  expect(message.frameFor(undefined)).toBe(frame);
});

describe('compressed', () => {
  const text = 'again and again and again and again';
  const message = () => new PreparedMessage('text', Buffer.from(text));
  const inflated = (frame: Uint8Array) =>
    inflateRawSync(Buffer.concat([frame.subarray(2), hex('0000ffff')]), { finishFlush: 2 }).toString();

  test('once for all with the same parameters', () => {
    const one = message();
    const frame = one.frameFor(codec());
    expect(frame[0]).toBe(0b1_100_0001);
    expect(inflated(frame)).toBe(text);
    expect(one.frameFor(codec({ clientMaxWindowBits: 9 }))).toBe(frame);
    const small = one.frameFor(codec({ serverMaxWindowBits: 9 }));
    expect(small).not.toBe(frame);
    expect(inflated(small)).toBe(text);
  });

  test('not below the threshold', () => {
    const one = message();
    expect(one.frameFor(codec({}, 1000))).toBe(one.frameFor(undefined));
  });

  test('it refers to nothing before it, and nothing after it to it or to that', () => {
    const [server, witness] = [codec(), codec()];
    const bytes = Buffer.from(text);
    const first = Buffer.from(server.encode(bytes, 0, bytes.length) ?? []);
    const second = Buffer.from(server.encode(bytes, 0, bytes.length) ?? []);
    expect(second.length).toBeLessThan(first.length);
    expect(inflated(message().frameFor(server))).toBe(text);
    const after = Buffer.from(server.encode(bytes, 0, bytes.length) ?? []);
    expect(after).toEqual(first);
    expect(Buffer.from(witness.encode(bytes, 0, bytes.length) ?? [])).toEqual(first);
    server.close();
    witness.close();
  });
});
