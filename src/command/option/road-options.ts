import type { OptionSpec } from '../../cli/option.ts';

const ROAD = 'The way there';

/** Which Unix socket, in place of an address and port: the same for a client and a server. */
export const SOCKET_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'unix-socket',
    kind: 'value',
    placeholder: 'PATH',
    group: ROAD,
    summary: 'use this Unix socket in place of an address',
    details:
      'The URL still says what is asked for, its host what is sent as Host. `ws+unix:PATH:/REQUEST` says both in one: a colon ends the path; one inside of it is written %3A.',
  },
  {
    name: 'abstract-unix-socket',
    kind: 'value',
    placeholder: 'NAME',
    group: ROAD,
    summary: 'the same with an abstract socket (Linux)',
    details:
      'Also written `--unix-socket @NAME` and `ws+unix:@NAME:/REQUEST`. Such a socket is no file, and every user may connect.',
  },
];

/** Which road to take to a server where there are several. */
export const ROAD_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'resolve',
    kind: 'value',
    repeatable: true,
    placeholder: 'HOST:PORT:ADDR[,ADDR]',
    group: ROAD,
    summary: 'take these addresses for HOST and PORT; * is any',
    details:
      'As in curl. Only the address changes: Host, SNI and the certificate are still those of HOST. A proxy’s name can be given too.',
  },
  {
    name: 'connect-to',
    kind: 'value',
    repeatable: true,
    placeholder: 'HOST1:PORT1:HOST2:PORT2',
    group: ROAD,
    summary: 'connect to HOST2:PORT2 in place of HOST1:PORT1',
    details:
      'As in curl. An empty HOST1 or PORT1 is any, an empty HOST2 or PORT2 leaves that part as it was; the first that fits is taken. Host, SNI and the certificate stay those of HOST1. Through a proxy, the tunnel leads to HOST2.',
  },
  { name: 'ipv4', short: ['4'], kind: 'flag', group: ROAD, summary: 'take IPv4 addresses only' },
  { name: 'ipv6', short: ['6'], kind: 'flag', group: ROAD, summary: 'take IPv6 addresses only' },
  {
    name: 'interface',
    kind: 'value',
    placeholder: 'NAME|ADDR',
    group: ROAD,
    summary: 'come from this interface’s address, or from this address',
    details:
      'The connection is bound to an address of the interface, not to the interface itself (SO_BINDTODEVICE): the routes of the system decide where packets leave.',
  },
  ...SOCKET_OPTIONS,
];
