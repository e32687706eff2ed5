import type { Action } from '../../../src/protocol/connection/action.ts';
import { Connection, type ConnectionOptions } from '../../../src/protocol/connection/connection.ts';
import type { ConnectionEvent } from '../../../src/protocol/connection/event.ts';
import { CLIENT_LIMITS, type Limits } from '../../../src/protocol/connection/limits.ts';
import {
  DeflateCodec,
  type DeflateCodecOptions,
  type DeflateParameters,
} from '../../../src/protocol/extension/permessage-deflate.ts';
import { pieces } from '../bits.ts';

/**
 * A connection in memory and a peer that is played by hand. The peer's frames are built and ours are read by a few
 * lines of their own here, so that one fault cannot hide behind its mirror image.
 */
export type Role = 'client' | 'server';
export const ROLES: readonly Role[] = ['client', 'server'];
export const otherRole = (role: Role): Role => (role === 'client' ? 'server' : 'client');

/** A frame as the peer writes it: opcode, payload, FIN, and RSV as three digits. */
export interface PeerFrame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin: boolean;
  readonly rsv: number;
}

type Content = string | Uint8Array;
const bytesOf = (content: Content): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : content);
export const frame = (opcode: number, content: Content = '', fin = true, rsv = 0b000): PeerFrame => ({
  opcode,
  payload: bytesOf(content),
  fin,
  rsv,
});
export const text = (content: Content = '', fin = true) => frame(1, content, fin);
export const binary = (content: Content = '', fin = true) => frame(2, content, fin);
export const more = (content: Content = '', fin = true) => frame(0, content, fin);
export const ping = (content: Content = '') => frame(9, content);
export const pong = (content: Content = '') => frame(10, content);
export const close = (code?: number, reason: Content = '') =>
  frame(8, code === undefined ? '' : Buffer.concat([Uint8Array.of(code >> 8, code), bytesOf(reason)]));

const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** `frames` on the wire as `sender` writes them: a client masks, a server does not. */
export function wire(sender: Role, frames: readonly PeerFrame[]): Buffer {
  return Buffer.concat(frames.map((one) => wireFrame(one, sender === 'client')));
}

export function wireFrame({ opcode, payload, fin, rsv }: PeerFrame, masked: boolean): Buffer {
  const { length } = payload;
  const mask = masked ? 0x80 : 0;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  if (length < 126) head.push(mask | length);
  else if (length < 65536) head.push(mask | 126, length >> 8, length & 255);
  else head.push(mask | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (length >>> shift) & 255));
  if (!masked) return Buffer.concat([Buffer.from(head), payload]);
  const hidden = Buffer.from(payload);
  for (let i = 0; i < length; i++) hidden[i] = (hidden[i] as number) ^ (KEY[i & 3] as number);
  return Buffer.concat([Buffer.from(head), KEY, hidden]);
}

/** Reads whole frames, whoever wrote them. */
function readWire(bytes: Buffer): (PeerFrame & { masked: boolean })[] {
  const list: (PeerFrame & { masked: boolean })[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at);
    const second = bytes.readUInt8(at + 1);
    at += 2;
    let length = second & 127;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    const masked = second > 127;
    const key = bytes.subarray(at, at + 4);
    if (masked) at += 4;
    const payload = Buffer.from(bytes.subarray(at, at + length));
    if (payload.length < length) throw new Error('a frame is cut off');
    if (masked) for (let i = 0; i < length; i++) payload[i] = (payload[i] as number) ^ (key[i & 3] as number);
    list.push({ opcode: first & 15, payload, fin: first > 127, rsv: (first >> 4) & 7, masked });
    at += length;
  }
  return list;
}

const NAMES: Record<number, string> = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

/** Content in short: text in quotes, long or other bytes by their length and hex. */
export function inShort(content: Uint8Array): string {
  const bytes = Buffer.from(content);
  if (bytes.length > 64) return `(${bytes.length} bytes)`;
  return /^[\x20-\x7e]*$/.test(bytes.toString('latin1')) ? `"${bytes}"` : bytes.toString('hex');
}

function closeInShort(payload: Uint8Array): string {
  if (payload.length < 2) return 'close';
  return `close ${((payload[0] as number) << 8) | (payload[1] as number)}`;
}

export interface TalkOptions {
  readonly limits?: Partial<Limits>;
  readonly tolerance?: 'strict' | 'lenient';
  readonly deflate?: Partial<DeflateParameters> & Partial<Pick<DeflateCodecOptions, 'threshold' | 'level'>>;
  readonly budget?: ConnectionOptions['budget'];
  readonly watch?: boolean;
  /** Also told, after the log is written: may use the connection from within. */
  readonly onMessage?: (talk: Talk) => void;
  readonly onEvent?: (event: ConnectionEvent, talk: Talk) => void;
}

export function codec(role: Role, options: TalkOptions): DeflateCodec | undefined {
  if (!options.deflate) return undefined;
  const { threshold = 0, level, ...parameters } = options.deflate;
  return new DeflateCodec({
    role,
    agreed: {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
      ...parameters,
    },
    threshold,
    maxMessage: options.limits?.maxMessage ?? CLIENT_LIMITS.maxMessage,
    ...(level !== undefined && { level }),
  });
}

export class Talk {
  readonly role: Role;
  readonly connection: Connection;
  /** What the connection told, a line each: messages, pings, violations, the peer's Close, the end. */
  readonly heard: string[] = [];
  readonly messages: { opcode: string; data: Buffer; compressed: boolean; wireLength: number }[] = [];
  readonly events: ConnectionEvent[] = [];
  /** Everything that the connection sent. */
  sent = Buffer.alloc(0);
  #keys = 0x1234_5678;

  constructor(role: Role, options: TalkOptions = {}) {
    this.role = role;
    this.connection = new Connection(
      {
        role,
        limits: { ...CLIENT_LIMITS, ...options.limits },
        maskingKeys: () => {
          this.#keys = (Math.imul(this.#keys, 1664525) + 1013904223) >>> 0;
          return this.#keys;
        },
        extension: codec(role, options),
        mirrorExtension: codec(otherRole(role), options),
        budget: options.budget,
        ...(options.tolerance && { tolerance: options.tolerance }),
      },
      {
        message: (message) => {
          const data = message.copy();
          this.messages.push({ opcode: message.opcode, data, compressed: message.compressed, wireLength: message.wireLength });
          this.heard.push(`${message.opcode} ${inShort(data)}`);
          options.onMessage?.(this);
        },
        event: (event) => {
          this.events.push(event);
          if (event.type !== 'frame' && event.type !== 'message') this.heard.push(tell(event));
          options.onEvent?.(event, this);
        },
      },
    );
    if (options.watch) this.connection.watch(true);
  }

  /** The peer's frames arrive, `size` bytes at a time. */
  hear(frames: readonly PeerFrame[] | Buffer, size = Number.POSITIVE_INFINITY): this {
    const bytes = Buffer.isBuffer(frames) ? frames : wire(otherRole(this.role), frames);
    for (const piece of size >= bytes.length ? [Buffer.from(bytes)] : pieces(bytes, size)) {
      this.connection.receive(piece);
      this.take();
    }
    return this;
  }

  act(action: Action): this {
    this.connection.act(action);
    this.take();
    return this;
  }

  /** Takes what waits and keeps it in `sent`. */
  take(): this {
    this.sent = Buffer.concat([this.sent, ...this.connection.take()]);
    return this;
  }

  end(): this {
    this.connection.end();
    return this;
  }

  /** What the peer got, a line a frame; whether every frame was masked as our role asks is checked on the way. */
  get said(): string[] {
    return readWire(this.sent).map(({ opcode, payload, fin, rsv, masked }) => {
      if (masked !== (this.role === 'client')) throw new Error('masked as the other role');
      const name = NAMES[opcode] ?? `opcode ${opcode}`;
      if (opcode === 8) return closeInShort(payload);
      return `${name}${fin ? '' : '-'}${rsv ? ` rsv ${rsv.toString(2)}` : ''} ${inShort(payload)}`;
    });
  }
}

function tell(event: Exclude<ConnectionEvent, { type: 'frame' | 'message' }>): string {
  switch (event.type) {
    case 'ping':
    case 'pong':
      return `${event.type} ${inShort(event.payload)}`;
    case 'violation':
      return `${event.fatal ? 'fatal' : 'noted'} ${event.violation.rule}`;
    case 'close':
      return `close ${event.code} ${inShort(Buffer.from(event.reason))}`;
    default:
      return `closed ${event.code} ${event.wasClean ? 'clean' : 'unclean'} by ${event.by}`;
  }
}
