import { describe, expect, it } from 'vitest';
import { checkResponse } from '../../../src/protocol/handshake/check-response.ts';
import { buildRequest } from '../../../src/protocol/handshake/request.ts';
import { answerRequest, refuse, selectSubprotocol } from '../../../src/protocol/handshake/response.ts';
import { encodeHead } from '../../../src/protocol/http/head.ts';

const request = buildRequest({
  host: 'h',
  target: '/',
  key: 'dGhlIHNhbXBsZSBub25jZQ==',
  subprotocols: ['chat', 'Superchat'],
  extensions: 'x',
});
const text = (head: Parameters<typeof encodeHead>[0]) => Buffer.from(encodeHead(head)).toString('latin1');

it('answers with 101, the accept value, the first subprotocol of the client that is spoken, and the extensions chosen', () => {
  const response = answerRequest(request, { subprotocols: ['Superchat', 'chat'], extensions: 'x', headers: ['X-More: 1'] });
  expect(text(response)).toBe(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x\r\nX-More: 1\r\n\r\n',
  );
  expect(checkResponse(request, response).every((finding) => finding.level === 'pass')).toBe(true);
});

it('chooses no subprotocol where none is spoken; case counts', () => {
  expect(selectSubprotocol(request, ['superchat'])).toBeUndefined();
  expect(text(answerRequest(request))).not.toContain('Sec-WebSocket-Protocol');
});

describe('a refusal ends the connection and says how long its body is', () => {
  it('with a body', () => {
    const { head, body } = refuse(403, undefined, [{ name: 'X-Why', value: 'origin' }], 'Nö.\n');
    expect(text(head)).toBe(
      'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nX-Why: origin\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\n',
    );
    expect(Buffer.from(body).toString()).toBe('Nö.\n');
  });

  it('426 names the version and the protocol', () => {
    expect(text(refuse(426).head)).toBe(
      'HTTP/1.1 426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n',
    );
  });
});
