import { describe, expect, test } from 'vitest';
import { framingOf } from '../../src/protocol/dialect/framing.ts';
import type { DialectName } from '../../src/protocol/dialect/name.ts';
import { Tally } from '../../src/session/tally.ts';
import { type Dump, frameView } from '../../src/view/frame.ts';
import type { FrameEvent } from '../../src/view/frame-event.ts';
import { eventJson } from '../../src/view/json.ts';
import { plainStyle } from '../../src/view/style.ts';
import { hex } from '../protocol/bits.ts';

/** Frames of the drafts before hybi-07, in every view, with the draft's own names and layout. */

const SECRETS = { key: 'dGhlIHNhbXBsZSBub25jZQ==', nonce: 'H+cNj5elaybfGIQv1esl2w==' };
const LIMITS = { maxMessage: 1000, maxFrame: 1000, maxFragments: 9 };
const ignore = () => undefined;

function events(name: DialectName, sender: 'client' | 'server', bytes: string, cut = false): FrameEvent[] {
  const list: FrameEvent[] = [];
  const inbound = framingOf(name, SECRETS)?.inbound(
    { sender, limits: LIMITS, tolerance: 'lenient' },
    {
      message: ignore,
      ping: ignore,
      pong: ignore,
      close: ignore,
      violation: ignore,
      frame: (frame, violations, inflated) => {
        const direction = sender === 'client' ? 'sent' : 'received';
        list.push({ type: 'frame', at: 12041.04, connection: 1, direction, frame, violations, inflated });
      },
    },
  );
  if (!inbound) throw new Error(name);
  inbound.watched = true;
  inbound.read(hex(bytes));
  if (cut) inbound.showUnfinished();
  return list;
}

function show(dump: Dump, ...sample: Parameters<typeof events>): string {
  const view = frameView({ style: plainStyle, width: 80, dump, dumpMax: 32 });
  const text = events(...sample).map((event) => view(event));
  for (const line of text.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  return `\n${text.join('\n')}\n`;
}

describe('a line each', () => {
  test('hixie-76: no bits, and a length that nobody announced', () => {
    expect(show('line', 'hixie-76', 'server', '0048656c6c6fff 0141ff 8003414243 ff00')).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT             mask none      len 5 (to ff)           7 B
       12.0410  +0.0000  ← T 0x01           mask none      len 1 (to ff)           3 B
                ✗ hixie-75/76, framing: a frame of type 01
                  only type 00 carries a message, and ff with length 0 closes (from
                  hixie-76); every other frame is dropped
       12.0410  +0.0000  ← T 0x80           mask none      len 3 (1-byte)          5 B
                ✗ hixie-75/76, framing: a frame of type 80
                  only type 00 carries a message, and ff with length 0 closes (from
                  hixie-76); every other frame is dropped
       12.0410  +0.0000  ← CLOSE            mask none      len 0 (1-byte)          2 B
      "
    `);
  });

  test('hixie-76, cut: the ff is missing', () => {
    expect(show('line', 'hixie-76', 'server', '004869', true)).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT             mask none      len 2 (to ff)           3 B
                ! cut short: 2 payload bytes are here, and no ff yet
      "
    `);
  });

  test('hybi-03: MORE and a Close without a code', () => {
    expect(show('line', 'hybi-03', 'server', '840348656c 020170 00026c6f 0103627965')).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT   more ···  mask none      len 3 (7-bit)           5 B
       12.0410  +0.0000  ← PING   last ···  mask none      len 1 (7-bit)           3 B
                "p"
       12.0410  +0.0000  ← CONT   last ···  mask none      len 2 (7-bit)           4 B
       12.0410  +0.0000  ← CLOSE  last ···  mask none      len 3 (7-bit)           5 B
                body "bye"
      "
    `);
  });

  test('hybi-06: RSV4, a reserved opcode, a Close with a code', () => {
    expect(show('line', 'hybi-06', 'server', '848548656c6c6f 8800 810503e8627965')).toMatchInlineSnapshot(`
      "
       12.0410         ← TEXT   fin  ···1 mask none     len 5 (7-bit)          7 B
                ✗ hybi-01–06, framing: RSV4 set (RSV4 became MASK in hybi-07)
                  RSV1–4 must be 0 unless an extension gives them a meaning
       12.0410  +0.0000  ← OP 0x8 fin  ···  mask none      len 0 (7-bit)           2 B
                ✗ hybi-01–06, framing: opcode 8, which is Close from hybi-07 on
                  opcodes 6–15 are reserved
       12.0410  +0.0000  ← CLOSE  fin  ···  mask none      len 5 (7-bit)           7 B
                1000 Normal Closure "bye"
      "
    `);
  });
});

describe('bytes', () => {
  test('hixie: type, payload, sentinel', () => {
    expect(show('hex', 'hixie-75', 'server', `0048656c6c6fff 00ff 00${'78'.repeat(40)}ff`)).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT             mask none      len 5 (to ff)           7 B
                00  48 65 6c 6c 6f  ff                           "Hello"
       12.0410  +0.0000  ← TEXT             mask none      len 0 (to ff)           2 B
                00  ff                                           no payload
       12.0410  +0.0000  ← TEXT             mask none      len 40 (to ff)         42 B
                00                                               header
          0000  78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  xxxxxxxxxxxxxxxx
          0010  78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78  xxxxxxxxxxxxxxxx
                … 8 more bytes (--dump-max)
                ff                                               sentinel
      "
    `);
  });

  test('hybi-04: the header is masked as well, and stands beneath in clear', () => {
    expect(show('hex', 'hybi-04', 'client', '37fa213db465523503be58 37fa213db460')).toMatchInlineSnapshot(`
      "
       12.0410           → TEXT   fin  ··· nonce 37fa213d  len 5 (7-bit)          11 B
                37 fa 21 3d  b4 65  52 35 03 be 58               wire
                37 fa 21 3d  84 05  48 65 6c 6c 6f               "Hello"
       12.0410  +0.0000  → TEXT   fin  ··· nonce 37fa213d  len 0 (7-bit)           6 B
                37 fa 21 3d  b4 60                               wire
                37 fa 21 3d  84 00                               no payload
      "
    `);
  });

  test('hybi-05: a payload of many rows', () => {
    const outbox = framingOf('hybi-05')?.outbox('client');
    outbox?.frame(0x82, Buffer.alloc(200, 0x61), 0, 200, 0x37fa213d);
    const bytes = Buffer.concat(outbox?.take() ?? []).toString('hex');
    expect(show('hex', 'hybi-05', 'client', bytes)).toMatchInlineSnapshot(`
      "
       12.0410           → BINARY fin  ···  mask 37fa213d  len 200 (16-bit)      208 B
                37 fa 21 3d  b2 84  21 f5                        masking key, header
                37 fa 21 3d  85 7e  00 c8                        unmasked
          0000  56 9b 40 5c 56 9b 40 5c 56 9b 40 5c 56 9b 40 5c  wire
                61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61  aaaaaaaaaaaaaaaa
          0010  56 9b 40 5c 56 9b 40 5c 56 9b 40 5c 56 9b 40 5c
                61 61 61 61 61 61 61 61 61 61 61 61 61 61 61 61  aaaaaaaaaaaaaaaa
                … 168 more bytes (--dump-max)
      "
    `);
  });
});

describe('bits', () => {
  test('hixie: frame type and sentinel', () => {
    expect(show('bits', 'hixie-76', 'server', '0048656c6c6fff')).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT             mask none      len 5 (to ff)           7 B
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +---------------+-----------------------------------------------+
                |  frame type   |                    payload                    |
                |0 0 0 0 0 0 0 0|0 1 0 0 1 0 0 0 0 1 1 0 0 1 0 1 0 1 1 0 1 1 0 0|
                |     TEXT      |                   48 65 6c                    |
                +---------------+---------------+---------------+---------------+
                |      payload (continued)      |   sentinel    |
                |0 1 1 0 1 1 0 0 0 1 1 0 1 1 1 1|1 1 1 1 1 1 1 1|
                |             6c 6f             |      ff       |
                +-------------------------------+---------------+
      "
    `);
  });

  test('hixie: a length in groups of seven bits', () => {
    expect(show('bits', 'hixie-76', 'server', `808100${'61'.repeat(128)}`)).toMatchInlineSnapshot(`
      "
       12.0410           ← T 0x80           mask none      len 128 (2-byte)      131 B
                ✗ hixie-75/76, framing: a frame of type 80
                  only type 00 carries a message, and ff with length 0 closes (from
                  hixie-76); every other frame is dropped
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +---------------+-------------------------------+---------------+
                |  frame type   |            length             |    payload    |
                |1 0 0 0 0 0 0 0|1 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0|0 1 1 0 0 0 0 1|
                |    T 0x80     |              128              |      61       |
                +---------------+-------------------------------+---------------+
                |                      payload (continued)                      |
                |0 1 1 0 0 0 0 1 0 1 1 0 0 0 0 1 0 1 1 0 0 0 0 1 0 1 1 0 0 0 0 1|
                |                          61 61 61 61                          |
                +---------------------------------------------------------------+
                … 123 more bytes of payload
      "
    `);
  });

  test('hybi-03: MORE and RSV4', () => {
    expect(show('bits', 'hybi-03', 'server', '840348656c')).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT   more ···  mask none      len 3 (7-bit)           5 B
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |M|R|R|R|opcode |R| payload len |            payload            |
                |O|S|S|S|       |S|             |                               |
                |R|V|V|V|       |V|             |                               |
                |E|1|2|3|       |4|             |                               |
                |1|0|0|0|0 1 0 0|0|0 0 0 0 0 1 1|0 1 0 0 1 0 0 0 0 1 1 0 0 1 0 1|
                | | | | | TEXT  | |      3      |             48 65             |
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |    payload    |
                |0 1 1 0 1 1 0 0|
                |      6c       |
                +---------------+
      "
    `);
  });

  test('hybi-04: the frame nonce, the frame in clear, and what it was masked with', () => {
    expect(show('bits', 'hybi-04', 'client', '37fa213db465523503be58')).toMatchInlineSnapshot(`
      "
       12.0410           → TEXT   fin  ··· nonce 37fa213d  len 5 (7-bit)          11 B
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +---------------------------------------------------------------+
                |                          frame nonce                          |
                |0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0 0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1|
                |                          37 fa 21 3d                          |
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |F|R|R|R|opcode |R| payload len |            payload            |
                |I|S|S|S|       |S|             |                               |
                |N|V|V|V|       |V|             |                               |
                | |1|2|3|       |4|             |                               |
                |1|0|0|0|0 1 0 0|0|0 0 0 0 1 0 1|0 1 0 0 1 0 0 0 0 1 1 0 0 1 0 1|
                | | | | | TEXT  | |      5      |             48 65             |
                +-+-+-+-+-------+-+-------------+---------------+---------------+
                |              payload (continued)              |
                |0 1 1 0 1 1 0 0 0 1 1 0 1 1 0 0 0 1 1 0 1 1 1 1|
                |                   6c 6c 6f                    |
                +-----------------------------------------------+
                on the wire all behind the first 4 bytes is masked with 20 bytes:
                30 60 1a 50 6f d2 37 11 3b d6 87 47 11 b7 90 f7 4d 80 68 37
      "
    `);
  });
});

describe('JSON', () => {
  const json = (...sample: Parameters<typeof events>) => events(...sample).map((event) => JSON.parse(eventJson(event)));

  test('the draft by name, its own numbers, its own fields', () => {
    expect(json('hybi-03', 'server', '840348656c')).toMatchObject([
      {
        dialect: 'hybi-03',
        opcode: 4,
        name: 'text',
        fin: false,
        lengthForm: 7,
        length: 3,
        header: [{ name: 'MORE', value: 1 }, {}, {}, {}, { name: 'opcode', text: '4 = text' }, { name: 'RSV4' }, {}],
      },
    ]);
    expect(json('hixie-76', 'server', '0048656c6c6fff ff00')).toMatchObject([
      { dialect: 'hixie-76', opcode: 0, name: 'text', lengthForm: 'to ff', wireLength: 7, cut: false },
      { dialect: 'hixie-76', opcode: 255, name: 'close', lengthForm: '1-byte', header: [{}, { name: 'length', value: 0 }] },
    ]);
  });

  test('hybi-04: what is in front is a nonce, and the mask is made of it', () => {
    expect(json('hybi-04', 'client', '37fa213db465523503be58')).toMatchObject([
      { frameNonce: '37fa213d', maskingKey: '30601a506fd237113bd6874711b790f74d806837' },
    ]);
    const [later] = json('hybi-06', 'client', '37fa213db3ff69585b964e');
    expect(later).toMatchObject({ maskingKey: '37fa213d' });
    expect(later).not.toHaveProperty('frameNonce');
  });

  test('1004 was a code in hybi-06', () => {
    expect(json('hybi-06', 'server', '810203ec')).toMatchObject([{ close: { code: 1004, name: 'Message Too Large' } }]);
  });

  test('a Close has a code where the draft has codes', () => {
    expect(json('hybi-06', 'server', '810503e8627965')).toMatchObject([{ close: { code: 1000, reason: { text: 'bye' } } }]);
    expect(json('hybi-05', 'server', '81025303')[0]).not.toHaveProperty('close');
  });
});

test('a tally counts every byte, the sentinel too', () => {
  const tally = new Tally();
  for (const event of events('hixie-76', 'server', '0048656c6c6fff ff00')) tally.record(event);
  expect(tally.received.frameBytes).toBe(9);
  expect(tally.received.frames).toMatchObject({ text: 1, close: 1, reserved: 0 });
});
