import { quoted } from '../cli/mistake.ts';
import { bytesArgument, hexBytes, wholeNumber } from './payload.ts';
import { type LineContext, type Mistake, mistake, type ReplCommand, type Sendable } from './repl-command.ts';

type Mode = LineContext['mode'];

/** What a plain line becomes: its UTF-8 bytes as one message. */
export function plainMessage(text: string, mode: Mode): ReplCommand {
  return { type: 'action', action: { type: 'send', opcode: mode, data: Buffer.from(text) } };
}

/** `/text MSG` sends it as typed; without one, lines are text from now on. */
export function textArgument(rest: string): ReplCommand {
  return rest === '' ? { type: 'mode', mode: 'text' } : plainMessage(rest, 'text');
}

/** `/binary HEX`, `/binary base64:…`, `/binary @FILE`; without an argument, lines are binary from now on. */
export function binaryArgument(rest: string): ReplCommand | Mistake {
  const text = rest.trim();
  if (text === '') return { type: 'mode', mode: 'binary' };
  if (text.startsWith('@')) return fileArgument(text.slice(1), 'binary');
  const data = bytesArgument(text, '/binary 48656c6c6f');
  return data instanceof Uint8Array ? { type: 'action', action: { type: 'send', opcode: 'binary', data } } : data;
}

export function fileArgument(rest: string, opcode: Mode): ReplCommand | Mistake {
  const path = unquoted(rest.trim());
  return path === '' ? mistake('which file? Give its path', '/file message.json') : { type: 'file', path, opcode };
}

/** A path may be quoted for its blanks, as people are used to from a shell. */
export function unquoted(path: string): string {
  return /^(["'])(.*)\1$/s.exec(path)?.[2] ?? path;
}

/** `/json VALUE`: sent as typed, but only when it is JSON. */
export function jsonArgument(rest: string): ReplCommand | Mistake {
  const text = rest.trim();
  if (text === '') return mistake('which value? Write JSON after /json', '/json {"type":"hello"}');
  try {
    JSON.parse(text);
  } catch (error) {
    return mistake(`this is not JSON${jsonFault(text, error)}; /text sends it all the same`, '/json {"type":"hello"}');
  }
  return plainMessage(text, 'text');
}

/** Where V8 stopped reading, in characters from 1. Its message names the place or quotes the character, by version. */
function jsonFault(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /position ([0-9]+)/.exec(message)?.[1];
  const token = /^Unexpected token '?(.)'?/su.exec(message)?.[1];
  const index = position !== undefined ? Number(position) : token !== undefined ? text.indexOf(token) : text.length;
  if (index >= text.length) return ': it ends too early';
  return `: ${quoted(text.slice(index, index + 12))} at character ${index + 1} cannot stand there`;
}

/** "All control frames MUST have a payload length of 125 bytes or less" (RFC 6455 §5.5). */
const CONTROL_MOST = 125;

export function pingArgument(type: 'ping' | 'pong', rest: string): Sendable | Mistake {
  const data = Buffer.from(rest);
  if (data.length > CONTROL_MOST) {
    const what = `a ${type} carries at most ${CONTROL_MOST} bytes, this has ${data.length}; /frame can send it against the rules`;
    return mistake(what, `/frame opcode=${type} text=…`);
  }
  return { type: 'action', action: { type, data } };
}

/** `/bytes HEX`: onto the wire as they are, without a frame around them. */
export function rawBytes(rest: string): ReplCommand | Mistake {
  const example = '/bytes 81 85 37 fa 21 3d 7f 9f 4d 51 58';
  if (rest.trim() === '') return mistake('which bytes? Write them in hex', example);
  const bytes = hexBytes(rest.trim(), example);
  return bytes instanceof Uint8Array ? { type: 'action', action: { type: 'bytes', bytes } } : bytes;
}

const FRAGMENT_EXAMPLE = '/fragment 3 Hello, or /fragment Hel | lo';
const FRAGMENTS_MOST = 100_000;

/** `/fragment N TEXT` cuts the text into N even pieces; `/fragment A | B | C` says where (` | ` with its blanks is the cut). */
export function fragmentArgument(rest: string, opcode: Mode): ReplCommand | Mistake {
  const counted = /^\s*([0-9]+)(?:\s([\s\S]*))?$/.exec(rest);
  if (counted && !/^\s*\|\s/.test(counted[2] ?? '')) return evenFragments(counted[1] ?? '', counted[2] ?? '', opcode);
  const parts = rest.split(' | ');
  if (parts.length < 2) {
    const what =
      rest.trim() === '' ? 'what shall be cut into fragments?' : `${quoted(rest)} says neither how many pieces nor where to cut`;
    return mistake(what, FRAGMENT_EXAMPLE);
  }
  return fragments(parts, opcode);
}

function evenFragments(count: string, text: string, opcode: Mode): ReplCommand | Mistake {
  const pieces = wholeNumber(count, 1, FRAGMENTS_MOST);
  if (pieces === undefined)
    return mistake(`${quoted(count)} is not a number of fragments from 1 to ${FRAGMENTS_MOST}`, FRAGMENT_EXAMPLE);
  const characters = [...text];
  const cut = (index: number): number => Math.round((index * characters.length) / pieces);
  return fragments(
    Array.from({ length: pieces }, (_, index) => characters.slice(cut(index), cut(index + 1)).join('')),
    opcode,
  );
}

function fragments(parts: readonly string[], opcode: Mode): ReplCommand {
  return { type: 'action', action: { type: 'fragment', opcode, parts: parts.map((part) => Buffer.from(part)) } };
}
