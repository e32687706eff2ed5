import { bareSection } from '../protocol/connection/close-reason.ts';
import { RULES, type RuleId, type Violation } from '../protocol/rule.ts';

/** A rule of the protocol, or a limit, that the peer broke. The connection is closed for it. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code = 'ERR_WEBSOCKET_PROTOCOL';
  readonly rule: RuleId;
  /** Where the rule is written, e.g. `RFC 6455 §5.2`; `limit` where it is one of ours. */
  readonly section: string;
  /** With what the connection is closed. */
  readonly closeCode: number;

  constructor({ rule, detail }: Violation) {
    super(`${RULES[rule].text}: ${detail}`);
    this.rule = rule;
    this.section = bareSection(rule);
    this.closeCode = RULES[rule].closeCode;
  }
}
