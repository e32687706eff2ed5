import { describe, expect, test } from 'vitest';
import { checkRequest } from '../../../src/protocol/handshake/check-request.ts';
import { faultWords, mainFault, refusalText, shortened } from '../../../src/protocol/handshake/fault-words.ts';
import { buildRequest } from '../../../src/protocol/handshake/request.ts';

const PARTS = { host: 'h', target: '/', key: 'dGhlIHNhbXBsZSBub25jZQ==' };

function wordsFor(headers: string[], changes: object = {}): string | undefined {
  const fault = mainFault(checkRequest({ ...buildRequest({ ...PARTS, headers }), ...changes }));
  return fault && faultWords(fault);
}

describe('what was wrong with a request', () => {
  test.each<[words: string | undefined, headers: string[], changes?: object]>([
    [undefined, []],
    ['the method "POST" is not GET', ['Upgrade:'], { method: 'POST' }],
    ['the HTTP version "HTTP/1.0" is not HTTP/1.1', ['Upgrade:'], { version: 'HTTP/1.0' }],
    ['the target "*" is neither a path nor an http(s) URL', [], { target: '*' }],
    ['the target "/#a" has a fragment', [], { target: '/#a' }],
    ['Host is not sent', ['Host:']],
    ['Host is empty', ['Host;']],
    ['Host is sent 2 times', ['Host: a', 'Host: b']],
    ['Upgrade "h2c" does not name websocket', ['Upgrade: h2c']],
    ['Connection "close" does not name Upgrade', ['Connection: close']],
    ['Sec-WebSocket-Key is not sent', ['Sec-WebSocket-Key:']],
    ['Sec-WebSocket-Key "abc" is not 16 bytes in base64', ['Sec-WebSocket-Key: abc']],
    ['Sec-WebSocket-Version "8" is not 13', ['Sec-WebSocket-Version: 8']],
    ['Sec-WebSocket-Protocol "a b" is no list of names, each once', ['Sec-WebSocket-Protocol: a b']],
    ['Sec-WebSocket-Extensions "a;;" does not follow the grammar', ['Sec-WebSocket-Extensions: a;;']],
  ])('%s', (words, headers, changes) => {
    expect(wordsFor(headers, changes)).toBe(words);
  });

  test('a rule without words of its own is named as such', () => {
    const finding = { id: 'x', level: 'fail', side: 'client', section: 's', requirement: 'There is room' } as const;
    expect(faultWords(finding)).toBe('not met: There is room');
    expect(faultWords({ ...finding, actual: 'none' })).toBe('not met: There is room (none)');
  });

  test('what a client said is quoted in short', () => {
    expect(wordsFor([`Upgrade: ${'x'.repeat(5000)}`])).toBe(`Upgrade "${'x'.repeat(100)}..." does not name websocket`);
    expect(shortened('x'.repeat(100))).toBe('x'.repeat(100));
  });
});

test('the body of a refusal is one line of ASCII, whatever it quotes', () => {
  expect(refusalText('Origin "a\r\n\u001b[31m\u009b\u202e\u{1f600}" is odd')).toBe(
    'Refused: Origin "a\\u{d}\\u{a}\\u{1b}[31m\\u{9b}\\u{202e}\\u{1f600}" is odd.',
  );
});
