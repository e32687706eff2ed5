import { mistakesOf } from '../../cli/mistake.ts';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { Credential } from '../../endpoint/guard/credentials.ts';
import { Guard } from '../../endpoint/guard/guard.ts';
import type { Env } from '../../env.ts';
import { LocalError } from '../command.ts';
import { askPassword } from './credential/credentials.ts';
import type { Rate } from './guard-options.ts';
import { readLocal } from './local-file.ts';

/** Parsed options → what clients of `listen` may do. Passwords that are missing are asked for. */
export async function guardOf(options: Options, env: Env): Promise<Guard> {
  hideSecrets(options, env);
  const credentials = [...(await usersOf(options, env)), ...(await tokensOf(options))];
  const rates = options.values('max-rate').filter((rate): rate is Rate => typeof rate === 'object' && rate !== null);
  const least = (unit: Rate['unit']) =>
    Math.min(...rates.filter((rate) => rate.unit === unit).map(({ perSecond }) => perSecond), Number.POSITIVE_INFINITY);
  return new Guard({
    credentials,
    maxPerAddress: options.number('max-per-address') ?? Number.POSITIVE_INFINITY,
    maxHandshakes: options.number('max-handshakes') ?? MAX_HANDSHAKES,
    idleTimeout: options.number('idle-timeout') ?? Number.POSITIVE_INFINITY,
    rate: { messages: least('messages'), bytes: least('bytes') },
  });
}

/** More than the system hands over at once: a crowd that comes together is let in. */
const MAX_HANDSHAKES = 1024;

async function usersOf(options: Options, env: Env): Promise<Credential[]> {
  const users: Credential[] = [];
  for (const given of options.texts('auth')) {
    const colon = given.indexOf(':');
    const user = colon < 0 ? given : given.slice(0, colon);
    if (user === '') throw new UsageError('--auth has no user: write USER:PASSWORD, or USER to be asked for the password');
    const password = colon < 0 ? await askPassword(user, options, env, mistakesOf('wstap listen')) : given.slice(colon + 1);
    users.push({ type: 'basic', user, password });
  }
  return users;
}

async function tokensOf(options: Options): Promise<Credential[]> {
  return Promise.all(
    options.texts('bearer').map(async (given): Promise<Credential> => {
      const token = given.startsWith('@') ? (await readLocal(given.slice(1))).toString('utf8').trim() : given;
      if (token === '' && given.startsWith('@')) throw new LocalError(`${JSON.stringify(given.slice(1))} has no token in it`);
      if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('--bearer takes a token without blanks, in ASCII');
      return { type: 'bearer', token };
    }),
  );
}

function hideSecrets(options: Options, env: Env): void {
  const isPlain =
    options.texts('auth').some((text) => text.includes(':')) || options.texts('bearer').some((text) => !text.startsWith('@'));
  if (!isPlain) return;
  env.hideArguments?.();
  if (env.stderr.isTTY) env.stderr.write('wstap: ! a secret on the command line can be seen by every user of this machine\n');
}
