import type { Attempt, CertificateFacts, HopName } from '../session/event.ts';
import type { RouteObserver } from '../transport/route.ts';
import type { Tell } from './stamp.ts';

/** Keeps the time on the way to a server: every hop is told once it is done, and the one that fails can say what it tried. */
export class RouteLog implements RouteObserver {
  readonly #tell: Tell;
  /** Milliseconds on the session's scale. */
  readonly #now: () => number;
  #hop: HopName = 'tcp';
  #startedAt: number;
  #attempts: Attempt[] = [];
  readonly #pending = new Map<object, { readonly address: string; readonly startedAt: number }>();

  constructor(tell: Tell, now: () => number) {
    this.#tell = tell;
    this.#now = now;
    this.#startedAt = now();
  }

  /** Returns when the hop began. */
  readonly begin = (hop: HopName): number => {
    this.#hop = hop;
    this.#startedAt = this.#now();
    this.#attempts = [];
    this.#pending.clear();
    return this.#startedAt;
  };

  done(hop: HopName, detail: string, certificate?: CertificateFacts, addresses?: readonly string[]): void {
    this.#tell({
      type: 'hop',
      hop,
      startedAt: this.#startedAt,
      detail,
      ...(certificate && { certificate }),
      ...(addresses && { addresses }),
      ...this.#tried(),
    });
    this.#attempts = [];
  }

  attempt(address: string): ReturnType<NonNullable<RouteObserver['attempt']>> {
    const running = { address, startedAt: this.#now() };
    this.#pending.set(running, running);
    return (outcome, code) => {
      if (!this.#pending.delete(running)) return;
      this.#attempts.push({ ...running, endedAt: this.#now(), outcome, ...(code !== undefined && { code }) });
    };
  }

  /** Where it failed, when that hop began, and what was tried in it. `at`: the hop, where the failure names another than the last. */
  failure(at?: HopName): { readonly hop: HopName; readonly startedAt: number; readonly attempts?: readonly Attempt[] } {
    const unanswered = [...this.#pending.values()].map(
      (running): Attempt => ({ ...running, endedAt: this.#now(), outcome: 'unanswered' }),
    );
    return { hop: at ?? this.#hop, startedAt: this.#startedAt, ...this.#tried(unanswered) };
  }

  #tried(unanswered: readonly Attempt[] = []): { readonly attempts?: readonly Attempt[] } {
    const attempts = [...this.#attempts, ...unanswered].sort((left, right) => left.startedAt - right.startedAt);
    return attempts.length === 0 ? {} : { attempts };
  }
}
