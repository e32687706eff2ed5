import { isUtf8 } from 'node:buffer';
import type { DraftInboundOptions } from '../../../src/protocol/dialect/draft-inbound.ts';
import type { Framing } from '../../../src/protocol/dialect/framing.ts';
import type { Frame } from '../../../src/protocol/frame/frame.ts';

const LIMITS = { maxMessage: 1 << 20, maxFrame: 1 << 20, maxFragments: 64 };

/** A reader of one direction and what it tells, a line each. */
export function listen(framing: Framing, options: Partial<DraftInboundOptions> = {}, watched = false) {
  const told: string[] = [];
  const frames: Frame[] = [];
  const inbound = framing.inbound(
    { sender: 'server', limits: LIMITS, tolerance: 'strict', ...options },
    {
      message: (message) => told.push(`${message.opcode} ${inShort(message.view(), message.opcode)}`),
      ping: (payload) => told.push(`ping ${inShort(payload)}`),
      pong: (payload) => told.push(`pong ${inShort(payload)}`),
      close: (code, reason) => told.push(`close ${code} ${reason}`.trim()),
      violation: ({ rule, detail }, fatal) => told.push(`${fatal ? 'fatal' : 'noted'} ${rule}: ${detail}`),
      frame: (frame) => frames.push(frame),
    },
  );
  inbound.watched = watched;
  return { inbound, told, frames };
}

/** Text in quotes, binary and what only pretends to be text as hex, what is long by its length. */
export function inShort(bytes: Uint8Array, opcode: 'text' | 'binary' = 'text'): string {
  if (bytes.length > 64) return `${bytes.length} B`;
  return opcode === 'text' && isUtf8(bytes)
    ? JSON.stringify(Buffer.from(bytes).toString('utf8'))
    : Buffer.from(bytes).toString('hex');
}
