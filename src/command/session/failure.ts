import type { EndSignal } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { HopName, SessionEvent } from '../../session/event.ts';

/** How a session ended → what the shell is told. */
export type Ending = Extract<SessionEvent, { type: 'failure' | 'refused' | 'closed' }>;

/** `broken`: the connection failed because the peer broke a rule. */
export function statusOf(ending: Ending, broken: boolean): ExitStatus {
  switch (ending.type) {
    case 'refused':
      return ExitStatus.handshake;
    case 'failure':
      if (ending.code === 'TIMEOUT') return ExitStatus.timeout;
      return AT_HOP[ending.hop];
    case 'closed':
      if (broken) return ExitStatus.protocol;
      // 1005 of an end that was not clean: only hixie-76 has it, whose servers often acknowledge nothing.
      return (ending.wasClean || ending.code === 1005) && NORMAL.has(ending.code) ? ExitStatus.ok : ExitStatus.abnormal;
  }
}

const AT_HOP: Readonly<Record<HopName | 'stream', ExitStatus>> = {
  dns: ExitStatus.connect,
  tcp: ExitStatus.connect,
  unix: ExitStatus.connect,
  proxy: ExitStatus.connect,
  'proxy-tls': ExitStatus.tls,
  tls: ExitStatus.tls,
  http: ExitStatus.handshake,
  http2: ExitStatus.handshake,
  stream: ExitStatus.abnormal,
};

/** What the shell is told where a signal ended us. */
export const STATUS_OF_SIGNAL: Readonly<Record<EndSignal, ExitStatus>> = {
  SIGINT: ExitStatus.sigint,
  SIGTERM: ExitStatus.sigterm,
  SIGHUP: ExitStatus.sighup,
};

/** 1000, 1001, and a Close without a code. */
const NORMAL: ReadonlySet<number> = new Set([1000, 1001, 1005]);
