import type { Stage } from '../../endpoint/behaviour/behaviour.ts';
import type { Clock } from '../../endpoint/clock.ts';
import type { ServerOptions } from '../../endpoint/server.ts';
import type { OutputStream } from '../../env.ts';

/** What behaviours may ask of a session. The port is filled in once it is known. */
export interface SessionStage extends Stage {
  readonly place: { readonly host: string; port: number; readonly secure: boolean };
}

export function stageOf(
  { hosts, port, tls }: ServerOptions,
  clock: Clock,
  tell: Stage['tell'],
  waiting: Stage['waiting'] = () => undefined,
): SessionStage {
  return { clock, place: { host: hosts[0] ?? '', port, secure: tls !== undefined }, tell, waiting };
}

/** Milliseconds that clients have for their closing handshake once we end. */
export const FAREWELL = 5000;

/** Where a stream wants no more for now: what to wait for. */
export function roomOn(stream: OutputStream): Promise<void> | undefined {
  if (!stream.writableNeedDrain || stream.destroyed) return undefined;
  return new Promise((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}
