import metadata from '../../package.json' with { type: 'json' };
import { type Manual, renderManual } from '../cli/man.ts';
import { COMMANDS as TOOLS } from '../repl/commands.ts';
import { command as completion } from './completion.ts';
import { command as connect } from './connect.ts';
import { command as handshake } from './handshake.ts';
import { BEHAVIOUR_CHAPTERS } from './listen/behaviour-chapters.ts';
import { FAULT_CHAPTER } from './listen/fault-chapter.ts';
import { command as listen } from './listen.ts';

/** The manual page: the tables that parser and help read, and the prose that is in no table. */
const MANUAL: Omit<Manual, 'version'> = {
  program: 'wstap',
  date: 'November 21, 2026',
  summary: 'WebSocket debugger: connect, listen, and see handshake and frames',
  description: [
    '`wstap` speaks WebSocket (RFC 6455 with permessage-deflate of RFC 7692) with a client and a server of its own, because a debugger must show and send what a library would hide or refuse. It is interactive in a terminal and a filter in a pipe.',
    'A bare `wstap URL` is `wstap connect URL`, and a bare `wstap` talks to an echo server inside. wscat’s command lines work: `-c URL`, `-l PORT`, `-x`, `-w`, `-P`, `-s`, `-H`, `-n`, `--no-check`, `--slash`.',
  ],
  commands: [connect.spec, listen.spec, handshake.spec, completion.spec],
  chapters: [
    {
      title: 'IN A TERMINAL',
      blocks: [
        'A line typed is a message; `> ` marks what was sent and `< ` what arrived. A pasted text of several lines is one message, and Alt+Enter begins a new line. A line that begins with `/` is a command (`//` sends a slash); the beginning of its name is enough, Tab completes, and `/help COMMAND` says more:',
        TOOLS.filter(({ name }) => name !== 'record').map(({ name, arguments: words, summary }) => ({
          term: `/${name} ${words}`.trim(),
          text: `${summary}.`,
        })),
        '`/frame` and `/bytes` send what no library would: they are not judged, only shown. An empty line sends nothing. Ctrl-C clears the line, on an empty one closes with 1000, and again within two seconds ends at once. Ctrl-D on an empty line closes. At the end a summary says what went which way.',
      ],
    },
    {
      title: 'IN A PIPE',
      blocks: [
        'Standard output is received payload and nothing else; all that `wstap` has to say goes to standard error. A text message is a line; a binary one is a line of hex, or raw bytes with `--format raw`. On a terminal control characters of a peer are shown escaped, never obeyed; in a pipe or file bytes pass unchanged.',
        'Each line of standard input is a text message; its line end (LF or CR LF) is not sent, and an empty line is an empty message. Nothing is read before the connection is open. A line that is not valid UTF-8 is an error (status 3) that names `-b`.',
        'At the end of the input everything is flushed and a ping with the payload “end of input” goes out as a barrier. After its pong the connection may stay quiet for `--wait` (300 ms; each message that arrives starts the quiet anew); then it is closed with 1000. A server that does not answer pings is given 5 seconds. With `--one`, `--count` or `--expect` the quiet lasts 10 s, and not getting them is status 1. With `-x` standard input is not read.',
        'Nothing is read faster than it is taken, in either direction: memory stays flat however slow the server or the reader of standard output is.',
      ],
    },
    {
      title: 'THE WAY THERE',
      blocks: [
        'The way to a server has up to seven hops. Each is measured, `-v` and `handshake` draw all of them, and where the way ends a hop is named with what to try next.',
        [
          { term: 'DNS', text: 'The name of the server, or of the proxy, becomes addresses.' },
          {
            term: 'TCP',
            text: 'The first address that answers is taken: IPv6 and IPv4 by turns, the next one 250 ms after the last or once that failed (RFC 8305). Where there are several, each try is drawn.',
          },
          { term: 'Unix', text: 'In place of both, a Unix socket.' },
          { term: 'Proxy TLS, Proxy', text: 'TLS to an https proxy, and the tunnel through a proxy (CONNECT or SOCKS).' },
          {
            term: 'TLS',
            text: 'TLS to the server. Its certificate and those of its issuers are shown, also where they do not verify.',
          },
          { term: 'HTTP/2', text: 'With `--http2`: the connection, up to the server’s SETTINGS.' },
          { term: 'HTTP', text: 'The opening handshake itself: the request and its answer.' },
        ],
      ],
    },
    {
      title: 'REDIRECTS AND CREDENTIALS',
      blocks: [
        'A redirect is a refusal that says where it leads; `-L` follows it, each try with the time of `--timeout`. What was given by hand for one origin (scheme, host and port) is never told to another, not even on the way back: `--auth`, `--bearer`, `--cookie`, the URL’s user, secret headers, `--host`, the client certificate.',
        'Where a server answers 401 and standard input is a terminal, user and password are asked for there, once, before the connection is open; not with `--no-input`. In a pipe nobody is asked, as with curl: the refusal is shown, and `--auth USER` asks for the password before the connection opens. Basic and Digest (MD5 and SHA-256, `qop=auth`) are answered. User and password may also come from the URL or, with `--netrc`, from a file.',
        'Cookie files are those of curl and wget. `--cookie-jar` keeps what every answer sets, redirects and refusals included, and replaces the file as a whole.',
      ],
    },
    {
      title: 'PROFILES',
      blocks: [
        '`wstap @NAME`, `wstap connect @NAME` and `wstap handshake @NAME` take URL and options from a file, under the options’ long names. What stands on the command line wins; headers are joined name by name. A secret is not written there but referred to: `{"env": "NAME"}` or `{"file": "PATH"}`, either with a `"prefix"`. Paths are beside the file, or begin with `~/`.',
        '`{"profiles": {"staging": {"url": "wss://staging.example/ws", "headers": {"Authorization": {"env": "TOKEN", "prefix": "Bearer "}}, "subprotocols": ["chat"], "ca": "ca.pem", "ping-interval": "30s"}}}`',
      ],
    },
    ...BEHAVIOUR_CHAPTERS,
    FAULT_CHAPTER,
    {
      title: 'FRAMES',
      blocks: [
        'One line shows a frame: seconds since the start, seconds since the frame above, `→` sent or `←` received, the opcode, `fin` or `more`, RSV1–3, the masking key, the payload length and the form in which it was coded (7, 16 or 64 bit), and bytes on the wire. What breaks the protocol stands beneath with its section. `--dump=hex` adds the bytes, with the unmasked payload under the masked one; `--dump=bits` draws the header as RFC 6455 §5.2 does. Sent frames are read back from the bytes that leave, hand-made ones too.',
        'A received frame that breaks the protocol fails the connection with the close code that RFC 6455 §7.4.1 gives (1002, 1007, 1008 or 1009); `--lenient` reports it and goes on where one can. UTF-8 is judged byte by byte as it arrives, also within an unfinished fragment.',
      ],
    },
    {
      title: 'VERSIONS',
      blocks: [
        'WebSocket was spoken for two years before RFC 6455, and devices of that time still speak as they did then. `--draft` asks for any version, `listen --draft` accepts it, and `handshake` checks its handshakes, pasted ones too. Names of `--draft`, newest first:',
        [
          {
            term: '13',
            text: 'RFC 6455, and hybi-13 to -17 before it, September 2011 on: Chrome 16, Firefox 11, IE 10, Safari 6, Opera 12.10, and everything since.',
          },
          {
            term: '8, hybi-11',
            text: 'hybi-08 to -10 and -11 to -12, June to August 2011: Chrome 14 and 15, Firefox 7 to 10, mobile apps and media players of 2012. The same frames as RFC 6455. Many servers still accept it.',
          },
          { term: 'hybi-07', text: 'April 2011: Firefox 6. The first with today’s frames.' },
          {
            term: 'hybi-05, hybi-06',
            text: 'February 2011: the add-on for IE of that spring, libwebsockets, Jetty. Opcodes were others, and a client masked its whole frame.',
          },
          {
            term: 'hybi-04',
            text: 'January 2011: for some weeks, in libraries. Each frame had a mask made from the handshake; libwebsockets made it in its own way (`hybi-04-libwebsockets`).',
          },
          {
            term: 'hybi-01, hybi-02, hybi-03',
            text: 'August to October 2010: no browser. The handshake of 76 with binary frames; nothing tells the handshake of hybi-01 from that of 76, so a server takes one for it only where 76 is off.',
          },
          {
            term: '76',
            text: 'hixie-76, or hybi-00, May 2010: Chrome 6 to 13, Safari 5.0.1 to 5.1, iOS 4.2 to 5, and the televisions, kiosks and PhantomJS 1 that came of it. Text only. 8 raw bytes follow the request and 16 the answer.',
          },
          {
            term: '75',
            text: 'hixie-75, February 2010: Chrome 4 and 5, Safari 5.0.0, Flash. Text only; the handshake proves nothing, and the end of TCP is the close.',
          },
        ],
        'How to tell: from hybi-04 on the request has `Sec-WebSocket-Version`; two keys, `Sec-WebSocket-Key1` and `-Key2`, are hixie-76 to hybi-03; an `Upgrade: WebSocket` with no key at all is hixie-75. The answers of versions 5 to 13 look alike; `Sec-WebSocket-Location` is of hixie-76 to hybi-03, `WebSocket-Location` of hixie-75. The name is in the list of clients, with `-v`, and as `dialect` in the event `open` of `--format json`.',
        'An old server: `wstap --draft auto URL` asks for 13, then for what the answer names, else for 8, 76 and 75, each on a new connection, and says what it learnt. An old client: `wstap listen --draft all`. Without it 13 and 8 are accepted; what is older is refused as its draft has it, by a closed connection or with 426, and `listen` says which option lets it in.',
        'What a version lacks is said and not sent: hixie-75 and hixie-76 know no binary messages, fragments, pings and close codes, so that `/ping`, `-b` and the barrier at the end of a pipe have no place there; the pipe waits for `--wait` then, once everything has left. A peer of hixie-76 often ends TCP without answering the closing frame; that is no error.',
        '`deflate-frame` and `x-webkit-deflate-frame` (Safari up to 14) compress single frames; `--deflate` with one of these names offers it, and `listen` accepts it. `deflate-stream` of hybi-04 to -10 is spoken by a client that offers it with `-H`, and never agreed to by `listen`; multiplexing, which no browser ever spoke, is explained and never accepted.',
      ],
    },
    {
      title: 'JSON',
      blocks: [
        '`--format json` prints each event of the session as an object on a line of its own. Every object has `v` (1; raised when a field changes its meaning), `at` (milliseconds since the start), `connection` (1, or the client’s number on a server) and `type`: `hop`, `http2` (SETTINGS), `head`, `open`, `refused`, `message`, `frame` (with `-vv` or `--dump`), `rtt`, `again` (asked once more after a redirect or challenge), `gap` (open again after a loss), `violation`, `fault` (what `listen` was told to get wrong), `failure`, `closed`. Bytes are `{"base64":…,"text":…}`, `text` only where they are valid UTF-8. Secrets in heads are `***`.',
        'A `hop` has `hop` (`dns`, `tcp`, `unix`, `proxy-tls`, `proxy`, `tls`, `http2` or `http`), `startedAt` and `duration` in milliseconds, `detail` in words, and where there are any `addresses`, `attempts` and `certificate`. The way ends with `failure`: the `hop` at which it ended, `code`, `message` and `hint` (what to try). An open connection that the network breaks has one too, with `stream` as its `hop`, before `closed`.',
        '`wstap handshake --format json` prints one object a handshake: `ok`, both heads, every finding, the hops as `phases`, the `certificate`, `failure`, the likely `cause` with its `remedy`, and as `earlier` the redirects and challenges on the way.',
      ],
    },
    {
      title: 'LIMITS',
      blocks: [
        'A message may have 64 MiB after inflation (`listen`: 16 MiB), a frame the same, a message 16384 fragments, a head 64 KiB and 128 fields (`listen`: 16 KiB and 100). Too large is close code 1009, judged on the frame’s header alone or while inflating; too many fragments is 1008. The whole way to an open connection has 10 s, a closing handshake 5 s and the end of TCP after it 5 s. On a server, unfinished messages of all clients together may hold 64 MiB, and a client that does not read is no longer read from once 1 MiB waits for it.',
        'On a server a request has its whole time from the first moment. At most 1024 connections wait in their opening handshake; above, the longest waiting of the address that has most goes (503). Full is 503, too many of one address 429, both with Retry-After; too fast is 1008, idle 1001. Told to end, it closes with 1001 and waits 5 seconds; a second signal does not wait.',
      ],
    },
  ],
  environment: [
    { term: 'WSTAP_PASSWORD', text: 'The password for `--auth USER`.' },
    { term: 'WSTAP_PASSPHRASE', text: 'The passphrase of the private key of `--cert`.' },
    { term: 'WSTAP_PROXY_PASSWORD', text: 'The password for `--proxy-auth USER`.' },
    {
      term: 'wss_proxy, https_proxy, ws_proxy, http_proxy, all_proxy, no_proxy',
      text: 'The proxy, unless `--proxy` is given, and whom it is not for; see `--proxy` and `--no-proxy`. In capitals too, but for HTTP_PROXY. `-v` says what came of them.',
    },
    {
      term: 'NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE, COLORTERM, TERM',
      text: 'Colour, unless `--color` says otherwise.',
    },
    {
      term: 'SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS',
      text: 'Certificates to trust: a file in place of the system’s; and besides, those in folders (separated by colons), and in another file.',
    },
    { term: 'SSLKEYLOGFILE', text: 'Where session keys are kept, unless `--keylog` is given.' },
    { term: 'XDG_STATE_HOME, HOME', text: 'Where the history is kept.' },
    { term: 'XDG_CONFIG_HOME, HOME', text: 'Where the profiles are.' },
    { term: 'NETRC', text: 'The file that `--netrc` reads, instead of ~/.netrc.' },
    { term: 'CI', text: 'Set: nothing is asked on the terminal.' },
    { term: 'WSTAP_DEBUG', text: 'Set: a bug’s report shows where it happened.' },
  ],
  files: [
    { term: '$XDG_CONFIG_HOME/wstap/config.json', text: 'Profiles (else under ~/.config).' },
    { term: '~/.netrc', text: 'Users and passwords by host, for `--netrc`.' },
    {
      term: '$XDG_STATE_HOME/wstap/history',
      text: 'Lines typed, the newest 1000, readable by you only (else under ~/.local/state). Lines that begin with a blank are left out.',
    },
  ],
  exitStatus: [
    { term: '0', text: 'Done; the connection was closed cleanly (1000, 1001 or no code).' },
    { term: '1', text: 'An expectation or a check was not met.' },
    { term: '2', text: 'Usage: bad argument, bad command.' },
    { term: '3', text: 'Something local: a file, bad input, a port in use.' },
    { term: '4', text: 'Name resolution, connection or proxy failed.' },
    { term: '5', text: 'TLS failed.' },
    { term: '6', text: 'The opening handshake was refused or wrong.' },
    { term: '7', text: 'The peer broke the protocol or a limit.' },
    { term: '8', text: 'Closed abnormally (1006), or with another code than 1000 and 1001.' },
    { term: '70', text: 'A bug in wstap.' },
    { term: '124', text: 'Timed out before the connection was open.' },
    { term: '129, 130, 141, 143', text: 'Ended by SIGHUP, SIGINT, a closed standard output, SIGTERM.' },
  ],
  examples: [],
  standards: [
    'RFC 6455, The WebSocket Protocol. RFC 7692, Compression Extensions for WebSocket. RFC 8441, WebSocket over HTTP/2. RFC 9110, RFC 9112 and RFC 9113, HTTP. RFC 1928 and RFC 1929, SOCKS 5. The drafts before RFC 6455: hixie-75, hixie-76, hybi-01 to hybi-17 (see `VERSIONS`).',
  ],
  security: [
    'Certificates are verified; `--insecure` says so on standard error each time, and NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored. `listen` binds to loopback unless told otherwise, refuses requests whose Origin is a page from elsewhere (any site that a browser on this machine shows could connect otherwise) and whose Host is a foreign name (DNS rebinding); `--origin` and `--allow-host` let more in.',
    'Passwords, tokens and cookies are `***` in everything that is shown of a head. A secret on the command line can be seen by every user of the machine: let `wstap` ask, or use WSTAP_PASSWORD or `--bearer @FILE`.',
  ],
};

/** The page as mdoc. */
export function manualPage(): string {
  return renderManual({ ...MANUAL, version: metadata.version });
}
