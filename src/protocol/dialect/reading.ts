import { FrameReader } from '../frame/decode.ts';
import { isControl, type OpcodeName, opcodeName } from '../frame/opcode.ts';
import { type Draft, draftNamed } from './draft.ts';
import type { DraftHeader, DraftSink } from './draft-reader.ts';
import type { DialectName } from './name.ts';
import { OpcodeReader } from './opcode-reader.ts';
import { SentinelReader } from './sentinel-reader.ts';

/**
 * What the same bytes are in each generation of framing, where no opening handshake says which was spoken. It shows the
 * candidates and picks none: many bytes mean something in all of them.
 */
export interface Reading {
  /** Whose framing it is. */
  readonly generation: 'hixie' | 'hybi-01 to -03' | 'hybi-04 to -06' | 'hybi-04 to -06, masked' | 'hybi-07 and later';
  /** A protocol of that generation, to read on with. */
  readonly dialect: DialectName;
  /** What the first frame is; `undefined`: nothing that the generation knows. */
  readonly kind: OpcodeName | undefined;
  /** The frame's own number: an opcode, in hixie a frame type. */
  readonly code: number;
  /** More fragments follow. */
  readonly more: boolean;
  /** The first frame is all here. */
  readonly complete: boolean;
  /** No bit is set that the generation forbids. */
  readonly legal: boolean;
  /** The payload as far as it is here, unmasked. */
  readonly payload: Uint8Array;
}

/** Readings of the first frame, oldest generation first; one in which not even the header is here is left out. */
export function readings(bytes: Uint8Array): Reading[] {
  const masked = draftReading('hybi-04 to -06, masked', 'hybi-06', bytes);
  return [
    draftReading('hixie', 'hixie-76', bytes),
    draftReading('hybi-01 to -03', 'hybi-03', bytes),
    draftReading('hybi-04 to -06', 'hybi-06', bytes),
    // Four arbitrary bytes in front can be made of anything: it counts where a whole legal frame comes out.
    masked?.legal && masked.complete ? masked : undefined,
    laterReading(bytes),
  ].filter((reading) => reading !== undefined);
}

function draftReading(generation: Reading['generation'], dialect: DialectName, bytes: Uint8Array): Reading | undefined {
  const draft = draftNamed(dialect);
  if (!draft) return undefined;
  let found: DraftHeader | undefined;
  let complete = false;
  let payload = new Uint8Array(0);
  const sink: DraftSink = {
    header: (header) => {
      found = header;
      return !header.endless;
    },
    payload: (chunk, start, end) => {
      payload = new Uint8Array(chunk.subarray(start, end));
      return true;
    },
    end: () => {
      complete = true;
      return false;
    },
  };
  const key = generation.endsWith('masked') ? new Uint8Array(0) : undefined;
  const reader = draft.frames === 'sentinel' ? new SentinelReader(sink, true, 0) : new OpcodeReader(sink, draft, key, 0);
  reader.read(Buffer.from(bytes), 0);
  return found && { generation, dialect, ...summary(draft, found), complete, payload };
}

function summary(
  draft: Draft,
  { kind, code, fin, bytes, endless }: DraftHeader,
): Pick<Reading, 'kind' | 'code' | 'more' | 'legal'> {
  const [first = 0, second = 0] = bytes;
  const bitsLegal = draft.frames === 'sentinel' ? !endless : (first & 0x70) === 0 && second < 0x80;
  const isMessage = kind === 'text' || kind === 'binary' || kind === 'continuation';
  return { kind, code, more: !fin, legal: kind !== undefined && bitsLegal && (fin || isMessage) };
}

function laterReading(bytes: Uint8Array): Reading | undefined {
  let found: Pick<Reading, 'kind' | 'code' | 'more' | 'legal'> | undefined;
  let complete = false;
  let payload = new Uint8Array(0);
  const reader = new FrameReader({
    header: () => {
      const { opcode, fin, rsv1, rsv2, rsv3 } = reader.snapshot;
      const kind = opcodeName(opcode);
      const legal = kind !== undefined && !(rsv1 || rsv2 || rsv3) && (fin || !isControl(opcode));
      found = { kind, code: opcode, more: !fin, legal };
      return true;
    },
    payload: (chunk, start, end) => {
      payload = new Uint8Array(chunk.subarray(start, end));
      return true;
    },
    end: () => {
      complete = true;
      return false;
    },
  });
  reader.read(Buffer.from(bytes));
  return found && { generation: 'hybi-07 and later', dialect: 'rfc6455', ...found, complete, payload };
}
