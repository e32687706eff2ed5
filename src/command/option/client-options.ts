import { readFile } from 'node:fs/promises';
import { mistakesOf } from '../../cli/mistake.ts';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { ClientOptions } from '../../endpoint/client.ts';
import type { Env } from '../../env.ts';
import { CLIENT_LIMITS, type Limits } from '../../protocol/connection/limits.ts';
import { BROWSER_OFFER } from '../../protocol/extension/negotiate.ts';
import { parseHeaderLine } from '../../protocol/handshake/request.ts';
import { isToken } from '../../protocol/http/parameter-list.ts';
import { LocalError } from '../command.ts';
import { type Address, tlsFor } from './target.ts';

/** Parsed options → what a client needs. Secrets that are missing are asked for here, before anything is open. */
export async function clientOptions(options: Options, address: Address, env: Env): Promise<ClientOptions> {
  const subprotocols = options.texts('subprotocol').flatMap((text) => text.split(',').map((name) => name.trim()));
  const wrong = subprotocols.find((name) => !isToken(name));
  if (wrong !== undefined) throw new UsageError(`${JSON.stringify(wrong)} is no subprotocol: a name has no spaces or separators`);
  const headers = [...(await credentials(options, address, env)), ...cookies(options), ...options.texts('header')];
  for (const line of headers) {
    const header = parseHeaderLine(line);
    if (typeof header === 'string') throw new UsageError(`--header ${JSON.stringify(line)}: ${header}`);
  }
  const tls = tlsFor(address, await certificates(options), options.flag('insecure'));
  return {
    target: { host: address.host, port: address.port, tls },
    request: {
      host: options.text('host') ?? address.hostField,
      target: address.target,
      version: options.text('protocol') === '8' ? 8 : 13,
      subprotocols,
      extensions: offer(options),
      origin: options.text('origin'),
      headers,
    },
    limits: limitsOf(options, CLIENT_LIMITS),
    headLimits: { maxBytes: options.number('max-header') ?? 64 * 1024, maxFields: 128 },
    tolerance: options.flag('lenient') ? 'lenient' : 'strict',
    handshakeTimeout: options.number('timeout') ?? 10_000,
    closeTimeout: 5000,
    compressFrom: 0,
  };
}

/** `--max-frame` follows `--max-message` where it is not given. */
export function limitsOf(options: Options, defaults: Limits): Limits {
  const maxMessage = options.number('max-message') ?? defaults.maxMessage;
  return {
    ...defaults,
    maxMessage,
    maxFrame: options.number('max-frame') ?? maxMessage,
    maxFragments: options.number('max-fragments') ?? defaults.maxFragments,
  };
}

function offer(options: Options): string | undefined {
  const parameters = options.text('deflate');
  if (parameters !== undefined) return parameters.trim() === '' ? 'permessage-deflate' : `permessage-deflate; ${parameters}`;
  return options.flag('compress') ? BROWSER_OFFER : undefined;
}

async function credentials(options: Options, address: Address, env: Env): Promise<string[]> {
  const given = options.text('auth') ?? address.userinfo;
  const bearer = options.text('bearer');
  if (given !== undefined && bearer !== undefined) throw new UsageError('--auth and --bearer both set Authorization: give one');
  if (bearer !== undefined) {
    const token = bearer.startsWith('@') ? (await readLocal(bearer.slice(1))).toString('utf8').trim() : bearer;
    return [`Authorization: Bearer ${token}`];
  }
  if (given === undefined) return [];
  const whole = given.includes(':') ? given : `${given}:${await password(given, options, env)}`;
  return [`Authorization: Basic ${Buffer.from(whole, 'utf8').toString('base64')}`];
}

async function password(user: string, options: Options, env: Env): Promise<string> {
  const { WSTAP_PASSWORD: stored } = env.variables;
  if (stored !== undefined) return stored;
  const { askSecret } = await import('../../cli/secret.ts');
  const question = {
    prompt: `Password for ${JSON.stringify(user).slice(1, -1)}: `,
    instead: '--auth USER:PASSWORD or the variable WSTAP_PASSWORD',
    noInput: options.flag('no-input'),
    variables: env.variables,
    platform: env.platform,
    stdin: env.stdin,
  };
  return askSecret(question, mistakesOf('wstap connect'));
}

function cookies(options: Options): string[] {
  const list = options.texts('cookie');
  return list.length === 0 ? [] : [`Cookie: ${list.join('; ')}`];
}

async function certificates(options: Options): Promise<string[]> {
  const files = await Promise.all(
    options.texts('ca').map(async (path) => ({ path, pem: (await readLocal(path)).toString('latin1') })),
  );
  const wrong = files.find(({ pem }) => !pem.includes('-----BEGIN CERTIFICATE-----'));
  if (wrong) throw new LocalError(`${wrong.path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  return files.map(({ pem }) => pem);
}

/** A file, whole. Throws `LocalError` that says which and why. */
export async function readLocal(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new LocalError(reasonOf(error, path));
  }
}

function reasonOf(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `there is no file ${JSON.stringify(path)}`;
  if (code === 'EACCES') return `${JSON.stringify(path)} may not be read`;
  if (code === 'EISDIR') return `${JSON.stringify(path)} is a directory`;
  return `${JSON.stringify(path)} cannot be read: ${message}`;
}
