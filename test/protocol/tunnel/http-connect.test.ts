import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { encodeHead } from '../../../src/protocol/http/head.ts';
import { ConnectAnswerReader, connectRequest } from '../../../src/protocol/tunnel/http-connect.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('the request', () => {
  test.each([
    ['example.com', 443, 'example.com:443'],
    ['127.0.0.1', 80, '127.0.0.1:80'],
    ['::1', 8080, '[::1]:8080'],
    ['fe80::1%lo', 8080, '[fe80::1]:8080'],
  ])('to %s and port %i', (host, port, authority) => {
    expect(text(encodeHead(connectRequest(host, port, undefined)))).toBe(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
    );
  });

  test('with a login, in UTF-8', () => {
    const { fields } = connectRequest('a.example', 443, { user: 'Zoë', password: 'p:ß' });
    expect(fields[1]).toEqual({ name: 'Proxy-Authorization', value: `Basic ${Buffer.from('Zoë:p:ß').toString('base64')}` });
  });
});

/** State, status and what was left over. */
function read(pieces: readonly string[]): string {
  const reader = new ConnectAnswerReader();
  let last = '';
  for (const piece of pieces) {
    const answer = reader.push(Buffer.from(piece, 'latin1'));
    if (answer.state === 'incomplete') last = answer.state;
    else if (answer.state === 'invalid') return `invalid: ${answer.problem}`;
    else return `${answer.state} ${answer.head.status} ${JSON.stringify(text(answer.rest))}`;
  }
  return last;
}

const CASES: readonly (readonly [answer: string, outcome: string])[] = [
  ['HTTP/1.1 200 Connection established\r\n\r\n', 'open 200 ""'],
  ['HTTP/1.0 200 OK\r\nProxy-Agent: x\r\n\r\n', 'open 200 ""'],
  // A 2xx has no body, whatever it announces.
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/', 'open 200 "HTTP/"'],
  ['HTTP/1.1 299 Fine\r\nTransfer-Encoding: chunked\r\n\r\n\x81', 'open 299 "\x81"'],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nab', 'open 200 "ab"'],
  ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'refused 101 ""'],
  ['HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno', 'refused 407 "no"'],
  ['HTTP/1.1 302 Found\r\n\r\n', 'refused 302 ""'],
  ['HTTP/1.1 200', 'incomplete'],
  ['SSH-2.0-x\r\n', 'invalid: what arrived is not an HTTP response'],
  ['\x15\x03\x01', 'invalid: what arrived is not an HTTP response'],
  ['HTTP/1.1 200 OK\n\n', 'invalid: a line ends with LF alone instead of CR LF'],
  ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(9), 'invalid: more than 8 interim answers (1xx)'],
  [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, 'invalid: the head is larger than 65536 bytes'],
];

describe('the answer', () => {
  it.each(CASES)('%j is %s', (answer, outcome) => expect(read([answer])).toBe(outcome));

  test('the same in two pieces, cut anywhere', () => {
    for (const [answer, outcome] of CASES.filter(([{ length }]) => length < 1000)) {
      // The rest of a tunnel that comes later is not the answer's; a body's neither.
      const whole = outcome.replace(/ "[^"]*"$/, '');
      for (let cut = 1; cut < answer.length; cut += 1) {
        expect(read([answer.slice(0, cut), answer.slice(cut)]).replace(/ "[^"]*"$/, ''), `${answer} at ${cut}`).toBe(whole);
      }
    }
  });

  test('no byte of the tunnel is lost, however it comes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        (tunnel, sizes) => {
          const all = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nVia: 1.1 x\r\n\r\n'), tunnel]);
          const reader = new ConnectAnswerReader();
          const after: Uint8Array[] = [];
          let open = false;
          for (let at = 0, turn = 0; at < all.length; turn += 1) {
            const piece = all.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
            at += piece.length;
            if (open) after.push(piece);
            else {
              const answer = reader.push(piece);
              if (answer.state === 'open') {
                open = true;
                after.push(answer.rest);
              }
            }
          }
          expect(open).toBe(true);
          expect(Buffer.concat(after)).toEqual(Buffer.from(tunnel));
        },
      ),
    );
  });
});
