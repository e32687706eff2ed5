import { expect, test, vi } from 'vitest';
import { PacedTransport } from '../../src/transport/paced.ts';
import type { Transport, TransportHandler } from '../../src/transport/transport.ts';

class Wire implements Transport {
  readonly log: string[] = [];
  written = 0;
  handler: TransportHandler = { data() {}, end() {}, drain() {}, close() {} };
  readonly pending = 0;
  readonly remote = 'there:1';

  held = 0;

  get sent(): number {
    return this.written;
  }

  write(pieces: readonly Uint8Array[]): boolean {
    for (const piece of pieces) this.written += piece.length;
    this.log.push(pieces.map((piece) => Buffer.from(piece).toString()).join('|'));
    return true;
  }

  pause(): void {
    this.log.push('pause');
  }

  resume(): void {
    this.log.push('resume');
  }

  end(): void {
    this.log.push('end');
  }

  destroy(): void {
    this.log.push('destroy');
  }
}

test('bytes leave one by one, in order, and the end after them', () => {
  vi.useFakeTimers();
  try {
    const wire = new Wire();
    const paced = new PacedTransport(wire, { bytes: 2, every: 10 });
    const piece = Buffer.from('abc');
    paced.write([piece, Buffer.from('d')]);
    piece.fill(0);
    paced.end();
    expect([wire.log, paced.written, paced.sent, paced.pending]).toEqual([[], 4, 0, 4]);
    vi.advanceTimersByTime(10);
    expect([wire.log, paced.sent, paced.pending]).toEqual([['ab'], 2, 2]);
    vi.advanceTimersByTime(20);
    expect(wire.log).toEqual(['ab', 'c', 'd', 'end']);
  } finally {
    vi.useRealTimers();
  }
});

test('it reads as the transport below it does, and destroy drops what waits', () => {
  const wire = new Wire();
  const paced = new PacedTransport(wire, { bytes: 1 });
  const handler: TransportHandler = { data() {}, end() {}, drain() {}, close() {} };
  paced.handler = handler;
  expect([wire.handler, paced.remote]).toEqual([handler, 'there:1']);
  paced.write([Buffer.from('x')]);
  paced.pause();
  paced.resume();
  paced.destroy();
  expect(wire.log).toEqual(['pause', 'resume', 'destroy']);
});

test('nothing waits: the end is at once', () => {
  const wire = new Wire();
  new PacedTransport(wire, { bytes: 1 }).end();
  expect(wire.log).toEqual(['end']);
});
