import type { RequestHead } from '../../protocol/http/head.ts';
import type { PolicyRefusal } from '../admitting.ts';
import type { Clock } from '../clock.ts';
import { RETRY } from '../no-room.ts';
import type { Peer } from '../peer.ts';
import { addressKey } from './address-key.ts';
import { type Credential, Credentials } from './credentials.ts';
import { type Place, WaitingRoom } from './waiting-room.ts';
import { type RateLimit, Watch } from './watch.ts';

/**
 * What a server lets its clients do. The promise of this folder: nobody gets in without what is asked of it, and no client,
 * however many connections it opens and however slowly or fast it talks, keeps the others out.
 */
export interface GuardOptions {
  /** Of which a client must present one. Empty: nobody is asked. */
  readonly credentials: readonly Credential[];
  /** Open clients from one address, and as many in their opening handshake. */
  readonly maxPerAddress: number;
  /** Connections in their opening handshake, TLS and all. */
  readonly maxHandshakes: number;
  /** Milliseconds without a byte in either direction. */
  readonly idleTimeout: number;
  readonly rate: RateLimit;
}

/** `Infinity` lifts a limit. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #credentials: Credentials | undefined;
  readonly #room: WaitingRoom;
  /** Open clients by address, where they are counted. */
  readonly #open = new Map<string, number>();

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#credentials = options.credentials.length > 0 ? new Credentials(options.credentials) : undefined;
    this.#room = new WaitingRoom(options.maxHandshakes, options.maxPerAddress);
  }

  /** Whether clients must say who they are. */
  get asks(): boolean {
    return this.#credentials !== undefined;
  }

  /** Whether it is one who may come, as its request says. Plain HTTP is asked alike. */
  identify(request: RequestHead): PolicyRefusal | undefined {
    return this.#credentials?.refusal(request);
  }

  /** A connection was taken. `evict` ends it, should others need its place more. */
  arrive(remote: string, evict: () => void): Place {
    return this.#room.enter(addressKey(remote), evict);
  }

  /** Whether there is room for one more from its address. */
  refusal(remote: string): PolicyRefusal | undefined {
    const { maxPerAddress } = this.#options;
    const address = addressKey(remote);
    if (address === '' || (this.#open.get(address) ?? 0) < maxPerAddress) return undefined;
    const body = `${maxPerAddress} connections from ${address} are open, and no more are taken (--max-per-address).\n`;
    const requirement = 'The client’s address has room for one more connection';
    const finding = { id: 'per-address', level: 'fail', side: 'client', section: 'limit --max-per-address' } as const;
    const actual = `${maxPerAddress} from ${address} are open`;
    const why = `${actual}, and no more may be (--max-per-address)`;
    return { status: 429, headers: RETRY, body, why, finding: { ...finding, requirement, actual } };
  }

  /** A client is open. */
  opened(peer: Peer, clock: Clock): void {
    const { maxPerAddress, idleTimeout, rate } = this.#options;
    if (Number.isFinite(maxPerAddress)) this.#count(peer, 1);
    if ([idleTimeout, rate.messages, rate.bytes].some(Number.isFinite))
      peer.watch = new Watch(peer, { idleTimeout, rate }, clock);
  }

  left(peer: Peer): void {
    peer.watch?.stop();
    if (Number.isFinite(this.#options.maxPerAddress)) this.#count(peer, -1);
  }

  #count(peer: Peer, change: 1 | -1): void {
    const address = addressKey(peer.remote);
    const count = (this.#open.get(address) ?? 0) + change;
    if (count > 0) this.#open.set(address, count);
    else this.#open.delete(address);
  }
}
