import { expect, test } from 'vitest';
import { rawServer } from '../peer.ts';
import { run } from '../program.ts';

/** What is said where the connection breaks before there is a whole answer. */

const CUT = 'The server began an HTTP answer, and it was cut off: the server crashed, or something between gave up.';

test.each<[string, string, 'end' | 'resetAndDestroy', code: string, message: string, cause: string]>([
  [
    'reset before a word',
    '',
    'resetAndDestroy',
    'ECONNRESET',
    'the peer reset the connection before it answered',
    'The server reset the connection without an answer: it may expect TLS on this port.',
  ],
  ['cut', 'HTTP/1.1 101 Switch', 'end', 'CUT', 'the peer ended the connection in the middle of its answer, after 19 bytes', CUT],
  [
    'cut among the fields',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: web',
    'end',
    'CUT',
    'the peer ended the connection in the middle of its answer, after 46 bytes',
    CUT,
  ],
])('an answer that is %s: in words, with the code as JSON', async (_, start, how, code, message, cause) => {
  const { url } = await rawServer((socket) => socket.once('data', () => socket.write(start, () => socket[how]())));
  const { status, stderr } = await run([url]);
  expect(status).toBe(6);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`wstap: the opening handshake failed: ${message} Likely cause: ${cause} `);
  const { stdout } = await run(['handshake', '--format', 'json', url]);
  expect(JSON.parse(stdout)).toMatchObject({ failure: { hop: 'http', code, message }, cause: { cause } });
});
