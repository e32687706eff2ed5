import { nearest, quoted } from '../cli/mistake.ts';
import type { FrameSpec } from '../protocol/connection/action.ts';
import type { LengthForm } from '../protocol/frame/frame.ts';
import { Opcode } from '../protocol/frame/opcode.ts';
import { bytesArgument, quotedBytes } from './payload.ts';
import { type Mistake, mistake } from './repl-command.ts';

export const FRAME_EXAMPLE = '/frame opcode=ping fin=0 rsv1=1 mask=none len=16bit deadbeef';

/** The keys of `/frame` with what may follow: for completion and for "did you mean". */
export const FRAME_KEYS: Readonly<Record<string, readonly string[]>> = {
  opcode: ['continuation', 'text', 'binary', 'close', 'ping', 'pong'],
  fin: ['0', '1'],
  rsv1: ['0', '1'],
  rsv2: ['0', '1'],
  rsv3: ['0', '1'],
  mask: ['none', 'random'],
  len: ['7bit', '16bit', '64bit'],
  text: [],
};

const OPCODES: ReadonlyMap<string, number> = new Map([...Object.entries(Opcode), ['cont', Opcode.continuation]]);

type Draft = { -readonly [Key in keyof FrameSpec]?: FrameSpec[Key] };
type Fault = Mistake | undefined;

/** A frame by hand from `key=value` pairs in any order and a payload in hex, `"quoted"` or as `text=…`. */
export function frameArgument(text: string, maskingKey: () => Uint8Array): FrameSpec | Mistake {
  const draft: Draft = {};
  const payload: Uint8Array[] = [];
  let isText = false;
  for (const token of tokens(text)) {
    const pair = /^([a-z][a-z0-9]*)=([\s\S]*)$/i.exec(token);
    const key = pair?.[1]?.toLowerCase();
    if (pair && key !== undefined && key !== 'text') {
      const fault = setField(draft, key, pair[2] ?? '', maskingKey);
      if (fault) return fault;
      continue;
    }
    isText ||= key === 'text' || token.startsWith('"');
    const bytes = payloadBytes(key === 'text' ? (pair?.[2] ?? '') : token, key === 'text');
    if (!(bytes instanceof Uint8Array)) return bytes;
    payload.push(bytes);
  }
  const opcode = draft.opcode ?? (isText ? Opcode.text : Opcode.binary);
  const spec: FrameSpec = { ...draft, opcode, payload: Buffer.concat(payload) };
  return lengthFault(spec) ?? spec;
}

/** Words; a `"` at the start of a word or of its value opens a quotation that may hold blanks. */
function tokens(text: string): string[] {
  return text.match(/(?:[a-z][a-z0-9]*=)?"(?:\\[\s\S]|[^"\\])*(?:"|$)|\S+/gi) ?? [];
}

function payloadBytes(token: string, isText: boolean): Uint8Array | Mistake {
  if (token.startsWith('"')) {
    if (!/^"(?:\\[\s\S]|[^"\\])*"$/.test(token))
      return mistake(`the quotation ${quoted(token)} has no end`, '/frame "hello world"');
    return quotedBytes(token.slice(1, -1), '/frame opcode=text "caf\\xe9"');
  }
  if (isText) return Buffer.from(token);
  const name = nearest(token.toLowerCase(), [...OPCODES.keys()]);
  if (name !== undefined && !/^[0-9a-f]+$/i.test(token)) {
    return mistake(`${quoted(token)} is not a payload in hex; did you mean opcode=${name}, or text=${token}?`, FRAME_EXAMPLE);
  }
  return bytesArgument(token, FRAME_EXAMPLE);
}

function setField(draft: Draft, key: string, value: string, maskingKey: () => Uint8Array): Fault {
  switch (key) {
    case 'opcode':
      return draft.opcode === undefined ? setOpcode(draft, value) : twice(key);
    case 'fin':
    case 'rsv1':
    case 'rsv2':
    case 'rsv3':
      return draft[key] === undefined ? setBit(draft, key, value) : twice(key);
    case 'mask':
      return draft.mask === undefined ? setMask(draft, value, maskingKey) : twice(key);
    case 'len':
      return setLength(draft, value);
    default:
      return unknownKey(key);
  }
}

function twice(key: string): Mistake {
  return mistake(`${key}= is there twice; leave one out`, FRAME_EXAMPLE);
}

function unknownKey(key: string): Mistake {
  const keys = Object.keys(FRAME_KEYS);
  const meant = nearest(key, keys);
  const advice = meant === undefined ? `the keys are ${keys.join(', ')}` : `did you mean ${meant}=?`;
  return mistake(`/frame has no key ${quoted(`${key}=`)}; ${advice}`, FRAME_EXAMPLE);
}

function setOpcode(draft: Draft, value: string): Fault {
  const named = OPCODES.get(value.toLowerCase());
  const opcode = named ?? (/^(?:[0-9]{1,2}|0x[0-9a-f])$/i.test(value) ? Number(value) : Number.NaN);
  if (!(opcode <= 15)) {
    const meant = nearest(value.toLowerCase(), [...OPCODES.keys()]);
    const advice =
      meant === undefined ? `it takes 0–15, 0x0–0xf or one of ${[...OPCODES.keys()].join(', ')}` : `did you mean ${meant}?`;
    return mistake(`${quoted(`opcode=${value}`)} is not an opcode; ${advice}`, FRAME_EXAMPLE);
  }
  draft.opcode = opcode;
  return undefined;
}

function setBit(draft: Draft, key: 'fin' | 'rsv1' | 'rsv2' | 'rsv3', value: string): Fault {
  if (value !== '0' && value !== '1')
    return mistake(`${quoted(`${key}=${value}`)} is one bit: write ${key}=0 or ${key}=1`, FRAME_EXAMPLE);
  draft[key] = value === '1';
  return undefined;
}

function setMask(draft: Draft, value: string, maskingKey: () => Uint8Array): Fault {
  const key = value.toLowerCase().replace(/^0x/, '');
  if (key === 'none') draft.mask = 'none';
  else if (key === 'random') draft.mask = maskingKey();
  else if (/^[0-9a-f]{8}$/.test(key)) draft.mask = Buffer.from(key, 'hex');
  else
    return mistake(
      `${quoted(`mask=${value}`)} must be none, random, or the 4 bytes of a key in 8 hex digits`,
      '/frame mask=37fa213d "Hello"',
    );
  return undefined;
}

const FORMS: ReadonlyMap<string, LengthForm> = new Map([
  ['7bit', 7],
  ['16bit', 16],
  ['64bit', 64],
]);

/** `len=` may stand twice: once for the form, once for the number that the header announces. */
function setLength(draft: Draft, value: string): Fault {
  const form = FORMS.get(value.toLowerCase());
  if (form !== undefined) {
    if (draft.lengthForm !== undefined) return twice('len');
    draft.lengthForm = form;
    return undefined;
  }
  if (!/^(?:[0-9]{1,20}|0x[0-9a-f]{1,16})$/i.test(value) || BigInt(value) >= 2n ** 64n) {
    return mistake(`${quoted(`len=${value}`)} must be 7bit, 16bit, 64bit or the length to announce, below 2^64`, FRAME_EXAMPLE);
  }
  if (draft.length !== undefined) return twice('len');
  draft.length = BigInt(value);
  return undefined;
}

/** "If 0-125, that is the payload length": 126 and 127 are markers, so 7 bits hold no more than 125 (RFC 6455 §5.2). */
const MOST: Readonly<Record<LengthForm, bigint>> = { 7: 125n, 16: 0xffffn, 64: 2n ** 64n - 1n };

function lengthFault(spec: FrameSpec): Fault {
  const announced = spec.length ?? BigInt(spec.payload.length);
  if (spec.lengthForm === undefined || announced <= MOST[spec.lengthForm]) return undefined;
  const what = `len=${spec.lengthForm}bit holds at most ${MOST[spec.lengthForm]}, but the length is ${announced}`;
  return mistake(what, '/frame len=7bit len=5 deadbeef (announces 5, sends 4)');
}
