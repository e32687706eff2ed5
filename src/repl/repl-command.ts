import type { Action } from '../protocol/connection/action.ts';

/** What the parser must know of the moment in which a line was typed. */
export interface LineContext {
  readonly role: 'client' | 'server';
  /** What a plain line becomes: `/text` and `/binary` without an argument switch it. */
  readonly mode: 'text' | 'binary';
  /** Whether the host has a recorder; without one `/record` does not exist. */
  readonly canRecord: boolean;
  /** Whether the line stands inside one that says to whom it goes. */
  readonly addressed?: boolean;
  /** Four fresh random bytes, for `/frame mask=random`: randomness is handed in. */
  maskingKey(): Uint8Array;
}

/** Which frames or messages are shown: those with one of these opcodes, or those whose text matches. */
export type Filter =
  | { readonly opcodes: readonly number[]; readonly pattern?: never }
  | { readonly opcodes?: never; readonly pattern: RegExp };

/** What is sent, once or more often, to one client or to all. */
export type Sendable =
  | { readonly type: 'action'; readonly action: Action }
  /** Read the file whole, byte for byte, and send it as one message. The path is as typed: `~/` is not expanded. */
  | { readonly type: 'file'; readonly path: string; readonly opcode: 'text' | 'binary' };

export type Dump = 'off' | 'line' | 'hex' | 'bits';

/** A typed line, understood. On a server what is sent goes to every client unless it stands inside `to`. */
export type ReplCommand =
  | Sendable
  /** An empty line: nothing was asked for. */
  | { readonly type: 'nothing' }
  | { readonly type: 'mode'; readonly mode: 'text' | 'binary' }
  | { readonly type: 'repeat'; readonly count: number; readonly command: Sendable }
  /** Read lines up to one that is only `.`, then send them as one message. */
  | { readonly type: 'paste'; readonly opcode: 'text' | 'binary' }
  /** Without a form: on (hex) if it was off, else off. */
  | { readonly type: 'dump'; readonly form?: Dump }
  /** Without a filter: say which one is set. */
  | { readonly type: 'filter'; readonly filter?: Filter | 'off' }
  | { readonly type: 'help'; readonly topic?: string }
  /** On a server: of this client, or of the newest one. */
  | { readonly type: 'handshake'; readonly client?: number }
  | { readonly type: 'stats' | 'reconnect' | 'quit' | 'clients' }
  /** Without a path: say whether and where we record. */
  | { readonly type: 'record'; readonly path?: string }
  | { readonly type: 'record-off' }
  | { readonly type: 'to'; readonly client: number; readonly command: Sendable | Repeat }
  | { readonly type: 'mute' | 'unmute'; readonly client: number }
  | { readonly type: 'kick'; readonly client: number; readonly code: number; readonly reason: string };

type Repeat = { readonly type: 'repeat'; readonly count: number; readonly command: Sendable };

/** A line that could not be understood. `text` says what is wrong and shows an example; it may hold two lines. */
export interface Mistake {
  readonly type: 'mistake';
  readonly text: string;
}

/** Understands a whole line: handed to commands that hold another line. */
export type LineParser = (line: string, context: LineContext) => ReplCommand | Mistake;

export function mistake(what: string, example?: string): Mistake {
  return { type: 'mistake', text: example === undefined ? what : `${what}\nfor example: ${example}` };
}

export function isMistake(value: object): value is Mistake {
  return 'type' in value && value.type === 'mistake';
}
