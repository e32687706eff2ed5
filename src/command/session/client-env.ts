import type { ClientEnv } from '../../endpoint/client.ts';
import { systemClock } from '../../endpoint/clock.ts';
import type { Env } from '../../env.ts';
import { maskingKeySource } from '../../protocol/frame/masking-key.ts';

/** What endpoints take from outside, out of what the program takes from outside. */
export function clientEnv(env: Env): ClientEnv {
  const fillRandom = (target: Uint8Array) => env.fillRandom(target);
  return { clock: systemClock(() => env.now()), maskingKeys: maskingKeySource(fillRandom), fillRandom, variables: env.variables };
}

/** At random, from 0 to 1. */
export function randomFraction(env: Env): number {
  const bytes = new Uint8Array(4);
  env.fillRandom(bytes);
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
}
