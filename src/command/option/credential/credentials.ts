import { type Mistake, mistakesOf } from '../../../cli/mistake.ts';
import { UsageError } from '../../../cli/option.ts';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import { readLocal } from '../local-file.ts';
import type { Address } from '../target.ts';
import { lookUp, type NetrcEntry } from './netrc.ts';

/** Who we say we are. */
export type Login =
  | { readonly type: 'password'; readonly user: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string };

/**
 * `--auth`, then the URL's user, then `--netrc`; or `--bearer`. A password that is missing is asked for. None of them counts
 * beside an Authorization header that was written by hand, as with curl.
 */
export async function loginOf(
  options: Options,
  address: Address,
  netrc: readonly NetrcEntry[],
  env: Env,
): Promise<Login | undefined> {
  const given = options.text('auth') ?? address.userinfo;
  const bearer = options.text('bearer');
  if (given !== undefined && bearer !== undefined) throw new UsageError('--auth and --bearer both set Authorization: give one');
  if (options.texts('header').some(isAuthorization)) return undefined;
  if (bearer !== undefined) {
    const token = bearer.startsWith('@') ? (await readLocal(bearer.slice(1))).toString('utf8').trim() : bearer;
    return { type: 'bearer', token };
  }
  if (given === undefined) return netrcLogin(netrc, address.host);
  const colon = given.indexOf(':');
  const user = colon === -1 ? given : given.slice(0, colon);
  if (colon !== -1 && (options.has('auth') || given.length > colon + 1))
    return { type: 'password', user, password: given.slice(colon + 1) };
  const known = netrcLogin(netrc, address.host, user);
  if (known) return known;
  // A URL with `user@` has an empty password, `--auth USER` none.
  if (colon !== -1) return { type: 'password', user, password: '' };
  return { type: 'password', user, password: await askPassword(user, options, env, mistakesOf('wstap connect')) };
}

/** Whether a header line is, or takes away, the one that says who we are. */
export function isAuthorization(line: string): boolean {
  return /^\s*authorization\s*[:;]/i.test(line);
}

/** What the file of `--netrc` says for a host. */
export function netrcLogin(netrc: readonly NetrcEntry[], host: string, user?: string): Login | undefined {
  const entry = lookUp(netrc, host, user);
  if (entry?.password === undefined) return undefined;
  return { type: 'password', user: user ?? entry.login ?? '', password: entry.password };
}

/** The header line that says so without having been asked. */
export function authorizationLine(login: Login): string {
  if (login.type === 'bearer') return `Authorization: Bearer ${login.token}`;
  return `Authorization: Basic ${Buffer.from(`${login.user}:${login.password}`, 'utf8').toString('base64')}`;
}

/** The password that is kept for `--auth USER`, or what is answered at the terminal. */
export async function askPassword(user: string, options: Options, env: Env, mistake: Mistake): Promise<string> {
  const { WSTAP_PASSWORD: stored } = env.variables;
  if (stored) return stored;
  const { askSecret } = await import('../../../cli/secret.ts');
  const question = {
    prompt: `Password for ${JSON.stringify(user).slice(1, -1)}: `,
    instead: '--auth USER:PASSWORD or the variable WSTAP_PASSWORD',
    noInput: options.flag('no-input'),
    variables: env.variables,
    platform: env.platform,
    stdin: env.stdin,
  };
  return askSecret(question, mistake);
}
