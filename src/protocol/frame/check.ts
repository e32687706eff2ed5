import { isUtf8 } from 'node:buffer';
import type { Violation } from '../rule.ts';
import type { FrameHeader } from './frame.ts';
import { isControl, Opcode, opcodeName } from './opcode.ts';

/** Judges a frame's header apart from reading it, and lists every rule that it breaks, not only the first. */
export interface Expectation {
  /** Who sent the frame: clients mask, servers do not (RFC 6455 §5.1). */
  readonly sender: 'client' | 'server';
  /** Whether an extension gives RSV1 its meaning of "compressed" (RFC 7692 §6). */
  readonly rsv1Allowed: boolean;
  /** Where it has one: RSV1 may stand on every data frame, not a message's first alone (deflate-frame). */
  readonly rsv1PerFrame?: boolean;
  /** Whether a fragmented message is unfinished. */
  readonly inMessage: boolean;
}

export function checkHeader(header: FrameHeader, expect: Expectation): Violation[] {
  return [
    ...checkReservedBits(header, expect),
    ...checkOpcode(header, expect),
    ...checkMask(header, expect),
    ...checkLength(header),
    ...checkControl(header),
  ];
}

function checkReservedBits(header: FrameHeader, expect: Expectation): Violation[] {
  const list: Violation[] = [];
  const stray = [header.rsv1 && !expect.rsv1Allowed && 'RSV1', header.rsv2 && 'RSV2', header.rsv3 && 'RSV3'].filter(Boolean);
  if (stray.length > 0) {
    const hint = header.rsv1 && !expect.rsv1Allowed ? ' (RSV1: compressed? no extension was negotiated)' : '';
    list.push({ rule: 'rsv-set', detail: `${stray.join(', ')} set${hint}` });
  }
  if (header.rsv1 && expect.rsv1Allowed) {
    if (isControl(header.opcode))
      list.push({
        rule: expect.rsv1PerFrame ? 'deflate-frame-control' : 'compressed-control',
        detail: 'RSV1 on a control frame',
      });
    else if (header.opcode === Opcode.continuation && !expect.rsv1PerFrame) {
      list.push({ rule: 'compressed-continuation', detail: 'RSV1 on a continuation frame' });
    }
  }
  return list;
}

function checkOpcode(header: FrameHeader, expect: Expectation): Violation[] {
  const { opcode } = header;
  if (opcodeName(opcode) === undefined) {
    return [{ rule: 'opcode-reserved', detail: `opcode ${opcode} (0x${opcode.toString(16)})` }];
  }
  if (isControl(opcode)) return [];
  if (opcode === Opcode.continuation) {
    return expect.inMessage ? [] : [{ rule: 'continuation-stray', detail: 'a continuation frame, but no message is unfinished' }];
  }
  if (!expect.inMessage) return [];
  return [{ rule: 'message-interleaved', detail: `a ${opcodeName(opcode)} frame inside an unfinished message` }];
}

function checkMask(header: FrameHeader, expect: Expectation): Violation[] {
  const masked = header.maskingKey !== undefined;
  if (expect.sender === 'client' && !masked) return [{ rule: 'mask-missing', detail: 'a frame from the client without mask' }];
  if (expect.sender === 'server' && masked) return [{ rule: 'mask-unexpected', detail: 'a masked frame from the server' }];
  return [];
}

function checkLength(header: FrameHeader): Violation[] {
  const { length, lengthForm } = header;
  if (length >> 63n) return [{ rule: 'length-too-large', detail: `payload length 0x${length.toString(16)}` }];
  const wasteful = (lengthForm === 16 && length < 126n) || (lengthForm === 64 && length < 0x1_0000n);
  return wasteful ? [{ rule: 'length-not-minimal', detail: `payload length ${length} in the ${lengthForm}-bit form` }] : [];
}

function checkControl(header: FrameHeader): Violation[] {
  if (!isControl(header.opcode)) return [];
  const list: Violation[] = [];
  const name = opcodeName(header.opcode) ?? 'control';
  if (header.length > 125n) list.push({ rule: 'control-too-long', detail: `a ${name} frame of ${header.length} bytes` });
  if (!header.fin) list.push({ rule: 'control-fragmented', detail: `a ${name} frame with FIN 0` });
  return list;
}

/** A Close frame's payload: its code (1005 where it has none), its reason, and what is wrong with it. */
export interface ClosePayload {
  readonly code: number;
  readonly reason: string;
  readonly violations: readonly Violation[];
}

/** Reads a Close payload (RFC 6455 §5.5.1, §7.4). `mayBeSent` tells which codes its sender may use. */
export function readClosePayload(payload: Uint8Array, mayBeSent: (code: number) => boolean): ClosePayload {
  if (payload.length === 0) return { code: 1005, reason: '', violations: [] };
  if (payload.length === 1) {
    return { code: 1002, reason: '', violations: [{ rule: 'close-one-byte', detail: 'a Close payload of 1 byte' }] };
  }
  const code = ((payload[0] as number) << 8) | (payload[1] as number);
  const reason = payload.subarray(2);
  const violations: Violation[] = [];
  if (!mayBeSent(code)) violations.push({ rule: 'close-code-invalid', detail: `close code ${code}` });
  if (!isUtf8(reason)) violations.push({ rule: 'close-reason-not-utf8', detail: `a Close reason of ${reason.length} bytes` });
  return { code, reason: Buffer.from(reason).toString('utf8'), violations };
}
