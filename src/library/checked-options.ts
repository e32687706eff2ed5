import { inspect } from 'node:util';

/** Options where no compiler has looked at them: what cannot be meant is said at once, and not at the first connection. */

/** `null` and `false` are the same as nothing, as of npm `ws`. Throws a `TypeError`. */
export function mustBeFunction(name: string, value: unknown): void {
  if (value && typeof value !== 'function') throw new TypeError(`the option ${name} is a function, not ${inspect(value)}`);
}

/** `Infinity` is one. Throws a `RangeError`. */
export function mustBeSize(name: string, value: number | undefined): void {
  if (value !== undefined && !(value >= 0)) throw outOfRange(name, 'a number from 0 on', value);
}

/** Throws a `RangeError`. */
export function mustBeInteger(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw outOfRange(name, `a number from ${least} to ${most}`, value);
}

function outOfRange(name: string, what: string, value: unknown): RangeError {
  return new RangeError(`the option ${name} is ${what}, not ${inspect(value)}`);
}
