import type { Transport } from '../../transport/transport.ts';
import type { Clock } from '../clock.ts';
import type { Tell } from '../stamp.ts';
import type { Fault } from './fault.ts';
import { FaultyConnection } from './faulty-connection.ts';

/** What a server gets wrong on purpose: one for all of its clients, so that it can count them. */
export class Faults {
  readonly #faults: readonly Fault[];
  readonly #seed: number;
  #requests = 0;
  readonly #connections = new Set<FaultyConnection>();

  /** The same `seed`, the same random choices on the connection with the same number. */
  constructor(faults: readonly Fault[], seed: number) {
    this.#faults = faults;
    this.#seed = seed;
  }

  begin(raw: Transport, number: number, clock: Clock, tell: Tell | undefined): FaultyConnection {
    const connection = new FaultyConnection(this.#faults, raw, {
      clock,
      tell,
      number,
      seed: this.#seed,
      nextRequest: () => ++this.#requests,
      over: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    return connection;
  }

  /** Ends the connections that are kept open against the rules. */
  letGo(): void {
    for (const connection of this.#connections) connection.letGo();
  }
}
