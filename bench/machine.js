import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, type } from 'node:os';

/** What the machine is, and whether somebody else was using it while we measured. */

const JIFFY = 10_000;
/** Shares of all processors, over a measurement, from which on it is called busy. */
const MAX_OTHERS = 0.15;
const MAX_STEAL = 0.02;

export const CORES = cpus().length;

export function machineFacts() {
  const [{ model } = { model: 'unknown processor' }] = cpus();
  return `${model.trim()}, ${CORES} cores, ${type()} ${release()}, Node ${process.versions.node}`;
}

export function load() {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
}

/** Processor time of the whole machine so far: in use, and stolen by other virtual machines; µs. `undefined` off Linux. */
export function machineTime() {
  const line = fileOrNothing('/proc/stat')?.split('\n')[0];
  if (!line) return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return { used: (user + nice + system + irq + softirq) * JIFFY, stolen: steal * JIFFY };
}

/** `own`: processor time that our processes took in between, µs; `elapsed` in ms. */
export function wasBusy(before, after, own, elapsed) {
  if (!before || !after || elapsed < 200) return false;
  const capacity = CORES * elapsed * 1000;
  const others = (after.used - before.used - own) / capacity;
  return others > MAX_OTHERS || (after.stolen - before.stolen) / capacity > MAX_STEAL;
}

/** Files that this process, and so each of its children, may have open. */
export function openFileLimit() {
  const line = /^Max open files\s+(\d+)/m.exec(fileOrNothing('/proc/self/limits') ?? '');
  return line ? Number(line[1]) : 256;
}

export function fileOrNothing(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
