import type { MessageView } from '../../protocol/message/message.ts';
import { Broadcast } from '../broadcast.ts';
import type { Peer } from '../peer.ts';
import type { Behaviour, BehaviourKind, Visit } from './behaviour.ts';

/** Clients that hear each other: what one sends goes to all others, no faster than the slowest takes it. */
export class BroadcastRoom implements BehaviourKind {
  readonly name = 'broadcast';
  readonly #members = new Map<Peer, Visit>();
  #broadcast: Broadcast | undefined;

  open(visit: Visit): Behaviour {
    const { peer } = visit;
    const broadcast = this.#broadcastFor(visit);
    this.#members.set(peer, visit);
    if (broadcast.blocked) visit.intake.pause();
    return {
      message: ({ opcode, buffer, start, end, borrowed }: MessageView) =>
        broadcast.send(this.#members.keys(), opcode, buffer, start, end, { except: peer, lasting: !borrowed }),
      drain: () => broadcast.relieved(peer),
      ended: () => {
        this.#members.delete(peer);
        broadcast.relieved(peer);
      },
    };
  }

  #broadcastFor({ stage }: Visit): Broadcast {
    this.#broadcast ??= new Broadcast(stage.clock, {
      blocked: () => {
        for (const { intake } of this.#members.values()) intake.pause();
        stage.waiting(true);
      },
      clear: () => {
        for (const { intake } of this.#members.values()) intake.resume();
        stage.waiting(false);
      },
    });
    return this.#broadcast;
  }
}
