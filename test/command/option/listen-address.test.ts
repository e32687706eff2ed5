import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../src/cli/parse.ts';
import { Options } from '../../../src/cli/value.ts';
import { command } from '../../../src/command/listen.ts';
import { type Inheritance, type ListenAddress, listenAddress } from '../../../src/command/option/listen-address.ts';

const NOTHING: Inheritance = { variables: {}, pid: 7 };

function place(argv: readonly string[], inheritance = NOTHING): ListenAddress {
  const parsed = parseArguments(command.spec, argv);
  return listenAddress(parsed.positionals[0], new Options(parsed), inheritance);
}

const LOOPBACK = ['127.0.0.1', '::1'];

describe('where to listen', () => {
  test.each<[argv: string[], place: ListenAddress]>([
    [[], { hosts: LOOPBACK, port: 0 }],
    [['8080'], { hosts: LOOPBACK, port: 8080 }],
    [[':8080'], { hosts: LOOPBACK, port: 8080 }],
    [['localhost:8080'], { hosts: LOOPBACK, port: 8080 }],
    [['0.0.0.0:8080'], { hosts: ['0.0.0.0'], port: 8080 }],
    [['[::1]:8080'], { hosts: ['::1'], port: 8080 }],
    [['[fe80::1%eth0]:8080'], { hosts: ['fe80::1%eth0'], port: 8080 }],
    [['unix:/run/a'], { hosts: [], port: 0, doors: [{ unixSocket: '/run/a' }] }],
    [['unix:@a'], { hosts: [], port: 0, doors: [{ unixSocket: '@a' }] }],
    [['--unix-socket', '/run/a'], { hosts: [], port: 0, doors: [{ unixSocket: '/run/a' }] }],
    [['--abstract-unix-socket', 'a'], { hosts: [], port: 0, doors: [{ unixSocket: '@a' }] }],
    [['--fd', '3'], { hosts: [], port: 0, doors: [{ fd: 3 }] }],
    [['fd:3'], { hosts: [], port: 0, doors: [{ fd: 3 }] }],
  ])('%j', (argv, wanted) => {
    expect(place(argv)).toEqual(wanted);
  });

  test.each<[argv: string[], said: string]>([
    [['nowhere'], 'is no address to listen at: write PORT, HOST:PORT or unix:PATH'],
    [['99999'], 'is no address to listen at'],
    [['unix:'], 'the Unix socket has no name'],
    [['--fd', 'three'], '"three" is no descriptor: write its number, e.g. --fd 3'],
    [['8080', '--unix-socket', '/run/a'], 'two places to listen at were given: give one'],
    [['fd:3', '--unix-socket', '/run/a'], 'two places to listen at were given'],
    [['unix:/run/a', '--unix-socket', '/run/b'], 'two Unix sockets were given'],
    [['unix:/run/a', '--port-file', 'p'], '--port-file needs a port to write'],
  ])('%j is refused', (argv, said) => {
    expect(() => place(argv)).toThrow(said);
  });
});

/** sd_listen_fds(3). */
describe('sockets that are handed down', () => {
  test.each<[variables: Record<string, string>, doors: ListenAddress['doors']]>([
    [{ LISTEN_FDS: '1', LISTEN_PID: '7' }, [{ fd: 3 }]],
    [{ LISTEN_FDS: '2', LISTEN_PID: '7' }, [{ fd: 3 }, { fd: 4 }]],
    [{ LISTEN_FDS: '1', LISTEN_PID: '8' }, undefined],
    [{ LISTEN_FDS: '1' }, undefined],
    [{ LISTEN_FDS: '0', LISTEN_PID: '7' }, undefined],
    [{ LISTEN_FDS: 'x', LISTEN_PID: '7' }, undefined],
  ])('%j', (variables, doors) => {
    expect(place([], { variables, pid: 7 }).doors).toEqual(doors);
  });

  test('an address that is given goes first', () => {
    expect(place(['8080'], { variables: { LISTEN_FDS: '1', LISTEN_PID: '7' }, pid: 7 })).toEqual({ hosts: LOOPBACK, port: 8080 });
  });
});
