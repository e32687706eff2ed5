/** With which algorithm a certificate is signed. Node does not say; it stands behind the part that is signed (RFC 5280 §4.1). */

const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'RSA with MD2',
  '1.2.840.113549.1.1.4': 'RSA with MD5',
  '1.2.840.113549.1.1.5': 'RSA with SHA-1',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.113549.1.1.11': 'RSA with SHA-256',
  '1.2.840.113549.1.1.12': 'RSA with SHA-384',
  '1.2.840.113549.1.1.13': 'RSA with SHA-512',
  '1.2.840.113549.1.1.14': 'RSA with SHA-224',
  '1.2.840.10045.4.1': 'ECDSA with SHA-1',
  '1.2.840.10045.4.3.2': 'ECDSA with SHA-256',
  '1.2.840.10045.4.3.3': 'ECDSA with SHA-384',
  '1.2.840.10045.4.3.4': 'ECDSA with SHA-512',
  '1.2.840.10040.4.3': 'DSA with SHA-1',
  '2.16.840.1.101.3.4.3.2': 'DSA with SHA-256',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

/** Its name, or its number where it is not a common one; empty where `der` is no certificate. */
export function signatureAlgorithm(der: Buffer): string {
  const certificate = element(der, 0);
  const signed = certificate && element(der, certificate.start);
  const algorithm = signed && element(der, signed.end);
  const identifier = algorithm && element(der, algorithm.start);
  if (identifier?.tag !== 0x06) return '';
  const number = objectIdentifier(der.subarray(identifier.start, identifier.end));
  return NAMES[number] ?? number;
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** A DER element: tag, length (X.690 §8.1.3), content; `undefined` where it does not fit. */
function element(der: Buffer, at: number): Element | undefined {
  const [tag, first] = [der[at], der[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 4 || at + 2 + more > der.length) return undefined;
  const length = more === 0 ? first & 0x7f : der.readUIntBE(at + 2, more);
  const start = at + 2 + more;
  return start + length > der.length ? undefined : { tag, start, end: start + length };
}

/** X.690 §8.19: base 128, the first two numbers together. */
function objectIdentifier(bytes: Buffer): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    numbers.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = numbers;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}
