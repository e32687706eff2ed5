import type { OptionSpec } from '../../cli/option.ts';
import { CLIENT_DRAFT } from './draft-options.ts';

const HANDSHAKE = 'Opening handshake';

/** What a client's request says. */
export const REQUEST_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'header',
    short: ['H'],
    kind: 'value',
    repeatable: true,
    placeholder: "'K: V'",
    group: HANDSHAKE,
    summary: 'send this header; K: alone removes a default, K; sends it empty',
    details:
      'Repeatable. Sent verbatim in the order given. A header with the name of a default one takes its place, so `Host`, `Origin` and even `Sec-WebSocket-Key` can be overridden.',
  },
  {
    name: 'subprotocol',
    short: ['s'],
    kind: 'value',
    repeatable: true,
    placeholder: 'NAME',
    group: HANDSHAKE,
    summary: 'ask for this subprotocol, best first',
  },
  { name: 'origin', short: ['o'], kind: 'value', placeholder: 'ORIGIN', group: HANDSHAKE, summary: 'send this Origin' },
  { name: 'host', kind: 'value', placeholder: 'HOST', group: HANDSHAKE, summary: 'send this Host instead of that of the URL' },
  {
    name: 'auth',
    kind: 'value',
    placeholder: 'USER[:PASSWORD]',
    group: HANDSHAKE,
    summary: 'log in with HTTP Basic; without a password it is asked for',
    details:
      'The password is asked for on the terminal, not echoed, before the connection opens. In a script set `WSTAP_PASSWORD`: a password on the command line can be seen by every user of the machine.',
  },
  {
    name: 'bearer',
    kind: 'value',
    placeholder: 'TOKEN',
    group: HANDSHAKE,
    summary: 'send Authorization: Bearer TOKEN; @FILE reads it from a file',
  },
  {
    name: 'cookie',
    kind: 'value',
    repeatable: true,
    placeholder: 'K=V',
    group: HANDSHAKE,
    summary: 'send this cookie; FILE without = is read as --cookie-file',
  },
  {
    name: 'compress',
    kind: 'flag',
    negatable: true,
    group: HANDSHAKE,
    summary: 'offer permessage-deflate as browsers do (default: no)',
    details: 'Off by default, because plain frames are easier to read. `--no-compress` also overrides an earlier `--compress`.',
  },
  {
    name: 'deflate',
    kind: 'value',
    placeholder: 'PARAMETERS',
    group: HANDSHAKE,
    summary: "offer exactly these, e.g. 'client_max_window_bits=10'",
    details:
      'Offers permessage-deflate with exactly these parameters, separated by semicolons as in RFC 7692 §7.1. `deflate-frame` or `x-webkit-deflate-frame` in front offers that extension of 2012 instead, which old Safari speaks.',
  },
  CLIENT_DRAFT,
];
