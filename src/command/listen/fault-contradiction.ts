import type { Options } from '../../cli/value.ts';
import type { Fault } from '../../endpoint/fault/fault.ts';
import { faultRow, isHandshakeFault } from '../../endpoint/fault/table.ts';

/** Why these faults cannot be had together, or not with the other options, as a sentence; `undefined`: they can. */
export function contradiction(faults: readonly Fault[], options: Pick<Options, 'flag' | 'off'>): string | undefined {
  return withOptions(faults, options) ?? unreachable(faults) ?? sameSlot(faults) ?? aboutDeflate(faults);
}

function withOptions(faults: readonly Fault[], options: Pick<Options, 'flag' | 'off'>): string | undefined {
  const needy = faults.find(({ name }) => faultRow(name).deflate === 'needed');
  if (needy && options.off('compress')) return `--fault ${needy.name} needs permessage-deflate: leave --no-compress out`;
  const older = faults.find(({ name }) => isHandshakeFault(name) && name !== 'reject' && name !== 'redirect');
  if (older && options.flag('http2')) return `--fault ${older.name} is of HTTP/1.1: leave --http2 out`;
  return undefined;
}

/** A handshake that never opens has no stream, and no field of its 101 is seen. */
function unreachable(faults: readonly Fault[]): string | undefined {
  const refusing = faults.find(({ name, when }) => faultRow(name).slot === 'answer' && when.type === 'always');
  const other = refusing && faults.find(({ name }) => faultRow(name).slot !== 'answer');
  if (!other) return undefined;
  const hint = refusing.name === 'reject' ? '--reject-after 1' : `--fault ${refusing.name}@2`;
  return `--fault ${other.name} would never be seen: ${refusing.name} lets no client in; ${hint} would let the first one in`;
}

function sameSlot(faults: readonly Fault[]): string | undefined {
  for (const [index, one] of faults.entries()) {
    const other = faults.slice(index + 1).find((candidate) => clash(one, candidate));
    if (!other) continue;
    if (other.name === one.name) return `--fault ${one.name} is given twice for the same time: give one, or @WHEN`;
    return `--fault ${one.name} and --fault ${other.name} exclude each other: give one, or each its own @WHEN`;
  }
  return undefined;
}

function clash(one: Fault, other: Fault): boolean {
  const { slot, times } = faultRow(one.name);
  const sameKind = one.name === other.name || (slot !== undefined && slot === faultRow(other.name).slot);
  if (!sameKind) return false;
  if (times === 'once' || one.when.type === 'time' || other.when.type === 'time') {
    return JSON.stringify(one.when) === JSON.stringify(other.when);
  }
  const [first, second] = [spanOf(one), spanOf(other)];
  return first.from <= second.to && second.from <= first.to;
}

function spanOf({ when }: Fault): { readonly from: number; readonly to: number } {
  return when.type === 'number' ? when : { from: 1, to: Number.POSITIVE_INFINITY };
}

function aboutDeflate(faults: readonly Fault[]): string | undefined {
  const without = faults.find(({ name }) => faultRow(name).deflate === 'off');
  const needy = faults.find(({ name }) => faultRow(name).deflate === 'needed');
  if (!without || !needy) return undefined;
  return `--fault ${needy.name} needs permessage-deflate, and --fault ${without.name} a connection without: give one`;
}
