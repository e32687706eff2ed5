import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
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

/** Variables that name certificates which cannot be had: whoever set them expects that they count. */
export function trustWarnings({ variables }: Env): string[] {
  const files = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].map((name) => {
    const path = variables[name];
    return path ? [name, fileProblem(path)] : [];
  });
  const folders = (variables.SSL_CERT_DIR ?? '').split(':').map((path) => (path ? ['SSL_CERT_DIR', folderProblem(path)] : []));
  return [...files, ...folders].flatMap(([name, problem]) =>
    problem ? [`! the variable ${name} does not count: ${problem}`] : [],
  );
}

function fileProblem(path: string): string | undefined {
  try {
    if (certificatesIn(readFileSync(path, 'latin1')).some(isReadable)) return undefined;
    return `${JSON.stringify(path)} holds no certificate that can be read (PEM)`;
  } catch (error) {
    return fileTrouble(error, path);
  }
}

function isReadable(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function folderProblem(path: string): string | undefined {
  try {
    readdirSync(path);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? `there is no folder ${JSON.stringify(path)}` : fileTrouble(error, path);
  }
}
