import { ExitStatus } from '../../exit-status.ts';
import type { FaultRow } from './row.ts';

/** What may be wrong with the end of a connection. */

const lost = (note?: string) => [{ exit: ExitStatus.abnormal, code: 1006, ...(note && { note }) }] as const;
const LOST = 'must take it for a lost connection (1006), and not for a clean close';

export const CLOSE_FAULTS = {
  close: {
    value: { kind: 'code', grammar: 'CODE[:REASON]', usual: '1011' },
    times: 'once',
    does: 'closes with this code, legal or not (999, 1005, 1006, 1015, 65535)',
    duty: 'must echo a Close; a code that may not be sent: should fail with 1002',
    section: 'RFC 6455 §7.4',
    answers: [
      { exit: ExitStatus.abnormal, code: 1011 },
      { value: '1001', exit: ExitStatus.ok },
      ...['999', '1005', '1006', '1015', '65535'].map(
        (value) => ({ value, exit: ExitStatus.protocol, rule: 'close-code-invalid' }) as const,
      ),
    ],
    slot: 'end',
  },
  'close-one-byte': {
    times: 'once',
    does: 'a Close of one byte, half a code',
    duty: 'should fail the connection; 1002 is the code for it',
    section: 'RFC 6455 §5.5.1',
    answers: [{ exit: ExitStatus.protocol, rule: 'close-one-byte' }],
    slot: 'end',
  },
  'close-utf8': {
    times: 'once',
    does: 'a Close whose reason is not UTF-8',
    duty: 'must fail the connection; 1007 is the code for it',
    section: 'RFC 6455 §8.1',
    answers: [{ exit: ExitStatus.protocol, rule: 'close-reason-not-utf8' }],
    slot: 'end',
  },
  'data-after-close': {
    times: 'once',
    does: 'closes with 1000, and sends a message behind its Close',
    duty: 'must echo the Close, and discards what is behind it',
    section: 'RFC 6455 §1.4',
    answers: [{ exit: ExitStatus.ok }],
    slot: 'end',
  },
  'no-close': {
    times: 'each',
    does: 'never answers the client’s Close, nor sends one',
    duty: 'should end TCP after a time',
    section: 'RFC 6455 §7.1.1',
    answers: lost('after 5 s'),
  },
  'no-fin': {
    times: 'each',
    does: 'leaves TCP open when the closing handshake is over',
    duty: 'should end it after a reasonable time',
    section: 'RFC 6455 §7.1.1',
    answers: [{ exit: ExitStatus.ok, note: 'after 5 s' }],
  },
  end: {
    times: 'once',
    does: 'ends TCP (FIN) without a Close',
    duty: LOST,
    section: 'RFC 6455 §7.1.5',
    answers: lost(),
    slot: 'end',
  },
  rst: {
    times: 'once',
    does: 'resets TCP (RST; where TLS or a Unix socket has none, it ends at once)',
    duty: LOST,
    section: 'RFC 6455 §7.1.5',
    answers: lost(),
    slot: 'end',
  },
  'half-open': {
    times: 'once',
    does: 'reads and writes nothing more, and never ends: as if its cable were cut',
    duty: 'can know by pings only; its Close should not wait for ever',
    section: 'RFC 6455 §7.1.1',
    answers: lost('5 s after its Close; --ping-timeout sooner'),
    slot: 'end',
  },
} as const satisfies Record<string, FaultRow>;
