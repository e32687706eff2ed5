import type { ClientEnv } from '../endpoint/client.ts';
import { systemClock } from '../endpoint/clock.ts';
import type { Env } from '../env.ts';
import { maskingKeySource } from '../protocol/frame/masking-key.ts';

/** What endpoints take from outside, out of what the program takes from outside. */
export function clientEnv(env: Env): ClientEnv {
  const fillRandom = (target: Uint8Array) => env.fillRandom(target);
  return { clock: systemClock(() => env.now()), maskingKeys: maskingKeySource(fillRandom), fillRandom, variables: env.variables };
}
