import { expect, it } from 'vitest';
import { redactField, redactHead, redactUrl } from '../../../src/protocol/http/redact.ts';

it.each([
  ['Authorization', 'Basic dXNlcjpwYXNz', '***'],
  ['PROXY-AUTHORIZATION', 'Bearer x', '***'],
  ['Cookie', 'a=b', '***'],
  ['Set-Cookie', 'a=b; Path=/', '***'],
  ['X-Api-Key', 'x', '***'],
  ['X-Auth-Token', 'x', '***'],
  ['X-CSRF-token', 'x', '***'],
  ['Api-Key', 'x', '***'],
  ['Api_Key', 'x', '***'],
  ['ApiKey', 'x', '***'],
  ['X-Auth-Key', 'x', '***'],
  ['X-Access-Key', 'x', '***'],
  ['Ocp-Apim-Subscription-Key', 'x', '***'],
  ['PRIVATE-KEY', 'x', '***'],
  ['X-Amz-Signature', 'x', '***'],
  ['X-Session', 'x', '***'],
  ['X-Vault-Secret', 'x', '***'],
  ['X-Forwarded-Authorization', 'x', '***'],
  ['Authorization', '', ''],
  ['WWW-Authenticate', 'Basic realm="x"', 'Basic realm="x"'],
  ['Proxy-Authenticate', 'Negotiate', 'Negotiate'],
  ['Authentication-Info', 'x', 'x'],
  [':authority', 'example.com', 'example.com'],
  ['X-Author', 'me', 'me'],
  ['Keep-Alive', 'timeout=5', 'timeout=5'],
  ['Sec-WebSocket-Key1', '4 @1  46546xW%0l 1 5', '4 @1  46546xW%0l 1 5'],
  ['Sec-WebSocket-Protocol', 'v4, base64url.bearer.authorization.k8s.io.U0VD', 'v4, base64url.bearer.authorization.k8s.io.***'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Location', 'wss://u:p@h/?token=abc', 'wss://***@h/?token=***'],
])('%s: %s', (name, value, shown) => {
  expect(redactField(name, value)).toBe(shown);
});

it.each([
  ['ws://h/a?b=c', 'ws://h/a?b=c'],
  ['wss://user:pa@ss@h:1/x', 'wss://***@h:1/x'],
  ['wss://user@h', 'wss://***@h'],
  ['/path/a@b?x=1', '/path/a@b?x=1'],
  ['/?token=1&a=2&access_token=3', '/?token=***&a=2&access_token=***'],
  ['/?API_KEY=1&apikey=2&key=3&monkey=4', '/?API_KEY=***&apikey=***&key=***&monkey=4'],
  ['/?password=1&passwd=2&secret=3&client_secret=4&sig=5', '/?password=***&passwd=***&secret=***&client_secret=***&sig=***'],
  ['/?X-Amz-Signature=1&sign%61ture=2', '/?X-Amz-Signature=***&sign%61ture=***'],
  ['/?token=', '/?token='],
  ['/?a?token=1', '/?a?token=***'],
  ['/#access_token=1', '/#access_token=***'],
  ['/?%zz=1', '/?%zz=1'],
  ['', ''],
])('%s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

it('a head keeps everything else', () => {
  const fields = [
    { name: 'Host', value: 'h' },
    { name: 'Cookie', value: 'secret' },
  ];
  expect(redactHead({ kind: 'request', method: 'GET', target: '/?key=1', version: 'HTTP/1.1', fields })).toEqual({
    kind: 'request',
    method: 'GET',
    target: '/?key=***',
    version: 'HTTP/1.1',
    fields: [
      { name: 'Host', value: 'h' },
      { name: 'Cookie', value: '***' },
    ],
  });
});

it('takes linear time', () => {
  const started = performance.now();
  redactUrl(`ws://${'a@'.repeat(50_000)}`);
  redactUrl(`/?${'a&'.repeat(100_000)}`);
  redactUrl(`/?${'a'.repeat(200_000)}`);
  for (const mark of '?&;#=') redactUrl(`/?${mark.repeat(200_000)}`);
  expect(performance.now() - started).toBeLessThan(1000);
});
