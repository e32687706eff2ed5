import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { expressible, framingOf, sparedRules } from '../../../src/protocol/dialect/framing.ts';
import { DIALECTS } from '../../../src/protocol/dialect/name.ts';
import { Opcode } from '../../../src/protocol/frame/opcode.ts';
import { PinnedBudget } from '../../../src/protocol/message/pinned.ts';
import { everySplit, hex, pieces } from '../bits.ts';
import { inShort, listen } from './draft-talk.ts';
import { DRAFT_VECTORS, type FrameVector, framingFor, KEY, payloadOf, SECRETS, VECTORS } from './frame-vectors.ts';

/** The vector's bytes: as they stand, or as our writer makes them once their hash was compared. */
function bytesOf(vector: FrameVector): Buffer {
  return vector.bytes === undefined ? written(vector) : hex(vector.bytes);
}

/** What our writer makes of the vector's frames. */
function written({ draft, from, frames }: FrameVector): Buffer {
  const outbox = framingFor(draft).outbox(from);
  for (const frame of frames) {
    const opcode = Opcode[frame.type === 'cont' ? 'continuation' : frame.type];
    // A close body is asked for as in RFC 6455; hybi-05's letter is the writer's own.
    const payload = payloadOf(frame);
    outbox.frame((frame.fin ? 0x80 : 0) | opcode, payload, 0, payload.length, KEY);
  }
  return Buffer.concat(outbox.take());
}

/** What a reader has to tell of the vector. */
function meaning({ draft, frames }: FrameVector): string[] {
  const lines: string[] = [];
  let begun: { opcode: 'text' | 'binary'; parts: Buffer[] } | undefined;
  for (const frame of frames) {
    const payload = payloadOf(frame);
    if (frame.type === 'text' || frame.type === 'binary') begun = { opcode: frame.type, parts: [payload] };
    else if (frame.type === 'cont') begun?.parts.push(payload);
    else if (frame.type !== 'close') lines.push(`${frame.type} ${inShort(payload)}`);
    else if (draft === 'hybi06' && payload.length > 0) lines.push(`close ${payload.readUInt16BE(0)} ${payload.subarray(2)}`);
    else lines.push('close 1005');
    if (begun && frame.fin && frame.type !== 'ping') {
      lines.push(`${begun.opcode} ${inShort(Buffer.concat(begun.parts), begun.opcode)}`);
      begun = undefined;
    }
  }
  return lines;
}

test('the vectors of nine drafts are here', () => {
  expect(DRAFT_VECTORS.length).toBe(4 + 5 + 20 + 20 + 20 + 22);
});

describe.each(DRAFT_VECTORS.map((vector) => [vector.id, vector] as const))('vector %s', (_, vector) => {
  test('is written', () => {
    const bytes = written(vector);
    if (vector.bytes !== undefined) expect(bytes.toString('hex')).toBe(vector.bytes);
    else {
      expect(bytes.length).toBe(vector.totalLength);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(vector.sha256);
    }
  });

  test('is read: whole, cut at every byte, byte by byte, and with more behind it', () => {
    const bytes = bytesOf(vector);
    const long = bytes.length > 300;
    for (const parts of long ? [[Buffer.from(bytes)], pieces(bytes, 1), pieces(bytes, 4099)] : everySplit(bytes)) {
      const { inbound, told } = listen(framingFor(vector.draft), { sender: vector.from });
      expect(parts.every((part) => inbound.read(part) === part.length)).toBe(true);
      expect(told).toEqual(meaning(vector));
      expect(inbound.atBoundary).toBe(true);
    }
    const closes = vector.frames.some(({ type }) => type === 'close');
    const { inbound, told } = listen(framingFor(vector.draft), { sender: vector.from });
    inbound.read(Buffer.concat([bytes, bytesOf(sameText(vector))]));
    expect(told).toEqual([...meaning(vector), ...(closes ? [] : ['text "Hello"'])]);
  });

  test('comes out of a watched reader byte for byte, with every header bit in its fields', () => {
    const bytes = bytesOf(vector);
    const { inbound, frames } = listen(framingFor(vector.draft), { sender: vector.from }, true);
    inbound.read(Buffer.from(bytes));
    expect(Buffer.concat(frames.map(({ raw }) => raw)).equals(bytes)).toBe(true);
    expect(frames.map(({ payload, fin }) => ({ payload: Buffer.from(payload).toString('hex'), fin }))).toEqual(
      vector.frames.map((frame) => ({ payload: payloadOf(frame).toString('hex'), fin: frame.fin })),
    );
    let offset = 0;
    for (const frame of frames) {
      expect(frame.offset).toBe(offset);
      offset += frame.raw.length;
      const { fields, clear } = frame.draft ?? { fields: [], clear: new Uint8Array() };
      const behind = 8 * (frame.headerLength + frame.payload.length);
      expect(fields.filter(({ bit }) => bit < behind).reduce((sum, { width }) => sum + width, 0)).toBe(8 * frame.headerLength);
      for (const { bit, width, value } of fields) expect(value.toString(2)).toBe(bitsOf(clear, bit, width));
    }
  });
});

/** The text "Hello" from the same side of the same draft. */
function sameText({ draft, from }: FrameVector): FrameVector {
  return { id: 'behind', draft, from, frames: [{ type: 'text', payload: '48656c6c6f', length: 5, fin: true }] };
}

/** A number in binary, as the bits say; a length of hixie without its high bits. */
function bitsOf(bytes: Uint8Array, bit: number, width: number): string {
  const digits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return digits.slice(bit, bit + width).replace(/^0+(?=.)/, '');
}

describe('hybi-04 and libwebsockets', () => {
  const quirk = '37fa213de727eac8ac47ab';

  test('a client that masks with the connection key is read, and the quirk is named', () => {
    const { inbound, told } = listen(framingFor('hybi-04'), { sender: 'client' });
    inbound.read(hex(quirk + quirk));
    const note = 'noted draft-mask-quirk: libwebsockets hybi-04 quirk: masked with the connection key';
    expect(told).toEqual([note, 'text "Hello"', 'text "Hello"']);
  });

  test('by its own name it is what is written, and what is read as well', () => {
    const framing = framingFor('hybi-04-libwebsockets');
    const outbox = framing.outbox('client');
    outbox.text(0x81, 'Hello', KEY);
    expect(Buffer.concat(outbox.take()).toString('hex')).toBe(quirk);
    const { inbound, told } = listen(framing, { sender: 'client' });
    inbound.read(hex(quirk));
    expect(told).toEqual(['text "Hello"']);
  });
});

describe('what must not be', () => {
  test.each<[string, string, 'client' | 'server', string, string[]]>([
    ['rej-06-rsv4', 'hybi-06', 'server', '848548656c6c6f', ['fatal draft-rsv-set: RSV4 set (RSV4 became MASK in hybi-07)']],
    ['rej-06-close-1', 'hybi-06', 'server', '810103', ['fatal draft-close-one-byte: a Close payload of 1 byte']],
    ['rej-76-frame01', 'hixie-76', 'server', '0141ff 004869ff', ['noted hixie-type-unknown: a frame of type 01', 'text "Hi"']],
    ['rej-76-binary', 'hixie-76', 'server', '8003414243 004869ff', ['noted hixie-type-unknown: a frame of type 80', 'text "Hi"']],
    ['ff with a length', 'hixie-76', 'client', 'ff0141 004869ff', ['noted hixie-type-unknown: a frame of type ff', 'text "Hi"']],
    ['a padded close', 'hixie-76', 'client', 'ff8000', ['close 1005']],
    [
      'hixie-76 closing on -75',
      'hixie-75',
      'client',
      'ff00 004869ff',
      ['noted hixie-type-unknown: ff 00: a hixie-76 closing frame on a hixie-75 connection', 'text "Hi"'],
    ],
    [
      'groups of a length',
      'hixie-75',
      'server',
      `808100${'61'.repeat(128)}004869ff`,
      ['noted hixie-type-unknown: a frame of type 80', 'text "Hi"'],
    ],
    [
      'a length without end',
      'hixie-76',
      'server',
      '80'.repeat(40),
      ['fatal hixie-length-endless: a frame length that does not end'],
    ],
    [
      'RFC 6455 text to hixie',
      'hixie-76',
      'server',
      '810548656c6c6f',
      ['noted hixie-type-unknown: a frame of type 81: text in hybi-07 and later, RFC 6455 too, begins so'],
    ],
    [
      'bad UTF-8 is U+FFFD',
      'hixie-76',
      'server',
      '00c328ff',
      ['noted draft-text-not-utf8: byte 0x28 at offset 1 of the message', 'text "\ufffd("'],
    ],
    [
      'bad UTF-8 is U+FFFD',
      'hybi-06',
      'server',
      '8402c328',
      ['noted draft-text-not-utf8: byte 0x28 at offset 1 of the message', 'text "\ufffd("'],
    ],
    [
      'cut UTF-8',
      'hybi-03',
      'server',
      '0401c3',
      ['noted draft-text-not-utf8: the message ends inside a character', 'text "\ufffd"'],
    ],
    ['a reserved opcode', 'hybi-03', 'server', '0600', ['fatal draft-opcode-reserved: opcode 6 (0x6)']],
    [
      'Close of a later draft',
      'hybi-03',
      'server',
      '880203e8',
      ['fatal draft-opcode-reserved: opcode 8, which is Close from hybi-07 on'],
    ],
    [
      'RSV bits',
      'hybi-02',
      'server',
      '7400',
      ['fatal draft-rsv-set: RSV1, RSV2, RSV3 set (RSV1: compressed? no extension was negotiated)'],
    ],
    [
      'a 64-bit length with its top bit',
      'hybi-05',
      'server',
      '857f8000000000000000',
      ['fatal draft-length-too-large: payload length 0x8000000000000000'],
    ],
    [
      'a stray continuation',
      'hybi-05',
      'server',
      '8000',
      ['fatal draft-continuation-stray: a continuation frame, but no message is unfinished'],
    ],
    [
      'hixie framing after a draft-2 handshake',
      'hybi-02',
      'server',
      '0048656c6c6fff',
      [
        'fatal draft-continuation-stray: a continuation frame, but no message is unfinished; hixie frames begin with 00: the peer may be on hixie-76 framing',
      ],
    ],
    [
      'a message inside another',
      'hybi-03',
      'server',
      '840141 040142',
      [
        'fatal draft-message-interleaved: a text frame inside an unfinished message; from hybi-04 on the first bit says FIN, not MORE: the peer may be on that framing',
      ],
    ],
    [
      'FIN taken for MORE, and a Close',
      'hybi-02',
      'server',
      '840548656c6c6f 0100',
      [
        'noted draft-close-early: a Close inside an unfinished message; from hybi-04 on the first bit says FIN, not MORE: the peer may be on that framing',
        'close 1005',
      ],
    ],
    ['a fragmented ping', 'hybi-03', 'server', '8200', ['fatal draft-control-fragmented: a ping frame with MORE 1']],
    ['a fragmented ping', 'hybi-06', 'server', '0200', ['fatal draft-control-fragmented: a ping frame with FIN 0']],
    ['a long ping', 'hybi-06', 'server', '827e007e', ['fatal draft-control-too-long: a ping frame of 126 bytes']],
    [
      'the wrong letter',
      'hybi-05',
      'server',
      '810143',
      ['noted draft-close-letter: a Close from the server that begins with 0x43', 'close 1005 C'],
    ],
    [
      'no letter',
      'hybi-05',
      'server',
      '8100',
      ['noted draft-close-letter: a Close from the server without a letter', 'close 1005'],
    ],
    ['a code of later', 'hybi-06', 'server', '810203ef', ['noted draft-close-code: close code 1007', 'close 1007']],
    ['1004 was too large', 'hybi-06', 'server', '810203ec', ['close 1004']],
  ])('%s (%s)', (_, name, sender, bytes, wanted) => {
    for (const parts of everySplit(hex(bytes))) {
      const { inbound, told } = listen(framingFor(name), { sender });
      for (const part of parts) inbound.read(part);
      expect(told).toEqual(wanted);
    }
  });

  test('every rejected frame of the vectors is among them', () => {
    const ids = VECTORS.reject.filter(({ draft }) => draft === 'hybi06' || draft.startsWith('hixie')).map(({ id }) => id);
    expect(ids).toEqual(['rej-06-rsv4', 'rej-06-close-1', 'rej-76-frame01', 'rej-76-binary']);
  });

  test.each<[string, string, string[]]>([
    ['a reserved opcode is dropped', '0600 040141', ['noted draft-opcode-reserved: opcode 6 (0x6)', 'text "A"']],
    [
      'a new message drops the unfinished one',
      '840141 040142',
      [expect.stringMatching(/^noted draft-message-interleaved: a text frame inside an unfinished message;/), 'text "B"'],
    ],
    ['a reserved bit is nothing', '440141', [expect.stringMatching(/^noted draft-rsv-set: RSV1 set/), 'text "A"']],
  ])('lenient: %s', (_, bytes, wanted) => {
    const { inbound, told } = listen(framingFor('hybi-03'), { tolerance: 'lenient' });
    inbound.read(hex(bytes));
    expect(told).toEqual(wanted);
  });

  test('hybi-03: the answer to our Close must repeat its body', () => {
    const outbox = framingFor('hybi-03').outbox('client');
    outbox.frame(0x88, Buffer.from('..bye'), 0, 5, KEY);
    expect(Buffer.concat(outbox.take()).toString('hex')).toBe('0103627965');
    const { inbound, told } = listen(framingFor('hybi-03'), { closing: outbox.closing });
    inbound.read(hex('0100'));
    expect(told).toEqual(['noted draft-close-echo: a Close body of 0 bytes is not the 3 bytes sent', 'close 1005']);
  });
});

describe('limits', () => {
  const limits = { maxMessage: 10, maxFrame: 8, maxFragments: 3 };
  const read = (name: string, parts: Buffer[], more = {}) => {
    const { inbound, told } = listen(framingFor(name), { limits: { ...limits, ...more } });
    for (const part of parts) inbound.read(part);
    return told;
  };

  test.each([
    ['hixie-76', `00${'61'.repeat(9)}`, 'frame-too-big: a frame of 9 bytes or more; the limit is 8'],
    ['hixie-76', `7f${'61'.repeat(9)}`, 'frame-too-big: a frame of 9 bytes or more; the limit is 8'],
    ['hixie-76', '8009', 'frame-too-big: a frame of 9 bytes or more; the limit is 8'],
    ['hixie-75', 'ffffffffff7f', 'frame-too-big: a frame of 34359738367 bytes or more; the limit is 8'],
    ['hybi-03', '0409', 'frame-too-big: a frame of 9 bytes or more; the limit is 8'],
    ['hybi-03', '0209', 'frame-too-big: a frame of 9 bytes or more; the limit is 8'],
    ['hybi-06', '847f7fffffffffffffff', 'frame-too-big: a frame of 9223372036854775807 bytes or more; the limit is 8'],
    ['hybi-03', `8408${'61'.repeat(8)}0003`, 'message-too-big: a message of 11 bytes or more; the limit is 10'],
    ['hybi-04', '0400 0000 0000 0000', 'too-many-fragments: more than 3 fragments'],
  ])('%s %s', (name, bytes, wanted) => {
    for (const parts of [[hex(bytes)], pieces(hex(bytes), 1)]) {
      const told = read(name, parts).filter((line) => !line.startsWith('noted'));
      expect(told).toEqual([`fatal ${wanted}`]);
    }
  });

  test('a sentinel frame that never ends holds no more than the limit', () => {
    const { inbound, told } = listen(framingFor('hixie-76'), { limits: { ...limits, maxFrame: 1000, maxMessage: 100 } });
    inbound.read(hex('00'));
    for (let i = 0; i < 50; i++) inbound.read(Buffer.alloc(10, 0x61));
    expect(told).toEqual(['fatal message-too-big: a message of 110 bytes or more; the limit is 100']);
  });
});

test('what unfinished messages hold counts against the budget of the process', () => {
  const budget = new PinnedBudget(1000);
  const sides = ['hixie-76', 'hybi-03', 'hybi-06'].map((name) => listen(framingFor(name), { budget }));
  const starts = ['00', '847e0400', '047e0400'];
  sides.forEach(({ inbound }, i) => {
    inbound.read(hex(`${starts[i]}${'61'.repeat(300)}`));
  });
  expect(sides.map(({ inbound }) => inbound.held)).toEqual([300, 300, 300]);
  sides[1]?.inbound.read(Buffer.alloc(200, 0x61));
  expect(sides.map(({ told }) => told)).toEqual([[], ['fatal too-much-pinned: 500 bytes held by one unfinished message'], []]);
  sides[0]?.inbound.read(hex('ff'));
  expect(sides.map(({ inbound }) => inbound.held)).toEqual([0, 0, 300]);
});

test('the raw frames of hixie in the vectors: none is fatal, and one is only begun', () => {
  const raw = VECTORS.frames.filter(({ id }) => id.startsWith('hixie-raw-'));
  expect(raw.length).toBe(7);
  for (const { id, bytes = '' } of raw) {
    const { inbound, told } = listen(framingFor('hixie-76'));
    inbound.read(hex(bytes));
    expect(told).toEqual(/ff00|ff8000/.test(id) ? ['close 1005'] : [expect.stringMatching(/^noted hixie-type-unknown/)]);
    expect(inbound.atBoundary).toBe(id !== 'hixie-raw-8080a434');
  }
});

test('a pause ends the read behind the frame at hand', () => {
  for (const [name, bytes] of [
    ['hixie-76', '0041ff 0042ff'],
    ['hybi-03', '040141 040142'],
  ] as const) {
    const told: string[] = [];
    const inbound = framingFor(name).inbound(
      { sender: 'server', limits: { maxFrame: 9, maxMessage: 9, maxFragments: 9 }, tolerance: 'strict' },
      {
        message: (message) => {
          told.push(message.text());
          inbound.pause();
        },
        ping: () => undefined,
        pong: () => undefined,
        close: () => undefined,
        violation: () => undefined,
        frame: () => undefined,
      },
    );
    const chunk = hex(bytes);
    expect(inbound.read(chunk)).toBe(3);
    expect(told).toEqual(['A']);
    expect(inbound.read(chunk, 3)).toBe(6);
    expect(told).toEqual(['A', 'B']);
  }
});

describe('what a draft cannot say', () => {
  test.each([
    ['hixie-75', 0x82, 'hixie-75 has no binary: it carries text messages and nothing else'],
    ['hixie-76', 0x89, 'hixie-76 has no ping: it carries text messages and nothing else'],
    ['hixie-76', 0x01, 'hixie-76 has no fragments: each message is one frame'],
    ['hixie-76', 0x80, 'hixie-76 has no fragments: each message is one frame'],
  ] as const)('%s %i', (name, first, message) => {
    const outbox = framingFor(name).outbox('client');
    expect(() => outbox.frame(first, Buffer.from('x'), 0, 1, KEY)).toThrow(message);
    expect(outbox.pending).toBe(0);
  });

  test('a table of all', () => {
    const yes = (name: (typeof DIALECTS)[number]['name']) =>
      Object.entries(expressible(name))
        .filter(([, can]) => can)
        .map(([what]) => what)
        .join(' ');
    expect(Object.fromEntries(DIALECTS.map(({ name }) => [name, yes(name)]))).toEqual({
      'hixie-75': '',
      'hixie-76': '',
      'hybi-01': 'binary ping fragments',
      'hybi-02': 'binary ping fragments',
      'hybi-03': 'binary ping fragments',
      'hybi-04': 'binary ping fragments',
      'hybi-04-libwebsockets': 'binary ping fragments',
      'hybi-05': 'binary ping fragments',
      'hybi-06': 'binary ping fragments closeCode',
      'hybi-07': 'binary ping fragments closeCode',
      'hybi-08': 'binary ping fragments closeCode',
      'hybi-11': 'binary ping fragments closeCode',
      rfc6455: 'binary ping fragments closeCode',
    });
  });

  test('from hybi-07 on the frames are those of RFC 6455, some rules spared', () => {
    const later = DIALECTS.filter(({ name }) => framingOf(name, SECRETS) === undefined).map(({ name }) => name);
    expect(later).toEqual(['hybi-07', 'hybi-08', 'hybi-11', 'rfc6455']);
    expect(later.map((name) => sparedRules(name)?.has('length-not-minimal') ?? false)).toEqual([true, true, true, false]);
    expect(later.map((name) => sparedRules(name)?.has('text-not-utf8') ?? false)).toEqual([true, true, false, false]);
  });
});

describe('by hand', () => {
  const payload = Buffer.from('Hi');
  test.each<[string, Parameters<ReturnType<typeof framingFor>['byHand']>[0], string]>([
    ['hixie-76', { opcode: 1, payload }, '004869ff'],
    ['hixie-76', { opcode: 8, payload: hex('') }, 'ff00'],
    ['hixie-76', { opcode: 1, payload, fin: true, mask: 'none' }, '004869ff'],
    ['hybi-03', { opcode: 1, payload, fin: false, rsv2: true }, 'a4024869'],
    ['hybi-03', { opcode: 9, payload, lengthForm: 16 }, '027e00024869'],
    ['hybi-03', { opcode: 12, payload, length: 200n }, '0c7e00c84869'],
    ['hybi-06', { opcode: 2, payload, mask: 'none' }, '85024869'],
    ['hybi-06', { opcode: 1, payload, mask: hex('00000000') }, '0000000084024869'],
  ])('%s %o', (name, spec, wanted) => {
    expect(Buffer.from(framingFor(name).byHand(spec, hex('37fa213d'))).toString('hex')).toBe(wanted);
  });

  test.each<[string, Parameters<ReturnType<typeof framingFor>['byHand']>[0], string]>([
    ['hixie-75', { opcode: 2, payload }, 'hixie-75 has frames for text alone'],
    ['hixie-76', { opcode: 1, payload, fin: false }, 'cannot say FIN 0'],
    ['hixie-76', { opcode: 1, payload, rsv1: true, rsv3: true }, 'cannot say RSV1, RSV3'],
    ['hixie-76', { opcode: 1, payload, lengthForm: 64 }, 'cannot say a length'],
    ['hixie-76', { opcode: 1, payload, mask: hex('01020304') }, 'cannot say a mask'],
    ['hixie-76', { opcode: 8, payload }, 'cannot say a Close with a payload'],
    ['hybi-03', { opcode: 1, payload, mask: hex('01020304') }, 'cannot say a mask'],
  ])('%s %o: what it has no bits for is said, and nothing is made', (name, spec, wanted) => {
    expect(() => framingFor(name).byHand(spec, undefined)).toThrow(wanted);
  });
});

describe('RSV1 without an extension', () => {
  test.each([
    ['hybi-03', 'server', '4407 f248cdc9c90700'],
    ['hybi-06', 'server', 'c407 f248cdc9c90700'],
    ['hybi-06', 'client', '00000000 c407 f248cdc9c90700'],
  ] as const)('%s, %s: what the payload looks like', (name, sender, bytes) => {
    const { inbound, told } = listen(framingFor(name), { sender });
    inbound.read(hex(bytes));
    expect(told).toEqual([
      'fatal draft-rsv-set: RSV1 set (RSV1: looks compressed, it inflates to 5 bytes; no extension was negotiated)',
    ]);
  });
});
