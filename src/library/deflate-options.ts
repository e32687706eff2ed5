import type { ServerPreference } from '../protocol/extension/permessage-deflate.ts';
import { mustBeInteger, mustBeSize } from './checked-options.ts';

/** How a server accepts permessage-deflate. */
export interface DeflateOptions extends Omit<ServerPreference, 'clientMaxWindowBits'> {
  /** 8 to 15; `true`: whatever the client likes, as where it is left out. */
  readonly clientMaxWindowBits?: number | true;
  /** Messages shorter than this go uncompressed, in bytes; 1024. */
  readonly threshold?: number | undefined;
  /** Of `zlibDeflateOptions` the level counts, 0–9; 6, as is -1. */
  readonly zlibDeflateOptions?: { readonly level?: number | undefined } | undefined;
}

export interface AcceptedDeflate {
  /** `undefined` where it is not accepted. */
  readonly deflate: ServerPreference | undefined;
  readonly compressFrom: number;
  readonly compressionLevel: number | undefined;
}

/** Throws a `RangeError` for a number that is none of those that there are. */
export function acceptedDeflate(option: boolean | DeflateOptions | undefined): AcceptedDeflate {
  if (!option || option === true) return { deflate: option ? {} : undefined, compressFrom: 1024, compressionLevel: undefined };
  const { clientMaxWindowBits: bits, threshold = 1024, zlibDeflateOptions, ...rest } = option;
  const clientMaxWindowBits = bits === true ? undefined : bits;
  const level = zlibDeflateOptions?.level;
  mustBeInteger('clientMaxWindowBits', clientMaxWindowBits, 8, 15);
  mustBeInteger('serverMaxWindowBits', rest.serverMaxWindowBits, 8, 15);
  mustBeInteger('zlibDeflateOptions.level', level, -1, 9);
  mustBeSize('threshold', threshold);
  const deflate = clientMaxWindowBits === undefined ? rest : { ...rest, clientMaxWindowBits };
  return { deflate, compressFrom: threshold, compressionLevel: level === -1 ? undefined : level };
}
