import type { FaultName } from './table.ts';

/** A fault as it was asked for. */
export interface Fault<Name extends FaultName = FaultName> {
  readonly name: Name;
  /** Its value, or the usual one. */
  readonly value: FaultValue;
  readonly when: When;
}

/** Of times in milliseconds, of sizes in bytes. A status, a code and a URL's status are the number, what follows is the text. */
export interface FaultValue {
  readonly number: number;
  readonly text: string;
  /** A probability, in place of every Nth. */
  readonly share?: number;
}

export type When =
  | { readonly type: 'always' }
  /** Messages that are sent, or connections that are answered: from 1 on, both included. */
  | { readonly type: 'number'; readonly from: number; readonly to: number }
  /** Milliseconds after the connection was open. */
  | { readonly type: 'time'; readonly after: number };

/** Whether an `each` fault acts on the message or connection with this number, so long after the opening. */
export function acts({ when }: Fault, number: number, age: number): boolean {
  if (when.type === 'number') return number >= when.from && number <= when.to;
  return when.type === 'always' || age >= when.after;
}
