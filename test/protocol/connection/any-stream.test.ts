import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut } from '../bits.ts';
import { otherRole, ROLES, type Role, Talk, type TalkOptions, wire } from './talk.ts';

/** Streams of which most are nearly legal. */
const nearlyLegal = (sender: Role) => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.string({ maxLength: 20 }).map((one) => Buffer.from(one)),
    fc.constantFrom(126, 300).map((n) => Buffer.alloc(n, 'x')),
  );
  const opcode = fc.constantFrom(0, 0, 1, 1, 2, 8, 9, 10, 3);
  const one = fc.record({ opcode, payload: content, fin: fc.boolean(), rsv: fc.constantFrom(0, 0, 0, 0, 4, 2) });
  const mutation = fc.tuple(fc.nat(2000), fc.nat(255));
  return fc.tuple(fc.array(one, { maxLength: 8 }), fc.array(mutation, { maxLength: 2 })).map(([frames, mutations]) => {
    const bytes = wire(sender, frames);
    for (const [place, value] of mutations) if (bytes.length > 0) bytes[place % bytes.length] = value;
    return bytes;
  });
};

/**
 * zlib does not tell what it made before it met bad data, so where one piece holds bad data and something else that is
 * wrong before it, the pieces decide which is reported. Until then everything is the same.
 */
function untilBadData(heard: readonly string[]): readonly string[] {
  const bad = heard.findIndex((line) => /inflate-failed|text-not-utf8|message-too-big/.test(line));
  return bad < 0 ? heard : heard.slice(0, bad);
}

describe.each(ROLES)('any stream to a %s', (role) => {
  const stream = nearlyLegal(otherRole(role));
  const options = fc.record({
    tolerance: fc.constantFrom<'strict' | 'lenient'>('strict', 'lenient'),
    deflate: fc.option(fc.constant({}), { nil: undefined }),
    watch: fc.boolean(),
  });

  test('says the same in any pieces, and never throws', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(2000), { maxLength: 6 }), options, (bytes, places, { tolerance, deflate, watch }) => {
        const settings: TalkOptions = {
          tolerance,
          watch,
          limits: { maxMessage: 400, maxFrame: 350, maxFragments: 5 },
          ...(deflate && { deflate }),
        };
        const whole = new Talk(role, settings).hear(bytes).end();
        const parts = new Talk(role, settings);
        for (const part of cut(bytes, places)) parts.hear(part);
        parts.end();
        const same = deflate ? untilBadData : (heard: readonly string[]) => heard;
        expect(same(parts.heard)).toEqual(same(whole.heard));
        if (same(whole.heard).length < whole.heard.length) return;
        expect(parts.said).toEqual(whole.said);
        expect(parts.messages).toEqual(whole.messages);
      }),
      { numRuns: 700 },
    );
  });

  test('watched or not, the same is told and sent', () => {
    fc.assert(
      fc.property(stream, options, (bytes, { tolerance, deflate }) => {
        const settings: TalkOptions = { tolerance, ...(deflate && { deflate }) };
        const [quiet, watched] = [new Talk(role, settings).hear(bytes), new Talk(role, { ...settings, watch: true }).hear(bytes)];
        expect([watched.heard, watched.sent.toString('hex')]).toEqual([quiet.heard, quiet.sent.toString('hex')]);
        expect(quiet.events.some(({ type }) => type === 'frame' || type === 'message')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('two connections understand each other, whatever was agreed', () => {
  test('windows of 8 to 15, both takeovers, any threshold and level, fragments and plain ones between', () => {
    const windowBits = fc.integer({ min: 8, max: 15 });
    const agreed = fc.record({
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: windowBits,
      clientMaxWindowBits: windowBits,
    });
    const content = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.tuple(fc.string({ maxLength: 12 }), fc.nat(2000)).map(([one, n]) => one.repeat(n)),
    );
    const step = fc.record({
      by: fc.constantFrom<Role>('client', 'server'),
      content,
      how: fc.constantFrom('text', 'binary', 'plain', 'fragment', 'ping'),
    });
    fc.assert(
      fc.property(
        agreed,
        fc.nat(9),
        fc.constantFrom(0, 20),
        fc.array(step, { maxLength: 10 }),
        fc.integer({ min: 1, max: 5000 }),
        (parameters, level, threshold, steps, size) => {
          const deflate = { ...parameters, level, threshold };
          const ends = { client: new Talk('client', { deflate }), server: new Talk('server', { deflate }) };
          const wanted: Record<Role, string[]> = { client: [], server: [] };
          for (const { by, content, how } of steps) {
            const from = ends[by];
            const data = Buffer.from(content);
            const before = from.sent.length;
            if (how === 'text') from.connection.sendText(content);
            else if (how === 'binary') from.connection.send('binary', data);
            else if (how === 'plain') from.connection.act({ type: 'send', opcode: 'text', data, compress: false });
            else if (how === 'fragment')
              from.connection.act({ type: 'fragment', opcode: 'binary', parts: [data.subarray(0, 3), data.subarray(3)] });
            else from.connection.ping(data.subarray(0, 100));
            from.take();
            if (how !== 'ping') wanted[otherRole(by)].push(data.toString('hex'));
            ends[otherRole(by)].hear(from.sent.subarray(before), size);
          }
          for (const role of ROLES) {
            expect(ends[role].messages.map(({ data }) => data.toString('hex'))).toEqual(wanted[role]);
            expect(ends[role].heard.filter((line) => line.startsWith('fatal'))).toEqual([]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
