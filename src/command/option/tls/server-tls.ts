import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { UsageError } from '../../../cli/option.ts';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import type { ServerTls } from '../../../transport/tls/server.ts';
import { escapeText } from '../../../view/escape.ts';
import { LocalError } from '../../command.ts';
import { certificateNames } from './certificate-names.ts';
import { identityOf } from './identity.ts';
import { keyLog } from './key-log.ts';
import { makeThrowAway } from './throw-away.ts';
import { versionsOf } from './tls.ts';
import { certificatesOf } from './trust.ts';

/** Parsed options → TLS of a server, and what is said about it. `undefined`: plain `ws://`. */
export interface ServerTlsChoice {
  readonly tls: ServerTls;
  /** How a client can trust the certificate, line by line. */
  readonly remarks: readonly string[];
}

export async function serverTls(options: Options, hosts: readonly string[], env: Env): Promise<ServerTlsChoice | undefined> {
  const [named] = certificateNames(options);
  if (named !== undefined && options.has('cert'))
    throw new UsageError(`--tls=${named} names what a certificate is made for, and --cert has one: leave out one of them`);
  const given = await identityOf(options, env, 'wstap listen');
  if (given === undefined && !options.has('tls')) {
    const idle = ['passphrase', 'client-ca', 'tls-min', 'tls-max', 'tls-save', 'keylog'].find((name) => options.has(name));
    if (idle !== undefined) throw new UsageError(`--${idle} is about TLS: give --tls, or --cert FILE, too`);
    return undefined;
  }
  if (given && options.has('tls-save')) throw new UsageError('--tls-save saves the certificate that --tls makes; --cert has one');
  const common = {
    clientCa: await certificatesOf(options, 'client-ca'),
    ...versionsOf(options),
    alpn: options.flag('http2') ? ['h2', 'http/1.1'] : ['http/1.1'],
    keylog: keyLog(options, env),
    now: () => env.wallClock(),
  };
  if (given) return { tls: { ...common, identity: given }, remarks: [] };
  const names = namesOf(options, hosts);
  const identity = await makeThrowAway(names, env.wallClock());
  const saved = options.text('tls-save');
  if (saved !== undefined) await save(saved, identity.certificate);
  return { tls: { ...common, identity }, remarks: remarks(identity.certificate, names, saved) };
}

/** `localhost` first: it is the subject. */
function namesOf(options: Options, hosts: readonly string[]): string[] {
  const own = hosts.filter((host) => host !== '0.0.0.0' && host !== '::' && host !== '');
  const names = [...new Set([...certificateNames(options), 'localhost', '127.0.0.1', '::1', ...own])];
  const wrong = names.find((name) => isIP(name) === 0 && !/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(name));
  if (wrong !== undefined) throw new UsageError(`--tls: ${JSON.stringify(wrong)} is neither a host name nor an address`);
  return names;
}

async function save(file: string, certificate: string): Promise<void> {
  await writeFile(file, certificate).catch((error: Error) => {
    throw new LocalError(`the certificate cannot be written to ${JSON.stringify(file)}: ${error.message}`);
  });
}

function remarks(certificate: string, names: readonly string[], saved: string | undefined): string[] {
  const print = new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
  return [
    `a certificate was made for this run, for ${names.join(', ')}`,
    `its SHA-256 is ${print}`,
    saved === undefined
      ? 'a client trusts it with --ca FILE (--tls-save FILE writes it) or with --insecure'
      : `a client trusts it with --ca ${escapeText(saved)}`,
  ];
}
