import { expect, test } from 'vitest';
import { systemClock } from '../../src/endpoint/clock.ts';
import { Link } from '../../src/endpoint/link.ts';
import { CLIENT_LIMITS } from '../../src/protocol/connection/limits.ts';
import { framingOf } from '../../src/protocol/dialect/framing.ts';
import type { DialectName } from '../../src/protocol/dialect/name.ts';
import type { Transport, TransportHandler } from '../../src/transport/transport.ts';

/** A wire that tells what is done to it. */
class Wire implements Transport {
  readonly told: string[] = [];
  handler: TransportHandler = { data() {}, end() {}, drain() {}, close() {} };
  readonly remote = 'wire';
  readonly written = 0;
  readonly pending = 0;
  readonly held = 0;
  readonly sent = 0;

  write(pieces: readonly Uint8Array[]): boolean {
    this.told.push(Buffer.concat(pieces).toString('hex'));
    return true;
  }

  pause(): void {}
  resume(): void {}
  end(): void {
    this.told.push('end');
  }
  destroy(): void {}
}

/** A client of ours; `told` has what it writes and what it says of its end. */
function open(name: DialectName) {
  const wire = new Wire();
  const { told } = wire;
  const handler = {
    message: () => undefined,
    event: (event: { type: string; code?: number; by?: string }) =>
      event.type === 'closed' && told.push(`closed ${event.code} by ${event.by}`),
    drain: () => undefined,
    roundTrip: () => undefined,
  };
  const options = {
    role: 'client',
    limits: CLIENT_LIMITS,
    closeTimeout: 1000,
    maskingKeys: () => 0,
    framing: framingOf(name),
  } as const;
  const link = new Link(
    options,
    wire,
    systemClock(() => 0),
    handler,
  );
  link.start(new Uint8Array(0));
  return { wire, link, told };
}

test('hixie-75: to close is to end TCP, client or not', () => {
  const { wire, link, told } = open('hixie-75');
  link.close(1000, 'bye');
  expect(told).toEqual(['end']);
  wire.handler.close(undefined);
  expect(told).toEqual(['end', 'closed 1005 by us']);
});

test('hixie-75: a peer that ends TCP has closed', () => {
  const { wire, told } = open('hixie-75');
  wire.handler.end();
  expect(told).toEqual(['end', 'closed 1005 by peer']);
});

test('hixie-76: a client closes with ff 00 and waits for the answer and the end of TCP', () => {
  const { wire, link, told } = open('hixie-76');
  link.close(1000, 'bye');
  wire.handler.data(Buffer.from('ff00', 'hex'));
  expect(told).toEqual(['ff00']);
  wire.handler.end();
  wire.handler.close(undefined);
  expect(told).toEqual(['ff00', 'end', 'closed 1005 by us']);
});
