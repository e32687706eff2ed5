/**
 * Every rule of the wire protocol that a peer can break: one row each, with the section that makes it a rule,
 * the close code that RFC 6455 §7.4.1 gives for it, and one sentence. Meaning is data; wording beyond it is a view's.
 */
export interface Rule {
  /** Where it is written, e.g. `RFC 6455 §5.2`; `limit` where the rule is our own. */
  readonly section: string;
  /** The close code to fail the connection with. */
  readonly closeCode: 1002 | 1007 | 1008 | 1009;
  /** What must hold, as a sentence without a full stop. */
  readonly text: string;
}

const rule = (section: string, closeCode: Rule['closeCode'], text: string): Rule => ({ section, closeCode, text });

export const RULES = {
  'rsv-set': rule('RFC 6455 §5.2', 1002, 'RSV1–3 must be 0 unless an extension was negotiated that gives them a meaning'),
  'opcode-reserved': rule(
    'RFC 6455 §5.2',
    1002,
    'opcodes 3–7 and 11–15 are reserved; an unknown opcode must fail the connection',
  ),
  'length-not-minimal': rule('RFC 6455 §5.2', 1002, 'the payload length must be coded in the smallest form that holds it'),
  'length-too-large': rule('RFC 6455 §5.2', 1002, 'the most significant bit of a 64-bit payload length must be 0'),
  'mask-missing': rule('RFC 6455 §5.1', 1002, 'a client must mask every frame that it sends'),
  'mask-unexpected': rule('RFC 6455 §5.1', 1002, 'a server must not mask any frame that it sends'),
  'control-too-long': rule('RFC 6455 §5.5', 1002, 'a control frame must have a payload of 125 bytes or less'),
  'control-fragmented': rule('RFC 6455 §5.5', 1002, 'a control frame must not be fragmented'),
  'continuation-stray': rule('RFC 6455 §5.4', 1002, 'a continuation frame must follow an unfinished message'),
  'message-interleaved': rule('RFC 6455 §5.4', 1002, 'a new message must not begin inside another one'),
  'text-not-utf8': rule('RFC 6455 §8.1', 1007, 'a text message must be valid UTF-8'),
  'close-one-byte': rule('RFC 6455 §5.5.1', 1002, 'a close payload must be empty or begin with a 2-byte status code'),
  'close-code-invalid': rule('RFC 6455 §7.4', 1002, 'a close code must be one that may be sent on the wire'),
  'close-reason-not-utf8': rule('RFC 6455 §5.5.1', 1007, 'a close reason must be valid UTF-8'),
  'compressed-continuation': rule('RFC 7692 §6.1', 1002, 'RSV1 must be set on the first frame of a compressed message only'),
  'compressed-control': rule('RFC 7692 §6.1', 1002, 'RSV1 must not be set on a control frame'),
  'inflate-failed': rule('RFC 7692 §7.2.2', 1007, 'the payload of a compressed message must be valid DEFLATE data'),
  'frame-too-big': rule('limit --max-frame', 1009, 'the frame is larger than the limit'),
  'message-too-big': rule('limit --max-message', 1009, 'the message is larger than the limit'),
  'too-many-fragments': rule('limit --max-fragments', 1008, 'the message has more fragments than the limit'),
  'too-many-pongs': rule('limit', 1008, 'more pings arrived than pongs could be written'),
  'too-much-pinned': rule('limit', 1008, 'unfinished messages hold more memory than this process allows'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

/** One broken rule, as a value: the peer's fault is never thrown. */
export interface Violation {
  readonly rule: RuleId;
  /** What was found, as a phrase, e.g. `length 5 in the 16-bit form`. Authored by us: safe to print. */
  readonly detail: string;
}

/** Misuse of the engine by its caller (never the peer's fault): a bad close code, sending after close. */
export class LocalProtocolError extends Error {
  override readonly name = 'LocalProtocolError';

  /** By name: the program is bundled in two parts, and each has a class of its own. */
  static is(error: unknown): error is LocalProtocolError {
    return error instanceof Error && error.name === 'LocalProtocolError';
  }
}
