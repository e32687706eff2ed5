import { isUtf8 } from 'node:buffer';
import { parseBase64, parseHex } from '../../bytes/hex.ts';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { Env, InputStream } from '../../env.ts';
import { LocalError } from '../command.ts';
import { readLocal } from '../option/local-file.ts';

/** What the user hands over → messages: which opcode, and which bytes. */
export interface OutgoingMessage {
  readonly opcode: 'text' | 'binary';
  readonly data: Uint8Array;
}

/** How `-t`, `-b`, `--hex` and `--base64` say that input is written. */
export interface Writing {
  readonly opcode: 'text' | 'binary';
  readonly coding: 'plain' | 'hex' | 'base64';
}

export function writingOf(options: Options): Writing {
  if (options.flag('text') && options.flag('binary')) throw new UsageError('-t and -b exclude each other: give one');
  if (options.flag('hex') && options.flag('base64')) throw new UsageError('--hex and --base64 exclude each other: give one');
  const coding = options.flag('hex') ? 'hex' : options.flag('base64') ? 'base64' : 'plain';
  const binary = options.flag('binary') || (coding !== 'plain' && !options.flag('text'));
  return { opcode: binary ? 'binary' : 'text', coding };
}

/** A message as written → its bytes, or a phrase that says what is wrong. */
export function decodeMessage(bytes: Buffer, { opcode, coding }: Writing): Uint8Array | { readonly problem: string } {
  const data = coding === 'plain' ? bytes : decode(bytes.toString('latin1'), coding);
  if ('problem' in data) return data;
  if (opcode === 'text' && !isUtf8(data)) return { problem: 'it is not valid UTF-8, as a text message must be; -b sends bytes' };
  return data;
}

function decode(text: string, coding: 'hex' | 'base64'): Uint8Array | { readonly problem: string } {
  if (coding === 'hex') return parseHex(text);
  return parseBase64(text) ?? { problem: 'it is not base64' };
}

/** A message argument: text as is, `@file` and `@-` whole and byte for byte, `@@…` a literal `@`. */
export async function messageArgument(text: string, writing: Writing, env: Env): Promise<OutgoingMessage> {
  const bytes = await argumentBytes(text, env);
  const data = decodeMessage(bytes, writing);
  if ('problem' in data) throw new LocalError(`the message ${JSON.stringify(text.slice(0, 60))} cannot be sent: ${data.problem}`);
  return { opcode: writing.opcode, data };
}

async function argumentBytes(text: string, env: Env): Promise<Buffer> {
  if (!text.startsWith('@')) return Buffer.from(text, 'utf8');
  if (text.startsWith('@@')) return Buffer.from(text.slice(1), 'utf8');
  if (text === '@-') return readAll(env.stdin);
  if (text === '@') throw new UsageError('@ needs the name of a file behind it; @@ is a literal @');
  return readLocal(text.slice(1));
}

/** A stream, whole. */
export async function readAll(stream: InputStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
