import { createHash } from 'node:crypto';
import script from './client/main.ts?text';
import forms from './form.css?text';
import ground from './ground.css?text';
import log from './log.css?text';
import markup from './page.html?text';
import window from './window.css?text';

/**
 * The page that `wstap listen` shows to a browser, as bytes and the headers that they need. The promise of this folder: it is
 * one document that asks for nothing else, runs nothing but its own script, and shows what peers say as text and never as
 * markup.
 */
export interface PageDocument {
  readonly status: 200 | 403 | 404;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array;
}

const style = [ground, forms, log, window].join('\n');

export function pageDocument(): PageDocument {
  // As functions: `$&` and its like mean nothing in what is put in.
  const text = markup.replace('/*{{style}}*/', () => style).replace('/*{{script}}*/', () => script);
  const policy = [`script-src ${hashOf(script)}`, "connect-src 'self' ws: wss:", ...COMMON];
  return document(200, text, policy);
}

/** Why there is no page for this request: the token is missing or wrong, or there is nothing at this address. */
export type Notice = 'token' | 'elsewhere';

/** What a browser gets in place of the page. */
export function noticeDocument(notice: Notice): PageDocument {
  const { status, title, body } = NOTICES[notice];
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>wstap: ${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main class="notice">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
  return document(status, text, COMMON);
}

const NOTICES = {
  token: {
    status: 403,
    title: 'This address lacks its token',
    body: `<p>This is a WebSocket server. It has a page for you, which only whoever started the server may open.</p>
<p>Its whole address is where <code>wstap listen</code> was started, in the line that begins like this:</p>
<pre>wstap: look inside with a browser: http://…/?token=…</pre>
<p>The token is a new one each time the server starts.</p>`,
  },
  elsewhere: {
    status: 404,
    title: 'There is no page at this address',
    body: `<p>This is a WebSocket server: a WebSocket may well find something here, a browser’s address bar does not.</p>
<p>The address of its page is where <code>wstap listen</code> was started, in the line that begins like this:</p>
<pre>wstap: look inside with a browser: http://…/?token=…</pre>`,
  },
} as const;

/** What every document of ours is kept to. Scripts and styles are known by their hashes, so that nothing else runs. */
const COMMON = [
  "default-src 'none'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

function document(status: PageDocument['status'], text: string, policy: readonly string[]): PageDocument {
  return {
    status,
    fields: [
      { name: 'Content-Type', value: 'text/html; charset=utf-8' },
      { name: 'Content-Security-Policy', value: [...policy, `style-src ${hashOf(style)}`].join('; ') },
      { name: 'X-Content-Type-Options', value: 'nosniff' },
      { name: 'X-Frame-Options', value: 'DENY' },
      { name: 'Referrer-Policy', value: 'no-referrer' },
      { name: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
      { name: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
      { name: 'Cache-Control', value: 'no-store' },
    ],
    body: Buffer.from(text),
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
