import { isUtf8 } from 'node:buffer';
import { readClosePayload } from '../frame/check.ts';
import type { RuleId, Violation } from '../rule.ts';
import type { Draft } from './draft.ts';

/** The bodies of closing frames: what each draft puts in, and what one says. */

/** What went over one connection so far. */
export interface Closing {
  /** The body that was sent, and the one that came; `undefined` before. */
  sent: Uint8Array | undefined;
  received: Uint8Array | undefined;
}

export interface CloseMeaning {
  /** 1005 where the draft has no codes or the body none. */
  readonly code: number;
  /** What the body says besides, as text. */
  readonly reason: string;
  readonly violations: readonly Violation[];
}

/** Reads a body that `sender` sent. `sent`: what we sent before, `undefined` where the peer began. */
export function readCloseBody(
  draft: Draft,
  body: Uint8Array,
  sender: 'client' | 'server',
  sent: Uint8Array | undefined,
): CloseMeaning {
  if (draft.close === 'code') return readCode(body);
  const violations: Violation[] = [];
  if (draft.checksEcho && sent && !Buffer.from(sent).equals(body)) {
    violations.push({
      rule: 'draft-close-echo',
      detail: `a Close body of ${body.length} bytes is not the ${sent.length} bytes sent`,
    });
  }
  if (draft.close !== 'letter') return { code: 1005, reason: textOf(body), violations };
  if (body[0] !== letterOf(sender)) {
    const found =
      body.length === 0 ? 'without a letter' : `that begins with 0x${(body[0] as number).toString(16).padStart(2, '0')}`;
    violations.push({ rule: 'draft-close-letter', detail: `a Close from the ${sender} ${found}` });
    return { code: 1005, reason: textOf(body), violations };
  }
  return { code: 1005, reason: textOf(body.subarray(1)), violations };
}

/**
 * The body to send. `wanted` is a Close payload of RFC 6455: nothing, or a 2-byte code and a reason. Where the peer began,
 * its body is repeated, or its code where there are codes; else a draft without codes has the reason alone.
 */
export function closeBody(
  draft: Draft,
  wanted: Uint8Array,
  role: 'client' | 'server',
  received: Uint8Array | undefined,
): Uint8Array {
  switch (draft.close) {
    case 'tcp':
    case 'sentinel':
      return EMPTY;
    case 'letter':
      return Uint8Array.of(letterOf(role));
    case 'body':
      return received ?? wanted.subarray(2);
    case 'code':
      return received && received.length >= 2 ? received.subarray(0, 2) : wanted;
  }
}

/** C or S. */
function letterOf(role: 'client' | 'server'): number {
  return role === 'client' ? 0x43 : 0x53;
}

function readCode(body: Uint8Array): CloseMeaning {
  const { code, reason, violations } = readClosePayload(body, isCode);
  return { code, reason, violations: violations.map(({ rule, detail }) => ({ rule: IN_DRAFT.get(rule) ?? rule, detail })) };
}

/** 1004 was "message too large" then; 1005 and 1006 came later. */
function isCode(code: number): boolean {
  return (code >= 1000 && code <= 1004) || (code >= 2000 && code <= 4999);
}

const IN_DRAFT: ReadonlyMap<RuleId, RuleId> = new Map<RuleId, RuleId>([
  ['close-one-byte', 'draft-close-one-byte'],
  ['close-code-invalid', 'draft-close-code'],
  ['close-reason-not-utf8', 'draft-close-reason'],
]);

function textOf(body: Uint8Array): string {
  return isUtf8(body) ? Buffer.from(body).toString('utf8') : Buffer.from(body).toString('latin1');
}

const EMPTY = new Uint8Array(0);
