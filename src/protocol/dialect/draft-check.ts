import { looksCompressed } from '../extension/looks-compressed.ts';
import type { RuleId, Violation } from '../rule.ts';
import type { Draft } from './draft.ts';
import type { DraftHeader } from './draft-reader.ts';

/**
 * Judges the header of a draft's frame apart from reading it, and lists every rule that it breaks. `payload`: as much of it
 * as is here.
 */
export function checkDraftHeader(draft: Draft, header: DraftHeader, inMessage: boolean, payload: () => Uint8Array): Violation[] {
  if (draft.frames === 'sentinel') return checkSentinel(draft, header);
  return [
    ...checkBits(header, payload),
    ...checkLength(header),
    ...checkPlace(draft, header, inMessage),
    ...checkControl(draft, header),
  ];
}

/** Whether the frame says nothing: it is read and dropped. */
export function isMeaningless(header: DraftHeader, violations: readonly Violation[]): boolean {
  return header.kind === undefined || violations.some(({ rule }) => DROPPED.has(rule));
}

/** Breaches that no receiver of the time, or none that wants to talk, fails a connection for. */
export const HARMLESS: ReadonlySet<RuleId> = new Set<RuleId>([
  'hixie-type-unknown',
  'draft-mask-quirk',
  'draft-text-not-utf8',
  'draft-close-letter',
  'draft-close-early',
  'draft-close-echo',
  'draft-close-code',
  'draft-close-reason',
]);

/** Breaches after which reading can go on, for who is lenient. */
export const BEARABLE_IN_DRAFTS: ReadonlySet<RuleId> = new Set<RuleId>([
  'draft-rsv-set',
  'draft-opcode-reserved',
  'draft-continuation-stray',
  'draft-message-interleaved',
  'draft-control-fragmented',
  'draft-control-too-long',
  'draft-close-one-byte',
]);

const DROPPED: ReadonlySet<RuleId> = new Set<RuleId>(['draft-continuation-stray', 'draft-control-too-long']);

function checkSentinel({ name }: Draft, { kind, code, length, endless }: DraftHeader): Violation[] {
  if (endless) return [{ rule: 'hixie-length-endless', detail: 'a frame length that does not end' }];
  if (kind !== undefined) return [];
  const type = code.toString(16).padStart(2, '0');
  if (name === 'hixie-75' && code === 0xff && length === 0n) {
    return [{ rule: 'hixie-type-unknown', detail: 'ff 00: a hixie-76 closing frame on a hixie-75 connection' }];
  }
  const hint = TYPE_HINTS.get(code);
  return [{ rule: 'hixie-type-unknown', detail: `a frame of type ${type}${hint ? `: ${hint}` : ''}` }];
}

/** Where the bytes of another protocol are taken for frames of hixie, the first one tells which. */
const TYPE_HINTS: ReadonlyMap<number, string> = new Map([
  [0x04, 'text in hybi-01 to -03 begins so'],
  [0x05, 'binary in hybi-01 to -03 begins so'],
  [0x84, 'text in hybi-04 to -06 begins so'],
  [0x85, 'binary in hybi-04 to -06 begins so'],
  [0x81, 'text in hybi-07 and later, RFC 6455 too, begins so'],
  [0x82, 'binary in hybi-07 and later, RFC 6455 too, begins so'],
  [0x88, 'a Close in hybi-07 and later, RFC 6455 too, begins so'],
]);

function checkBits({ bytes, code, kind, length, quirk }: DraftHeader, payload: () => Uint8Array): Violation[] {
  const [first = 0, second = 0] = bytes;
  const bits = [first & 0x40 && 'RSV1', first & 0x20 && 'RSV2', first & 0x10 && 'RSV3', second & 0x80 && 'RSV4'].filter(Boolean);
  const list: Violation[] = [];
  if (bits.length > 0) {
    const part = first & 0x40 ? payload() : undefined;
    const looks = part && `RSV1: ${looksCompressed(BigInt(part.length) === length ? part : undefined)}`;
    const hints = [looks, second & 0x80 && 'RSV4 became MASK in hybi-07'].filter(Boolean);
    list.push({ rule: 'draft-rsv-set', detail: `${bits.join(', ')} set${hints.length > 0 ? ` (${hints.join('; ')})` : ''}` });
  }
  if (kind === undefined) list.push({ rule: 'draft-opcode-reserved', detail: reservedText(code) });
  if (quirk) list.push({ rule: 'draft-mask-quirk', detail: 'libwebsockets hybi-04 quirk: masked with the connection key' });
  return list;
}

function reservedText(code: number): string {
  const later = new Map([
    [8, 'Close'],
    [9, 'Ping'],
    [10, 'Pong'],
  ]).get(code);
  return later ? `opcode ${code}, which is ${later} from hybi-07 on` : `opcode ${code} (0x${code.toString(16)})`;
}

function checkLength({ length = 0n }: DraftHeader): Violation[] {
  return length >> 63n ? [{ rule: 'draft-length-too-large', detail: `payload length 0x${length.toString(16)}` }] : [];
}

function checkPlace({ name, frames }: Draft, { kind, bytes }: DraftHeader, inMessage: boolean): Violation[] {
  if (kind === 'continuation' && !inMessage) {
    const hint = bytes[0] === 0 ? '; hixie frames begin with 00: the peer may be on hixie-76 framing' : '';
    return [{ rule: 'draft-continuation-stray', detail: `a continuation frame, but no message is unfinished${hint}` }];
  }
  if (!inMessage || (kind !== 'text' && kind !== 'binary')) return [];
  const hint = name.startsWith('hybi-04') ? '; a wrong mask shows so too' : frames === 'MORE' ? TURNED_ROUND : '';
  return [{ rule: 'draft-message-interleaved', detail: `a ${kind} frame inside an unfinished message${hint}` }];
}

/** What a peer of the next generation looks like whose every frame is final. */
export const TURNED_ROUND = '; from hybi-04 on the first bit says FIN, not MORE: the peer may be on that framing';

function checkControl(draft: Draft, { kind, fin, length = 0n }: DraftHeader): Violation[] {
  if (kind !== 'close' && kind !== 'ping' && kind !== 'pong') return [];
  const list: Violation[] = [];
  if (length > draft.maxControl) list.push({ rule: 'draft-control-too-long', detail: `a ${kind} frame of ${length} bytes` });
  const unset = draft.frames === 'MORE' ? 'MORE 1' : 'FIN 0';
  if (!fin) list.push({ rule: 'draft-control-fragmented', detail: `a ${kind} frame with ${unset}` });
  return list;
}
