/** What the server tells about a connection: the same facts as `--format json` has, and the first bytes of a frame. */
export interface Bytes {
  readonly base64: string;
  readonly text?: string;
}

interface Violation {
  readonly rule: string;
  readonly section: string;
  readonly text: string;
  readonly detail: string;
}

export interface FrameEvent {
  readonly type: 'frame';
  readonly direction: 'sent' | 'received';
  readonly opcode: number;
  readonly name: string | null;
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly maskingKey: string | null;
  readonly length: number | string;
  readonly lengthForm: number;
  readonly headerLength: number;
  readonly wireLength: number;
  readonly cut: boolean;
  readonly payload: Bytes;
  readonly inflated?: Bytes;
  readonly close?: { readonly code: number; readonly name?: string; readonly reason: Bytes };
  readonly header: readonly { readonly name: string; readonly bit: number; readonly width: number; readonly text: string }[];
  readonly violations: readonly Violation[];
}

export interface HeadEvent {
  readonly type: 'head';
  readonly direction: 'sent' | 'received';
  readonly kind: 'request' | 'response';
  readonly method?: string;
  readonly target?: string;
  readonly version: string;
  readonly status?: number;
  readonly reason?: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

export interface Finding {
  readonly level: 'pass' | 'warn' | 'fail';
  readonly section: string;
  readonly requirement: string;
  readonly actual?: string;
  readonly hint?: string;
}

export type ServerEvent = { readonly at: number; readonly connection: number } & (
  | FrameEvent
  | HeadEvent
  | { readonly type: 'hop'; readonly hop: string; readonly detail: string }
  | {
      readonly type: 'open';
      readonly dialect: string;
      readonly subprotocol: string;
      readonly extensions: string;
      readonly findings: readonly Finding[];
    }
  | { readonly type: 'refused'; readonly findings: readonly Finding[] }
  | ({ readonly type: 'violation'; readonly fatal: boolean } & Violation)
  | { readonly type: 'fault'; readonly name: string; readonly detail: string }
  | { readonly type: 'failure'; readonly hop: string; readonly message: string }
  | { readonly type: 'rtt'; readonly rtt: number }
  | {
      readonly type: 'closed';
      readonly code: number;
      readonly name?: string;
      readonly reason: string;
      readonly wasClean: boolean;
      readonly by: 'us' | 'peer' | 'network';
    }
);

/** What comes over the second socket. */
export type Told =
  /** `path`: something is served there; `/` where it is left out. */
  | { readonly type: 'hello'; readonly v: number; readonly path?: string }
  | { readonly type: 'following' }
  /** Which connection is the one that was to be followed. */
  | { readonly type: 'own'; readonly connection: number }
  /** `wire`: the frame's first bytes, in base64. */
  | { readonly type: 'event'; readonly event: ServerEvent; readonly wire?: string }
  | { readonly type: 'dropped'; readonly count: number };
