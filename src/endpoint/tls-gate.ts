import type { CertificateFacts } from '../session/event.ts';
import { SocketTransport } from '../transport/socket.ts';
import type { acceptTls, ServerTls } from '../transport/tls/server.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock } from './clock.ts';

/** TLS in front of a server: each client gets through, or is gone with a reason, within its handshake's deadline. */
export interface TlsFacts {
  /** Readings of the clock: when the client came, and when TLS was done. */
  readonly arrivedAt: number;
  readonly securedAt: number;
  /** Version, cipher, protocol. */
  readonly detail: string;
  readonly certificate: CertificateFacts | undefined;
}

export type Passage =
  | { readonly transport: Transport; readonly facts: TlsFacts }
  /** `left`: the client went, without a word of TLS. */
  | {
      readonly code: string;
      readonly message: string;
      readonly left: boolean;
      readonly remote: string;
      readonly arrivedAt: number;
      readonly certificate: CertificateFacts | undefined;
    };

export class TlsGate {
  readonly #choice: ServerTls;
  readonly #accept: typeof acceptTls;
  readonly #clock: Clock;
  readonly #patience: number;
  readonly #waiting = new Set<Transport>();

  private constructor(choice: ServerTls, accept: typeof acceptTls, clock: Clock, patience: number) {
    this.#choice = choice;
    this.#accept = accept;
    this.#clock = clock;
    this.#patience = patience;
  }

  /** Rejects with OpenSSL's error where the choice cannot be served. `patience`: milliseconds that each client has. */
  static async open(choice: ServerTls, clock: Clock, patience: number): Promise<TlsGate> {
    const { acceptTls, serverContext } = await import('../transport/tls/server.ts');
    serverContext(choice);
    return new TlsGate(choice, acceptTls, clock, patience);
  }

  /** How many are in their TLS handshake. */
  get waiting(): number {
    return this.#waiting.size;
  }

  take(transport: Transport, done: (passage: Passage) => void): void {
    const arrivedAt = this.#clock.now();
    const { remote } = transport;
    // What is no socket has no bytes to take over: nobody else comes in at a door.
    if (!SocketTransport.is(transport)) {
      transport.destroy();
      return;
    }
    this.#waiting.add(transport);
    let late = false;
    const stop = this.#clock.after(this.#patience, () => {
      late = true;
      transport.destroy();
    });
    void this.#accept(transport.release(), this.#choice).then((outcome) => {
      stop();
      this.#waiting.delete(transport);
      if ('socket' in outcome) {
        const { socket, detail, certificate } = outcome;
        const facts = { arrivedAt, securedAt: this.#clock.now(), detail, certificate };
        done({ transport: new SocketTransport(socket, remote), facts });
        return;
      }
      const { code, message, certificate } = outcome;
      const why = late ? { code: 'TIMEOUT', message: 'it did not finish the TLS handshake in time' } : { code, message };
      done({ ...why, left: !late && code === 'EMPTY', remote, arrivedAt, certificate });
    });
  }

  /** Takes nobody in any more who has not got through. */
  stop(): void {
    for (const transport of this.#waiting) transport.destroy();
  }
}
