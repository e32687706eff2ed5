import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/protocol/connection/connection.ts';
import { CLIENT_LIMITS } from '../../../src/protocol/connection/limits.ts';
import { type DeflateFrameOptions, deflateFrameCodecs } from '../../../src/protocol/extension/deflate-frame.ts';
import { everySplit, hex } from '../bits.ts';

type Terms = DeflateFrameOptions['terms'];

/** `[noContextTakeover, maxWindowBits]` of the server's sender and the client's. */
function terms(server: [boolean, number] = [false, 15], client: [boolean, number] = [false, 15]): Terms {
  const sender = ([noContextTakeover, maxWindowBits]: [boolean, number]) => ({ noContextTakeover, maxWindowBits });
  return { name: 'x-webkit-deflate-frame', server: sender(server), client: sender(client) };
}

/** One side and what it hears. */
function side(role: 'client' | 'server', agreed: Terms, limits = CLIENT_LIMITS) {
  const told: string[] = [];
  const raw: string[] = [];
  let key = 0;
  const connection = new Connection(
    {
      role,
      limits,
      maskingKeys: () => key++,
      ...deflateFrameCodecs({ role, terms: agreed, threshold: 0, maxMessage: limits.maxMessage }),
    },
    {
      message: (message) => told.push(`${message.opcode} ${message.text().slice(0, 60)}`),
      event: (event) => {
        if (event.type === 'violation') told.push(`${event.fatal ? 'fatal' : 'noted'} ${event.violation.rule}`);
        if (event.type === 'frame' && event.direction === 'received') raw.push(Buffer.from(event.inflated ?? []).toString());
        if (event.type === 'ping') told.push('ping');
      },
    },
  );
  return { connection, told, raw };
}

test('what was agreed, in words', () => {
  const agreed = terms([true, 9], [false, 12]);
  expect(deflateFrameCodecs({ role: 'client', terms: agreed, threshold: 0, maxMessage: 9 }).extension.description).toBe(
    'x-webkit-deflate-frame; server no_context_takeover; server max_window_bits=9; client max_window_bits=12',
  );
});

describe('frames', () => {
  const agreed = terms();

  test.each([
    ['one frame', 'c107f248cdc9c90700', ['text Hello']],
    ['each fragment a block of its own', '4105f248cd0100 c004cac90700', ['text Hello']],
    ['a ping between', '4105f248cd0100 8900 c004cac90700', ['ping', 'text Hello']],
    ['some frames compressed, others not', '4105f248cd0100 80026c6f', ['text Hello']],
    ['the other way round', '010348656c c004cac90700', ['text Hello']],
    ['not compressed at all', '810548656c6c6f', ['text Hello']],
    ['a control frame never is', 'c90100', ['fatal deflate-frame-control']],
    ['not DEFLATE data', 'c103ffffff', ['fatal deflate-frame-failed']],
  ])('%s: %s', (_, bytes, wanted) => {
    for (const parts of everySplit(hex(bytes))) {
      const { connection, told } = side('client', agreed);
      for (const part of parts) connection.receive(part);
      expect(told).toEqual(wanted);
    }
  });

  test('a watched frame shows what it inflates to, by itself', () => {
    const { connection, raw } = side('client', agreed);
    connection.watch(true);
    connection.receive(hex('4105f248cd0100 c004cac90700'));
    expect(raw).toEqual(['Hel', 'lo']);
  });

  test('RSV1 without an extension: what it looks like', () => {
    const told: string[] = [];
    const connection = new Connection(
      { role: 'client', limits: CLIENT_LIMITS, maskingKeys: () => 1 },
      { message: () => undefined, event: (event) => event.type === 'violation' && told.push(event.violation.detail) },
    );
    connection.receive(hex('c107f248cdc9c90700'));
    expect(told).toEqual(['RSV1 set (RSV1: looks compressed, it inflates to 5 bytes; no extension was negotiated)']);
  });

  test('a bomb is stopped at the limit', () => {
    const { connection, told } = side('client', agreed, { ...CLIENT_LIMITS, maxMessage: 1000 });
    const sender = side('server', agreed);
    sender.connection.sendText('x'.repeat(100_000));
    for (const piece of sender.connection.take()) connection.receive(Buffer.from(piece));
    expect(told).toEqual(['fatal message-too-big']);
  });
});

test('our client and our server, whatever was agreed and said', () => {
  const bits = fc.integer({ min: 8, max: 15 });
  fc.assert(
    fc.property(
      fc.boolean(),
      bits,
      fc.boolean(),
      bits,
      fc.array(fc.string({ maxLength: 50 }), { maxLength: 6 }),
      (a, b, c, d, said) => {
        const agreed = terms([a, b], [c, d]);
        const [client, server] = [side('client', agreed), side('server', agreed)];
        for (const text of said) {
          client.connection.sendText(text);
          server.connection.sendText(text);
          server.connection.act({ type: 'fragment', opcode: 'text', parts: [Buffer.from(text), Buffer.from('!')] });
        }
        for (const piece of client.connection.take()) server.connection.receive(Buffer.from(piece));
        for (const piece of server.connection.take()) client.connection.receive(Buffer.from(piece));
        expect(server.told).toEqual(said.map((text) => `text ${text}`));
        expect(client.told).toEqual(said.flatMap((text) => [`text ${text}`, `text ${text}!`]));
      },
    ),
    { numRuns: 60 },
  );
});
