import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Connection, type ConnectionOptions } from '../../../src/protocol/connection/connection.ts';
import type { ConnectionEvent } from '../../../src/protocol/connection/event.ts';
import { CLIENT_LIMITS } from '../../../src/protocol/connection/limits.ts';
import { expressible, framingOf, sparedRules } from '../../../src/protocol/dialect/framing.ts';
import { DIALECTS, type DialectName } from '../../../src/protocol/dialect/name.ts';
import { maskingKeySource } from '../../../src/protocol/frame/masking-key.ts';
import { PreparedMessage } from '../../../src/protocol/message/prepared.ts';
import { hex } from '../bits.ts';

/** A client and a server of ours in one draft, and the bytes between them. */
class Pair {
  readonly client: Side;
  readonly server: Side;

  constructor(client: DialectName, server: DialectName = client, options: Partial<ConnectionOptions> = {}) {
    this.client = new Side('client', client, options);
    this.server = new Side('server', server, options);
  }

  /** Carries bytes, `step` at a time, until nobody has any left. */
  run(step = Number.POSITIVE_INFINITY): this {
    for (let busy = true; busy; ) {
      const [up, down] = [this.client.taken(), this.server.taken()];
      for (const piece of cut(up, step)) this.server.connection.receive(piece);
      for (const piece of cut(down, step)) this.client.connection.receive(piece);
      busy = up.length + down.length > 0;
    }
    return this;
  }
}

function cut(bytes: Buffer, step: number): Buffer[] {
  const list: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += step) list.push(Buffer.from(bytes.subarray(at, at + step)));
  return list;
}

class Side {
  readonly connection: Connection;
  readonly told: string[] = [];
  readonly events: ConnectionEvent[] = [];

  constructor(role: 'client' | 'server', name: DialectName, options: Partial<ConnectionOptions>) {
    const secrets = { key: 'dGhlIHNhbXBsZSBub25jZQ==', nonce: 'H+cNj5elaybfGIQv1esl2w==' };
    let seed = 0;
    const maskingKeys = maskingKeySource((target) => {
      for (let i = 0; i < target.length; i++) target[i] = ++seed * 37;
    });
    this.connection = new Connection(
      { role, limits: CLIENT_LIMITS, maskingKeys, framing: framingOf(name, secrets), spared: sparedRules(name), ...options },
      {
        message: (message) =>
          this.told.push(`${message.opcode} ${message.opcode === 'text' ? message.text() : message.view().toString('hex')}`),
        event: (event) => {
          this.events.push(event);
          if (event.type === 'ping' || event.type === 'pong') this.told.push(`${event.type} ${event.payload}`);
          if (event.type === 'close') this.told.push(`close ${event.code} ${event.reason}`.trim());
          if (event.type === 'violation') this.told.push(`${event.fatal ? 'fatal' : 'noted'} ${event.violation.rule}`);
          if (event.type === 'closed')
            this.told.push(
              `closed ${event.code} ${event.reason} by ${event.by}${event.wasClean ? '' : ' unclean'}`.replace('  ', ' '),
            );
        },
      },
    );
  }

  taken(): Buffer {
    const bytes = Buffer.concat(this.connection.take());
    this.connection.flushed();
    return bytes;
  }
}

const NAMES = DIALECTS.map(({ name }) => name);

describe.each(NAMES)('%s, our client and our server', (name) => {
  const can = expressible(name);

  test.each([Number.POSITIVE_INFINITY, 1])('texts both ways, in pieces of %d', (step) => {
    const pair = new Pair(name);
    pair.client.connection.sendText('Hello');
    pair.client.connection.sendText('');
    pair.server.connection.sendText('日本語 é');
    pair.server.connection.send('text', Buffer.from('x'.repeat(70_000)));
    pair.run(step);
    expect(pair.server.told).toEqual(['text Hello', 'text ']);
    expect(pair.client.told).toEqual(['text 日本語 é', `text ${'x'.repeat(70_000)}`]);
  });

  test.runIf(can.binary)('binary, fragments with a ping between, pongs', () => {
    const pair = new Pair(name);
    const { connection } = pair.client;
    connection.act({ type: 'send', opcode: 'binary', data: hex('0001feff') });
    connection.act({ type: 'fragment', opcode: 'text', parts: [Buffer.from('Hel'), Buffer.from(''), Buffer.from('lo')] });
    connection.ping(Buffer.from('p'));
    pair.run();
    expect(pair.server.told).toEqual(['binary 0001feff', 'text Hello', 'ping p']);
    expect(pair.client.told).toEqual(['pong p']);
  });

  test.runIf(!can.binary)('what it has no frames for is said, and nothing goes out', () => {
    const { connection } = new Pair(name).client;
    expect(() => connection.send('binary', hex('00'))).toThrow(`${name} has no binary`);
    expect(() => connection.ping(hex('00'))).toThrow(`${name} has no ping`);
    const parts = [Buffer.from('a'), Buffer.from('b')];
    expect(() => connection.act({ type: 'fragment', opcode: 'text', parts })).toThrow(`${name} has no fragments`);
    expect(connection.pending).toBe(0);
    connection.sendText('still open');
  });

  test('closing, whoever begins', () => {
    for (const first of ['client', 'server'] as const) {
      const pair = new Pair(name);
      const [beginner, other] = first === 'client' ? [pair.client, pair.server] : [pair.server, pair.client];
      beginner.connection.close(1000, 'bye');
      pair.run();
      expect(beginner.connection.state).toBe('closed-cleanly');
      expect(other.connection.state).toBe(name === 'hixie-75' ? 'open' : 'closed-cleanly');
      other.connection.end();
      beginner.connection.end();
      const heard = can.closeCode ? 'close 1000 bye' : framingOf(name)?.close === 'body' ? 'close 1005 bye' : 'close 1005';
      const code = can.closeCode ? 1000 : 1005;
      const reason = heard.endsWith('bye') ? ' bye' : '';
      // RFC 6455 answers with the code alone; the drafts before hybi-06 with the whole body.
      const echoed = can.closeCode ? '' : reason;
      if (name === 'hixie-75') expect(beginner.told).toEqual(['closed 1005 by us']);
      else expect(beginner.told).toEqual([`close ${code}${echoed}`, `closed ${code}${echoed} by us`]);
      if (name === 'hixie-75') expect(other.told).toEqual(['closed 1005 by peer']);
      else expect(other.told).toEqual([heard, `closed ${code}${reason} by peer`]);
    }
  });

  test('a message that was built once goes to each in its own frames', () => {
    const pair = new Pair(name);
    pair.server.connection.sendPrepared(new PreparedMessage('text', Buffer.from('to all')));
    expect(pair.run().client.told).toEqual(['text to all']);
  });

  test('who watches sees both ways byte for byte', () => {
    const pair = new Pair(name);
    pair.client.connection.watch(true);
    pair.server.connection.watch(true);
    pair.client.connection.sendText('Hello');
    pair.server.connection.sendText('World');
    pair.run();
    const raws = (side: Side, direction: string) =>
      side.events.flatMap((event) =>
        event.type === 'frame' && event.direction === direction ? [Buffer.from(event.frame.raw).toString('hex')] : [],
      );
    expect(raws(pair.client, 'sent')).toHaveLength(1);
    expect(raws(pair.client, 'sent')).toEqual(raws(pair.server, 'received'));
    expect(raws(pair.client, 'received')).toEqual(raws(pair.server, 'sent'));
    expect(pair.client.events.filter(({ type }) => type === 'message')).toHaveLength(2);
  });

  test('a frame by hand, and a Close by hand', () => {
    const pair = new Pair(name);
    pair.client.connection.act({ type: 'frame', frame: { opcode: 1, payload: Buffer.from('Hi') } });
    pair.client.connection.act({ type: 'frame', frame: { opcode: 8, payload: new Uint8Array(0) } });
    pair.run();
    const letterless = name === 'hybi-05' ? ['noted draft-close-letter'] : [];
    const closed = name === 'hixie-75' ? ['noted hixie-type-unknown'] : [...letterless, 'close 1005'];
    expect(pair.server.told).toEqual(['text Hi', ...closed]);
  });

  test('whatever is said comes over', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    const said = can.binary ? fc.oneof(text, fc.uint8Array({ maxLength: 200 })) : text;
    fc.assert(
      fc.property(fc.array(said, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (list, step) => {
        const pair = new Pair(name);
        for (const one of list) {
          for (const { connection } of [pair.client, pair.server]) {
            if (typeof one === 'string') connection.sendText(one);
            else connection.send('binary', one);
          }
        }
        pair.run(step);
        const wanted = list.map((one) =>
          typeof one === 'string' ? `text ${one}` : `binary ${Buffer.from(one).toString('hex')}`,
        );
        expect(pair.server.told).toEqual(wanted);
        expect(pair.client.told).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });

  test('noise ends in an event or in nothing, never in an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 60 }), fc.boolean(), (noise, step, lenient) => {
        const pair = new Pair(name, name, { tolerance: lenient ? 'lenient' : 'strict' });
        pair.server.connection.watch(true);
        for (const { connection } of [pair.server, pair.client]) {
          for (const piece of cut(Buffer.from(noise), step)) connection.receive(piece);
          connection.take();
          connection.end();
        }
        for (const event of pair.server.events) if (event.type === 'frame') expect(event.frame.raw.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});

test('noise, watched: what was read is shown byte for byte, as far as frames are whole', () => {
  const drafts = NAMES.filter((name) => framingOf(name));
  fc.assert(
    fc.property(fc.constantFrom(...drafts), fc.uint8Array({ maxLength: 200 }), (name, noise) => {
      const { server } = new Pair(name, name, { tolerance: 'lenient', automatic: false });
      server.connection.watch(true);
      server.connection.receive(Buffer.from(noise));
      const shown = Buffer.concat(server.events.flatMap((event) => (event.type === 'frame' ? [event.frame.raw] : [])));
      expect(Buffer.from(noise).subarray(0, shown.length).toString('hex')).toBe(shown.toString('hex'));
    }),
    { numRuns: 300 },
  );
});

describe('a peer of another generation', () => {
  test('hixie-76 answers a draft-2 client: the first frame says so', () => {
    const pair = new Pair('hybi-02', 'hixie-76');
    pair.server.connection.sendText('Hello');
    pair.run();
    expect(pair.client.events.find(({ type }) => type === 'violation')).toMatchObject({
      violation: { rule: 'draft-continuation-stray', detail: expect.stringContaining('hixie-76 framing') },
    });
  });

  test('hybi-08 has no rule for short lengths, and RFC 6455 has', () => {
    const told = (['hybi-08', 'rfc6455'] as const).map((name) => {
      const { client } = new Pair(name);
      client.connection.receive(hex('817e00024869'));
      return client.told;
    });
    expect(told).toEqual([['noted length-not-minimal', 'text Hi'], ['fatal length-not-minimal']]);
  });

  test('hixie-76 ends TCP in place of an answer to our ff 00: closed without acknowledgement', () => {
    const { client } = new Pair('hixie-76');
    client.connection.close();
    client.connection.end();
    expect(client.told).toEqual(['closed 1005 by us unclean']);
  });
});
