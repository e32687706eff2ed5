import { authorityOf } from '../../protocol/handshake/extended-connect.ts';
import { firstValue, type RequestHead } from '../../protocol/http/head.ts';
import type { PolicyRefusal } from '../admitting.ts';
import type { Peer } from '../peer.ts';
import type { RequestFacts, Stage } from './behaviour.ts';
import { BY_HAND } from './by-hand.ts';
import { Guest, type GuestHandler } from './guest.ts';
import { Intake } from './intake.ts';
import type { Routes } from './routes.ts';
import { type SendEvery, sendEvery } from './send-every.ts';

/** All clients that are served, each by what its path asks for. */
export class Serving {
  readonly #routes: Routes;
  readonly #sending: SendEvery | undefined;
  readonly #guests = new Set<Guest>();
  #held = false;
  #leaving = false;

  constructor(routes: Routes, sending?: SendEvery) {
    this.#routes = routes;
    this.#sending = sending;
  }

  /** Whether clients are answered without anybody's doing. */
  get answers(): boolean {
    return this.#routes.kinds.some((kind) => kind !== BY_HAND);
  }

  refusal(request: RequestHead): PolicyRefusal | undefined {
    return this.#routes.refusal(request);
  }

  /** Takes a client over: from now on `session` is told of it by us. Nothing is done with it before `begin`. */
  welcome(peer: Peer, session: GuestHandler, stage: Stage): Guest {
    const kind = this.#routes.find(peer.target)?.kind ?? BY_HAND;
    const intake = new Intake(peer.link);
    const guest: Guest = new Guest(kind, { peer, intake, stage }, session, () => this.#guests.delete(guest));
    this.#guests.add(guest);
    peer.handler = guest;
    if (this.#held) intake.hold(true);
    return guest;
  }

  begin(guest: Guest, request: RequestHead): void {
    const { clock } = guest.visit.stage;
    const sending = this.#sending;
    guest.begin(this.#factsOf(request), sending && ((peer) => sendEvery(sending, peer, clock)));
  }

  #factsOf(request: RequestHead): RequestFacts {
    const { target, version } = request;
    const { route = '', rest = '' } = this.#routes.find(target) ?? {};
    const host = authorityOf(request) ?? '';
    const [origin = '', userAgent = ''] = ['Origin', 'User-Agent'].map((name) => firstValue(request, name) ?? '');
    return { target, route, rest, version, host, origin, userAgent };
  }

  /** Whether nothing is to be read from anybody. */
  hold(on: boolean): void {
    if (this.#held === on || this.#leaving) return;
    this.#held = on;
    for (const { visit } of this.#guests) visit.intake.hold(on);
  }

  /** All are asked to go: whatever still comes of them is read. */
  leave(): void {
    this.#leaving = true;
    this.#held = false;
    for (const { visit } of this.#guests) visit.intake.free();
  }

  /** Whatever still runs ends now. */
  kill(): void {
    for (const kind of this.#routes.kinds) kind.kill?.();
  }

  /** Nothing runs any more, where all clients are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#routes.kinds.map((kind) => kind.settled?.()));
  }
}
