/** Bytes as text and back: the forms that people paste. */

/**
 * Reads hex digits in any usual dress: spaces, colons, commas, dashes and line breaks between bytes, `0x` and `\x` before them.
 * Returns the bytes, or a phrase that says what is wrong and where.
 */
export function parseHex(text: string): Uint8Array | { problem: string } {
  const bare = text
    .replace(/0[xX]|\\x/g, ' ')
    .replace(/[\s:,;_-]+/g, ' ')
    .trim();
  const bad = /[^0-9a-fA-F ]/u.exec(bare);
  if (bad) return { problem: `${JSON.stringify(bad[0])} is not a hex digit` };
  const digits: string[] = [];
  for (const word of bare === '' ? [] : bare.split(' ')) {
    if (word.length === 1) digits.push(`0${word}`);
    else if (word.length % 2 === 0) digits.push(word);
    else return { problem: `${word.length} hex digits in ${JSON.stringify(word.slice(0, 20))}: two make a byte` };
  }
  return new Uint8Array(Buffer.from(digits.join(''), 'hex'));
}

/** `37 fa 21 3d`. */
export function formatHex(bytes: Uint8Array, separator = ' '): string {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  return separator === '' ? digits : digits.replace(/..(?!$)/g, (byte) => byte + separator);
}

const PIECE = 64 * 1024;

/** The digits as ASCII, for as many bytes as come: a string has its limits. */
export function hexDigits(bytes: Buffer): Buffer {
  const digits = Buffer.allocUnsafe(bytes.length * 2);
  for (let at = 0; at < bytes.length; at += PIECE) digits.write(bytes.toString('hex', at, at + PIECE), at * 2, 'latin1');
  return digits;
}

/** Strict base64 (padding may be left out, the URL alphabet is taken too); `undefined` where it is not. */
export function parseBase64(text: string): Uint8Array | undefined {
  const bare = text
    .replace(/\s+/g, '')
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/={0,2}$/, '');
  if (!/^[0-9A-Za-z+/]*$/.test(bare) || bare.length % 4 === 1) return undefined;
  return new Uint8Array(Buffer.from(bare, 'base64'));
}
