import type { Behaviour, BehaviourKind } from './behaviour.ts';

/** Nothing is done: somebody answers by hand. */
export const BY_HAND: BehaviourKind = { name: 'by hand', open: () => NOTHING };

const NOTHING: Behaviour = { message: () => undefined };
