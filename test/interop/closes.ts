/** Close codes that may be sent by either side, with reasons up to the 123 bytes that fit. */
export const CLOSES: readonly (readonly [code: number, reason: string])[] = [
  [1000, ''],
  [1000, 'done'],
  [1001, 'going away'],
  [1002, ''],
  [1003, 'text only'],
  [1007, 'not UTF-8'],
  [1008, 'policy'],
  [1009, 'too big'],
  [1011, 'a fault of mine'],
  [1012, 'restart'],
  [1013, 'later'],
  [1014, 'gateway'],
  [3000, 'Grund: 漢字 🙂'],
  [4000, 'x'.repeat(123)],
  [4999, ''],
];

/** Frames, unmasked and as hex, that break RFC 6455, and the close code that must follow (§7.4.1). */
export const BROKEN: readonly (readonly [what: string, code: number, hex: string])[] = [
  ['RSV2 set', 1002, 'a1 00'],
  ['a reserved opcode', 1002, '83 00'],
  ['a reserved control opcode', 1002, '8b 00'],
  ['a fragmented ping', 1002, '09 00'],
  ['a ping above 125 bytes', 1002, `89 7e 00 7e ${'00'.repeat(126)}`],
  ['a continuation of nothing', 1002, '80 01 61'],
  ['a message inside another', 1002, '01 01 61 81 01 62'],
  ['a Close with one byte', 1002, '88 01 03'],
  ['a Close with 1005', 1002, '88 02 03 ed'],
  ['a Close with a reason that is not UTF-8', 1007, '88 03 03 e8 ff'],
  ['text that is not UTF-8', 1007, '81 01 ff'],
  ['text that ends inside a character', 1007, '01 01 e6 80 01 bc'],
];

/** The frames as a client sends them: MASK set and a key of zeros, which changes no byte. */
export function masked(hex: string): Buffer {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const result: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [first = 0, second = 0] = bytes.subarray(at);
    const header = second === 126 ? 4 : 2;
    const length = second === 126 ? bytes.readUInt16BE(at + 2) : second;
    const extended = bytes.subarray(at + 2, at + header);
    result.push(
      Buffer.from([first, second | 0x80]),
      extended,
      Buffer.alloc(4),
      bytes.subarray(at + header, at + header + length),
    );
    at += header + length;
  }
  return Buffer.concat(result);
}
