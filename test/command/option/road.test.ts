import { describe, expect, test } from 'vitest';
import type { CommandSpec } from '../../../src/cli/option.ts';
import { parseArguments } from '../../../src/cli/parse.ts';
import { Options } from '../../../src/cli/value.ts';
import { roadOf } from '../../../src/command/option/road.ts';
import { ROAD_OPTIONS } from '../../../src/command/option/road-options.ts';
import type { Road } from '../../../src/transport/route.ts';

const spec: CommandSpec = { name: 'x', summary: '', description: [], positionals: [], options: ROAD_OPTIONS, examples: [] };
const road = (argv: readonly string[], unixSocket?: string) => roadOf(new Options(parseArguments(spec, argv)), unixSocket);

describe('what users write → the road', () => {
  test.each<[argv: string[], road: Road | undefined]>([
    [[], undefined],
    [['-4'], { family: 4 }],
    [['--ipv6'], { family: 6 }],
    [['--interface', 'eth0'], { from: 'eth0' }],
    [['--interface', 'if!eth0'], { from: 'eth0' }],
    [['--interface', 'host!127.0.0.1'], { from: '127.0.0.1' }],
    [['--unix-socket', '/a'], { unixSocket: '/a' }],
    [['--unix-socket', '@a'], { unixSocket: '@a' }],
    [['--abstract-unix-socket', 'a'], { unixSocket: '@a' }],
    [['--resolve', 'a.test:80:127.0.0.1'], { resolve: [{ host: 'a.test', port: 80, addresses: ['127.0.0.1'] }] }],
    [['--resolve', '+a.test:80:127.0.0.1'], { resolve: [{ host: 'a.test', port: 80, addresses: ['127.0.0.1'] }] }],
    [['--resolve', '*:*:127.0.0.1'], { resolve: [{ host: '*', port: undefined, addresses: ['127.0.0.1'] }] }],
    [
      ['--resolve', 'a.test:80:[::1],127.0.0.1,fe80::1%lo'],
      { resolve: [{ host: 'a.test', port: 80, addresses: ['::1', '127.0.0.1', 'fe80::1%lo'] }] },
    ],
    [['--resolve', '[::2]:80:::1'], { resolve: [{ host: '::2', port: 80, addresses: ['::1'] }] }],
    [
      ['--connect-to', 'a.test:80:b.test:81'],
      { connectTo: [{ fromHost: 'a.test', fromPort: 80, toHost: 'b.test', toPort: 81 }] },
    ],
    [['--connect-to', ':::81'], { connectTo: [{ fromHost: '', fromPort: undefined, toHost: '', toPort: 81 }] }],
    [['--connect-to', '::[::1]:'], { connectTo: [{ fromHost: '', fromPort: undefined, toHost: '::1', toPort: undefined }] }],
    [['--connect-to', '[::2]:80:[::1]:81'], { connectTo: [{ fromHost: '::2', fromPort: 80, toHost: '::1', toPort: 81 }] }],
  ])('%j', (argv, wanted) => {
    expect(road(argv)).toEqual(wanted);
  });

  test('the URL names the socket', () => {
    expect(road([], '/a')).toEqual({ unixSocket: '/a' });
  });
});

describe('what is refused, and what to write instead', () => {
  test.each<[argv: string[], said: string]>([
    [['-4', '-6'], '-4 and -6 exclude each other'],
    [['--resolve', 'a.test:80'], '--resolve "a.test:80": write HOST:PORT:ADDRESS, e.g. example.com:443:127.0.0.1'],
    [['--resolve', 'a.test:80:b.test'], '"b.test" is no address; write HOST:PORT:ADDRESS'],
    [['--resolve', ':80:127.0.0.1'], 'write HOST:PORT:ADDRESS'],
    [['--resolve', 'a.test:80:127.0.0.1,'], 'write HOST:PORT:ADDRESS'],
    [['--resolve', '-a.test:80'], 'write HOST:PORT:ADDRESS'],
    [['--resolve', 'a.test:99999:127.0.0.1'], '99999 is no port'],
    [['--connect-to', 'a.test:80'], 'write HOST1:PORT1:HOST2:PORT2, e.g. example.com:443:localhost:8443'],
    [['--connect-to', 'a.test:x:b.test:1'], 'write HOST1:PORT1:HOST2:PORT2'],
    [['--connect-to', '::b.test:0'], '0 is no port: they go from 1 to 65535'],
    [['--unix-socket', ''], 'the Unix socket has no name'],
    [['--abstract-unix-socket', ''], 'the Unix socket has no name'],
    [['--unix-socket', '/a', '--abstract-unix-socket', 'b'], 'two Unix sockets were given, "/a" and "@b": give one'],
  ])('%j', (argv, said) => {
    expect(() => road(argv)).toThrow(said);
  });

  test('a socket in the URL and another one', () => {
    expect(() => road(['--unix-socket', '/b'], '/a')).toThrow('two Unix sockets were given, "/a" and "/b"');
  });
});
