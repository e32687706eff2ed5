import type { Action } from '../../protocol/connection/action.ts';
import { LocalProtocolError } from '../../protocol/rule.ts';
import type { Sendable } from '../../repl/repl-command.ts';
import { LocalError } from '../command.ts';
import { readLocal } from '../option/local-file.ts';

/** Does what a typed line asks to be sent, to one connection or to several. What cannot be done is said, not thrown. */
export interface Recipient {
  readonly open: boolean;
  /** Whether more should be sent now. */
  readonly writable: boolean;
  act(action: Action): void;
}

export interface Stage {
  complain(text: string): void;
  /** Resolves when the recipient may have become writable, or is gone. */
  room(recipient: Recipient): Promise<void>;
}

/** Sends `times` times to each recipient, never faster than the slowest takes it. Returns the action, where it was done. */
export async function perform(
  command: Sendable,
  recipients: readonly Recipient[],
  times: number,
  { complain, room }: Stage,
): Promise<Action | undefined> {
  try {
    const action = await actionOf(command);
    for (const recipient of recipients) recipient.act(action);
    for (let round = 1; round < times; round++) {
      const present = recipients.filter(({ open }) => open);
      if (present.length === 0) return undefined;
      for (const recipient of present) {
        while (recipient.open && !recipient.writable) await room(recipient);
        if (recipient.open) recipient.act(action);
      }
    }
    return action;
  } catch (error) {
    if (!LocalProtocolError.is(error) && !LocalError.is(error)) throw error;
    complain(error.message);
    return undefined;
  }
}

async function actionOf(command: Sendable): Promise<Action> {
  if (command.type === 'action') return command.action;
  return { type: 'send', opcode: command.opcode, data: await readLocal(command.path) };
}
