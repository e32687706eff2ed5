import type { MessageView } from '../../protocol/message/message.ts';
import type { Behaviour, BehaviourKind, Visit } from './behaviour.ts';

/** Every message goes back to its client. One that does not read its echoes is not read from either: the link sees to that. */
export const ECHO: BehaviourKind = { name: 'echo', open: ({ peer }) => new Echo(peer.link) };

class Echo implements Behaviour {
  readonly #link: Visit['peer']['link'];

  constructor(link: Visit['peer']['link']) {
    this.#link = link;
  }

  message({ opcode, buffer, start, end, borrowed }: MessageView): void {
    this.#link.send(opcode, buffer, start, end, !borrowed);
  }
}
