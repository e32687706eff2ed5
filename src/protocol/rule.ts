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
  'deflate-frame-control': rule('draft-tyoshino, deflate-frame', 1002, 'RSV1 must not be set on a control frame'),
  'deflate-frame-failed': rule(
    'draft-tyoshino, deflate-frame',
    1007,
    'the payload of a compressed frame must be valid DEFLATE data',
  ),
  'frame-too-big': rule('limit --max-frame', 1009, 'the frame is larger than the limit'),
  'message-too-big': rule('limit --max-message', 1009, 'the message is larger than the limit'),
  'too-many-fragments': rule('limit --max-fragments', 1008, 'the message has more fragments than the limit'),
  'too-many-pongs': rule('limit', 1008, 'more pings arrived than pongs could be written'),
  // Drafts before RFC 6455: what their own text asks. Named by protocol and topic, as section numbers moved with every draft.
  'hixie-type-unknown': rule(
    'hixie-75/76, framing',
    1002,
    'only type 00 carries a message, and ff with length 0 closes (from hixie-76); every other frame is dropped',
  ),
  'hixie-length-endless': rule('hixie-75/76, framing', 1009, 'a frame length must not take more bytes than any length needs'),
  'draft-rsv-set': rule('hybi-01–06, framing', 1002, 'RSV1–4 must be 0 unless an extension gives them a meaning'),
  'draft-opcode-reserved': rule('hybi-01–06, framing', 1002, 'opcodes 6–15 are reserved'),
  'draft-length-too-large': rule('hybi-01–06, framing', 1002, 'the top bit of a 64-bit payload length must be 0'),
  'draft-continuation-stray': rule('hybi-01–06, framing', 1002, 'a continuation frame must follow an unfinished message'),
  'draft-message-interleaved': rule('hybi-01–06, framing', 1002, 'a new message must not begin inside another one'),
  'draft-control-fragmented': rule('hybi-01–06, framing', 1002, 'a control frame must not be fragmented'),
  'draft-control-too-long': rule('hybi-06, framing', 1002, 'a control frame must have a payload of 125 bytes or less'),
  'draft-mask-quirk': rule(
    'hybi-04, masking',
    1002,
    'a client masks with a hash over the frame nonce and the connection key, not with the connection key itself',
  ),
  'draft-text-not-utf8': rule('hixie-75 to hybi-09', 1007, 'what is not UTF-8 in a text message is read as U+FFFD'),
  'draft-close-letter': rule('hybi-05, closing', 1002, 'a Close body begins with C from a client and with S from a server'),
  'draft-close-early': rule('hybi-01–03, closing', 1002, 'a message must be finished before a Close'),
  'draft-close-echo': rule('hybi-03, closing', 1002, 'the answer to a Close must repeat its body'),
  'draft-close-one-byte': rule('hybi-06, closing', 1002, 'a Close body must be empty or begin with a 2-byte status code'),
  'draft-close-code': rule('hybi-06, closing', 1002, 'close codes are 1000–1004 and 2000–4999'),
  'draft-close-reason': rule('hybi-06, closing', 1007, 'a close reason must be valid UTF-8'),
  'deflate-stream-failed': rule(
    'hybi-04–10, deflate-stream',
    1002,
    'with deflate-stream everything behind the opening handshake must be valid DEFLATE data',
  ),
  'too-fast': rule('limit --max-rate', 1008, 'a client sends no more in a second than the limit allows'),
  'too-much-pinned': rule('limit', 1008, 'unfinished messages hold more memory than this process allows'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

/** One broken rule, as a value: the peer's fault is never thrown. */
export interface Violation {
  readonly rule: RuleId;
  /** What was found, as a phrase, e.g. `length 5 in the 16-bit form`. Authored by us: safe to print. */
  readonly detail: string;
  /** The first bytes of the stream, where its very first frame breaks the rule: the peer may be on another framing. */
  readonly start?: Uint8Array | undefined;
}

/** Misuse of the engine by its caller (never the peer's fault): a bad close code, sending after close. */
export class LocalProtocolError extends Error {
  override readonly name = 'LocalProtocolError';

  /** By name: the program is bundled in two parts, and each has a class of its own. */
  static is(error: unknown): error is LocalProtocolError {
    return error instanceof Error && error.name === 'LocalProtocolError';
  }
}
