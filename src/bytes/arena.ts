/**
 * Memory in which masking costs next to nothing: a routine of WebAssembly reaches it with 128-bit registers, 64 octets a
 * step. What is received may be read into it and what is sent be written there; payloads that lie elsewhere pass through,
 * from some hundred bytes on at a profit. Instantiated when first wanted.
 */
export interface Arena {
  readonly memory: ArrayBufferLike;
  /** Through which payloads pass that lie elsewhere. */
  readonly scratch: Buffer;
  /** From which frames may leave, piece by piece of 64 KiB. */
  readonly sending: readonly Buffer[];
  /** Into which sockets may read. */
  readonly reading: Buffer;
  /** In which pieces are put together. */
  readonly gathering: Buffer;
  readonly xor: Xor;
  /** Not 0 if one of the octets `[at, end)` of the memory is above 0x7f. */
  readonly high: (at: number, end: number) => number;
  /** Copies `length` octets of the memory. Between two views that takes a third view and five times as long. */
  readonly copy: (to: number, from: number, length: number) => void;
}

/**
 * XORs the octets `[at, end)` of the memory with those of `key`, the first with its lowest 8 bits: WebAssembly's words
 * have their lowest octet first on every machine.
 */
type Xor = (at: number, end: number, key: number) => void;

const KIB = 1024;
const PAGE = 64 * KIB;
/** Pages for sending: a message of 1 MiB lies in them. Memory that nobody wrote to yet takes up none. */
const SENDING = 16;
/** Pages for reading: so much is taken at once where a peer sends much. */
const READING = 8;

/**
 * (module (memory (export "m") 26 26)
 *   (func (export "x") (param $at i32) (param $end i32) (param $key i32) (local $k v128)
 *     (local.set $k (i32x4.splat (local.get $key)))
 *     ;; three loops of one form: (block (loop (br_if 1 (i32.gt_u (i32.add $at N) $end)) STEP (i32.add $at N → $at) (br 0)))
 *     ;; N = 64: v128.load, v128.xor $k, v128.store at $at + 0, 16, 32, 48
 *     ;; N = 4:  i32.load, i32.xor $key, i32.store
 *     ;; N = 1:  i32.load8_u, i32.xor $key, i32.store8, and $key is rotated by 8 bits to the right)
 *   (func (export "a") (param $at i32) (param $end i32) (result i32) (local $v v128) (local $w i32)
 *     ;; the same loops, which gather all octets by v128.or in $v and by i32.or in $w
 *     (i32.or (i8x16.bitmask (local.get $v)) (i32.and (local.get $w) (i32.const 0x80808080))))
 *   (func (export "c") (param $to i32) (param $from i32) (param $length i32)
 *     (memory.copy (local.get $to) (local.get $from) (local.get $length))))
 */
const LOOP = (step: string) => `02400340200041${step}6a20014b0d01`;
const AGAIN = (step: string) => `200041${step}6a21000c000b0b`;
const OFFSETS = ['00', '10', '20', '30'];
const MODULE = [
  '0061736d01000000',
  '010d0260037f7f7f0060027f7f017f',
  '030403000100',
  '050401011a1a',
  '071104016d0200017800000161000101630002',
  '0aef0203',
  'b80101017b',
  '2002fd112103',
  ...[LOOP('c000'), ...OFFSETS.map((offset) => `20002000fd0000${offset}2003fd51fd0b00${offset}`), AGAIN('c000')],
  ...[LOOP('04'), '20002000280000200273360000', AGAIN('04')],
  ...[LOOP('01'), '200020002d00002002733a0000', '20024108782102', AGAIN('01')],
  '0b',
  'a50102017b017f',
  ...[LOOP('c000'), ...OFFSETS.map((offset) => `20022000fd0000${offset}fd502102`), AGAIN('c000')],
  ...[LOOP('04'), '20032000280000722103', AGAIN('04')],
  ...[LOOP('01'), '200320002d0000722103', AGAIN('01')],
  '2002fd642003418081828478',
  '71720b',
  '0c00200020012002fc0a00000b',
].join('');

interface Exports {
  readonly m: { readonly buffer: ArrayBuffer };
  readonly x: Xor;
  readonly a: Arena['high'];
  readonly c: Arena['copy'];
}

/** The part of the platform's interface that is used: the type library of Node names none of it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
};

let instance: Arena | undefined | 'untried' = 'untried';

/** `undefined` where the platform has no such registers. */
export function arena(): Arena | undefined {
  if (instance === 'untried') instance = instantiate();
  return instance;
}

/** The arena, if somebody had a use for it already. */
export function arenaInUse(): Arena | undefined {
  return instance === 'untried' ? undefined : instance;
}

function instantiate(): Arena | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'hex')));
    const memory = exports.m.buffer;
    return {
      memory,
      scratch: Buffer.from(memory, 0, PAGE),
      sending: Array.from({ length: SENDING }, (_, index) => Buffer.from(memory, (1 + index) * PAGE, PAGE)),
      reading: Buffer.from(memory, (1 + SENDING) * PAGE, READING * PAGE),
      gathering: Buffer.from(memory, (1 + SENDING + READING) * PAGE, PAGE),
      xor: exports.x,
      high: exports.a,
      copy: exports.c,
    };
  } catch {
    return undefined;
  }
}

/** The bytes that were looked at last, and where in the arena they lie; negative: elsewhere. */
let known: Uint8Array | undefined;
let place = -1;

/**
 * Where in the arena the first of the bytes lies; negative: elsewhere. Asking a view for its buffer costs more than masking a
 * short payload, and payloads come many to one view.
 */
export function placeInArena(bytes: Uint8Array): number {
  if (bytes !== known) {
    known = bytes;
    place = bytes.buffer === arenaInUse()?.memory ? bytes.byteOffset : -1;
  }
  return place;
}
