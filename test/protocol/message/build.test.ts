import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MessageBuilder } from '../../../src/protocol/message/build.ts';
import { hex } from '../bits.ts';
import { codec } from '../connection/talk.ts';

const deflate = () => codec('client', { deflate: {} });
const HELLO = hex('f248cdc9c90700');

/** A message from pieces of one frame each: what is wrong, then the message. */
function build(builder: MessageBuilder, parts: readonly Buffer[], opcode: 'text' | 'binary' = 'text', compressed = false) {
  builder.begin(opcode, compressed);
  const problems = parts.map((part) => builder.add(part, 0, part.length, part.length, false));
  const last = builder.finish();
  return { problems: [...problems, last].filter((one) => one !== undefined), message: builder.take() };
}

describe('pieces become a message', () => {
  test('plain', () => {
    const builder = new MessageBuilder(1000, undefined);
    const { problems, message } = build(builder, [Buffer.from('Hel'), Buffer.from('lo')]);
    expect([problems, message.text(), message.opcode, message.compressed, message.wireLength]).toEqual([
      [],
      'Hello',
      'text',
      false,
      5,
    ]);
  });

  test('whole in one piece: no copy', () => {
    const builder = new MessageBuilder(1000, undefined);
    const chunk = Buffer.from('<Hello>');
    builder.begin('binary', false);
    builder.add(chunk, 1, 6, 5, true);
    expect([builder.active, builder.finish()]).toEqual([true, undefined]);
    const message = builder.take();
    expect([message.buffer === chunk, message.text(), builder.active]).toEqual([true, 'Hello', false]);
  });

  test('compressed, the context kept', () => {
    const builder = new MessageBuilder(1000, deflate());
    for (const payload of [HELLO, hex('f200110000')]) {
      const { problems, message } = build(builder, [payload], 'text', true);
      expect([problems, message.text(), message.compressed, message.wireLength]).toEqual([[], 'Hello', true, payload.length]);
    }
  });

  test('RSV1 without an extension means nothing', () => {
    const { message } = build(new MessageBuilder(1000, undefined), [HELLO], 'binary', true);
    expect([message.compressed, message.length]).toEqual([false, 7]);
  });

  test('what stands so far can be looked at', () => {
    const builder = new MessageBuilder(1000, deflate());
    builder.begin('text', true);
    builder.add(HELLO, 0, 7, 7, false);
    expect([builder.compressed, builder.length, Buffer.from(builder.copyFrom(1)).toString()]).toEqual([true, 5, 'ello']);
  });

  test('what was given away is let go of: an idle connection pins nothing', () => {
    const builder = new MessageBuilder(1000, undefined);
    const { message } = build(builder, [Buffer.from('Hello')]);
    builder.letGo();
    expect(message.buffer).toHaveLength(0);
  });
});

describe('what is wrong, once', () => {
  const notUtf8 = (detail: string) => [{ rule: 'text-not-utf8', detail }];

  test('the first impossible byte, counted from the start of the message', () => {
    const { problems } = build(new MessageBuilder(1000, undefined), [Buffer.from('Hé'), hex('c3'), hex('28ff'), hex('ff')]);
    expect(problems).toEqual(notUtf8('byte 0x28 at offset 4 of the message'));
    expect(build(new MessageBuilder(1000, undefined), [hex('0a'), hex('05f8')]).problems).toEqual(
      notUtf8('byte 0xf8 at offset 2 of the message'),
    );
  });

  test('an end inside a character', () => {
    expect(build(new MessageBuilder(1000, undefined), [hex('41e2')]).problems).toEqual(
      notUtf8('the message ends inside a character'),
    );
  });

  test('the next message is judged anew', () => {
    const builder = new MessageBuilder(1000, undefined);
    build(builder, [hex('ff')]);
    expect(build(builder, [hex('ff')]).problems).toHaveLength(1);
  });

  test('inflated to more than the limit', () => {
    const { problems } = build(new MessageBuilder(1000, deflate()), [deflateRawSync(Buffer.alloc(1001))], 'binary', true);
    expect(problems).toEqual([{ rule: 'message-too-big', detail: 'a message inflates to more than 1000 bytes' }]);
    expect(build(new MessageBuilder(1000, deflate()), [deflateRawSync(Buffer.alloc(1000))], 'binary', true).problems).toEqual([]);
  });

  test('no DEFLATE data; the next message starts with a clean context', () => {
    const builder = new MessageBuilder(1000, deflate());
    const { problems } = build(builder, [hex('ff'), hex('ff'), hex('ff')], 'text', true);
    expect(problems).toEqual([{ rule: 'inflate-failed', detail: 'the compressed payload is not DEFLATE data' }]);
    expect(build(builder, [HELLO], 'text', true).message.text()).toBe('Hello');
  });

  test('half a message, dropped', () => {
    const builder = new MessageBuilder(1000, deflate());
    builder.begin('text', true);
    builder.add(HELLO, 0, 3, 7, false);
    builder.drop();
    expect(build(builder, [HELLO], 'text', true).message.text()).toBe('Hello');
    builder.begin('text', false);
    builder.drop();
    expect(builder.active).toBe(false);
  });

  test('only the end tells that the tail is no data either', () => {
    const builder = new MessageBuilder(1000, deflate());
    builder.begin('binary', true);
    const half = hex('00');
    expect(builder.add(half, 0, 1, 1, false)).toBeUndefined();
    expect(builder.finish()).toBeUndefined();
    builder.take();
    builder.begin('binary', true);
    const stored = hex('0005');
    expect(builder.add(stored, 0, 2, 2, false)).toBeUndefined();
    expect(builder.finish()).toEqual({ rule: 'inflate-failed', detail: 'the compressed payload is not DEFLATE data' });
  });
});

describe('text that is not UTF-8, where it is to be mended', () => {
  test.each<[string, Buffer[], string]>([
    ['in one piece', [hex('61c32862')], 'a\ufffd(b'],
    ['cut where it goes wrong', [hex('61c3'), hex('2862')], 'a\ufffd(b'],
    ['wrong at its end', [hex('61'), hex('c3')], 'a\ufffd'],
  ])('%s: U+FFFD is given away', (_, parts, wanted) => {
    const { problems, message } = build(new MessageBuilder(1000, undefined, true), parts);
    expect([problems.length, message.view().toString('hex')]).toEqual([1, Buffer.from(wanted).toString('hex')]);
  });

  test('also of a message that lies where it came', () => {
    const builder = new MessageBuilder(1000, undefined, true);
    expect(builder.whole('text', hex('0061c300'), 1, 3)).toBeDefined();
    const message = builder.take();
    expect([message.view().toString('hex'), message.direct]).toEqual(['61efbfbd', false]);
    expect(builder.whole('text', hex('0041ff'), 1, 2)).toBeUndefined();
    expect(builder.take().direct).toBe(true);
  });

  test('who does not ask for that gets the bytes as they are, and so do binary messages', () => {
    expect(
      build(new MessageBuilder(1000, undefined), [hex('c328')])
        .message.view()
        .toString('hex'),
    ).toBe('c328');
    expect(
      build(new MessageBuilder(1000, undefined, true), [hex('c328')], 'binary')
        .message.view()
        .toString('hex'),
    ).toBe('c328');
  });
});
