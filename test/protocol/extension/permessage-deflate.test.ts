import { describe, expect, test } from 'vitest';
import {
  acceptOffer,
  DeflateCodec,
  type DeflateParameters,
  deflateCodecs,
  describe as describeAgreed,
  type ExtensionElement,
  readAnswer,
  readParameters,
  type ServerPreference,
} from '../../../src/protocol/extension/permessage-deflate.ts';

/** `'permessage-deflate; client_max_window_bits=10'` → an element. The full grammar is the parameter list's business. */
function element(text: string): ExtensionElement {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
  return {
    name,
    parameters: parameters.map((parameter) => {
      const [key = '', value] = parameter.split('=');
      return { name: key, value };
    }),
  };
}
const P = 'permessage-deflate';

describe('parameters as written (RFC 7692 §7.1)', () => {
  test.each<[string, 'offer' | 'answer', object]>([
    [P, 'offer', [false, false, undefined, undefined]],
    [`${P}; server_no_context_takeover; client_no_context_takeover`, 'answer', [true, true, undefined, undefined]],
    [`${P}; client_max_window_bits`, 'offer', [false, false, undefined, true]],
    [`${P}; client_max_window_bits=8; server_max_window_bits=15`, 'offer', [false, false, 15, 8]],
    [`${P}; client_max_window_bits=10; server_max_window_bits=9`, 'answer', [false, false, 9, 10]],
  ])('%s as an %s', (text, side, wanted) => {
    const read = readParameters(element(text), side);
    if ('problem' in read) throw new Error(read.problem);
    const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = read;
    expect([serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits]).toEqual(wanted);
  });

  const bits = 'server_max_window_bits';
  test.each<[string, 'offer' | 'answer', string]>([
    [
      `${P}; server_no_context_takeover; server_no_context_takeover`,
      'offer',
      'parameter server_no_context_takeover appears twice',
    ],
    [`${P}; client_no_context_takeover=1`, 'offer', 'parameter client_no_context_takeover takes no value'],
    [`${P}; server_no_context_takeover=`, 'answer', 'parameter server_no_context_takeover takes no value'],
    [`${P}; ${bits}`, 'offer', `parameter ${bits} needs a value of 8 to 15`],
    [`${P}; client_max_window_bits`, 'answer', 'parameter client_max_window_bits needs a value of 8 to 15'],
    ...['7', '16', '08', '1e1', '0xd', '+15', '-9', '', '15.0', '1000', '８'].map((value): [string, 'offer', string] => [
      `${P}; ${bits}=${value}`,
      'offer',
      `parameter ${bits} is not a number from 8 to 15`,
    ]),
    [`${P}; toString`, 'offer', 'a parameter that permessage-deflate does not have'],
    [`${P}; __proto__=1`, 'offer', 'a parameter that permessage-deflate does not have'],
    [`${P}; Server_No_Context_Takeover`, 'offer', 'a parameter that permessage-deflate does not have'],
  ])('%s as an %s: %s', (text, side, problem) => {
    expect(readParameters(element(text), side)).toEqual({ problem });
  });
});

describe('a server takes the first offer that it can meet', () => {
  test.each<[string, string[], ServerPreference, string | undefined]>([
    ['the bare offer', [P], {}, P],
    ['no offer', [], {}, undefined],
    ['another extension', ['x-webkit-deflate-frame'], {}, undefined],
    [
      'the second, where the first is wrong',
      [`${P}; server_max_window_bits=99`, `x; y`, `${P}; server_no_context_takeover`],
      {},
      `${P}; server_no_context_takeover`,
    ],
    [
      'what the client asks of us',
      [`${P}; server_no_context_takeover; server_max_window_bits=10`],
      {},
      `${P}; server_no_context_takeover; server_max_window_bits=10`,
    ],
    ['a whole window that was asked for is answered', [`${P}; server_max_window_bits=15`], {}, `${P}; server_max_window_bits=15`],
    [
      'what the client says of itself',
      [`${P}; client_no_context_takeover; client_max_window_bits=9`],
      {},
      `${P}; client_no_context_takeover; client_max_window_bits=9`,
    ],
    [
      'a window that the client leaves to us',
      [`${P}; client_max_window_bits`],
      { clientMaxWindowBits: 11 },
      `${P}; client_max_window_bits=11`,
    ],
    [
      'the smaller window of two',
      [`${P}; client_max_window_bits=10; server_max_window_bits=12`],
      { clientMaxWindowBits: 12, serverMaxWindowBits: 9 },
      `${P}; server_max_window_bits=9; client_max_window_bits=10`,
    ],
    [
      'what we want of both',
      [P],
      { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9 },
      `${P}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9`,
    ],
    ['a client that cannot be asked for a window', [P], { clientMaxWindowBits: 10 }, undefined],
    ['a whole window need not be asked for', [P], { clientMaxWindowBits: 15 }, P],
    [
      'the next offer lets us',
      [P, `${P}; client_max_window_bits`],
      { clientMaxWindowBits: 10 },
      `${P}; client_max_window_bits=10`,
    ],
  ])('%s', (_, offers, preference, answer) => {
    const accepted = acceptOffer(offers.map(element), preference);
    expect(accepted?.answer).toBe(answer);
    // What a server answers a client of ours takes, and understands the same.
    if (accepted) expect(readAnswer(element(accepted.answer), offers.map(element))).toEqual(accepted.agreed);
  });

  test('without a preference', () => {
    expect(acceptOffer([element(P)])?.agreed).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    });
  });
});

describe('a client judges the answer to its offer', () => {
  const answerTo = (offers: string[], answer: string) => readAnswer(element(answer), offers.map(element));

  test.each<[string, string[], string, string]>([
    ['not offered', [], P, 'permessage-deflate was not offered'],
    ['another one offered', ['x'], P, 'permessage-deflate was not offered'],
    ['a wrong value', [P], `${P}; server_max_window_bits=99`, 'parameter server_max_window_bits is not a number from 8 to 15'],
    ['a window not offered', [P], `${P}; client_max_window_bits=10`, 'client_max_window_bits was answered but not offered'],
    [
      'our takeover rule ignored',
      [`${P}; server_no_context_takeover`],
      P,
      'server_no_context_takeover was asked for and not answered',
    ],
    [
      'our window ignored',
      [`${P}; server_max_window_bits=10`],
      P,
      'server_max_window_bits was offered as 10 and answered as nothing',
    ],
    [
      'our window exceeded',
      [`${P}; server_max_window_bits=10`],
      `${P}; server_max_window_bits=11`,
      'server_max_window_bits was offered as 10 and answered as 11',
    ],
    [
      'our own window exceeded',
      [`${P}; client_max_window_bits=10`],
      `${P}; client_max_window_bits=11`,
      'client_max_window_bits was offered as 10 and answered as 11',
    ],
  ])('%s', (_, offers, answer, problem) => {
    expect(answerTo(offers, answer)).toEqual({ problem });
  });

  test.each<[string, string[], string, Partial<DeflateParameters>]>([
    ['the bare answer', [P], P, {}],
    [
      'a server may bind itself unasked',
      [P],
      `${P}; server_no_context_takeover; server_max_window_bits=9`,
      { serverNoContextTakeover: true, serverMaxWindowBits: 9 },
    ],
    ['and ask us to forget', [P], `${P}; client_no_context_takeover`, { clientNoContextTakeover: true }],
    [
      'a window that we left open',
      [`${P}; client_max_window_bits`],
      `${P}; client_max_window_bits=8`,
      { clientMaxWindowBits: 8 },
    ],
    [
      'a smaller window than ours',
      [`${P}; client_max_window_bits=10`],
      `${P}; client_max_window_bits=9`,
      { clientMaxWindowBits: 9 },
    ],
    ['our second offer, our first being wrong', [`${P}; nonsense`, P], P, {}],
  ])('%s', (_, offers, answer, agreed) => {
    expect(answerTo(offers, answer)).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
      ...agreed,
    });
  });
});

describe('the codec', () => {
  const agreed = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const open = (role: 'client' | 'server', parameters: Partial<DeflateParameters> = {}, threshold = 0) =>
    new DeflateCodec({ role, agreed: { ...agreed, ...parameters }, threshold, maxMessage: 1000, level: 9 });
  const hello = Buffer.from('Hello');
  const sizes = (codec: DeflateCodec) => [1, 2].map(() => codec.encode(hello, 0, 5)?.length);

  test('describes what was agreed', () => {
    expect(open('client').description).toBe(P);
    expect(
      describeAgreed({
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 8,
        clientMaxWindowBits: 14,
      }),
    ).toBe(`${P}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=14`);
  });

  test.each<['client' | 'server', Partial<DeflateParameters>, number[]]>([
    ['client', {}, [7, 5]],
    ['server', {}, [7, 5]],
    ['client', { clientNoContextTakeover: true }, [7, 7]],
    ['client', { serverNoContextTakeover: true }, [7, 5]],
    ['server', { serverNoContextTakeover: true }, [7, 7]],
    ['server', { clientNoContextTakeover: true }, [7, 5]],
  ])('a %s under %j keeps its context or forgets it', (role, parameters, wanted) => {
    expect(sizes(open(role, parameters))).toEqual(wanted);
  });

  test('a message below the threshold goes as it is', () => {
    const codec = open('client', {}, 5);
    expect(codec.encode(hello, 0, 4)).toBeUndefined();
    expect(codec.encode(hello, 0, 5)).toHaveLength(7);
  });

  test('a level left out is the usual one', () => {
    const codec = new DeflateCodec({ role: 'client', agreed, threshold: 0, maxMessage: 1000 });
    expect(sizes(codec)).toEqual([7, 5]);
  });

  test('contexts are made when first needed, one a direction, and closed', () => {
    const codec = open('server');
    codec.forgetSent();
    codec.endDecoded();
    codec.close();
    expect(codec.decoder()).toBe(codec.decoder());
    sizes(codec);
    codec.forgetSent();
    expect(sizes(codec)).toEqual([7, 5]);
    codec.close();
    expect(sizes(codec)).toEqual([7, 5]);
  });

  test.each(['client', 'server'] as const)('of a %s, and its peer’s to read what it sends', (role) => {
    const { extension, mirrorExtension } = deflateCodecs(role, { ...agreed, clientNoContextTakeover: true }, 0, 1000);
    const out: string[] = [];
    const sink = (buffer: Buffer, start: number, end: number) => out.push(buffer.toString('latin1', start, end)) > 0;
    for (let i = 0; i < 2; i++) {
      const packed = extension.encode(hello, 0, 5) ?? hello;
      mirrorExtension.decoder().push(packed, 0, packed.length, sink);
      expect(mirrorExtension.decoder().finish(sink)).toBe('done');
      mirrorExtension.endDecoded();
    }
    expect(out).toEqual(['Hello', 'Hello']);
  });
});
