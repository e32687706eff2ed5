/**
 * The terms of `deflate-frame` and `x-webkit-deflate-frame`, one extension under two names: each frame is compressed by
 * itself. A parameter in the request binds what the server sends, one in the answer what the client sends.
 */
import type { ListItem } from '../http/parameter-list.ts';

const DEFLATE_FRAME_NAMES = ['deflate-frame', 'x-webkit-deflate-frame'] as const;

export type DeflateFrameName = (typeof DEFLATE_FRAME_NAMES)[number];

/** What binds one side when it compresses. */
export interface DeflateFrameSender {
  /** Whether its window is emptied after each frame. */
  readonly noContextTakeover: boolean;
  /** 8–15. */
  readonly maxWindowBits: number;
}

export interface DeflateFrameTerms {
  readonly name: DeflateFrameName;
  readonly client: DeflateFrameSender;
  readonly server: DeflateFrameSender;
}

export const isDeflateFrame = (name: string): name is DeflateFrameName => DEFLATE_FRAME_NAMES.some((known) => known === name);

/** The parameters of one element; a phrase where they are wrong. */
export function readDeflateFrame({ name, parameters }: ListItem): DeflateFrameSender | string {
  const names = parameters.map((parameter) => parameter.name);
  if (new Set(names).size !== names.length) return `a parameter of ${name} appears twice`;
  let bits = 15;
  for (const parameter of parameters) {
    if (parameter.name === 'no_context_takeover') {
      if (parameter.value !== undefined) return 'parameter no_context_takeover takes no value';
    } else if (parameter.name === 'max_window_bits') {
      if (parameter.value === undefined || !/^(?:[89]|1[0-5])$/.test(parameter.value))
        return 'parameter max_window_bits is not a number from 8 to 15';
      bits = Number(parameter.value);
    } else {
      return `a parameter that ${name} does not have`;
    }
  }
  return { noContextTakeover: names.includes('no_context_takeover'), maxWindowBits: bits };
}

/** The element as it goes into a field; parameters that say nothing are left out. */
export function formatDeflateFrame(name: DeflateFrameName, { noContextTakeover, maxWindowBits }: DeflateFrameSender): string {
  return `${name}${noContextTakeover ? '; no_context_takeover' : ''}${maxWindowBits < 15 ? `; max_window_bits=${maxWindowBits}` : ''}`;
}
