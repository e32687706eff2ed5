import type { Clock } from '../clock.ts';
import type { Peer } from '../peer.ts';

/** Messages of ours to each client, from its opening on: in turn, one at a time. */
export interface SendEvery {
  readonly messages: readonly { readonly opcode: 'text' | 'binary'; readonly data: Uint8Array }[];
  /** Milliseconds between two. */
  readonly every: number;
}

/** Begins, with the first at once; returns how to stop. A client that does not keep up is spared until it does. */
export function sendEvery({ messages, every }: SendEvery, { link }: Peer, clock: Clock): () => void {
  let turn = 0;
  let stop: () => void = () => undefined;
  const send = () => {
    const message = messages[turn % messages.length];
    if (!message || !link.open) return;
    if (link.writable) {
      turn++;
      link.send(message.opcode, message.data, 0, message.data.length, true);
    }
    stop = clock.after(every, send);
  };
  send();
  return () => stop();
}
