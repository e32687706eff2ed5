const FIN_BINARY = 0x82;
const MASK = 0x80;
const KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** A binary frame, made without anybody's engine. */
export function maskedFrame(payload, masked) {
  const { length } = payload;
  const form = length < 126 ? 7 : length < 65_536 ? 16 : 64;
  const header = Buffer.alloc(2 + (form === 7 ? 0 : form / 8));
  header[0] = FIN_BINARY;
  header[1] = (masked ? MASK : 0) | (form === 7 ? length : form === 16 ? 126 : 127);
  if (form === 16) header.writeUInt16BE(length, 2);
  if (form === 64) header.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([header, payload]);
  return Buffer.concat([header, KEY, payload.map((octet, index) => octet ^ KEY[index & 3])]);
}
