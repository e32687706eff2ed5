import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/endpoint/clock.ts';
import { Link } from '../../src/endpoint/link.ts';
import { SERVER_LIMITS } from '../../src/protocol/connection/limits.ts';
import type { Transport, TransportHandler } from '../../src/transport/transport.ts';

/** A wire that keeps what is written, a line a write; `room` says whether it takes it at once. */
class Wire implements Transport {
  readonly writes: string[] = [];
  handler: TransportHandler = { data() {}, end() {}, drain() {}, close() {} };
  readonly remote = 'wire';
  room = true;
  written = 0;
  pending = 0;

  held = 0;

  get sent(): number {
    return this.written - this.pending;
  }

  write(pieces: readonly Uint8Array[]): boolean {
    const bytes = Buffer.concat(pieces);
    this.writes.push(bytes.toString('latin1'));
    this.written += bytes.length;
    if (!this.room) this.pending += bytes.length;
    return this.room;
  }

  drain(): void {
    this.room = true;
    this.pending = 0;
    this.handler.drain();
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

const CLIENT_TEXT = Buffer.from('81810000000061', 'hex');

function open(message: (link: Link) => void = () => undefined, told: string[] = []): { wire: Wire; link: Link } {
  const wire = new Wire();
  const limits = { ...SERVER_LIMITS };
  const clock = systemClock(() => 0);
  const event = ({ type }: { type: string }) => told.push(type);
  const handler = { message: () => message(link), event, drain() {}, roundTrip() {} };
  const options = { role: 'server', limits, closeTimeout: 1000, maskingKeys: () => 0 } as const;
  const link = new Link(options, wire, clock, handler);
  link.start(new Uint8Array(0));
  return { wire, link };
}

const frames = (...texts: string[]) => texts.map((text) => `\x81${String.fromCharCode(text.length)}${text}`).join('');

test('what is sent in one turn leaves in one write, after it', async () => {
  const { wire, link } = open();
  link.sendText('a');
  link.sendText('b');
  expect(wire.writes).toEqual([]);
  await undefined;
  expect(wire.writes).toEqual([frames('a', 'b')]);
});

test('while it is held nothing leaves but by flush, and all the rest when it is released', async () => {
  const { wire, link } = open();
  link.hold();
  for (const text of ['a', 'b']) {
    link.sendText(text);
    await undefined;
  }
  expect(wire.writes).toEqual([]);
  link.flush();
  link.sendText('c');
  await undefined;
  expect(wire.writes).toEqual([frames('a', 'b')]);
  link.release();
  expect(wire.writes).toEqual([frames('a', 'b'), frames('c')]);
  link.sendText('d');
  await undefined;
  expect(wire.writes).toHaveLength(3);
});

test('sendText says how many bytes the text is', () => {
  const { link } = open();
  expect(['', 'a', 'é', '\ud800', '💚', 'é'.repeat(20_000)].map((text) => link.sendText(text))).toEqual([0, 1, 2, 3, 4, 40_000]);
});

test('sent and left: what was sent, and how much of it is out', async () => {
  const { wire, link } = open();
  wire.written = 100;
  expect([link.sent, link.left]).toEqual([100, 100]);
  link.sendText('abc');
  expect([link.sent, link.left]).toEqual([105, 100]);
  wire.room = false;
  await undefined;
  expect([link.sent, link.left]).toEqual([105, 100]);
  link.sendText('d');
  await undefined;
  expect([link.sent, link.left]).toEqual([108, 100]);
  wire.drain();
  expect([link.sent, link.left]).toEqual([108, 108]);
});

test('a connection that is cut off gives its memory back', async () => {
  const memory = async () => {
    const { wire, link } = open();
    const write = wire.write.bind(wire);
    let from: ArrayBufferLike | undefined;
    wire.write = (pieces) => {
      from = pieces[0]?.buffer;
      wire.held = pieces[0]?.length ?? 0;
      return write(pieces);
    };
    wire.room = false;
    // Most of a slab: two of these do not fit into one.
    link.send('binary', Buffer.alloc(40_000));
    await undefined;
    wire.held = 0;
    wire.handler.close({ code: 'ECONNRESET', message: 'reset' });
    return from;
  };
  const all = new Set<ArrayBufferLike | undefined>();
  for (let i = 0; i < 20; i++) all.add(await memory());
  expect(all.size).toBeLessThan(4);
});

describe('while it is paused', () => {
  const RESET = { code: 'ECONNRESET', message: 'reset' };

  function paused() {
    const told: string[] = [];
    const { wire, link } = open(() => told.push('message'), told);
    link.pause();
    wire.handler.data(Buffer.from(CLIENT_TEXT));
    return { wire, link, told };
  }

  test('the peer goes: what it sent before comes first, and then the end', () => {
    const { wire, link, told } = paused();
    wire.handler.close(RESET);
    expect(told).toEqual([]);
    link.resume();
    expect(told).toEqual(['message', 'closed']);
  });

  test('it is destroyed: it ends at once, and what was received is dropped', () => {
    const { wire, link, told } = paused();
    link.destroy();
    wire.handler.close(undefined);
    link.resume();
    expect(told).toEqual(['closed']);
  });

  test('it is destroyed after the peer went: it ends at the end of the turn', async () => {
    const { wire, link, told } = paused();
    wire.handler.close(RESET);
    link.destroy();
    expect(told).toEqual([]);
    await undefined;
    expect([told, link.networkError]).toEqual([['closed'], RESET]);
  });
});

describe('many messages that come together', () => {
  const many = (count: number) => Buffer.concat(Array.from({ length: count }, () => Buffer.from(CLIENT_TEXT)));
  /** How many answers left in each write. */
  const answers = ({ writes }: Wire) => writes.map((write) => write.length / 3);

  test('the first answers leave while the others are made, in few writes', () => {
    const { wire } = open((link) => link.sendText('a'));
    wire.handler.data(many(49));
    expect(answers(wire)).toEqual([49]);
    wire.handler.data(many(400));
    expect(answers(wire)).toEqual([49, 50, 100, 200, 50]);
  });

  test('without answers nothing is written', () => {
    const { wire } = open();
    wire.handler.data(many(400));
    expect(wire.writes).toEqual([]);
  });

  test('while what was written waits, the rest does so in one piece', async () => {
    const { wire } = open((link) => link.sendText('a'));
    wire.room = false;
    wire.handler.data(many(100));
    expect(answers(wire)).toEqual([50, 50]);
  });

  test('those that are held leave early when each is dealt with, not before', () => {
    const { wire, link } = open((link) => link.sendText('a'));
    link.hold();
    wire.handler.data(many(100));
    // At the end of what was read all leaves.
    expect(answers(wire)).toEqual([100]);
    link.hold();
    for (let i = 0; i < 70; i++) {
      link.sendText('a');
      link.dealtWith();
    }
    expect(answers(wire)).toEqual([100, 50]);
    link.release();
    expect(answers(wire)).toEqual([100, 50, 20]);
  });
});
