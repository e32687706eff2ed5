/** What differs between hybi-04 and RFC 6455 in their opening handshakes, as data. */
import type { DialectName } from './name.ts';

export type HybiDialect = 'hybi-04' | 'hybi-05' | 'hybi-06' | 'hybi-07' | 'hybi-08' | 'hybi-11' | 'rfc6455';

export interface HybiRules {
  readonly dialect: DialectName;
  /** The value of Sec-WebSocket-Version. */
  readonly version: string;
  readonly originField: 'Origin' | 'Sec-WebSocket-Origin';
  /** Whether every client must send an origin; later only browsers. */
  readonly originRequired: boolean;
  /** Whether Connection must be Upgrade and nothing else; later it must hold that token. */
  readonly connectionAlone: boolean;
  /** Whether the target may be an absolute URL. */
  readonly absoluteTarget: boolean;
  /** Whether the answer holds Sec-WebSocket-Nonce, of which with the key the masks are made. */
  readonly hasNonce: boolean;
}

const early = {
  originField: 'Sec-WebSocket-Origin',
  originRequired: true,
  connectionAlone: true,
  absoluteTarget: false,
} as const;
const middle = { originField: 'Sec-WebSocket-Origin', originRequired: false, connectionAlone: false, hasNonce: false } as const;
const late = {
  originField: 'Origin',
  originRequired: false,
  connectionAlone: false,
  absoluteTarget: true,
  hasNonce: false,
} as const;

export const HYBI_RULES: Readonly<Record<HybiDialect, HybiRules>> = {
  'hybi-04': { dialect: 'hybi-04', version: '4', ...early, hasNonce: true },
  'hybi-05': { dialect: 'hybi-05', version: '5', ...early, hasNonce: false },
  'hybi-06': { dialect: 'hybi-06', version: '6', ...middle, absoluteTarget: false },
  'hybi-07': { dialect: 'hybi-07', version: '7', ...middle, absoluteTarget: false },
  'hybi-08': { dialect: 'hybi-08', version: '8', ...middle, absoluteTarget: true },
  'hybi-11': { dialect: 'hybi-11', version: '8', ...late },
  rfc6455: { dialect: 'rfc6455', version: '13', ...late },
};
