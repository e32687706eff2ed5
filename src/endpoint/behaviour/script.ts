import type { JsonPath } from './json-path.ts';
import type { JsonTemplate, Template } from './template.ts';

/** What a server answers to what: rules, of which the first that fits is followed. */
export interface Script {
  readonly rules: readonly Rule[];
  /** Where no rule fits a message. */
  readonly otherwise: readonly Step[];
}

export interface Rule {
  readonly when: Condition;
  readonly reply: readonly Step[];
  /** How often it fits for one client. */
  readonly limit: number;
}

/** All that is given must hold. */
export interface Condition {
  /** At the opening, and not for messages. */
  readonly open: boolean;
  /** The state that the client's conversation is in: `start` at first. */
  readonly state?: string;
  /** The request's path. */
  readonly path?: string;
  readonly opcode?: 'text' | 'binary';
  readonly text?: string;
  readonly contains?: string;
  readonly regexp?: RegExp;
  readonly bytes?: Uint8Array;
  /** What stands in its JSON; without `value` anything may. */
  readonly json?: readonly { readonly path: JsonPath; readonly value?: unknown }[];
}

export type Step =
  | { readonly type: 'text'; readonly template: Template; readonly opcode: 'text' | 'binary' }
  | { readonly type: 'json'; readonly template: JsonTemplate; readonly opcode: 'text' | 'binary' }
  | { readonly type: 'bytes'; readonly data: Uint8Array; readonly opcode: 'text' | 'binary' }
  | { readonly type: 'ping'; readonly template: Template }
  | { readonly type: 'delay'; readonly milliseconds: number }
  | { readonly type: 'close'; readonly code: number | undefined; readonly reason: Template }
  | { readonly type: 'next'; readonly state: string }
  | { readonly type: 'repeat'; readonly times: number; readonly every: number; readonly steps: readonly Step[] };

/** The state of a conversation that begins. */
export const START = 'start';
