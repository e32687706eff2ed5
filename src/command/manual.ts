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
      title: 'REDIRECTS AND CREDENTIALS',
      blocks: [
        'A redirect is a refusal that says where it leads; `-L` follows it, each try with the time of `--timeout`. What was given by hand for one origin (scheme, host and port) is never told to another, not even on the way back: `--auth`, `--bearer`, `--cookie`, the URL’s user, secret headers, `--host`, the client certificate.',
        'Where a server answers 401 and a person sits at the terminal, user and password are asked for, once, before the connection is open; not with `--no-input`. Basic and Digest (MD5 and SHA-256, `qop=auth`) are answered. User and password may also come from the URL or, with `--netrc`, from a file.',
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
      title: 'JSON',
      blocks: [
        '`--format json` prints each event of the session as an object on a line of its own. Every object has `v` (1; raised when a field changes its meaning), `at` (milliseconds since the start), `connection` (1, or the client’s number on a server) and `type`: `hop`, `head`, `open`, `refused`, `message`, `frame` (with `-vv` or `--dump`), `rtt`, `again` (asked once more after a redirect or challenge), `gap` (open again after a loss), `violation`, `fault` (what `listen` was told to get wrong), `failure`, `closed`. Bytes are `{"base64":…,"text":…}`, `text` only where they are valid UTF-8. Secrets in heads are `***`. `wstap handshake --format json` prints one object a handshake, with `ok`, both heads, and every finding.',
      ],
    },
    {
      title: 'LIMITS',
      blocks: [
        'A message may have 64 MiB after inflation (`listen`: 16 MiB), a frame the same, a message 16384 fragments, a head 64 KiB and 128 fields (`listen`: 16 KiB and 100). Too large is close code 1009, judged on the frame’s header alone or while inflating; too many fragments is 1008. The whole way to an open connection has 10 s, a closing handshake 5 s and the end of TCP after it 5 s. On a server, unfinished messages of all clients together may hold 64 MiB, and a client that does not read is no longer read from once 1 MiB waits for it.',
      ],
    },
  ],
  environment: [
    { term: 'WSTAP_PASSWORD', text: 'The password for `--auth USER`.' },
    { term: 'WSTAP_PROXY_PASSWORD', text: 'The password for `--proxy-auth USER`.' },
    {
      term: 'wss_proxy, https_proxy, ws_proxy, http_proxy, all_proxy, no_proxy',
      text: 'The proxy, unless `--proxy` is given, and whom it is not for; see `--proxy` and `--no-proxy`. In capitals too, but for HTTP_PROXY. `-v` says what came of them.',
    },
    {
      term: 'NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE, COLORTERM, TERM',
      text: 'Colour, unless `--color` says otherwise.',
    },
    { term: 'SSL_CERT_FILE, NODE_EXTRA_CA_CERTS', text: 'Files of certificates to trust: instead of the system’s, and besides.' },
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
    { term: '4', text: 'Name resolution or connection failed.' },
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
    'RFC 6455, The WebSocket Protocol. RFC 7692, Compression Extensions for WebSocket. RFC 9110 and RFC 9112, HTTP. Pasted handshakes of version 8 (hybi-08 to hybi-12) are verified too; older ones are recognised and named.',
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
