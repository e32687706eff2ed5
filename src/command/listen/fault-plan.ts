import { nearest } from '../../cli/mistake.ts';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { Fault, When } from '../../endpoint/fault/fault.ts';
import { Faults } from '../../endpoint/fault/faults.ts';
import { FAULT_NAMES, type FaultName, faultRow, isFaultName, isHandshakeFault } from '../../endpoint/fault/table.ts';
import type { Env } from '../../env.ts';
import { contradiction } from './fault-contradiction.ts';
import { faultValue, usualValue } from './fault-value.ts';

/** `--fault`, `--reject` and `--seed` → what a server gets wrong. */
export interface FaultPlan {
  readonly faults: Faults;
  /** Of those that make random choices: with it they make them again. */
  readonly seed: number | undefined;
}

/** `undefined` where nothing is asked for. Throws `UsageError` for what is no fault, or cannot be had together. */
export function faultPlan(options: Options, env: Pick<Env, 'fillRandom'>): FaultPlan | undefined {
  const faults = [...options.texts('fault').map(parseFault), ...rejection(options)];
  const after = options.has('reject-after');
  if (after && !options.has('reject')) throw new UsageError('--reject-after says when --reject begins: give --reject too');
  const wrong = contradiction(faults, options);
  if (wrong !== undefined) throw new UsageError(wrong);
  const isRandom = faults.some(({ name, value }) => value.share !== undefined || name === 'jitter' || name === 'garbage');
  if (options.has('seed') && !isRandom) {
    throw new UsageError('--seed is for faults that make random choices (jitter, garbage, drop=10%): give one of them');
  }
  if (faults.length === 0) return undefined;
  const seed = options.number('seed') ?? drawn(env);
  if (seed > MOST) throw new UsageError(`--seed ${seed} is too large: write a number up to ${MOST}`);
  return { faults: new Faults(faults, seed), seed: isRandom ? seed : undefined };
}

/** `--reject STATUS[=BODY]` is `--fault reject=STATUS[:BODY]`, and with `--reject-after N` from the next client on. */
function rejection(options: Options): Fault[] {
  const text = options.text('reject');
  if (text === undefined) return [];
  const after = options.number('reject-after') ?? 0;
  const value = faultValue('reject', faultRow('reject').value, text.replace('=', ':'), '--reject');
  return [
    { name: 'reject', value, when: after === 0 ? ALWAYS : { type: 'number', from: after + 1, to: Number.POSITIVE_INFINITY } },
  ];
}

/** `drop=10%@5`. */
export function parseFault(text: string): Fault {
  const [, beforeWhen = text, at] = /^(.*)@([^@]*)$/s.exec(text) ?? [];
  const when = at === undefined ? ALWAYS : parseWhen(at);
  // An address may hold an @ too.
  const rest = when ? beforeWhen : text;
  const [, name = when ? rest : beforeWhen, value] = /^([^=]*)=(.*)$/s.exec(rest) ?? [];
  if (!isFaultName(name)) throw unknown(name);
  if (!when && value === undefined) throw new UsageError(`--fault ${text}: ${JSON.stringify(at)} is no time: ${WHENS}`);
  const row = faultRow(name);
  checkWhen(name, when ?? ALWAYS);
  return {
    name,
    value: value === undefined ? usualValue(row.value) : faultValue(name, row.value, value, `--fault ${name}`),
    when: when ?? ALWAYS,
  };
}

const WHENS = 'write N or N-M for messages (rsv@3), or a time with its unit (close=1001@2s)';

function parseWhen(text: string): When | undefined {
  const [, first, dash, last] = /^(\d{1,9})(-)?(\d{1,9})?$/.exec(text) ?? [];
  if (first !== undefined) {
    const [from, to] = [Number(first), last === undefined ? Number.POSITIVE_INFINITY : Number(last)];
    if (from < 1 || to < from || (dash === undefined) !== (last === undefined)) return undefined;
    return { type: 'number', from, to };
  }
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)$/.exec(text) ?? [];
  return amount === undefined ? undefined : { type: 'time', after: Number(amount) * (UNITS[unit] ?? 1000) };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function checkWhen(name: FaultName, when: When): void {
  if (when.type === 'time' && isHandshakeFault(name)) {
    throw new UsageError(`--fault ${name} is of the opening handshake: @N is the Nth request; a time has no meaning`);
  }
  if (when.type === 'number' && when.to !== Number.POSITIVE_INFINITY && faultRow(name).times === 'once') {
    throw new UsageError(`--fault ${name} is done once: write @${when.from}, behind that message`);
  }
}

function unknown(name: string): UsageError {
  const meant = nearest(name, FAULT_NAMES);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return new UsageError(`${JSON.stringify(name)} is no fault.${hint} --fault list shows all.`);
}

/** Drawn short, so that it can be typed again. */
function drawn(env: Pick<Env, 'fillRandom'>): number {
  const bytes = new Uint8Array(4);
  env.fillRandom(bytes);
  return new DataView(bytes.buffer).getUint32(0) % 1_000_000;
}

const ALWAYS: When = { type: 'always' };
const MOST = 2 ** 32 - 1;
