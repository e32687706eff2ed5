import { type AgreedExtension, agreedExtensions } from '../protocol/dialect/extensions.ts';
import { framingOf, sparedRules } from '../protocol/dialect/framing.ts';
import type { DialectName } from '../protocol/dialect/name.ts';
import { deflateFrameCodecs } from '../protocol/extension/deflate-frame.ts';
import { deflateCodecs } from '../protocol/extension/permessage-deflate.ts';
import { fieldValues, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import type { LinkOptions } from './link.ts';

/** What a connection takes from an opening handshake that was not plainly today's: its framing, its rules and its codecs. */
export type DialectLink = Pick<LinkOptions, 'framing' | 'spared' | 'extension' | 'mirrorExtension'>;

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
  const [key] = fieldValues(request, 'Sec-WebSocket-Key');
  const [nonce] = fieldValues(response, 'Sec-WebSocket-Nonce');
  const secrets = key !== undefined && nonce !== undefined ? { key, nonce } : undefined;
  return { framing: framingOf(dialect, secrets), spared: sparedRules(dialect), ...codecs(terms) };
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
