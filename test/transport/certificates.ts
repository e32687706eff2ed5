import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Peer } from '../need.ts';

/** Certificates for tests, made by the openssl command when they are asked for. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
  /** Path of the certificate. */
  readonly file: string;
}

/** A CA and what it signed, and one that nobody signed. Call once a test file. */
export function makeCertificates(): Record<'ca' | 'good' | 'expired' | 'future' | 'otherName' | 'selfSigned', Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const make = (name: string, subject: string, names: string, ...more: string[]): Pair => {
    const key = join(folder, `${name}.key`);
    const file = join(folder, `${name}.pem`);
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
    const extension = names === '' ? [] : ['-addext', `subjectAltName=${names}`];
    openssl('req', '-x509', ...curve, '-out', file, '-subj', subject, ...extension, ...more);
    return { cert: readFileSync(file, 'utf8'), key: readFileSync(key, 'utf8'), file };
  };
  const ca = make('ca', '/CN=Test CA', '', '-days', '2');
  const signed = ['-CA', ca.file, '-CAkey', ca.file.replace('.pem', '.key'), '-addext', 'basicConstraints=critical,CA:FALSE'];
  return {
    ca,
    good: make('good', '/CN=localhost', 'DNS:localhost,IP:127.0.0.1,IP:::1', '-days', '2', ...signed),
    expired: dated(folder, ca, 'expired', '20200101000000Z', '20200102000000Z'),
    future: dated(folder, ca, 'future', '21000101000000Z', '21000102000000Z'),
    otherName: make('other', '/CN=other.example', 'DNS:other.example', '-days', '2', ...signed),
    selfSigned: make('self', '/CN=localhost', 'DNS:localhost', '-days', '2'),
  };
}

/** `openssl req` takes no dates in every version that is around; `openssl ca` does. */
function dated(folder: string, ca: Pair, name: string, from: string, to: string): Pair {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('index.txt'), '');
  writeFileSync(path('serial'), '01\n');
  writeFileSync(
    path('ca.cnf'),
    [
      '[ca]\ndefault_ca=d\n[d]',
      `dir=${folder}\nnew_certs_dir=${folder}\ndatabase=${path('index.txt')}\nserial=${path('serial')}`,
      'default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:localhost\n',
    ].join('\n'),
  );
  const [key, request, file] = [path(`${name}.key`), path(`${name}.csr`), path(`${name}.pem`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  openssl('req', '-new', ...curve, '-out', request, '-subj', '/CN=localhost');
  const signer = ['-config', path('ca.cnf'), '-cert', ca.file, '-keyfile', ca.file.replace('.pem', '.key'), '-extensions', 'e'];
  const dates = ['-startdate', from, '-enddate', to];
  openssl('ca', '-batch', '-notext', ...signer, ...dates, '-in', request, '-out', file);
  return { cert: readFileSync(file, 'utf8'), key: readFileSync(key, 'utf8'), file };
}

function openssl(...argv: string[]): void {
  execFileSync('openssl', argv, { stdio: 'pipe' });
}

/** The command that makes them. */
export const OPENSSL: Peer = { debianPackage: 'openssl', probe: ['openssl', 'version'] };
