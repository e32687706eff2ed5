import { inspect } from 'node:util';
import { isUint8Array } from 'node:util/types';
import type { Action, FrameSpec } from '../protocol/connection/action.ts';

/**
 * What `inspect` is asked to do, where no compiler has looked at it: a test whose script is wrong is told so, and does not
 * send something else. Throws a `TypeError`.
 */
export function checkedAction(action: Action): Action {
  check(action);
  return action;
}

function check(action: Action): void {
  switch (action.type) {
    case 'send':
      mustBeData(action.opcode, 'opcode of send');
      mustBeBytes(action.data, 'data of send');
      break;
    case 'fragment':
      mustBeData(action.opcode, 'opcode of fragment');
      if (!Array.isArray(action.parts)) throw wrong('parts of fragment', 'a list of bytes', action.parts);
      for (const part of action.parts) mustBeBytes(part, 'a part of fragment');
      break;
    case 'ping':
    case 'pong':
      mustBeBytes(action.data, `data of ${action.type}`);
      break;
    case 'bytes':
      mustBeBytes(action.bytes, 'bytes of bytes');
      break;
    case 'frame':
      checkFrame(action.frame);
      break;
    case 'close':
      break;
    default:
      throw wrong('type of a step', 'one that there is', (action as { readonly type?: unknown }).type);
  }
}

function checkFrame({ opcode, payload, mask, length }: FrameSpec): void {
  if (!Number.isInteger(opcode) || opcode < 0 || opcode > 15) throw wrong('opcode of frame', 'a number from 0 to 15', opcode);
  mustBeBytes(payload, 'payload of frame');
  if (mask !== undefined && mask !== 'none' && !(isUint8Array(mask) && mask.length === 4)) {
    throw wrong('mask of frame', "'none' or 4 bytes", mask);
  }
  if (length !== undefined && typeof length !== 'bigint') throw wrong('length of frame', 'a bigint', length);
}

function mustBeData(opcode: unknown, name: string): void {
  if (opcode !== 'text' && opcode !== 'binary') throw wrong(name, "'text' or 'binary'", opcode);
}

function mustBeBytes(bytes: unknown, name: string): void {
  if (!isUint8Array(bytes)) throw wrong(name, "bytes, such as Buffer.from('hello')", bytes);
}

function wrong(name: string, what: string, value: unknown): TypeError {
  return new TypeError(`the ${name} must be ${what}, not ${inspect(value, { depth: 0, breakLength: Infinity })}`);
}
