export const REPLY_EXAMPLE = `rules:
- when: { open: true }
  reply: welcome
- when: { regexp: '^add (\\d+) (\\d+)$' }
  reply: { text: '$1 + $2 = ?' }
- when: { json: { $.type: subscribe } }
  reply: [ { json: { id: '\${$.id}', ok: true } }, { next: subscribed } ]
- when: { state: subscribed, text: more }
  reply: { repeat: 3, every: 1s, do: tick }
otherwise: { close: { code: 1008, reason: 'what is $0?' } }
`;

/** What `listen` does with clients by itself, as chapters of the manual page. */
export const BEHAVIOUR_CHAPTERS = [
  {
    title: 'EXEC',
    blocks: [
      '`wstap listen --exec CMD` starts CMD for each client. A message is a line of its standard input, a line of its standard output a text message (a CR before the line end is not sent; a message that holds line ends arrives as several lines; what is not UTF-8 is replaced by U+FFFD, and said). With `-b` bytes pass as they come, and each piece is a binary message. With `-0` messages end with NUL. A line above `--max-line` (here 1 MiB) ends the connection with 1009.',
      'CMD is split into words at blanks; `\'…\'`, `"…"` and a backslash keep a blank as it is. What only a shell understands (`|`, `>`, `$NAME` and the like) is an error unless it is quoted as for a shell; `--shell` hands the whole to /bin/sh. A program that is not there is said at once (status 3), not to the first client.',
      'Nothing is read faster than it is taken: a program is paused while its client does not read, and a client while more than 1 MiB waits for its program. Nothing of it is read then, its Close neither, and it is sent an empty Pong each second, so that one that has left is noticed within some two seconds.',
      'When the program ends, its client is closed: with 1000 where its exit status is 0, else with 1011 and a reason (`exit status 3`, `ended by SIGKILL`). A program that cannot be started, as descriptors or memory are short, is 1011 too; more than `--max-forks` programs are refused with 503. When the client leaves, the program’s input ends, after 250 ms it gets SIGTERM, and 2 s after the leaving SIGKILL: it and all that it has started, which is a process group of its own. What a program leaves behind when it ends goes the same way.',
      'Its standard streams are sockets: write to `>&2`, not to /dev/stderr, which cannot be opened. What it says on standard error is shown as a remark, escaped, with the client’s number; `-q` leaves it out.',
      'The environment holds PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, LC_CTYPE, TZ and TMPDIR as far as they are set, what `--pass-env` names, and, with control characters left out:',
      [
        {
          term: 'REQUEST_URI, SCRIPT_NAME, PATH_INFO, QUERY_STRING',
          text: 'What was asked for: as written; the `--route` that took it; the rest of the path, decoded; what stands behind the question mark.',
        },
        {
          term: 'REMOTE_ADDR, REMOTE_HOST, REMOTE_PORT',
          text: 'The client’s address (twice: no name is looked up) and port. Empty on a Unix socket.',
        },
        {
          term: 'SERVER_NAME, SERVER_PORT, SERVER_PROTOCOL, SERVER_SOFTWARE',
          text: 'Where it is served, and by what. With TLS there is HTTPS=on.',
        },
        {
          term: 'HTTP_HOST, HTTP_ORIGIN, HTTP_USER_AGENT',
          text: 'These header fields, and no other: neither cookies nor credentials.',
        },
        { term: 'WSTAP_CONNECTION, WSTAP_SUBPROTOCOL', text: 'The client’s number, and the subprotocol that is spoken.' },
        { term: 'GATEWAY_INTERFACE, REQUEST_METHOD', text: '`CGI/1.1` and `GET`, for programs that look for them.' },
      ],
      'Programs written for websocketd run unchanged where they keep to lines and these names. What differs: header fields other than those three are not handed on; SERVER_NAME and SERVER_PORT are ours and not what the Host field says; there is no UNIQUE_ID; the close code tells how the program ended; background processes end with their program; and a program that closes its output without ending keeps its client.',
    ],
  },
  {
    title: 'REPLIES',
    blocks: [
      '`wstap listen --reply FILE` answers by rules in YAML 1.2 or JSON. What is wrong in the file is said with its line and column (status 3). The first of the `rules` whose `when` fits a message is followed; where none fits, `otherwise` is. For example:',
      REPLY_EXAMPLE,
      'A rule has:',
      [
        { term: 'when', text: 'What must hold, all of it; without it every message fits.' },
        { term: 'reply', text: 'One step, or a list of steps that are done in order. Required.' },
        { term: 'limit (number)', text: 'How often the rule fits for one client; then it is passed over.' },
      ],
      '`when` has any of:',
      [
        { term: 'open (true)', text: 'The opening, and not a message. The first such rule that fits is followed.' },
        { term: 'text (text)', text: 'The message is this.' },
        { term: 'contains (text)', text: 'This is part of it.' },
        { term: 'regexp (text)', text: 'It matches this regular expression of JavaScript, also written `/…/i`.' },
        {
          term: 'json (path, or paths with values)',
          text: 'It is JSON, of at most 1000 levels in each other, and there stands something at the path (`$.user.name`, `$.list.0`, `$["a b"]`), or this value at each.',
        },
        { term: 'bytes (hex)', text: 'It is these bytes.' },
        { term: 'opcode (text or binary)', text: 'It has this opcode.' },
        { term: 'path (text)', text: 'The client asked for this path.' },
        { term: 'state (text)', text: 'A `next` led here; at first the state is `start`.' },
      ],
      'A step is a text to send, or one of:',
      [
        { term: 'text (text)', text: 'Sends it; with `opcode: binary` its bytes.' },
        { term: 'json (anything)', text: 'Sends it as JSON.' },
        { term: 'hex (hex)', text: 'Sends these bytes, as a binary message or with `opcode: text`.' },
        {
          term: 'file (path)',
          text: 'Sends the file, found beside the script, whole: as text where it is UTF-8. It is read at the start.',
        },
        { term: 'ping (text)', text: 'Sends a ping.' },
        { term: 'delay (time)', text: 'Waits, `500ms` or `2s`, before the next step. Other messages are answered meanwhile.' },
        {
          term: 'repeat (number), every (time), do (steps)',
          text: 'Does the steps so often, no faster than the client takes them.',
        },
        { term: 'next (text)', text: 'Goes to this state.' },
        { term: 'close (code, or code and reason)', text: 'Closes; without a code the Close frame is empty.' },
      ],
      'In `text`, `ping`, `reason` and the texts of `json` these stand for what came: `$0` the match, or without a regular expression the whole message; `$1` a group of it; `$\u007bname}` a named one; `$\u007b$.a.b}` what stands there in its JSON; `$$` a `$`. In `json` a text that is nothing but one of them keeps the type of what stands there.',
    ],
  },
];
