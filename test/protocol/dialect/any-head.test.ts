import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judgeAllExtensions } from '../../../src/protocol/dialect/extensions.ts';
import { handshakeOf } from '../../../src/protocol/dialect/handshakes.ts';
import { judgeHandshake } from '../../../src/protocol/dialect/judge.ts';
import { DIALECTS } from '../../../src/protocol/dialect/name.ts';
import { nextDialects } from '../../../src/protocol/dialect/next.ts';
import { recogniseAnswer, recogniseRequest } from '../../../src/protocol/dialect/recognise.ts';
import type { RequestHead, ResponseHead } from '../../../src/protocol/http/head.ts';

/** Whatever a peer sends is judged and never thrown: heads of the fields that matter, with any values, any number of times. */

const name = fc.constantFrom(
  ...['Host', 'Origin', 'Upgrade', 'Connection', 'Sec-WebSocket-Version', 'Sec-WebSocket-Draft', 'Sec-WebSocket-Key'],
  ...['Sec-WebSocket-Key1', 'sec-websocket-key2', 'Sec-WebSocket-Protocol', 'WebSocket-Protocol', 'Sec-WebSocket-Extensions'],
  ...['Sec-WebSocket-Accept', 'Sec-WebSocket-Nonce', 'Sec-WebSocket-Location', 'WebSocket-Location', 'Sec-WebSocket-Origin'],
  ...['WebSocket-Origin', 'Content-Length', '__proto__', 'constructor'],
);
const value = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '2',
    '4',
    '7',
    '8',
    '13',
    '13, 8',
    'WebSocket',
    'websocket',
    'Upgrade',
    '1 !',
    '7  !',
    'deflate-frame',
    'ws://a:99999/',
  ),
);
const fields = fc.array(fc.record({ name, value }), { maxLength: 12 });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ minLength: 8, maxLength: 8 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
);

it('in every dialect, lenient or strict, pasted or not', () => {
  fc.assert(
    fc.property(
      fields,
      fields,
      bytes,
      bytes,
      fc.string(),
      fc.constantFrom(101, 200, 400, 426),
      fc.boolean(),
      fc.boolean(),
      (...drawn) => {
        const [asked, answered, key3, proof, target, status, strict, pasted] = drawn;
        const head: RequestHead = { kind: 'request', method: 'GET', target, version: 'HTTP/1.1', fields: asked };
        const request = { head, body: key3 };
        const response: ResponseHead = { kind: 'response', version: 'HTTP/1.1', status, reason: '', fields: answered };
        const answer = { head: response, body: proof };
        const options = { strict, pasted, judgeExtensions: judgeAllExtensions };
        recogniseRequest(head);
        for (const { name: dialect } of DIALECTS) {
          recogniseAnswer(response, dialect);
          nextDialects(response, [dialect]);
          const handshake = handshakeOf(dialect);
          const findings = [
            ...handshake.checkRequest(request, options),
            ...handshake.checkAnswer(request, answer, options),
            ...handshake.checkAnswer(undefined, answer, options),
          ];
          expect(findings.every(({ id, requirement }) => id !== '' && requirement !== '')).toBe(true);
        }
        judgeHandshake(request, answer, options);
        judgeHandshake(undefined, answer, options);
      },
    ),
    { numRuns: 300 },
  );
});
