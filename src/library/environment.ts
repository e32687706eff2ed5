import type { ClientEnv } from '../endpoint/client.ts';
import { systemClock } from '../endpoint/clock.ts';
import { processEnv } from '../env.ts';
import { maskingKeySource } from '../protocol/frame/masking-key.ts';

let shared: ClientEnv | undefined;

/** What connections take from outside: clock, randomness and environment variables of this process, one for all of them. */
export function environment(): ClientEnv {
  shared ??= make();
  return shared;
}

function make(): ClientEnv {
  const { variables, now, fillRandom } = processEnv();
  return { clock: systemClock(now), maskingKeys: maskingKeySource(fillRandom), fillRandom, variables };
}

/** Milliseconds since the epoch, for words. */
export function wallClock(): number {
  return processEnv().wallClock();
}
