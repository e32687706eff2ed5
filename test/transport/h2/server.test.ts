import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Field } from '../../../src/protocol/http/head.ts';
import { type Http2Request, Http2Server } from '../../../src/transport/h2/server.ts';
import { SocketTransport } from '../../../src/transport/socket.ts';

/** A server that answers with what its request asks for, and a connection to it. */
async function answering(answers: Readonly<Record<string, readonly Field[]>>) {
  const requests: Http2Request[] = [];
  const ends: unknown[] = [];
  const http2 = new Http2Server({ maxHeaderListSize: 16_384, maxFields: 100, idleTimeout: 5000 }, (request) => {
    requests.push(request);
    request.transport.handler = { data() {}, end() {}, drain() {}, close: (error) => ends.push(error) };
    const path = request.fields.find(({ name }) => name === ':path')?.value ?? '';
    request.answer(answers[path] ?? []);
  });
  const server = createServer((socket) => http2.take(new SocketTransport(socket), new Uint8Array(0)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  onTestFinished(() => {
    client.destroy();
    http2.destroy();
    server.close();
  });
  await once(client, 'remoteSettings');
  const ask = (path: string) => {
    const stream = client.request(
      { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'http', ':path': path, ':authority': 'localhost' },
      { endStream: false },
    );
    stream.on('error', () => undefined);
    return stream;
  };
  return { requests, ends, ask };
}

const OK: Field = { name: ':status', value: '200' };

test('an answer that HTTP/2 cannot carry is the end of its stream alone', async () => {
  const date = { name: 'date', value: 'a' };
  const { requests, ends, ask } = await answering({ '/good': [OK], '/bad': [OK, date, date] });
  const good = ask('/good');
  await once(good, 'response');

  const bad = ask('/bad');
  await new Promise((resolve) => bad.once('close', resolve));
  expect(bad.rstCode).toBe(2);
  expect(ends).toEqual([
    {
      code: 'ERR_HTTP2_HEADER_SINGLE_VALUE',
      message: 'HTTP/2 cannot carry the answer: Header field "date" must only have a single value',
    },
  ]);

  requests[0]?.transport.write([Buffer.from('still here')]);
  expect(String((await once(good, 'data'))[0])).toBe('still here');
});
