import type { DirectionReader, InboundSink } from '../message/direction.ts';
import type { RuleId } from '../rule.ts';
import { type Draft, draftNamed } from './draft.ts';
import { encodeDraftByHand, type HandmadeFrame } from './draft-encode.ts';
import { DraftInbound, type DraftInboundOptions } from './draft-inbound.ts';
import { DraftOutbox } from './draft-outbox.ts';
import type { DialectName } from './name.ts';
import { connectionKey } from './whole-mask.ts';

/**
 * What a live connection needs of a draft before hybi-07: a reader, a writer, and what cannot be said in it. The drafts
 * from hybi-07 on have the frames of RFC 6455 and need none of it, only that some later rules be spared.
 */
export interface Framing {
  readonly name: DialectName;
  /** What the draft has frames for. Text every one has. */
  readonly expresses: Expressible;
  /** `tcp`: the end of TCP is the closing handshake. */
  readonly close: Draft['close'];
  /** Reads one direction. */
  inbound(options: DraftInboundOptions, sink: InboundSink): DirectionReader;
  /** What a side sends; it remembers what the closing frames held. */
  outbox(role: 'client' | 'server'): DraftOutbox;
  /** A frame described by hand. `nonce`: four fresh bytes, of a client. Throws `LocalProtocolError`. */
  byHand(spec: HandmadeFrame, nonce: Uint8Array | undefined): Uint8Array;
}

export interface Expressible {
  readonly binary: boolean;
  /** Pings and pongs. */
  readonly ping: boolean;
  readonly fragments: boolean;
  readonly closeCode: boolean;
}

/** What the opening handshake of hybi-04 leaves behind: the values of both fields as they stand. */
export interface HandshakeSecrets {
  readonly key: string;
  readonly nonce: string;
}

/** Of hybi-07 on: everything. */
const EVERYTHING: Expressible = { binary: true, ping: true, fragments: true, closeCode: true };

/** What can be said in a protocol. */
export function expressible(name: DialectName): Expressible {
  const draft = draftNamed(name);
  if (!draft) return EVERYTHING;
  const hasOpcodes = draft.frames !== 'sentinel';
  return { binary: hasOpcodes, ping: hasOpcodes, fragments: hasOpcodes, closeCode: draft.close === 'code' };
}

/**
 * The framing of a draft before hybi-07; `undefined` from hybi-07 on. hybi-04 needs the `secrets`: without them what a client
 * sends can only be read as libwebsockets' quirk would have it, which is to say not at all.
 */
export function framingOf(name: DialectName, secrets?: HandshakeSecrets): Framing | undefined {
  const draft = draftNamed(name);
  if (!draft) return undefined;
  const key = secrets ? connectionKey(secrets.key, secrets.nonce) : NO_KEY;
  return {
    name,
    expresses: expressible(name),
    close: draft.close,
    inbound: (options, sink) => new DraftInbound(draft, key, options, sink),
    outbox: (role) => new DraftOutbox(draft, role, key),
    byHand: (spec, nonce) => encodeDraftByHand(draft, spec, nonce, key),
  };
}

const NO_KEY = new Uint8Array(20);

/** Rules of RFC 6455 that came later than a draft: their breach is reported, and reading goes on as the draft has it. */
export function sparedRules(name: DialectName): ReadonlySet<RuleId> | undefined {
  return SPARED.get(name);
}

/** Shortest lengths are asked for from hybi-14 on; 1004 was "message too large" until hybi-13 reserved it. */
const BEFORE_14: readonly RuleId[] = ['length-not-minimal', 'close-code-invalid'];
/** Bad UTF-8 was read as U+FFFD until hybi-10. Of the drafts that share hybi-08's name the most patient one counts. */
const BEFORE_10: readonly RuleId[] = [...BEFORE_14, 'text-not-utf8', 'close-reason-not-utf8'];
/** A reserved bit without meaning fails the connection from hybi-09 on. */
const BEFORE_09: readonly RuleId[] = [...BEFORE_10, 'rsv-set'];

const SPARED: ReadonlyMap<DialectName, ReadonlySet<RuleId>> = new Map<DialectName, ReadonlySet<RuleId>>([
  ['hybi-07', new Set(BEFORE_09)],
  ['hybi-08', new Set(BEFORE_09)],
  ['hybi-11', new Set(BEFORE_14)],
]);
