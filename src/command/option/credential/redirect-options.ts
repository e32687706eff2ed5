import type { OptionSpec } from '../../../cli/option.ts';
import { parseCount } from '../../../cli/value.ts';

const HANDSHAKE = 'Opening handshake';

/** What is done where a server sends us elsewhere or asks who we are, and what we remember of it. */
export const REDIRECT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'location',
    short: ['L'],
    kind: 'flag',
    group: HANDSHAKE,
    summary: 'follow redirects; credentials stay with their origin',
    details:
      'Statuses 301, 302, 303, 307 and 308. On the way to another scheme, host or port `--auth`, `--bearer`, `--cookie`, secret headers, `--host` and the client certificate are left behind, for good; cookies of a cookie file and `--netrc` go where they belong. From wss to ws only with `--allow-downgrade`.',
  },
  {
    name: 'max-redirects',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(0),
    defaultText: '10',
    group: HANDSHAKE,
    summary: 'redirects in a row that -L follows',
  },
  { name: 'allow-downgrade', kind: 'flag', group: HANDSHAKE, summary: 'let a redirect lead from wss to ws' },
  {
    name: 'netrc',
    kind: 'flag',
    group: HANDSHAKE,
    summary: 'take user and password for the host from ~/.netrc',
    details:
      'Or from the file that the variable NETRC names. `--auth` and the URL come first; of `user@` the password is looked up.',
  },
  { name: 'netrc-file', kind: 'value', placeholder: 'FILE', group: HANDSHAKE, summary: 'as --netrc, from this file' },
  {
    name: 'cookie-file',
    kind: 'value',
    repeatable: true,
    placeholder: 'FILE',
    group: HANDSHAKE,
    summary: 'send the cookies in this file that fit (Netscape format)',
    details:
      'The format of curl and wget, which browsers export. Each cookie goes only to its domain and path, and over TLS where it is secure. Like curl’s `-b`, `--cookie` with a value that has no = reads a file too.',
  },
  {
    name: 'cookie-jar',
    kind: 'value',
    placeholder: 'FILE',
    group: HANDSHAKE,
    summary: 'as --cookie-file, and keep there what servers set',
    details:
      'The file need not exist yet. It is written before the connection opens, with what `--cookie-file` holds too, and after each answer that sets a cookie; readable by you only.',
  },
];
