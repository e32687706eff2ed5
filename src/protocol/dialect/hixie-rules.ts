/** What differs between hixie-75, hixie-76 and hybi-01 to -03 in their opening handshakes, as data. */
import { fieldValues, type RequestHead } from '../http/head.ts';

export type HixieDialect = 'hixie-75' | 'hixie-76' | 'hybi-01' | 'hybi-02' | 'hybi-03';

export interface HixieRules {
  readonly dialect: HixieDialect;
  /** Fields of the answer. */
  readonly originField: string;
  readonly locationField: string;
  /** Field of both. */
  readonly subprotocolField: string;
  /** The usual reason phrase; hixie-75 insists on it. */
  readonly reason: string;
  /** Whether the request holds three keys and the answer their MD5. */
  readonly hasKeys: boolean;
  /** Whether a client may ask for several subprotocols, with spaces between them. */
  readonly hasSubprotocolList: boolean;
  /** Values of Sec-WebSocket-Draft that are right; an empty one stands for none. */
  readonly drafts: readonly string[];
}

const OF_75 = {
  originField: 'WebSocket-Origin',
  locationField: 'WebSocket-Location',
  subprotocolField: 'WebSocket-Protocol',
  reason: 'Web Socket Protocol Handshake',
  hasKeys: false,
  hasSubprotocolList: false,
  drafts: [''],
};

const OF_76 = {
  originField: 'Sec-WebSocket-Origin',
  locationField: 'Sec-WebSocket-Location',
  subprotocolField: 'Sec-WebSocket-Protocol',
  reason: 'WebSocket Protocol Handshake',
  hasKeys: true,
};

export const HIXIE_RULES: Readonly<Record<HixieDialect, HixieRules>> = {
  'hixie-75': { dialect: 'hixie-75', ...OF_75 },
  'hixie-76': { dialect: 'hixie-76', ...OF_76, hasSubprotocolList: false, drafts: ['', '0'] },
  'hybi-01': { dialect: 'hybi-01', ...OF_76, hasSubprotocolList: true, drafts: ['', '1'] },
  'hybi-02': { dialect: 'hybi-02', ...OF_76, hasSubprotocolList: true, drafts: ['2'] },
  'hybi-03': { dialect: 'hybi-03', ...OF_76, hasSubprotocolList: true, drafts: ['2', '3'] },
};

/** The subprotocols that a client asks for, in its order. */
export function subprotocolsAsked(request: RequestHead, rules: HixieRules): string[] {
  const values = fieldValues(request, rules.subprotocolField);
  if (!rules.hasSubprotocolList) return values;
  return values.flatMap((value) => value.split(' ')).filter((name) => name !== '');
}
