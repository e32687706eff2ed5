import { describe, expect, test } from 'vitest';
import { bitFigure } from '../../src/view/bits.ts';
import { colorStyle, plainStyle } from '../../src/view/style.ts';
import { frameEvent } from './frame-sample.ts';

const KEY = '37fa213d';
const show = (...sample: Parameters<typeof frameEvent>) => `\n${bitFigure(frameEvent(...sample), { style: plainStyle })}\n`;

describe('bitFigure: RFC 6455 §5.2 with the values filled in', () => {
  test('masked, 7-bit length', () => {
    expect(show({ key: KEY, payload: 'Hello' })).toMatchInlineSnapshot(`
      "
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |F|R|R|R|opcode |M| payload len |          masking key          |
                |I|S|S|S|       |A|             |                               |
                |N|V|V|V|       |S|             |                               |
                | |1|2|3|       |K|             |                               |
                |1|0|0|0|0 0 0 1|1|0 0 0 0 1 0 1|0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0|
                | | | | | TEXT  | |      5      |             37 fa             |
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |    masking key (continued)    |        masked payload         |
                |0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1|0 1 1 1 1 1 1 1 1 0 0 1 1 1 1 1|
                |             21 3d             |         7f 9f → 48 65         |
                +-------------------------------+---------------+---------------+
                |          masked payload (continued)           |
                |0 1 0 0 1 1 0 1 0 1 0 1 0 0 0 1 0 1 0 1 1 0 0 0|
                |              4d 51 58 → 6c 6c 6f              |
                +-----------------------------------------------+
      "
    `);
  });

  test('masked, 16-bit length', () => {
    expect(show({ key: KEY, opcode: 'binary', payload: 'x'.repeat(300) })).toMatchInlineSnapshot(`
      "
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |F|R|R|R|opcode |M| payload len |    extended payload length    |
                |I|S|S|S|       |A|             |                               |
                |N|V|V|V|       |S|             |                               |
                | |1|2|3|       |K|             |                               |
                |1|0|0|0|0 0 1 0|1|1 1 1 1 1 1 0|0 0 0 0 0 0 0 1 0 0 1 0 1 1 0 0|
                | | | | |BINARY | |126 → 16-bit |              300              |
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |                          masking key                          |
                |0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0 0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1|
                |                          37 fa 21 3d                          |
                +---------------------------------------------------------------+
                |                        masked payload                         |
                |0 1 0 0 1 1 1 1 1 0 0 0 0 0 1 0 0 1 0 1 1 0 0 1 0 1 0 0 0 1 0 1|
                |                   4f 82 59 45 → 78 78 78 78                   |
                +---------------------------------------------------------------+
                … 296 more bytes of payload
      "
    `);
  });

  test('a 64-bit length with its most significant bit set, reserved bits and opcode', () => {
    expect(
      show({ opcode: 0xb, rsv: '111', fin: false, lengthForm: 64, length: 2n ** 64n - 1n, payload: 'abc', key: KEY }),
    ).toMatchInlineSnapshot(`
      "
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |F|R|R|R|opcode |M| payload len |    extended payload length    |
                |I|S|S|S|       |A|             |                               |
                |N|V|V|V|       |S|             |                               |
                | |1|2|3|       |K|             |                               |
                |0|1|1|1|1 0 1 1|1|1 1 1 1 1 1 1|1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1|
                | | | | |OP 0xb | |127 → 64-bit |     18446744073709551615      |
                +-+-+-+-+-------+-+-------------+-------------------------------+
                |              extended payload length (continued)              |
                |1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1|
                |                                                               |
                +-------------------------------+-------------------------------+
                |    extended payload length    |          masking key          |
                |1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1|0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0|
                |                               |             37 fa             |
                +-------------------------------+-------------------------------+
                |    masking key (continued)    |        masked payload         |
                |0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1|0 1 0 1 0 1 1 0 1 0 0 1 1 0 0 0|
                |             21 3d             |         56 98 → 61 62         |
                +---------------+---------------+-------------------------------+
                |masked payload |
                |0 1 0 0 0 0 1 0|
                |    42 → 63    |
                +---------------+
      "
    `);
  });

  test('unmasked and empty', () => {
    expect(show({ opcode: 'pong' })).toMatchInlineSnapshot(`
      "
                 0                   1                   2                   3
                 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
                +-+-+-+-+-------+-+-------------+
                |F|R|R|R|opcode |M| payload len |
                |I|S|S|S|       |A|             |
                |N|V|V|V|       |S|             |
                | |1|2|3|       |K|             |
                |1|0|0|0|1 0 1 0|0|0 0 0 0 0 0 0|
                | | | | | PONG  | |      0      |
                +-+-+-+-+-------+-+-------------+
      "
    `);
  });

  test('payload of every length ends at its last bit', () => {
    for (let length = 0; length < 20; length += 1) {
      const lines = bitFigure(frameEvent({ payload: 'x'.repeat(length) }), { style: plainStyle }).split('\n');
      const bits = lines.filter((line) => /\|[01][01 |]*\|$/.test(line)).join('');
      expect(bits.replace(/[^01]/g, '').length).toBe(8 * (2 + Math.min(length, 6)));
      if (length > 6) expect(lines.at(-1)?.trim()).toBe(`… ${length - 6} more byte${length === 7 ? '' : 's'} of payload`);
    }
  });

  test('colours change nothing but the colour', async () => {
    const event = frameEvent({ key: KEY, payload: 'Hello' });
    const painted = bitFigure(event, { style: await colorStyle(1) });
    expect(painted).toContain('\x1b[');
    expect(painted.replace(/\x1b\[\d+m/g, '')).toBe(bitFigure(event, { style: plainStyle }));
  });
});
