import { expect, it } from 'vitest';
import { checkRequest } from '../../../src/protocol/handshake/check-request.ts';
import { refusalFor } from '../../../src/protocol/handshake/refusal.ts';
import { buildRequest } from '../../../src/protocol/handshake/request.ts';

const PARTS = { host: 'h', target: '/', key: 'dGhlIHNhbXBsZSBub25jZQ==' };
const asked = (headers: string[], changes: object = {}) =>
  refusalFor(checkRequest({ ...buildRequest({ ...PARTS, headers }), ...changes }));

it('does not refuse what is right', () => {
  expect(asked([])).toBeUndefined();
});

it.each<[what: string, headers: string[], changes: object, status: number, names: string[]]>([
  ['POST', [], { method: 'POST' }, 405, ['Allow']],
  ['HTTP/1.0', [], { version: 'HTTP/1.0' }, 400, []],
  ['HTTP/2.0', [], { version: 'HTTP/2.0' }, 505, []],
  ['a page opened in a browser', ['Upgrade:', 'Connection: keep-alive'], {}, 426, ['Sec-WebSocket-Version']],
  ['what nginx asks for by default', ['Upgrade:', 'Connection: close'], { version: 'HTTP/1.0' }, 426, ['Sec-WebSocket-Version']],
  ['another upgrade', ['Upgrade: h2c'], {}, 400, []],
  ['version 12', ['Sec-WebSocket-Version: 12'], {}, 426, ['Sec-WebSocket-Version']],
  ['version 8 is read, not spoken', ['Sec-WebSocket-Version: 8'], {}, 426, ['Sec-WebSocket-Version']],
  ['no version', ['Sec-WebSocket-Version:'], {}, 426, ['Sec-WebSocket-Version']],
  ['version twice', ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 13'], {}, 400, []],
  ['hixie-76', ['Sec-WebSocket-Version:', 'Sec-WebSocket-Key:', 'Sec-WebSocket-Key1: 1 2'], {}, 426, ['Sec-WebSocket-Version']],
  ['no key', ['Sec-WebSocket-Key:'], {}, 400, []],
  ['a key twice', ['Sec-WebSocket-Key: a', 'Sec-WebSocket-Key: b'], {}, 400, []],
  ['a key of 8 bytes', ['Sec-WebSocket-Key: AQIDBAUGBwg='], {}, 400, []],
  ['no Host', ['Host:'], {}, 400, []],
  ['two Hosts', ['Host: a', 'Host: b'], {}, 400, []],
  ['no Connection', ['Connection: close'], {}, 400, []],
])('%s', (_what, headers, changes, status, names) => {
  const refusal = asked(headers, changes);
  expect(refusal?.status).toBe(status);
  expect(refusal?.headers.map((field) => field.name)).toEqual(names);
  expect(refusal?.text).toMatch(/\.$/);
});
