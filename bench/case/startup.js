import { fileURLToPath } from 'node:url';
import { withSides } from '../side-process.js';
import { milliseconds } from '../unit.js';
import { wholeProcess } from '../whole-process.js';

/** Whole processes, from the shell's start to their end. */

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
export const WSTAP = [process.execPath, path('../../bin/wstap.js')];
export const WSCAT = [process.execPath, path('../node_modules/wscat/bin/wscat')];
/** wscat as it comes: without the add-on that stands beside it here. */
export const WS_ALONE = { WS_NO_BUFFER_UTIL: '1' };

const NODE = [process.execPath, path('../script/empty.cjs')];

const COLUMNS = [
  { key: 'wall', label: 'wall ms', format: milliseconds, better: 'less' },
  { key: 'cpu', label: 'cpu ms', format: milliseconds, better: 'less', ratio: true },
];

function table(title, commands, reference, goals) {
  return {
    title,
    subject: 'command',
    columns: COLUMNS,
    reference,
    candidates: Object.keys(commands),
    goals,
    repeat: 4,
    sample: (name) => wholeProcess(commands[name], { variables: WS_ALONE }),
  };
}

const ECHO_WSTAP = 'wstap: connect, one echo, close';
const ECHO_WSCAT = 'wscat: connect, one echo, close';

/** The server sends the message back and closes; both clients wait for that, so no pause of theirs is in the times. */
function oneEcho() {
  const commands = (port) => ({
    node: NODE,
    [ECHO_WSTAP]: [...WSTAP, `ws://127.0.0.1:${port}/`, '-x', 'hello', '-w', '-1'],
    [ECHO_WSCAT]: [...WSCAT, '-c', `ws://127.0.0.1:${port}/`, '-x', 'hello', '-w', '-1'],
  });
  return {
    ...table('connect, one echo, clean close', commands(0), ECHO_WSCAT, [
      { of: ECHO_WSTAP, costs: 0.85 },
      { of: ECHO_WSTAP, costs: 0.85, key: 'cpu' },
    ]),
    sample: (name) =>
      withSides(['wstap'], async (server) => {
        const port = await server.call('serve', { mode: 'once' });
        return wholeProcess(commands(port)[name], { variables: WS_ALONE });
      }),
  };
}

export const startup = {
  name: 'startup',
  tables: () => [
    table(
      'start-up',
      {
        node: NODE,
        'wstap --version': [...WSTAP, '--version'],
        'wstap --help': [...WSTAP, '--help'],
        'wstap connect --help': [...WSTAP, 'connect', '--help'],
        'wscat --version': [...WSCAT, '--version'],
        'wscat --help': [...WSCAT, '--help'],
      },
      'node',
      [
        { of: 'wstap --version', costs: 1.2 },
        { of: 'wstap --version', costs: 1.2, key: 'cpu' },
        { of: 'wstap --help', costs: 1.5 },
        { of: 'wstap --help', costs: 1.5, key: 'cpu' },
      ],
    ),
    oneEcho(),
  ],
};
