import type { Closed } from './event.ts';

/** How a connection would be said to have ended, were the transport to end now. */
export type Outcome = Pick<Closed, 'code' | 'reason' | 'by'>;

/** Nobody explained it. */
export const CUT_OFF: Outcome = { code: 1006, reason: '', by: 'network' };
/** Our Close was not answered. */
export const UNANSWERED: Outcome = { code: 1006, reason: '', by: 'us' };
/** Our closing frame, which holds no code, was not answered. */
export const UNACKNOWLEDGED: Outcome = { code: 1005, reason: '', by: 'us' };
