import type { Action } from '../protocol/connection/action.ts';
import { LocalProtocolError } from '../protocol/rule.ts';
import type { Sendable } from '../repl/repl-command.ts';
import { readLocal } from './client-options.ts';
import { LocalError } from './command.ts';

/** Does what a typed line asks to be sent, to one connection or to several. What cannot be done is said, not thrown. */
export interface Recipient {
  act(action: Action): void;
}

export type Complain = (text: string) => void;

/** Sends `times` times to each recipient. */
export async function perform(
  command: Sendable,
  recipients: readonly Recipient[],
  times: number,
  complain: Complain,
): Promise<void> {
  try {
    const action = await actionOf(command);
    for (let round = 0; round < times; round++) for (const recipient of recipients) recipient.act(action);
  } catch (error) {
    if (!(error instanceof LocalProtocolError) && !(error instanceof LocalError)) throw error;
    complain(error.message);
  }
}

async function actionOf(command: Sendable): Promise<Action> {
  if (command.type === 'action') return command.action;
  return { type: 'send', opcode: command.opcode, data: await readLocal(command.path) };
}
