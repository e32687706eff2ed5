import { describe, expect, test } from 'vitest';
import { frameLine, type LineOptions } from '../../src/view/line.ts';
import { colorStyle, plainStyle } from '../../src/view/style.ts';
import { textWidth } from '../../src/view/width.ts';
import { closePayload, frameEvent } from './frame-sample.ts';

const KEY = '37fa213d';
const at80: LineOptions = { style: plainStyle, width: 80 };
type Arguments = Parameters<typeof frameEvent>;

function show(frames: readonly Arguments[], options: LineOptions): string {
  let previousAt: number | undefined;
  const lines = frames.map((sample) => {
    const event = frameEvent(...sample);
    const text = frameLine(event, previousAt, options);
    previousAt = event.at;
    return text;
  });
  return `\n${lines.join('\n')}\n`;
}

const dialogue: Arguments[] = [
  [{ key: KEY, payload: 'Hello' }, { at: 12041 }],
  [{ payload: 'Hello' }, { at: 12050.6 }],
  [{ opcode: 'binary', payload: Buffer.from([0, 1, 2, 255]) }, { at: 12051 }],
  [{ key: KEY, payload: 'x'.repeat(300), fin: false }, { at: 12052 }],
  [{ opcode: 'continuation', key: KEY, payload: 'y'.repeat(70_000) }, { at: 15052 }],
  [{ opcode: 'ping', payload: 'keepalive' }, { at: 115_052 }],
  [{ opcode: 'pong', key: KEY, payload: 'keepalive' }, { at: 1_115_052 }],
  [{ opcode: 'close', payload: closePayload(1000, 'bye') }, { at: 1_115_052.3 }],
];

describe('frameLine', () => {
  test('at 80 columns all is aligned', () => {
    expect(show(dialogue, at80)).toMatchInlineSnapshot(`
      "
       12.0410           → TEXT   fin  ···  mask 37fa213d  len 5 (7-bit)          11 B
       12.0506  +0.0096  ← TEXT   fin  ···  mask none      len 5 (7-bit)           7 B
       12.0510  +0.0004  ← BINARY fin  ···  mask none      len 4 (7-bit)           6 B
       12.0520  +0.0010  → TEXT   more ···  mask 37fa213d  len 300 (16-bit)      308 B
       15.0520  +3.0000  → CONT   fin  ···  mask 37fa213d  len 70000 (64-bit)  70014 B
      115.0520  +100.00  ← PING   fin  ···  mask none      len 9 (7-bit)          11 B
                "keepalive"
      1115.052  +1000.0  → PONG   fin  ···  mask 37fa213d  len 9 (7-bit)          15 B
                "keepalive"
      1115.052  +0.0003  ← CLOSE  fin  ···  mask none      len 5 (7-bit)           7 B
                1000 Normal Closure "bye"
      "
    `);
  });

  test('with numbered connections it still fits', () => {
    expect(show(dialogue, { ...at80, numbered: true })).toMatchInlineSnapshot(`
      "
      #1   12.0410         → TEXT   fin  ··· mask 37fa213d len 5 (7-bit)         11 B
      #1   12.0506 +0.0096 ← TEXT   fin  ··· mask none     len 5 (7-bit)          7 B
      #1   12.0510 +0.0004 ← BINARY fin  ··· mask none     len 4 (7-bit)          6 B
      #1   12.0520 +0.0010 → TEXT   more ··· mask 37fa213d len 300 (16-bit)     308 B
      #1   15.0520 +3.0000 → CONT   fin  ··· mask 37fa213d len 70000 (64-bit) 70014 B
      #1  115.0520 +100.00 ← PING   fin  ··· mask none     len 9 (7-bit)         11 B
                "keepalive"
      #1  1115.052 +1000.0 → PONG   fin  ··· mask 37fa213d len 9 (7-bit)         15 B
                "keepalive"
      #1  1115.052 +0.0003 ← CLOSE  fin  ··· mask none     len 5 (7-bit)          7 B
                1000 Normal Closure "bye"
      "
    `);
  });

  test('a wider terminal has room for the payload', () => {
    expect(show(dialogue, { ...at80, width: 112 })).toMatchInlineSnapshot(`
      "
       12.0410           → TEXT   fin  ···  mask 37fa213d  len 5 (7-bit)          11 B  "Hello"
       12.0506  +0.0096  ← TEXT   fin  ···  mask none      len 5 (7-bit)           7 B  "Hello"
       12.0510  +0.0004  ← BINARY fin  ···  mask none      len 4 (7-bit)           6 B  00 01 02 ff
       12.0520  +0.0010  → TEXT   more ···  mask 37fa213d  len 300 (16-bit)      308 B  "xxxxxxxxxxxxxx"… (+286 bytes)
       15.0520  +3.0000  → CONT   fin  ···  mask 37fa213d  len 70000 (64-bit)  70014 B  "yyyyyyyyyyyy"… (+69988 bytes)
      115.0520  +100.00  ← PING   fin  ···  mask none      len 9 (7-bit)          11 B  "keepalive"
      1115.052  +1000.0  → PONG   fin  ···  mask 37fa213d  len 9 (7-bit)          15 B  "keepalive"
      1115.052  +0.0003  ← CLOSE  fin  ···  mask none      len 5 (7-bit)           7 B
                1000 Normal Closure "bye"
      "
    `);
  });

  test('the payload can be asked for, or not wanted', () => {
    const text: Arguments[] = [[{ payload: 'Hello' }], [{ opcode: 'ping', payload: 'p' }]];
    expect(show(text, { ...at80, preview: 'always' })).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT   fin  ···  mask none      len 5 (7-bit)           7 B
                "Hello"
       12.0410  +0.0000  ← PING   fin  ···  mask none      len 1 (7-bit)           3 B
                "p"
      "
    `);
    expect(show(text, { ...at80, width: 120, preview: 'never' })).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT   fin  ···  mask none      len 5 (7-bit)           7 B
       12.0410  +0.0000  ← PING   fin  ···  mask none      len 1 (7-bit)           3 B
      "
    `);
  });

  test('illegal frames: reserved opcodes and bits, wasteful and impossible lengths', () => {
    const illegal: Arguments[] = [
      [
        { opcode: 3, rsv: '011', key: KEY, lengthForm: 16, payload: 'Hello' },
        {
          violations: [
            { rule: 'rsv-set', detail: 'RSV2, RSV3 set' },
            { rule: 'length-not-minimal', detail: 'payload length 5 in the 16-bit form' },
            { rule: 'text-not-utf8', detail: '' },
          ],
        },
      ],
      [{ opcode: 0xb, fin: false, lengthForm: 64, length: 2n ** 64n - 1n, payload: 'abc' }, { at: 12041.5 }],
    ];
    expect(show(illegal, at80)).toMatchInlineSnapshot(`
      "
       12.0410           → OP 0x3 fin  ·11  mask 37fa213d  len 5 (16-bit)         13 B
                ✗ RFC 6455 §5.2: RSV2, RSV3 set
                  RSV1–3 must be 0 unless an extension was negotiated that gives them
                  a meaning
                ✗ RFC 6455 §5.2: payload length 5 in the 16-bit form
                  the payload length must be coded in the smallest form that holds it
                ✗ RFC 6455 §8.1: a text message must be valid UTF-8
       12.0415  +0.0005  ← OP 0xb more ···  mask none
                len 18446744073709551615 (64-bit)     13 B  "abc"
                ! cut short: 3 of 18446744073709551615 payload bytes are here
      "
    `);
  });

  test('close codes with their names; reasons cannot touch the terminal', () => {
    const closes: Arguments[] = [
      [{ opcode: 'close' }],
      [{ opcode: 'close', payload: closePayload(4401, '\x1b]0;owned\x07\u202e') }],
      [
        { opcode: 'close', payload: Buffer.from([3]) },
        { violations: [{ rule: 'close-one-byte', detail: 'a Close payload of 1 byte' }] },
      ],
      [{ opcode: 'close', payload: closePayload(1001, '界'.repeat(41)) }],
      [{ opcode: 'close', payload: Buffer.from([0x03, 0xe8, 0xff, 0xfe]) }],
    ];
    expect(show(closes, at80)).toMatchInlineSnapshot(`
      "
       12.0410           ← CLOSE  fin  ···  mask none      len 0 (7-bit)           2 B
                no close code
       12.0410  +0.0000  ← CLOSE  fin  ···  mask none      len 15 (7-bit)         17 B
                4401 Private Use "\\x1b]0;owned\\x07\\u202e"
       12.0410  +0.0000  ← CLOSE  fin  ···  mask none      len 1 (7-bit)           3 B
                ✗ RFC 6455 §5.5.1: a Close payload of 1 byte
                  a close payload must be empty or begin with a 2-byte status code
       12.0410  +0.0000  ← CLOSE  fin  ···  mask none      len 125 (7-bit)       127 B
                1001 Going Away "界界界界界界界界界界界界界界界界界界"… (+69 bytes)
       12.0410  +0.0000  ← CLOSE  fin  ···  mask none      len 4 (7-bit)           6 B
                1000 Normal Closure ff fe
      "
    `);
  });

  test('compressed: both sizes, and the inflated text', () => {
    const compressed: Arguments = [{ rsv: '100', payload: Buffer.from('f248cdc9c90700', 'hex') }, { inflated: 'Hello' }];
    expect(show([compressed], { ...at80, width: 100 })).toMatchInlineSnapshot(`
      "
       12.0410           ← TEXT   fin  1··  mask none      len 7 (7-bit)           9 B  "Hello"
                deflate: 7 B on the wire, 5 B inflated (140 %)
      "
    `);
  });

  test('nothing is wider than the terminal', () => {
    for (const width of [80, 81, 95, 100, 200]) {
      for (const numbered of [false, true]) {
        for (const line of show(dialogue, { style: plainStyle, width, numbered }).split('\n')) {
          expect(textWidth(line)).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  test('time that runs backwards keeps its columns; a large one gives up decimals, then room', () => {
    expect(frameLine(frameEvent({}, { at: 5 }), 6, at80).slice(0, 20)).toBe('  0.0050  -0.0010  ←');
    expect(frameLine(frameEvent({}, { at: 12_345_678 }), 0, at80).slice(0, 20)).toBe('12345.68   +12346  ←');
    expect(frameLine(frameEvent({}, { at: 123_456_789_000 }), 0, at80)).toMatch(/^123456789 \+123456789 ← TEXT {3}fin/);
  });

  test('colours change nothing but the colour', async () => {
    const style = await colorStyle(1);
    for (const sample of dialogue) {
      const event = frameEvent(...sample);
      const painted = frameLine(event, 1, { style, width: 112 });
      expect(painted).toContain('\x1b[');
      expect(painted.replace(/\x1b\[\d+m/g, '')).toBe(frameLine(event, 1, { style: plainStyle, width: 112 }));
    }
  });
});
