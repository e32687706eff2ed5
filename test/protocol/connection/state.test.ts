import { expect, test } from 'vitest';
import { next, type State, type Trigger } from '../../../src/protocol/connection/state.ts';

test('every state with every trigger (RFC 6455 §7)', () => {
  const states: State[] = ['open', 'close-sent', 'closed-cleanly', 'failed', 'ended'];
  const triggers: Trigger[] = ['send-close', 'receive-close', 'fail', 'end'];
  const table = states.map((state) => `${state}: ${triggers.map((trigger) => next(state, trigger) ?? '-').join(' ')}`);
  expect(table).toEqual([
    'open: close-sent closed-cleanly failed ended',
    'close-sent: - closed-cleanly failed ended',
    'closed-cleanly: - - - ended',
    'failed: - - - ended',
    'ended: - - - -',
  ]);
});
