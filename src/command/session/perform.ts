import type { Action } from '../../protocol/connection/action.ts';
import { LocalProtocolError } from '../../protocol/rule.ts';
import type { Sendable } from '../../repl/repl-command.ts';
import { LocalError } from '../command.ts';
import { readLocal } from '../option/local-file.ts';

/** Does what a typed line asks to be sent, to one connection or to several. What cannot be done is said, not thrown. */
export interface Recipient {
  /** Whether its version of the protocol has it; what is left out, it has. */
  carries?(what: 'closeCode'): boolean;
  readonly draft?: string | undefined;
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
    if (!actEach(action, recipients, complain)) return undefined;
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

/** What one of them cannot be sent, the others are all the same. Returns whether any got it. */
function actEach(action: Action, recipients: readonly Recipient[], complain: Stage['complain']): boolean {
  const problems = new Set<string>();
  let done = 0;
  for (const recipient of recipients) {
    try {
      recipient.act(action);
      done++;
      if (action.type === 'close' && action.code !== undefined && recipient.carries?.('closeCode') === false)
        problems.add(`${recipient.draft} has no close codes: it was closed without ${action.code}`);
    } catch (error) {
      if (!LocalProtocolError.is(error)) throw error;
      problems.add(error.message);
    }
  }
  for (const problem of problems) complain(problem);
  return done > 0;
}

async function actionOf(command: Sendable): Promise<Action> {
  if (command.type === 'action') return command.action;
  return { type: 'send', opcode: command.opcode, data: await readLocal(command.path) };
}
