/** What a member of a roster keeps for it: who came before and after it, among those that are there. */
export interface Member<M> {
  before: M | undefined;
  after: M | undefined;
}

/**
 * Who is there, in the order in which they came. A `Set` would do, but where thousands come and go it is built anew all the
 * time, and each old table, once it lies in the old generation, keeps all that it named alive until the next full collection:
 * a tenth of what an opening handshake cost. Here nobody keeps whoever has left.
 */
export class Roster<M extends Member<M>> {
  #first: M | undefined;
  #last: M | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Behind all others. It must not be in this roster, nor in another one. */
  add(member: M): void {
    member.before = this.#last;
    if (this.#last) this.#last.after = member;
    else this.#first = member;
    this.#last = member;
    this.#size += 1;
  }

  /** Returns whether it was there. */
  delete(member: M): boolean {
    const { before, after } = member;
    if (!before && this.#first !== member) return false;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    member.before = undefined;
    member.after = undefined;
    this.#size -= 1;
    return true;
  }

  /** Those who are there now, whoever leaves while they are gone through. */
  [Symbol.iterator](): ArrayIterator<M> {
    const members: M[] = [];
    for (let member = this.#first; member; member = member.after) members.push(member);
    return members.values();
  }
}
