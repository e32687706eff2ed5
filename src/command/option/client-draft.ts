import { UsageError } from '../../cli/option.ts';
import type { Asking, NoRetry, Refusal, Retry, Silence } from '../../endpoint/again.ts';
import type { ClientOptions } from '../../endpoint/client.ts';
import { expressible, framingOf } from '../../protocol/dialect/framing.ts';
import { handshakeOf } from '../../protocol/dialect/handshakes.ts';
import { type DialectName, dialectOf } from '../../protocol/dialect/name.ts';
import { type NextStep, nextDialects } from '../../protocol/dialect/next.ts';
import { LocalProtocolError } from '../../protocol/rule.ts';
import { draftNamed } from './drafts.ts';

/** What is asked for whatever the version. */
type Wishes = Pick<Asking, 'subprotocols' | 'extensions' | 'origin'>;

/** `--draft`: the version that is asked for, and with `auto` how it is found. */
export class ClientDraft {
  readonly #wishes: Wishes;
  readonly #isAuto: boolean;
  #current: DialectName;
  #tried: DialectName[];
  /** What the server named. */
  #named: readonly DialectName[] = [];

  /** Throws `UsageError` for a version that nobody knows or that cannot express the wishes. */
  constructor(text: string, wishes: Wishes) {
    this.#wishes = wishes;
    this.#isAuto = text.trim().toLowerCase() === 'auto';
    this.#current = this.#isAuto ? 'rfc6455' : draftNamed(text);
    this.#tried = [this.#current];
    if (!this.#isAuto) refuseInexpressible(this.#current, wishes);
  }

  get dialect(): DialectName {
    return this.#current;
  }

  /** What the next connection asks for: `auto` begins with what was found last. */
  get common(): Pick<Asking, 'dialect' | keyof Wishes> {
    return commonFor(this.#current, this.#wishes);
  }

  /** What a client is told, what it does otherwise included. */
  options({
    again,
    answered,
  }: Pick<ClientOptions, 'again' | 'answered'>): Pick<ClientOptions, 'again' | 'answered' | 'unanswered' | 'patience'> {
    if (!this.#isAuto) return { again, answered };
    return {
      answered,
      patience: (left) => this.#patience(left),
      again: async (refusal) => (await again?.(refusal)) ?? this.#afterAnswer(refusal),
      unanswered: (silence) => this.#afterSilence(silence),
    };
  }

  #afterAnswer(refusal: Refusal): Retry | NoRetry | undefined {
    this.#begin(refusal);
    const step = nextDialects(refusal.response, this.#tried, this.#named);
    const next = this.#next(step, refusal);
    // What the first answer says of anything but versions is explained as without `auto`.
    if (next || (this.#tried.length === 1 && step.named === undefined)) return next;
    return { cause: { cause: `${step.learnt} Asked for: ${this.#tried.map((name) => dialectOf(name).title).join(', ')}.` } };
  }

  #afterSilence(silence: Silence): Retry | undefined {
    this.#begin(silence);
    const { next, learnt } = nextDialects(undefined, this.#tried, this.#named);
    const late = `The server did not answer ${dialectOf(this.#current).title} in time.`;
    return this.#next({ next, learnt: silence.late ? late : learnt }, silence);
  }

  /** The tries that there may be share what is left. */
  #patience(left: number): number {
    return left / (1 + nextDialects(undefined, this.#tried, this.#named).next.length);
  }

  #begin({ attempt }: { readonly attempt: number }): void {
    if (attempt > 1) return;
    this.#tried = [this.#current];
    this.#named = [];
  }

  #next(
    { next: [dialect], named, learnt }: NextStep,
    { target, request }: Pick<Refusal, 'target' | 'request'>,
  ): Retry | undefined {
    if (named) this.#named = named;
    if (!dialect) return undefined;
    this.#current = dialect;
    this.#tried.push(dialect);
    const to = `${target.tls ? 'wss' : 'ws'}://${request.host}${request.target}`;
    return { reason: 'draft', to, target, request: { ...request, ...commonFor(dialect, this.#wishes) }, learnt };
  }
}

/** The wishes as far as a version can express them. */
function commonFor(dialect: DialectName, { subprotocols = [], extensions, origin }: Wishes) {
  const isSingle = dialect === 'hixie-75' || dialect === 'hixie-76';
  return {
    dialect,
    subprotocols: isSingle ? subprotocols.slice(0, 1) : subprotocols,
    extensions: framingOf(dialect) ? undefined : extensions,
    origin,
  };
}

/** Throws `UsageError` where whoever only sends binary messages asks for a version that has none. */
export function refuseBinary(dialect: DialectName): void {
  if (expressible(dialect).binary) return;
  throw new UsageError(`${dialect} has no binary messages: leave out -b, --hex and --base64, or add -t`);
}

function refuseInexpressible(dialect: DialectName, wishes: Wishes): void {
  const { title } = dialectOf(dialect);
  if (wishes.extensions !== undefined && framingOf(dialect))
    throw new UsageError(`frames of ${title} cannot be compressed: leave out --compress and --deflate`);
  try {
    handshakeOf(dialect).buildRequest({ host: 'localhost', target: '/', ...wishes, random: (size) => new Uint8Array(size) });
  } catch (error) {
    if (LocalProtocolError.is(error)) throw new UsageError(`--draft ${dialect}: ${error.message}`);
    throw error;
  }
}
