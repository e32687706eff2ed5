import { type CloseCodes, earlierCloseCodes } from '../protocol/connection/close-code.ts';
import { type AgreedExtension, agreedExtensions } from '../protocol/dialect/extensions.ts';
import { framingOf, sparedRules } from '../protocol/dialect/framing.ts';
import type { DialectName } from '../protocol/dialect/name.ts';
import { deflateFrameCodecs } from '../protocol/extension/deflate-frame.ts';
import { deflateCodecs } from '../protocol/extension/permessage-deflate.ts';
import { fieldValues, firstValue, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import type { Transport } from '../transport/transport.ts';
import { DeflateStream } from './deflate-stream.ts';
import type { LinkOptions } from './link.ts';

/** What a connection takes from an opening handshake that was not plainly today's: its framing, its rules and its codecs. */
export interface DialectLink extends Pick<LinkOptions, 'framing' | 'spared' | 'closeCodes' | 'extension' | 'mirrorExtension'> {
  /** Where all is one stream of DEFLATE: what stands between the transport and the link. `early` came behind the handshake. */
  readonly stream?: ((transport: Transport, early: Uint8Array) => DeflateStream) | undefined;
}

export interface DialectLinkTerms {
  readonly role: 'client' | 'server';
  readonly dialect: DialectName;
  readonly request: RequestHead;
  readonly response: ResponseHead;
  /** Messages shorter than this go uncompressed, in bytes. */
  readonly compressFrom: number;
  readonly compressionLevel?: number | undefined;
  /** Bytes that a received message may inflate to. */
  readonly maxMessage: number;
}

export function dialectLink(terms: DialectLinkTerms): DialectLink {
  const { dialect, request, response } = terms;
  const key = firstValue(request, 'Sec-WebSocket-Key');
  const nonce = firstValue(response, 'Sec-WebSocket-Nonce');
  const secrets = key !== undefined && nonce !== undefined ? { key, nonce } : undefined;
  const framing = framingOf(dialect, secrets);
  const deflates = agreedIn(request, response).some(({ kind }) => kind === 'deflate-stream');
  const stream = deflates ? (transport: Transport, early: Uint8Array) => new DeflateStream(transport, early) : undefined;
  return { stream, framing, spared: sparedRules(dialect), closeCodes: closeCodesOf(dialect), ...codecs(terms) };
}

function closeCodesOf(dialect: DialectName): CloseCodes | undefined {
  switch (dialect) {
    case 'hybi-06':
    case 'hybi-07':
    case 'hybi-08':
      return earlierCloseCodes(true);
    case 'hybi-11':
      return earlierCloseCodes(false);
    default:
      return undefined;
  }
}

function codecs({ role, request, response, compressFrom, compressionLevel, maxMessage }: DialectLinkTerms): DialectLink {
  for (const one of agreedIn(request, response)) {
    if (one.kind === 'permessage-deflate') return deflateCodecs(role, one.parameters, compressFrom, maxMessage, compressionLevel);
    if (one.kind !== 'deflate-frame') continue;
    const level = compressionLevel === undefined ? {} : { level: compressionLevel };
    return deflateFrameCodecs({ role, terms: one, threshold: compressFrom, maxMessage, ...level });
  }
  return {};
}

/** What both sides agreed on; nothing where the answer does not fit the offer. */
export function agreedIn(request: RequestHead, response: ResponseHead): readonly AgreedExtension[] {
  const [offer, answer] = [request, response].map((head) => fieldValues(head, 'Sec-WebSocket-Extensions').join(', '));
  if (!answer) return [];
  const agreed = agreedExtensions(offer ?? '', answer);
  return 'problem' in agreed ? [] : agreed;
}
