import { describe, expect, test } from 'vitest';
import { Inbound } from '../../src/protocol/connection/inbound.ts';
import type { Violation } from '../../src/protocol/rule.ts';
import { otherFraming } from '../../src/view/other-framing.ts';
import { hex, pieces } from '../protocol/bits.ts';
import { framingFor } from '../protocol/dialect/frame-vectors.ts';

const ignore = () => undefined;

/** What is said of the first violation in a server's bytes. */
function hint(name: string, bytes: string, parts = [hex(bytes)]): string | undefined {
  const found: Violation[] = [];
  const sink = {
    message: ignore,
    ping: ignore,
    pong: ignore,
    close: ignore,
    frame: ignore,
    violation: (violation: Violation) => found.push(violation),
  };
  const limits = { maxMessage: 1000, maxFrame: 1000, maxFragments: 9, maxPongs: 9 };
  const options = { sender: 'server', limits, tolerance: 'strict' } as const;
  const inbound = name === 'rfc6455' ? new Inbound(options, sink) : framingFor(name).inbound(options, sink);
  for (const part of parts) inbound.read(part);
  expect(found.length).toBeGreaterThan(0);
  return found[0] && otherFraming(found[0]);
}

describe('the first frame in the framing of another generation', () => {
  test.each([
    ['rfc6455', '0048656c6c6fff', 'The same bytes are a whole text in hixie-75 and -76: the peer may be on that framing.'],
    [
      'rfc6455',
      '840548656c6c6f',
      'The same bytes are the first part of a text in hybi-01 to -03, or a whole text in hybi-04 to -06: the peer may be on that framing.',
    ],
    ['hybi-06', '810548656c6c6f', 'The same bytes are a whole text in hybi-07 and later: the peer may be on that framing.'],
    ['hybi-02', '0048656c6c6fff', 'The same bytes are a whole text in hixie-75 and -76: the peer may be on that framing.'],
    ['hixie-76', '810548656c6c6f', 'The same bytes are a whole text in hybi-07 and later: the peer may be on that framing.'],
  ])('%s %s', (name, bytes, wanted) => {
    expect(hint(name, bytes)).toBe(wanted);
  });

  test('nothing is said of what means nothing anywhere, nor of a frame that is not all here', () => {
    expect(hint('rfc6455', 'f30141')).toBeUndefined();
    expect(hint('rfc6455', '0048656c6c6f')).toBeUndefined();
    expect(hint('rfc6455', '', pieces(hex('840548656c6c6f'), 1))).toBeUndefined();
  });

  test('nor of a later frame', () => {
    expect(hint('rfc6455', '810141 840548656c6c6f')).toBeUndefined();
    expect(hint('hybi-06', '840141 810548656c6c6f')).toBeUndefined();
  });
});
