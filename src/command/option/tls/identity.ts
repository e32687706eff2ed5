import { X509Certificate } from 'node:crypto';
import { mistakesOf } from '../../../cli/mistake.ts';
import { UsageError } from '../../../cli/option.ts';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import type { TlsIdentity } from '../../../transport/route.ts';
import { formOf, identityProblem } from '../../../transport/tls/identity.ts';
import { LocalError } from '../../command.ts';
import { readLocal } from '../local-file.ts';

/**
 * `--cert`, `--key` and `--passphrase` → a certificate with its private key that OpenSSL takes: all that can be wrong with it
 * is said before anything is open. `undefined` where none was given.
 */
export async function identityOf(options: Options, env: Env, command: string): Promise<TlsIdentity | undefined> {
  const [certFile, keyFile] = [options.text('cert'), options.text('key')];
  if (certFile === undefined) {
    if (keyFile !== undefined) throw new UsageError('--key is the key of a certificate: give --cert FILE too');
    if (options.has('passphrase')) throw new UsageError('--passphrase opens the key of --cert: give --cert FILE too');
    return undefined;
  }
  const locked = await readIdentity(certFile, keyFile);
  const passphrase = await givenPassphrase(options, env);
  const identity = passphrase === undefined ? locked : { ...locked, passphrase };
  const problem = identityProblem(identity);
  if (!problem) return identity;
  const file = keyFile ?? certFile;
  if (problem.kind !== 'passphrase' || passphrase !== undefined) throw refusal(problem, file);
  const opened = { ...locked, passphrase: await ask(file, options, env, command) };
  const still = identityProblem(opened);
  if (still) throw refusal(still, file);
  return opened;
}

function refusal({ words, hint }: { readonly words: string; readonly hint?: string }, file: string): LocalError {
  return new LocalError(`${file} ${words}${hint === undefined ? '' : `; try: ${hint}`}`);
}

async function readIdentity(certFile: string, keyFile: string | undefined): Promise<TlsIdentity> {
  const data = await readLocal(certFile);
  const form = formOf(data);
  if (form === 'pkcs12') {
    if (keyFile !== undefined) throw new UsageError(`${certFile} is PKCS#12 and holds its key: leave out --key`);
    return { form, data };
  }
  if (!form) throw new LocalError(`${certFile} holds no certificate: PEM (-----BEGIN CERTIFICATE-----) and PKCS#12 are read`);
  const certificate = form === 'pem' ? data.toString('latin1') : new X509Certificate(data).toString();
  if (!certificate.includes('-----BEGIN CERTIFICATE-----')) {
    throw new LocalError(`${certFile} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  }
  if (keyFile === undefined && !certificate.includes('PRIVATE KEY-----')) {
    throw new LocalError(`${certFile} holds a certificate and no private key: give --key FILE too`);
  }
  const key = keyFile === undefined ? certificate : await readKey(keyFile);
  return { form: 'pem', certificate, key };
}

async function readKey(file: string): Promise<string> {
  const data = await readLocal(file);
  if (formOf(data) === 'pem') return data.toString('latin1');
  throw new LocalError(`${file} holds no private key in PEM form; try: openssl pkey -in FILE -inform DER -out FILE.pem`);
}

async function givenPassphrase(options: Options, env: Env): Promise<string | undefined> {
  const given = options.text('passphrase');
  if (given === undefined) return env.variables.WSTAP_PASSPHRASE || undefined;
  if (given.startsWith('@@')) return given.slice(1);
  if (!given.startsWith('@')) return given;
  return (await readLocal(given.slice(1))).toString('utf8').replace(/\r?\n$/, '');
}

async function ask(file: string, options: Options, env: Env, command: string): Promise<string> {
  const { askSecret } = await import('../../../cli/secret.ts');
  const question = {
    prompt: `Passphrase for ${JSON.stringify(file).slice(1, -1)}: `,
    instead: '--passphrase @FILE or the variable WSTAP_PASSPHRASE',
    noInput: options.flag('no-input'),
    variables: env.variables,
    platform: env.platform,
    stdin: env.stdin,
  };
  return askSecret(question, mistakesOf(command));
}
