import type { OptionSpec } from '../../cli/option.ts';

/** What a browser gets that asks `listen` for no WebSocket. */
const GROUP = 'In a browser';

export const PAGE_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'page',
    kind: 'flag',
    negatable: true,
    group: GROUP,
    summary: 'serve a page to talk from and to look inside (default)',
    details:
      'Its address, with a token that keeps others out, is printed at the start. In it a browser connects, sends and closes, and beside that stands what the server sees of the same connection: its handshake, and every frame with its bytes (of large ones the first 4 KiB). It keeps the newest 1000; where a browser falls far behind, it is sent the newest, and told how many it missed. Off with `--no-page`, with `-q`, with `--once`, and on a Unix socket, unless `--page` asks for it: a plain GET is then answered with 426.',
  },
  {
    name: 'static',
    kind: 'value',
    placeholder: 'DIR',
    group: GROUP,
    summary: 'serve the files in DIR instead of the page',
    details:
      'For a page of your own that connects here: GET and HEAD, index.html for a directory, no listing. Hidden files and links that lead out of DIR are not found.',
  },
];
