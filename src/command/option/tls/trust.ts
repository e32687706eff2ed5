import { X509Certificate } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { UsageError } from '../../../cli/option.ts';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import { certificatesIn } from '../../../transport/tls/trust.ts';
import { LocalError } from '../../command.ts';
import { fileTrouble, readLocal } from '../local-file.ts';

/** The certificates of the files that a repeatable option names, each in PEM. Throws `LocalError` that says which is none. */
export async function certificatesOf(options: Options, name: 'ca' | 'client-ca'): Promise<readonly string[]> {
  const files = await Promise.all(options.texts(name).map(async (path) => readCertificates(path, await readLocal(path))));
  return files.flat();
}

function readCertificates(path: string, data: Buffer): string[] {
  const blocks = certificatesIn(data.toString('latin1'));
  // A DER file holds one.
  const texts: (string | Buffer)[] = blocks.length === 0 && data[0] === 0x30 ? [data] : blocks;
  if (texts.length === 0) throw new LocalError(`${path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  return texts.map((text, index) => {
    try {
      return new X509Certificate(text).toString();
    } catch {
      const which = texts.length === 1 ? 'the certificate' : `certificate ${index + 1} of ${texts.length}`;
      throw new LocalError(`${path}: ${which} cannot be read; it is damaged, or not a certificate`);
    }
  });
}

/** Whether nothing but `--ca` is trusted. */
export function trustsOnlyGiven(options: Options): boolean {
  if (!options.flag('ca-only')) return false;
  if (options.texts('ca').length === 0)
    throw new UsageError('--ca-only trusts what --ca names, and nothing is named: give --ca FILE');
  return true;
}

/** Variables that name certificates which cannot be read: whoever set them expects that they count. */
export function trustWarnings({ variables }: Env): string[] {
  return ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => {
    const path = variables[name];
    if (path === undefined || path === '') return [];
    try {
      accessSync(path, constants.R_OK);
      return [];
    } catch (error) {
      return [`! the variable ${name} does not count: ${fileTrouble(error, path)}`];
    }
  });
}
