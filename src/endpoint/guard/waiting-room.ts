/**
 * Connections in their opening handshake: a bounded number. Where it is passed the one goes that has waited longest among
 * those of the address that has most, so that whoever opens many and says nothing keeps nobody out but itself.
 */
export interface Place {
  /** Ends the connection; whoever carries the handshake on may set another way. Never called after `leave`. */
  evict: () => void;
  /** The handshake is over, however it ended. */
  leave(): void;
}

export class WaitingRoom {
  readonly #max: number;
  readonly #maxPerAddress: number;
  readonly #byAddress = new Map<string, Set<Place>>();
  #count = 0;

  constructor(max: number, maxPerAddress: number) {
    this.#max = max;
    this.#maxPerAddress = maxPerAddress;
  }

  get size(): number {
    return this.#count;
  }

  /** `address` empty: it has none, and is not limited by it. */
  enter(address: string, evict: () => void): Place {
    const place: Place = { evict, leave: () => this.#leave(address, place) };
    const beside = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, beside.add(place));
    this.#count++;
    if (address !== '' && beside.size > this.#maxPerAddress) this.#evictFrom(beside);
    else if (this.#count > this.#max) this.#evictFrom(this.#largest());
    return place;
  }

  #leave(address: string, place: Place): void {
    const beside = this.#byAddress.get(address);
    if (!beside?.delete(place)) return;
    this.#count--;
    if (beside.size === 0) this.#byAddress.delete(address);
  }

  #evictFrom(places: Set<Place>): void {
    const [longest] = places;
    longest?.leave();
    longest?.evict();
  }

  /** Where several are alike, the address that has been there longest: a newcomer is never sent away for having come. */
  #largest(): Set<Place> {
    let largest = new Set<Place>();
    for (const places of this.#byAddress.values()) if (places.size > largest.size) largest = places;
    return largest;
  }
}
