import { expect, test } from 'vitest';
import { run } from '../../../program.ts';
import { site } from '../../../site.ts';

const authorizations = (head = '') => head.match(/^authorization:.*$/gim);
const BASIC = `Authorization: Basic ${btoa('ada:secret')}`;

test.each<[string, string[], string[] | null]>([
  ['--auth', ['--auth', 'ada:secret'], [BASIC]],
  ['--auth and a header', ['--auth', 'ada:secret', '-H', 'Authorization: X'], ['Authorization: X']],
  ['--bearer and a header', ['--bearer', 'token', '-H', 'authorization: X'], ['authorization: X']],
  ['a user that nobody need be asked about', ['--auth', 'ada', '--no-input', '-H', 'Authorization: X'], ['Authorization: X']],
  ['a header that takes it away', ['--auth', 'ada:secret', '-H', 'Authorization:'], null],
])('%s: what was written by hand is what is sent', async (_, argv, sent) => {
  const { port, asked } = await site({ '/': 'ws' });
  expect((await run([...argv, `ws://127.0.0.1:${port}/`])).status).toBe(0);
  expect(authorizations(asked[0]?.head.replaceAll('\r', ''))).toEqual(sent);
});

test('WSTAP_PASSWORD that is empty is not set', async () => {
  const { port, asked } = await site({ '/': 'ws' });
  const argv = ['--auth', 'ada', '--no-input', `ws://127.0.0.1:${port}/`];
  const { status, stderr } = await run(argv, '', { variables: { WSTAP_PASSWORD: '' } });
  expect([status, asked.length]).toEqual([2, 0]);
  expect(stderr).toContain('Password for ada is needed, but --no-input forbids to ask');
  const proxied = ['--proxy', 'http://127.0.0.1:1', '--proxy-auth', 'ada', ...argv.slice(2)];
  const outcome = await run(proxied, '', { variables: { WSTAP_PROXY_PASSWORD: '' } });
  expect(outcome.stderr).toContain('Password for ada at the proxy is needed');
});
