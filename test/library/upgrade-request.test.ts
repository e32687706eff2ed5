import { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { headOf, requestOf } from '../../src/library/upgrade-request.ts';
import type { RequestHead } from '../../src/protocol/http/head.ts';

const head: RequestHead = {
  kind: 'request',
  method: 'GET',
  target: '/chat?room=1',
  version: 'HTTP/1.1',
  fields: [
    { name: 'Host', value: 'a.example' },
    { name: 'Host', value: 'b.example' },
    { name: 'X-Twice', value: 'one' },
    { name: 'x-twice', value: 'two' },
    { name: 'Cookie', value: 'a=1' },
    { name: 'Cookie', value: 'b=2' },
  ],
};

test('a request that we read is one of Node’s, without a body', async () => {
  const socket = new PassThrough();
  const request = requestOf({ ...head }, socket);
  expect(request).toBeInstanceOf(IncomingMessage);
  const { method, url, httpVersion, httpVersionMajor, httpVersionMinor, complete, rawHeaders } = request;
  expect([method, url, httpVersion, httpVersionMajor, httpVersionMinor, complete]).toEqual([
    'GET',
    '/chat?room=1',
    '1.1',
    1,
    1,
    true,
  ]);
  expect(rawHeaders.slice(0, 6)).toEqual(['Host', 'a.example', 'Host', 'b.example', 'X-Twice', 'one']);
  expect(Object.is(request.socket, socket)).toBe(true);
  expect(await text(request)).toBe('');
  expect(socket.destroyed).toBe(false);
});

test('its headers are joined as Node joins them, and may be changed', () => {
  const request = requestOf({ ...head }, new PassThrough());
  expect({ ...request.headers }).toEqual({ host: 'a.example', 'x-twice': 'one, two', cookie: 'a=1; b=2' });
  expect({ ...request.headersDistinct }).toEqual({
    host: ['a.example', 'b.example'],
    'x-twice': ['one', 'two'],
    cookie: ['a=1', 'b=2'],
  });
  request.headers['x-user'] = 'Ann';
  expect(request.headers['x-user']).toBe('Ann');
});

test('there and back it is the same', () => {
  const known = headOf(requestOf({ ...head }, new PassThrough()));
  expect(known).toMatchObject(head);
  expect(requestOf(known, new PassThrough())).toBe(requestOf(known, new PassThrough()));
});
