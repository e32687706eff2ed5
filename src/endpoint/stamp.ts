import type { ConnectionEvent } from '../protocol/connection/event.ts';
import type { EventSink, Happening } from '../session/event.ts';
import type { Clock } from './clock.ts';

/** Gives what happens its time and its connection's number, and hands it on. */
export type Tell = (happening: Happening) => void;

/** `startedAt`: the reading of the clock that is time 0. */
export function teller(sink: EventSink, clock: Clock, startedAt: number, connection: number): Tell {
  return (happening) => sink({ ...happening, at: clock.now() - startedAt, connection });
}

/** Tells what a connection says and a session keeps. Its end is told by whoever knows how the network ended. */
export function tellEvent(tell: Tell, event: ConnectionEvent): void {
  if (event.type === 'violation' || event.type === 'message') tell(event);
  else if (event.type === 'frame') {
    const { direction, frame, violations, inflated } = event;
    tell({ type: 'frame', direction, frame, violations, ...(inflated && { inflated }) });
  }
}
