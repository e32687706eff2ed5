import { describe, expect, it } from 'vitest';
import { aboutExtension } from '../../../src/protocol/dialect/extension-name.ts';
import {
  acceptExtensions,
  agreedExtensions,
  extensionNotes,
  judgeAllExtensions,
} from '../../../src/protocol/dialect/extensions.ts';

const FREE = { noContextTakeover: false, maxWindowBits: 15 };
const BOTH = { messageDeflate: {}, frameDeflate: FREE };

describe('as a server', () => {
  it.each<[offer: string, answer: string | undefined]>([
    ['deflate-frame', 'deflate-frame'],
    ['x-webkit-deflate-frame', 'x-webkit-deflate-frame'],
    ['x-webkit-deflate-frame; max_window_bits=9; no_context_takeover', 'x-webkit-deflate-frame'],
    ['mux, deflate-frame', 'deflate-frame'],
    ['x-webkit-deflate-frame, permessage-deflate', 'x-webkit-deflate-frame'],
    ['permessage-deflate; client_max_window_bits, x-webkit-deflate-frame', 'permessage-deflate'],
    ['deflate-frame; max_window_bits=7, deflate-frame', 'deflate-frame'],
    ['deflate-frame; max_window_bits', undefined],
    ['deflate-frame; no_context_takeover=1', undefined],
    ['deflate-frame; no_context_takeover; no_context_takeover', undefined],
    ['deflate-frame; other', undefined],
    ['deflate-stream', undefined],
    ['mux', undefined],
    ['x-google-mux, mux_DO_NOT_USE', undefined],
    ['', undefined],
    ['a; b=', undefined],
  ])('%j: %j', (offer, answer) => {
    expect(acceptExtensions(offer, BOTH)?.answer).toBe(answer);
  });

  it('the request binds the server, the answer the client', () => {
    const client = { noContextTakeover: true, maxWindowBits: 10 };
    const accepted = acceptExtensions('deflate-frame; max_window_bits=9', { messageDeflate: undefined, frameDeflate: client });
    expect(accepted).toEqual({
      answer: 'deflate-frame; no_context_takeover; max_window_bits=10',
      agreed: { kind: 'deflate-frame', name: 'deflate-frame', client, server: { noContextTakeover: false, maxWindowBits: 9 } },
    });
  });

  it('what is off is not accepted', () => {
    expect(
      acceptExtensions('permessage-deflate, deflate-frame', { messageDeflate: undefined, frameDeflate: undefined }),
    ).toBeUndefined();
  });
});

describe('as a client', () => {
  it('both sides come to the same terms', () => {
    const offer = 'x-webkit-deflate-frame; no_context_takeover, permessage-deflate';
    const accepted = acceptExtensions(offer, { ...BOTH, frameDeflate: { noContextTakeover: false, maxWindowBits: 11 } });
    expect(agreedExtensions(offer, accepted?.answer ?? '')).toEqual([accepted?.agreed]);
  });

  it('in the order of the answer; what is not spoken is named', () => {
    expect(agreedExtensions('deflate-stream, mux, deflate-frame', 'deflate-stream, mux')).toEqual([
      { kind: 'deflate-stream' },
      { kind: 'unspoken', name: 'mux' },
    ]);
    expect(agreedExtensions('permessage-deflate', 'permessage-deflate')).toMatchObject([{ kind: 'permessage-deflate' }]);
    expect(agreedExtensions('permessage-deflate', '')).toEqual([]);
  });

  it.each<[offer: string, answer: string, problem: string]>([
    ['', 'deflate-frame', 'deflate-frame was not offered'],
    ['deflate-frame', 'x-webkit-deflate-frame', 'x-webkit-deflate-frame was not offered'],
    ['deflate-frame', 'deflate-frame; max_window_bits=16', 'parameter max_window_bits is not a number from 8 to 15'],
    ['deflate-frame', 'deflate-frame; max_window_bits=08', 'parameter max_window_bits is not a number from 8 to 15'],
    ['deflate-frame', 'deflate-frame; server_no_context_takeover', 'a parameter that deflate-frame does not have'],
    ['deflate-stream', 'deflate-stream; a', 'deflate-stream has no parameters'],
    ['permessage-deflate, deflate-frame', 'permessage-deflate, deflate-frame', 'two extensions that both give RSV1 a meaning'],
    ['deflate-frame', 'deflate-frame, deflate-frame', 'two extensions that both give RSV1 a meaning'],
    [
      'permessage-deflate',
      'permessage-deflate; server_max_window_bits=7',
      'parameter server_max_window_bits is not a number from 8 to 15',
    ],
    ['permessage-deflate', 'permessage-deflate, permessage-deflate', 'permessage-deflate is answered twice'],
    ['deflate-frame', 'deflate-frame; =', 'a parameter was expected here'],
  ])('%j, answered %j: %s', (offer, answer, problem) => {
    expect(agreedExtensions(offer, answer)).toEqual({ problem });
    expect(judgeAllExtensions(offer, answer)).toBe(problem);
  });

  it('a wrong offer that was taken binds nobody', () => {
    expect(agreedExtensions('deflate-frame; max_window_bits=99', 'deflate-frame')).toMatchObject([{ server: FREE }]);
    expect(judgeAllExtensions('deflate-frame', 'deflate-frame')).toBeUndefined();
  });
});

describe('what is said of them', () => {
  it('multiplexing is explained once, and today’s compression not at all', () => {
    const notes = extensionNotes(['permessage-deflate, mux', 'x-google-mux, constructor, bbf-usp-protocol']);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/^mux: Multiplexing .* never accepted here\.$/);
    expect(notes[1]).toMatch(/^bbf-usp-protocol: /);
  });

  it('names that were never heard of', () => {
    expect(aboutExtension('constructor')).toBeUndefined();
    expect(aboutExtension('mux_DO_NOT_USE')?.kind).toBe('mux');
    expect(aboutExtension('deflate-stream')?.about).toContain('2011');
  });
});
