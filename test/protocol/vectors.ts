/** Version 13 on the wire, byte for byte: RFC 6455 §5.7, RFC 7692 §7.2.3 and their like. Masked frames carry the key 37 fa 21 3d. */

interface FrameVector {
  readonly id: string;
  readonly sender: 'client' | 'server';
  /** Hex; of a long one the beginning, with the hash of the whole. */
  readonly bytes: string;
  readonly sha256?: string;
  readonly totalLength?: number;
  /** Opcode by name, FIN, payload in hex (a number: so many bytes 0x61). */
  readonly frames: readonly (readonly [opcode: string, fin: boolean, payload: string | number])[];
}

export const FRAMES: readonly FrameVector[] = [
  { id: 'server-text', sender: 'server', bytes: '810548656c6c6f', frames: [['text', true, '48656c6c6f']] },
  { id: 'server-empty', sender: 'server', bytes: '8100', frames: [['text', true, '']] },
  { id: 'server-binary', sender: 'server', bytes: '82040001feff', frames: [['binary', true, '0001feff']] },
  {
    id: 'server-fragmented',
    sender: 'server',
    bytes: '010348656c80026c6f',
    frames: [
      ['text', false, '48656c'],
      ['continuation', true, '6c6f'],
    ],
  },
  {
    id: 'server-fragmented-ping',
    sender: 'server',
    bytes: '010348656c89017080026c6f',
    frames: [
      ['text', false, '48656c'],
      ['ping', true, '70'],
      ['continuation', true, '6c6f'],
    ],
  },
  { id: 'server-ping', sender: 'server', bytes: '890548656c6c6f', frames: [['ping', true, '48656c6c6f']] },
  { id: 'server-pong', sender: 'server', bytes: '8a0548656c6c6f', frames: [['pong', true, '48656c6c6f']] },
  { id: 'server-close', sender: 'server', bytes: '880503e8627965', frames: [['close', true, '03e8627965']] },
  { id: 'server-close-empty', sender: 'server', bytes: '8800', frames: [['close', true, '']] },
  {
    id: 'server-len126',
    sender: 'server',
    bytes:
      '827e007e616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161',
    frames: [['binary', true, 126]],
  },
  {
    id: 'server-len65536',
    sender: 'server',
    bytes: '827f000000000001000061616161616161616161616161616161616161616161',
    totalLength: 65546,
    sha256: '0c5d9b5860f3b3e8d7ec665d9c4d51722c3c78f094dc6f09adc45abb4eec26c4',
    frames: [['binary', true, 65536]],
  },
  { id: 'client-text', sender: 'client', bytes: '818537fa213d7f9f4d5158', frames: [['text', true, '48656c6c6f']] },
  { id: 'client-empty', sender: 'client', bytes: '818037fa213d', frames: [['text', true, '']] },
  { id: 'client-binary', sender: 'client', bytes: '828437fa213d37fbdfc2', frames: [['binary', true, '0001feff']] },
  {
    id: 'client-fragmented',
    sender: 'client',
    bytes: '018337fa213d7f9f4d808237fa213d5b95',
    frames: [
      ['text', false, '48656c'],
      ['continuation', true, '6c6f'],
    ],
  },
  {
    id: 'client-fragmented-ping',
    sender: 'client',
    bytes: '018337fa213d7f9f4d898137fa213d47808237fa213d5b95',
    frames: [
      ['text', false, '48656c'],
      ['ping', true, '70'],
      ['continuation', true, '6c6f'],
    ],
  },
  { id: 'client-ping', sender: 'client', bytes: '898537fa213d7f9f4d5158', frames: [['ping', true, '48656c6c6f']] },
  { id: 'client-pong', sender: 'client', bytes: '8a8537fa213d7f9f4d5158', frames: [['pong', true, '48656c6c6f']] },
  { id: 'client-close', sender: 'client', bytes: '888537fa213d3412434452', frames: [['close', true, '03e8627965']] },
  { id: 'client-close-empty', sender: 'client', bytes: '888037fa213d', frames: [['close', true, '']] },
  {
    id: 'client-len126',
    sender: 'client',
    bytes:
      '82fe007e37fa213d569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b405c569b',
    frames: [['binary', true, 126]],
  },
  {
    id: 'client-len65536',
    sender: 'client',
    bytes: '82ff000000000001000037fa213d569b405c569b405c569b405c569b405c569b',
    totalLength: 65550,
    sha256: '17d2fc0b99917e0e85f6d0cdb03027508ab48cbbf073a76b8fe68cf2f6895b4e',
    frames: [['binary', true, 65536]],
  },
];

/** Frames that a receiver must refuse. */
export const REJECT = [
  {
    id: 'rej-13-unmasked',
    sender: 'client',
    bytes: '810548656c6c6f',
    rule: 'mask-missing',
    why: 'client frame without mask: 1002',
  },
  {
    id: 'rej-13-masked-server',
    sender: 'server',
    bytes: '818537fa213d7f9f4d5158',
    rule: 'mask-unexpected',
    why: 'server frame with mask: 1002',
  },
  { id: 'rej-13-rsv', sender: 'server', bytes: 'c10548656c6c6f', rule: 'rsv-set', why: 'RSV1 without an extension: 1002' },
  {
    id: 'rej-13-op3',
    sender: 'server',
    bytes: '830548656c6c6f',
    rule: 'opcode-reserved',
    why: 'opcode 3 is reserved (in drafts 01-06 it is pong)',
  },
  { id: 'rej-13-ping-frag', sender: 'server', bytes: '0900', rule: 'control-fragmented', why: 'fragmented control frame' },
  { id: 'rej-13-ping-126', sender: 'server', bytes: '897e007e', rule: 'control-too-long', why: 'control frame over 125 bytes' },
  {
    id: 'rej-13-len-padded',
    sender: 'server',
    bytes: '817e0005',
    rule: 'length-not-minimal',
    why: 'length 5 in the 16-bit form (rule since hybi-14)',
  },
  {
    id: 'rej-13-len-64-top',
    sender: 'server',
    bytes: '827f8000000000000000',
    rule: 'length-too-large',
    why: 'top bit of the 64-bit length set',
  },
  { id: 'rej-13-close-1', sender: 'server', bytes: '880103', rule: 'close-one-byte', why: 'one-byte close body' },
  { id: 'rej-13-close-1005', sender: 'server', bytes: '880203ed', rule: 'close-code-invalid', why: 'code 1005 on the wire' },
  {
    id: 'rej-13-cont',
    sender: 'server',
    bytes: '80026c6f',
    rule: 'continuation-stray',
    why: 'continuation with nothing to continue',
  },
] as const;

/** Compressed messages: the payload as on the wire, the tail 00 00 ff ff removed, and a server's frame around it. */
export const DEFLATE = [
  {
    id: 'pmd-hello',
    message: 'Hello',
    payload: 'f248cdc9c90700',
    frame: 'c107f248cdc9c90700',
    note: 'sync-flushed block, the tail 00 00 ff ff removed',
  },
  {
    id: 'pmd-stored',
    message: 'Hello',
    payload: '000500faff48656c6c6f00',
    frame: 'c10b000500faff48656c6c6f00',
    note: 'stored block',
  },
  {
    id: 'pmd-bfinal',
    message: 'Hello',
    payload: 'f348cdc9c9070000',
    frame: 'c108f348cdc9c9070000',
    note: 'block with BFINAL set, padded',
  },
  {
    id: 'pmd-two-blocks',
    message: 'Hello',
    payload: 'f24805000000ffffcac9c90700',
    frame: 'c10df24805000000ffffcac9c90700',
    note: 'two blocks in one message',
  },
  {
    id: 'pmd-takeover',
    message: 'Hello',
    payload: 'f200110000',
    frame: 'c105f200110000',
    note: 'second Hello with the window kept; cannot be read alone',
  },
  {
    id: 'pmd-fragmented',
    message: 'Hello',
    payload: 'f248cdc9c90700',
    frame: '4103f248cd8004c9c90700',
    note: 'permessage-deflate: RSV1 on the first fragment only',
  },
] as const;
