import type { EndSignal } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { SessionEvent } from '../../session/event.ts';

/** How a session ended → what the shell is told. */
export type Ending = Extract<SessionEvent, { type: 'failure' | 'refused' | 'closed' }>;

/** `broken`: the connection failed because the peer broke a rule. */
export function statusOf(ending: Ending, broken: boolean): ExitStatus {
  switch (ending.type) {
    case 'refused':
      return ExitStatus.handshake;
    case 'failure':
      if (ending.code === 'TIMEOUT') return ExitStatus.timeout;
      if (ending.hop === 'tls') return ExitStatus.tls;
      if (ending.hop === 'http') return ExitStatus.handshake;
      return ending.hop === 'stream' ? ExitStatus.abnormal : ExitStatus.connect;
    case 'closed':
      if (broken) return ExitStatus.protocol;
      return ending.wasClean && NORMAL.has(ending.code) ? ExitStatus.ok : ExitStatus.abnormal;
  }
}

/** What the shell is told where a signal ended us. */
export const STATUS_OF_SIGNAL: Readonly<Record<EndSignal, ExitStatus>> = {
  SIGINT: ExitStatus.sigint,
  SIGTERM: ExitStatus.sigterm,
  SIGHUP: ExitStatus.sighup,
};

/** 1000, 1001, and a Close without a code. */
const NORMAL: ReadonlySet<number> = new Set([1000, 1001, 1005]);
