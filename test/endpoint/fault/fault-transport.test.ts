import { expect, test } from 'vitest';
import type { Clock } from '../../../src/endpoint/clock.ts';
import { FaultTransport } from '../../../src/endpoint/fault/fault-transport.ts';
import type { Transport, TransportHandler } from '../../../src/transport/transport.ts';

/** A clock that the test winds. */
class Wound implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): () => void {
    const timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  soon(callback: () => void): void {
    callback();
  }

  wind(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }
}

/** What happens to the network: `250 write ab`. */
class Wire implements Transport {
  readonly log: string[] = [];
  handler: TransportHandler = { data() {}, end() {}, drain() {}, close() {} };
  readonly remote = 'wire';
  readonly pending = 0;
  readonly held = 0;
  written = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get sent(): number {
    return this.written;
  }

  write(pieces: readonly Uint8Array[]): boolean {
    const bytes = Buffer.concat(pieces);
    this.written += bytes.length;
    this.#note(`write ${bytes}`);
    return true;
  }

  pause(): void {
    this.#note('pause');
  }
  resume(): void {
    this.#note('resume');
  }
  end(): void {
    this.#note('end');
  }
  destroy(): void {
    this.#note('destroy');
    this.handler.close(undefined);
  }
  reset(): void {
    this.#note('reset');
  }

  #note(text: string): void {
    this.log.push(`${this.#clock.now()} ${text}`);
  }
}

function faulty() {
  const clock = new Wound();
  const wire = new Wire(clock);
  const told: string[] = [];
  const transport = new FaultTransport(wire, clock, () => told.push('over'));
  transport.handler = {
    data: (chunk) => told.push(`data ${chunk}`),
    end: () => told.push('end'),
    drain: () => told.push('drain'),
    close: () => told.push('close'),
  };
  const write = (text: string) => transport.write([Buffer.from(text)]);
  return { clock, wire, transport, told, write };
}

test('without conditions all passes at once', () => {
  const { wire, transport, write } = faulty();
  write('ab');
  transport.end();
  expect(wire.log).toEqual(['0 write ab', '0 end']);
  expect([transport.written, transport.sent, transport.pending, transport.held]).toEqual([2, 2, 0, 0]);
});

test('a delay is of each write; the end comes behind them', () => {
  const { clock, wire, transport, told, write } = faulty();
  transport.conditions = () => ({ delay: 100, rate: undefined });
  write('ab');
  clock.wind(30);
  write('cd');
  transport.end();
  expect([wire.log, transport.pending]).toEqual([[], 4]);
  clock.wind(200);
  expect(wire.log).toEqual(['100 write ab', '130 write cd', '130 end']);
  expect(told).toEqual(['drain']);
});

test('what is written later never overtakes', () => {
  const { clock, wire, transport, write } = faulty();
  let delay = 100;
  transport.conditions = () => ({ delay, rate: undefined });
  write('slow');
  delay = 0;
  write('fast');
  clock.wind(100);
  expect(wire.log).toEqual(['100 write slow', '100 write fast']);
});

test('a rate: a twentieth of a second’s worth at a time', () => {
  const { clock, wire, transport, write } = faulty();
  transport.conditions = () => ({ delay: 0, rate: 40 });
  write('abcde');
  clock.wind(200);
  expect(wire.log).toEqual(['0 write ab', '50 write cd', '100 write e']);
});

test('a paced head: a byte a time, then the rest whole', () => {
  const { clock, wire, transport, write } = faulty();
  transport.paceHead(10);
  write('abc');
  write('rest');
  clock.wind(100);
  expect(wire.log).toEqual(['0 write a', '10 write b', '20 write c', '30 write rest']);
});

test('a glued head waits for what comes in the same turn, and no longer', () => {
  const together = faulty();
  together.transport.glueHead();
  together.write('head');
  together.write('frame');
  together.write('next');
  together.clock.wind(0);
  expect(together.wire.log).toEqual(['0 write headframe', '0 write next']);

  const alone = faulty();
  alone.transport.glueHead();
  alone.write('head');
  expect(alone.wire.log).toEqual([]);
  alone.clock.wind(0);
  expect(alone.wire.log).toEqual(['0 write head']);
});

test('stalled: it reads no more, and writes on', () => {
  const { wire, transport, told, write } = faulty();
  transport.stall();
  transport.resume();
  wire.handler.data(Buffer.from('x'));
  write('ab');
  expect([wire.log, told]).toEqual([['0 pause', '0 write ab'], []]);
});

test('frozen: nothing passes, not even the end, until it is let go', () => {
  const { wire, transport, told, write } = faulty();
  transport.freeze();
  write('ab');
  transport.end();
  transport.destroy();
  wire.handler.end();
  expect([wire.log, told]).toEqual([['0 pause'], []]);
  transport.letGo();
  expect([wire.log, told]).toEqual([
    ['0 pause', '0 destroy'],
    ['over', 'close'],
  ]);
});

test('kept: it ends when the peer does', () => {
  const { wire, transport, told } = faulty();
  transport.keeps = () => true;
  transport.end();
  transport.destroy();
  expect(wire.log).toEqual([]);
  wire.handler.end();
  expect([wire.log, told]).toEqual([['0 destroy'], ['over', 'close']]);
});

test('afterwards: behind what waits', () => {
  const { clock, wire, transport, write } = faulty();
  transport.conditions = () => ({ delay: 50, rate: undefined });
  write('ab');
  transport.afterwards(() => transport.reset());
  clock.wind(60);
  expect(wire.log).toEqual(['50 write ab', '50 reset']);
});

test('a mebibyte that waits is enough: more is taken once it has left', () => {
  const { clock, transport, told } = faulty();
  transport.conditions = () => ({ delay: 50, rate: undefined });
  expect(transport.write([new Uint8Array(1000)])).toBe(true);
  expect(transport.write([new Uint8Array(1024 * 1024)])).toBe(false);
  clock.wind(50);
  expect([told, transport.pending]).toEqual([['drain'], 0]);
});
