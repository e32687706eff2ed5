import type { OptionSpec } from '../../cli/option.ts';

const HANDSHAKE = 'Opening handshake';
const SPELLINGS =
  'Names are `75`, `76` (or `hybi-00`), `hybi-01` to `hybi-07`, `8` (hybi-08 to -12) and `13` (RFC 6455); `hybi-04-libwebsockets` is hybi-04 as that library masked it.';

/** The versions of the protocol before RFC 6455. What reads them is loaded when one is given. */
export const CLIENT_DRAFT: OptionSpec = {
  name: 'draft',
  short: ['p'],
  aliases: ['protocol'],
  kind: 'value',
  placeholder: 'NAME',
  defaultText: '13',
  group: HANDSHAKE,
  summary: 'speak this version: 75, 76, hybi-01 … hybi-07, 8, 13, or auto',
  details: `${SPELLINGS} With \`auto\` version 13 is asked for first; on a refusal the versions that the answer names, else 8, 76 and 75, each on a new connection, and what was learnt is said; the tries share the time of \`--timeout\`.`,
};

export const SERVER_DRAFT: OptionSpec = {
  name: 'draft',
  kind: 'value',
  repeatable: true,
  placeholder: 'NAME,…',
  defaultText: '13,8',
  group: HANDSHAKE,
  summary: 'accept these versions and no others; all accepts every one',
  details: `${SPELLINGS} Each version is recognised by itself. Handshakes before hybi-04 prove little or nothing, so they are let in only when asked for; else they are refused as their draft has it, with a word here on which option lets them in.`,
};
