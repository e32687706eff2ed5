import { RULES, type RuleId, type Violation } from '../rule.ts';

/** In the section of a rule that is a limit: the option of the command line that moves it. */
const FLAG = / --.*/;

/** What a peer is told that broke a rule. `namesFlags`: also which option of the command line a limit is. */
export function closeReason({ rule, detail }: Violation, namesFlags: boolean): string {
  return `${namesFlags ? RULES[rule].section : bareSection(rule)}: ${detail}`;
}

/** Where a rule is written; of a limit no more than that it is one. */
export function bareSection(rule: RuleId): string {
  return RULES[rule].section.replace(FLAG, '');
}
