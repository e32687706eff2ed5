import type { ExitStatus } from '../../exit-status.ts';
import type { RuleId } from '../../protocol/rule.ts';

/** A fault as data: what help, man page, completion, `--fault list` and the tests read; how it is done stands elsewhere. */
export interface FaultRow {
  /** `undefined`: it takes no value. */
  readonly value?: FaultValueSpec;
  /**
   * `each`: from the first message on, every one (in the handshake: every connection); `once`: as soon as the connection is
   * open, or behind the message or at the time that is given.
   */
  readonly times: 'each' | 'once';
  /** What it does: a phrase, lower case, no full stop. */
  readonly does: string;
  /** What a correct client does about it: a phrase with `must` where the section has it. */
  readonly duty: string;
  /** Where that is written. */
  readonly section: string;
  /** What `wstap connect` answers, the fault's usual value first. */
  readonly answers: readonly [FaultAnswer, ...FaultAnswer[]];
  /** Faults of the same slot cannot be had at the same time. */
  readonly slot?: string;
  /**
   * `off`: permessage-deflate is not accepted, as the fault needs a connection without; `fresh`: no message refers to an earlier
   * one, which may never arrive; `needed`: nothing is done where the client did not offer it.
   */
  readonly deflate?: 'off' | 'fresh' | 'needed';
}

export interface FaultValueSpec {
  /** `every`: `N` (every Nth) or `P%`; `code`: `CODE[:REASON]`; `redirect`: `[STATUS:]URL`; `status`: `STATUS[:BODY]`. */
  readonly kind: 'time' | 'size' | 'count' | 'every' | 'text' | 'version' | 'signed' | 'code' | 'redirect' | 'status' | 'choice';
  /** As it stands in the list: `TIME`. */
  readonly grammar: string;
  /** As it would be written; what is meant where no value is given. */
  readonly usual: string;
  /** Of `choice`. */
  readonly choices?: readonly string[];
  /** Of `count`. */
  readonly range?: readonly [least: number, most: number];
}

export interface FaultAnswer {
  /** With this value. */
  readonly value?: string;
  readonly exit: ExitStatus;
  /** The rule that it says was broken. */
  readonly rule?: RuleId;
  /** What in its checklist of the opening handshake fails. */
  readonly finding?: string;
  /** The close code that it sees. */
  readonly code?: number;
  /** What else is to be known, as a phrase. */
  readonly note?: string;
}
