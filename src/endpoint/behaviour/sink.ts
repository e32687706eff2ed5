import type { MessageView } from '../../protocol/message/message.ts';
import type { Behaviour, BehaviourKind, Visit } from './behaviour.ts';

/** Everything is read and dropped; what it was is told at the end. */
export const SINK: BehaviourKind = { name: 'sink', drops: true, open: (visit) => new Sink(visit) };

class Sink implements Behaviour {
  readonly #visit: Visit;
  #messages = 0;
  #bytes = 0;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  message(message: MessageView): void {
    this.#messages++;
    this.#bytes += message.length;
  }

  ended(): void {
    const { stage, peer } = this.#visit;
    stage.tell(peer, `dropped ${this.#messages} message${this.#messages === 1 ? '' : 's'}, ${this.#bytes} B`);
  }
}
