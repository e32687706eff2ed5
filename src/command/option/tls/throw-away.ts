import { isIP } from 'node:net';
import type { TlsIdentity } from '../../../transport/route.ts';

/** A certificate for a server that is there for a moment only. */

const WEEK = 7 * 86_400_000;

/** For these host names and addresses; the first is its subject. `now`: milliseconds since the epoch. It signs itself, so that it is the one to trust, too. */
export async function makeThrowAway(names: readonly string[], now: number): Promise<Extract<TlsIdentity, { form: 'pem' }>> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: names[0] ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A client whose clock is a little behind must take it too.
    notBeforeDate: new Date(now - 3_600_000),
    notAfterDate: new Date(now + WEEK),
    extensions: [
      // No CA: browsers refuse one as a server's certificate, and nothing else can ever be signed with it.
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })) },
    ],
  });
  return { form: 'pem', certificate: made.cert, key: made.private };
}
