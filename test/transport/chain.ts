import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A certificate with its key, as files. */
export interface Files {
  readonly cert: string;
  readonly key: string;
}

/** A root, a CA between, servers and clients, made by the openssl command in a folder that goes with the test file. */
export interface Chain {
  /** A path in the folder. */
  path(name: string): string;
  /** `by`: who signs; itself without. `more`: arguments of `openssl req`. */
  make(name: string, subject: string, by?: string, ...more: string[]): Files;
  /** PEM files one behind the other, under a new name. */
  join(name: string, ...files: readonly string[]): string;
  /** As PKCS#12. */
  pkcs12(name: string, files: Files, passphrase: string, ...more: string[]): string;
  openssl(...argv: string[]): string;
}

export const NOT_A_CA = ['-addext', 'basicConstraints=critical,CA:FALSE'];
export const FOR_HERE = [...NOT_A_CA, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'];
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

export function makeChain(): Chain {
  const folder = mkdtempSync(join(tmpdir(), 'chain-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { stdio: 'pipe', encoding: 'utf8' });
  return {
    path,
    openssl,
    make(name, subject, by, ...more) {
      const files = { cert: path(`${name}.pem`), key: path(`${name}.key`) };
      const signer = by === undefined ? [] : ['-CA', path(`${by}.pem`), '-CAkey', path(`${by}.key`)];
      const kind = more.includes('-newkey') ? [] : CURVE;
      openssl(
        'req',
        '-x509',
        '-nodes',
        ...kind,
        '-keyout',
        files.key,
        '-out',
        files.cert,
        '-subj',
        subject,
        '-days',
        '30',
        ...signer,
        ...more,
      );
      return files;
    },
    join(name, ...files) {
      writeFileSync(path(name), files.map((file) => readFileSync(file, 'utf8')).join(''));
      return path(name);
    },
    pkcs12(name, { cert, key }, passphrase, ...more) {
      openssl('pkcs12', '-export', '-in', cert, '-inkey', key, '-out', path(name), '-passout', `pass:${passphrase}`, ...more);
      return path(name);
    },
  };
}
