import type { MessageExtension } from './extension.ts';
import type { Inflater } from './inflater.ts';
import { DeflateCodec, type DeflateParameters } from './permessage-deflate.ts';

/**
 * deflate-frame (draft-tyoshino-hybi-websocket-perframe-deflate), and the same under the name that WebKit gave it: the
 * codec of permessage-deflate, but each frame is compressed by itself and says so with its own RSV1. What is said in the
 * opening handshake is read elsewhere; here are the bytes.
 */

/** What binds one side when it compresses; the window in bits, 8–15. */
interface Sender {
  readonly noContextTakeover: boolean;
  readonly maxWindowBits: number;
}

export interface DeflateFrameOptions {
  readonly role: 'client' | 'server';
  /** What was agreed, and under which of its names. */
  readonly terms: { readonly name: string; readonly client: Sender; readonly server: Sender };
  /** Messages shorter than this go uncompressed, in bytes. */
  readonly threshold: number;
  /** Bytes that a received message may inflate to. */
  readonly maxMessage: number;
  /** Compression level 0–9. */
  readonly level?: number;
}

/** The codec of a connection and, to read what it sends, the one that its peer has. */
export function deflateFrameCodecs({ role, terms, threshold, maxMessage, level }: DeflateFrameOptions): {
  readonly extension: MessageExtension;
  readonly mirrorExtension: MessageExtension;
} {
  const agreed: DeflateParameters = {
    serverNoContextTakeover: terms.server.noContextTakeover,
    clientNoContextTakeover: terms.client.noContextTakeover,
    serverMaxWindowBits: terms.server.maxWindowBits,
    clientMaxWindowBits: terms.client.maxWindowBits,
  };
  const peer = role === 'client' ? 'server' : 'client';
  const own = new DeflateCodec({ role, agreed, threshold, maxMessage, ...(level !== undefined && { level }) });
  const mirror = new DeflateCodec({ role: peer, agreed, threshold, maxMessage: Number.POSITIVE_INFINITY });
  const description = [terms.name, ...senderTerms('server', terms.server), ...senderTerms('client', terms.client)].join('; ');
  return {
    extension: new DeflateFrameCodec(description, own),
    mirrorExtension: new DeflateFrameCodec(description, mirror),
  };
}

/** Said with the side that it binds: by itself a parameter of this extension does not tell. */
function senderTerms(side: 'client' | 'server', { noContextTakeover, maxWindowBits }: Sender): string[] {
  return [
    ...(noContextTakeover ? [`${side} no_context_takeover`] : []),
    ...(maxWindowBits === 15 ? [] : [`${side} max_window_bits=${maxWindowBits}`]),
  ];
}

/** A message that is one frame is the same in both extensions, so the codec is the same; only `perFrame` differs. */
class DeflateFrameCodec implements MessageExtension {
  readonly perFrame = true;
  readonly description: string;
  readonly #codec: DeflateCodec;

  constructor(description: string, codec: DeflateCodec) {
    this.description = description;
    this.#codec = codec;
  }

  decoder(): Inflater {
    return this.#codec.decoder();
  }

  endDecoded(): void {
    this.#codec.endDecoded();
  }

  encode(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
    return this.#codec.encode(bytes, start, end);
  }

  encodeForMany(bytes: Uint8Array, made: Map<string, Uint8Array>): Uint8Array | undefined {
    return this.#codec.encodeForMany(bytes, made);
  }

  forgetSent(): void {
    this.#codec.forgetSent();
  }

  close(): void {
    this.#codec.close();
  }
}
