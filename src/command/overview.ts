import type { Overview } from '../cli/help.ts';

/** The words of `wstap --help` that are in no table. */
export const OVERVIEW: Omit<Overview, 'commands' | 'options'> & { readonly commonest: readonly string[] } = {
  summary: 'wstap is a WebSocket debugger: it connects, listens and inspects, and shows the opening handshake and every frame.',
  usage: ['[connect] [URL]', 'COMMAND [OPTION]...'],
  commonest: ['execute', 'header', 'subprotocol', 'wait', 'one', 'verbose', 'dump', 'format', 'help', 'version'],
  examples: [
    { line: 'wstap', text: 'try it: an echo server is built in' },
    { line: 'wstap listen 8080 --echo', text: 'a server for your client' },
    { line: 'wstap handshake wss://example.com/chat', text: 'why does it not connect?' },
  ],
  notes: ['wstap COMMAND --help says more, and man wstap says everything, exit statuses included.'],
};
