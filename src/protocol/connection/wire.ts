import { keyBytes } from '../../bytes/mask.ts';
import type { MaskingKeySource } from '../frame/masking-key.ts';
import type { DirectionReader, InboundSink } from '../message/direction.ts';
import type { FrameSpec } from './action.ts';
import { encodeByHand } from './by-hand.ts';
import { type ConnectionEvent, messageEvent } from './event.ts';
import { Inbound } from './inbound.ts';
import type { Limits } from './limits.ts';
import type { ConnectionOptions } from './options.ts';
import { type FrameOutbox, Outbox } from './outbox.ts';

/**
 * Chooses, once a connection, who reads and who writes its bytes: RFC 6455's own, or those of a draft before hybi-07. The
 * connection speaks to both in the terms of RFC 6455 and does not know which it has.
 */
export function openWire(options: ConnectionOptions, sink: InboundSink): { inbound: DirectionReader; outbox: FrameOutbox } {
  const { role, limits, extension, budget, tolerance = 'strict', framing, spared, closeCodes } = options;
  const sender = role === 'client' ? 'server' : 'client';
  if (!framing) {
    const inbound = new Inbound(
      { sender, limits, extension, budget, tolerance, spared, mayBeReceived: closeCodes?.mayBeReceived },
      sink,
    );
    return { inbound, outbox: options.outbox?.(new Outbox()) ?? new Outbox() };
  }
  const outbox = framing.outbox(role);
  return { inbound: framing.inbound({ sender, limits, budget, tolerance, closing: outbox.closing }, sink), outbox };
}

/** Reads what this side sends, from `offset` in its stream on, and tells of its frames and messages. */
export function openMirror(options: ConnectionOptions, offset: number, tell: (event: ConnectionEvent) => void): DirectionReader {
  const ignore = () => undefined;
  const sink: InboundSink = {
    message: (message) => tell(messageEvent('sent', message)),
    ping: ignore,
    pong: ignore,
    close: ignore,
    violation: ignore,
    frame: (frame, violations, inflated) => tell({ type: 'frame', direction: 'sent', frame, violations, inflated }),
  };
  const { role, mirrorExtension, mirrorLimits = UNLIMITED, framing } = options;
  const reading = { sender: role, limits: mirrorLimits, tolerance: 'lenient', readsOn: true, offset } as const;
  return framing?.inbound(reading, sink) ?? new Inbound({ ...reading, extension: mirrorExtension }, sink);
}

/** The bytes of a frame described by hand; `masks` is given to clients only. */
export function handmade({ framing }: ConnectionOptions, spec: FrameSpec, masks: MaskingKeySource | undefined): Uint8Array {
  return framing ? framing.byHand(spec, masks && keyBytes(masks())) : encodeByHand(spec, masks);
}

const UNLIMITED: Limits = { maxMessage: Infinity, maxFrame: Infinity, maxFragments: Infinity, maxPongs: Infinity };
