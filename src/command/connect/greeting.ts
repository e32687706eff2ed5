import { dialectOf } from '../../protocol/dialect/name.ts';
import { fieldValues } from '../../protocol/http/head.ts';
import type { HandshakeReport } from '../../view/handshake.ts';
import type { Phase } from '../../view/phases.ts';

/** What a user is told of a connection that has just opened. */

/** Milliseconds from the first step to the end of the last. */
export function timeTaken(phases: readonly Phase[]): number {
  const [first] = phases;
  return first ? Math.max(...phases.map(({ endedAt }) => endedAt)) - first.startedAt : 0;
}

/** What was negotiated, and what was asked for and not given. It quotes the peer: escape before printing. */
export function agreements({ request, response, dialect }: HandshakeReport): string[] {
  const value = (head: typeof request | typeof response, name: string) => (head ? fieldValues(head, name).join(', ') : '');
  const extensions = value(response, 'Sec-WebSocket-Extensions');
  const subprotocol = value(response, 'Sec-WebSocket-Protocol');
  const wanted = value(request, 'Sec-WebSocket-Protocol');
  return [
    ...(dialect === undefined ? [] : [`version: ${dialectOf(dialect).title}`]),
    ...(subprotocol === '' ? [] : [`subprotocol: ${subprotocol}`]),
    ...(subprotocol === '' && wanted !== '' ? [`the server took no subprotocol; ${wanted} was asked for`] : []),
    ...(extensions === '' ? [] : [`extensions: ${extensions}`]),
  ];
}
