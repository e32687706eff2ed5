import type { Link } from '../endpoint/link.ts';
import { BufferedAmount } from './buffered-amount.ts';
import type { CloseWords } from './close.ts';
import { InOrder } from './in-order.ts';

/**
 * What a socket sends, in the order in which it was asked to: a Blob takes time to be read, and whatever is sent after it
 * waits for it, the Close included.
 */
export class Outgoing {
  readonly amount = new BufferedAmount();
  #link: Link | undefined;
  /** The Blobs that are being read, and all that was sent after them. */
  #order: InOrder | undefined;

  /** `extensions`: those that were agreed. */
  open(link: Link, extensions: string): void {
    this.#link = link;
    this.amount.open(link, extensions !== '');
  }

  text(text: string): void {
    const link = this.#link;
    if (!link?.open || this.#waiting) {
      this.amount.queue(Buffer.byteLength(text, 'utf8'));
      this.#wait(() => this.#handText(text));
      return;
    }
    const bytes = link.sendText(text);
    this.amount.queue(bytes);
    this.amount.hand(bytes);
    this.#relieve(link);
  }

  /** The bytes may change once this returns. */
  bytes(bytes: Uint8Array): void {
    const link = this.#link;
    this.amount.queue(bytes.length);
    if (!link?.open || this.#waiting) {
      const copy = this.#waiting ? new Uint8Array(bytes) : bytes;
      this.#wait(() => this.#hand(copy));
      return;
    }
    link.send('binary', bytes);
    this.amount.hand(bytes.length);
    this.#relieve(link);
  }

  blob(blob: Blob): void {
    this.amount.queue(blob.size);
    if (!this.#link?.open) return;
    // The file behind a Blob was changed: its message cannot be sent, and none after it may take its place.
    this.#order ??= new InOrder(() => this.#link?.fail(1011, 'a Blob could not be read'));
    this.#order.add(async () => this.#hand(new Uint8Array(await blob.arrayBuffer())));
  }

  close({ code, reason }: CloseWords): void {
    if (this.#waiting) this.#wait(() => this.#link?.close(code, reason));
    else this.#link?.close(code, reason);
  }

  get #waiting(): boolean {
    return this.#order?.waiting === true;
  }

  /** Nothing waits for a Blob: nothing to do. Else `send` comes after what waits. */
  #wait(send: () => void): void {
    if (this.#waiting) this.#order?.add(send);
  }

  #handText(text: string): void {
    if (this.#link?.open) this.amount.hand(this.#link.sendText(text));
  }

  #hand(bytes: Uint8Array): void {
    if (!this.#link?.open) return;
    this.#link.send('binary', bytes, 0, bytes.length, true);
    this.amount.hand(bytes.length);
  }

  /** While the answers to many messages are gathered into one write: not much more than one read brings. */
  #relieve(link: Link): void {
    if (link.pending > GATHERED) link.flush();
  }
}

const GATHERED = 640 * 1024;
