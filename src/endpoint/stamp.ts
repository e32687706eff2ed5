import type { ConnectionEvent } from '../protocol/connection/event.ts';
import type { EventSink, Happening, SessionEvent } from '../session/event.ts';
import type { Clock } from './clock.ts';

/** Gives what happens its time and its connection's number, and hands it on. */
export type Tell = (happening: Happening) => void;

/** `startedAt`: the reading of the clock that is time 0. Whoever tells makes the happening for it and keeps none. */
export function teller(sink: EventSink, clock: Clock, startedAt: number, connection: number): Tell {
  return (happening) => {
    sink(stamp(happening, clock.now() - startedAt, connection));
  };
}

/** The same object: copying every event into a new one took a fifth of the time of a watched connection. */
export function stamp<H extends Happening>(happening: H, at: number, connection: number): H & SessionEvent {
  const event = happening as unknown as { -readonly [Key in keyof SessionEvent]: SessionEvent[Key] };
  event.at = at;
  event.connection = connection;
  return happening as H & SessionEvent;
}

/** Tells what a connection says and a session keeps. Its end is told by whoever knows how the network ended. */
export function tellEvent(tell: Tell, event: ConnectionEvent): void {
  if (event.type === 'frame' || event.type === 'message' || event.type === 'violation') tell(event);
}
