import type { BehaviourKind } from '../../endpoint/behaviour/behaviour.ts';
import { Replies } from '../../endpoint/behaviour/reply.ts';
import { readScript } from './script-file.ts';

/** `--reply FILE`. */
export async function replyOf(file: string): Promise<BehaviourKind> {
  return new Replies(file, await readScript(file));
}
