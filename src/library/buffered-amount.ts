import type { Link } from '../endpoint/link.ts';

/**
 * `bufferedAmount`: "the number of bytes of application data … that have been queued using send() but that, as of the last
 * time the event loop reached step 1, had not yet been transmitted to the network". So it does not fall while the code that
 * sent goes on, not before the bytes have left, and never again once the connection is gone.
 */
export class BufferedAmount {
  #link: Pick<Link, 'sent' | 'left'> | undefined;
  #compressed = false;
  /** Payload bytes that `send` was ever given; those of them that the link has; and those that the loop has seen leave. */
  #queued = 0;
  #handed = 0;
  #gone = 0;
  /** What of `#handed` was there when the loop last came round: only that may go. */
  #settled = 0;
  /** Where on the wire `#gone` was reached last; while bytes wait, up to where which payload reaches. */
  #passed = 0;
  #marks: { readonly wire: number; readonly payload: number }[] = [];
  #settling = false;

  /** `compressed`: payload may take less on the wire than it has bytes. */
  open(link: Pick<Link, 'sent' | 'left'>, compressed: boolean): void {
    this.#link = link;
    this.#compressed = compressed;
  }

  get value(): number {
    this.#look();
    return this.#queued - this.#gone;
  }

  /** Bytes that go to the link later, or never. */
  queue(bytes: number): void {
    this.#queued += bytes;
  }

  /** Queued bytes went to the link. */
  hand(bytes: number): void {
    this.#handed += bytes;
    if (this.#settling) return;
    this.#settling = true;
    setImmediate(this.#settle);
  }

  readonly #settle = (): void => {
    this.#settling = false;
    const link = this.#link;
    if (!link) return;
    this.#look();
    this.#settled = this.#handed;
    if (link.left < link.sent) this.#marks.push({ wire: link.sent, payload: this.#handed });
    else this.#pass(link.sent, this.#handed);
  };

  #pass(wire: number, payload: number): void {
    this.#passed = wire;
    this.#gone = payload;
  }

  #look(): void {
    const link = this.#link;
    if (!link || this.#gone === this.#settled) return;
    const { left } = link;
    if (left === link.sent) {
      this.#pass(left, this.#settled);
      if (this.#marks.length > 0) this.#marks = [];
      return;
    }
    let passed = 0;
    for (; passed < this.#marks.length; passed++) {
      const mark = this.#marks[passed];
      if (!mark || mark.wire > left) break;
      this.#pass(mark.wire, mark.payload);
    }
    if (passed > 0) this.#marks.splice(0, passed);
    this.#passPart(left);
  }

  /** Of what was sent in one turn a part has left. Where in it the payload lies is not known: what is none counts as first. */
  #passPart(left: number): void {
    const [mark] = this.#marks;
    if (!mark || this.#compressed) return;
    const others = mark.wire - this.#passed - (mark.payload - this.#gone);
    const gone = left - this.#passed - others;
    if (gone > 0) this.#pass(left, this.#gone + gone);
  }
}
