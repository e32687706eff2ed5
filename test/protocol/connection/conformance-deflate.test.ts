import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hex } from '../bits.ts';
import { DEFLATE } from '../vectors.ts';
import { dialogues, failed, LOST, refuses } from './dialogues.ts';
import { frame, more, otherRole, ping, ROLES, Talk, text } from './talk.ts';

/** Groups 12 and 13: permessage-deflate, told anew from RFC 7692. */

const deflate = {};
const packed = (content: string | Uint8Array, options = {}) =>
  deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH, ...options }).subarray(0, -4);
const compressed = (payload: Uint8Array, fin = true) => frame(1, payload, fin, 0b100);

dialogues('12/13 permessage-deflate: what a receiver must take and refuse', [
  ...DEFLATE.filter(({ id }) => id !== 'pmd-takeover').map(({ note, payload }) => ({
    name: note,
    hear: [compressed(hex(payload))],
    heard: ['text "Hello"', LOST],
    options: { deflate },
  })),
  {
    name: 'the window is kept across messages',
    hear: [compressed(hex('f248cdc9c90700')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'a message that needs a window which was agreed away',
    hear: [compressed(hex('f248cdc9c90700')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'fatal inflate-failed', failed(1007)],
    said: ['close 1007'],
    options: { deflate: { serverNoContextTakeover: true, clientNoContextTakeover: true } },
  },
  {
    name: 'a compressed and a plain message in turn',
    hear: [compressed(hex('f248cdc9c90700')), text('plain'), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "plain"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'RSV1 on the first fragment only, a ping between',
    hear: [compressed(hex('f248cd'), false), ping('p'), more(hex('c9c90700'))],
    heard: ['ping "p"', 'text "Hello"', LOST],
    said: ['pong "p"'],
    options: { deflate },
  },
  {
    name: 'empty fragments around it',
    hear: [compressed(hex(''), false), more(hex('f248cdc9c9'), false), more('', false), more(hex('0700'), false), more()],
    heard: ['text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'an empty message is one octet 0',
    hear: [compressed(hex('00')), compressed(hex('f248cdc9c90700'))],
    heard: ['text ""', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'an empty message of no octet harms nothing',
    hear: [compressed(hex('')), compressed(hex('f248cdc9c90700')), compressed(hex('')), compressed(hex('f200110000'))],
    heard: ['text ""', 'text "Hello"', 'text ""', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'RSV1 on a continuation',
    hear: [compressed(hex('f248cd'), false), frame(0, hex('c9c90700'), true, 0b100)],
    ...refuses('compressed-continuation'),
    options: { deflate },
  },
  { name: 'RSV1 on a ping', hear: [frame(9, 'p', true, 0b100)], ...refuses('compressed-control'), options: { deflate } },
  { name: 'RSV1 on a Close', hear: [frame(8, '', true, 0b100)], ...refuses('compressed-control'), options: { deflate } },
  { name: 'RSV2 is still reserved', hear: [frame(1, 'x', true, 0b010)], ...refuses('rsv-set'), options: { deflate } },
  { name: 'RSV1 and RSV3', hear: [frame(1, 'x', true, 0b101)], ...refuses('rsv-set'), options: { deflate } },
  { name: 'no DEFLATE data', hear: [compressed(hex('ffffffff'))], ...refuses('inflate-failed', 1007), options: { deflate } },
  {
    name: 'a distance beyond what there is',
    hear: [compressed(hex('f200110000'))],
    ...refuses('inflate-failed', 1007),
    options: { deflate },
  },
  {
    name: 'a stored block whose length and its complement differ',
    hear: [compressed(hex('000500000048656c6c6f00'))],
    ...refuses('inflate-failed', 1007),
    options: { deflate },
  },
  {
    name: 'inflated text that is not UTF-8',
    hear: [compressed(packed(hex('41eda080')))],
    ...refuses('text-not-utf8', 1007),
    options: { deflate },
  },
  {
    name: 'inflated text that ends inside a character',
    hear: [compressed(packed(hex('41e282')))],
    ...refuses('text-not-utf8', 1007),
    options: { deflate },
  },
  {
    name: 'a block with BFINAL set and a message behind it',
    hear: [compressed(hex('f348cdc9c9070000')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'a message that ends with the final block itself',
    hear: [compressed(deflateRawSync('Hello')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'final blocks within a message',
    hear: [compressed(Buffer.concat([deflateRawSync('Hel'), deflateRawSync('lo'), deflateRawSync('!')]))],
    heard: ['text "Hello!"', LOST],
    options: { deflate },
  },
  {
    name: 'blocks of every kind',
    hear: [
      compressed(
        Buffer.concat([
          packed('stored ', { level: 0 }),
          hex('0000ffff'),
          packed('fixed ', { strategy: constants.Z_FIXED }),
          hex('0000ffff'),
          packed('abc'.repeat(100)),
          hex('0000ffff'),
          deflateRawSync('final'),
          hex('00'),
        ]),
      ),
    ],
    heard: ['text (318 bytes)', LOST],
    options: { deflate },
  },
]);

const PARAMETERS = [
  {},
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverMaxWindowBits: 8, clientMaxWindowBits: 8 },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 15, serverNoContextTakeover: true },
  { serverMaxWindowBits: 15, clientMaxWindowBits: 9, serverNoContextTakeover: true, clientNoContextTakeover: true },
];

describe.each(ROLES)('12/13 permessage-deflate: we as %s to ourselves as the peer', (role) => {
  describe.each(PARAMETERS)('%j', (parameters) => {
    test.each([0, 1, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072])('messages of %i bytes, ten in turn', (size) => {
      const sender = new Talk(role, { deflate: parameters });
      const receiver = new Talk(otherRole(role), { deflate: parameters });
      const contents = Array.from({ length: 10 }, (_, i) =>
        Buffer.alloc(size, `{"n":${i},"id":"${(i * 7919).toString(36)}","on":true},`),
      );
      for (const [i, content] of contents.entries()) {
        if (i % 2) sender.connection.sendText(content.toString());
        else sender.connection.send('binary', content);
        sender.take();
      }
      receiver.hear(sender.sent, 1000);
      expect(receiver.heard.filter((line) => line.startsWith('fatal'))).toEqual([]);
      expect(receiver.messages.map(({ data, compressed }, i) => [compressed, contents[i]?.equals(data)])).toEqual(
        contents.map(() => [true, true]),
      );
      if (size >= 1024) expect(sender.sent.length).toBeLessThan(5 * size);
    });
  });
});
