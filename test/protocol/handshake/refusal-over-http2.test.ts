import { expect, test } from 'vitest';
import { checkExtendedRequest } from '../../../src/protocol/handshake/check-extended-connect.ts';
import { extendedRequest } from '../../../src/protocol/handshake/extended-connect.ts';
import { refusalOverHttp2 } from '../../../src/protocol/handshake/refusal-over-http2.ts';

const request = (more: Readonly<Record<string, string>>) => {
  const good = { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'http', ':path': '/', ':authority': 'a' };
  const all = Object.entries({ ...good, 'sec-websocket-version': '13', ...more });
  return extendedRequest(all.map(([name, value]) => ({ name, value })));
};
const refusal = (more: Readonly<Record<string, string>>) => refusalOverHttp2(checkExtendedRequest(request(more)));

test('a good request is not refused', () => {
  expect(refusal({})).toBeUndefined();
});

test.each<[more: Record<string, string>, status: number, headers: string[], says: RegExp]>([
  [{ ':method': 'GET' }, 400, [], /opened by CONNECT with :protocol websocket \(RFC 8441\)/],
  [{ ':protocol': 'connect-udp' }, 501, [], /^Refused: :protocol "connect-udp" is not websocket\.$/],
  [{ 'sec-websocket-version': '8' }, 400, ['sec-websocket-version'], /Sec-WebSocket-Version "8" is not 13/],
  [{ 'sec-websocket-version': '8', ':path': '*' }, 400, [], /:path "\*" does not begin with \//],
  [{ ':authority': '' }, 400, [], /not met: :authority names the host \(not sent\)/],
])('%j: %i', (more, status, headers, says) => {
  const answer = refusal(more);
  expect([answer?.status, answer?.headers.map(({ name }) => name)]).toEqual([status, headers]);
  expect(answer?.text).toMatch(says);
});
