import { CLOSE_FAULTS } from './close-table.ts';
import { HANDSHAKE_FAULTS } from './handshake-table.ts';
import type { FaultRow } from './row.ts';
import { STREAM_FAULTS } from './stream-table.ts';

/**
 * Everything that `wstap listen` gets wrong on demand, for whoever writes a client: what each fault does, and what a correct
 * client does about it.
 */
export type HandshakeFaultName = keyof typeof HANDSHAKE_FAULTS;
type StreamFaultName = keyof typeof STREAM_FAULTS;
type CloseFaultName = keyof typeof CLOSE_FAULTS;
export type FaultName = HandshakeFaultName | StreamFaultName | CloseFaultName;

/** Where a fault acts. */
export type FaultPlace = 'handshake' | 'stream' | 'close';

export const FAULT_PLACES: Readonly<Record<FaultPlace, Readonly<Record<string, FaultRow>>>> = {
  handshake: HANDSHAKE_FAULTS,
  stream: STREAM_FAULTS,
  close: CLOSE_FAULTS,
};

const ALL: Readonly<Record<string, FaultRow>> = { ...HANDSHAKE_FAULTS, ...STREAM_FAULTS, ...CLOSE_FAULTS };

export const FAULT_NAMES = Object.keys(ALL) as readonly FaultName[];

export function faultRow(name: FaultName): FaultRow {
  return ALL[name] as FaultRow;
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(ALL, name);
}

export function isHandshakeFault(name: FaultName): name is HandshakeFaultName {
  return Object.hasOwn(HANDSHAKE_FAULTS, name);
}
