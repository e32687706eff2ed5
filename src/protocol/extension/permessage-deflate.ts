import { createDeflater, type Deflater } from './deflater.ts';
import type { MessageExtension } from './extension.ts';
import { createInflater, type Inflater } from './inflater.ts';

/** permessage-deflate (RFC 7692): what was offered, what was agreed, and the codec that follows from it. */

/** An element of `Sec-WebSocket-Extensions` (RFC 6455 §9.1). */
export interface ExtensionElement {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** The four parameters as agreed; windows in bits, 8–15. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

export const PERMESSAGE_DEFLATE = 'permessage-deflate';

/** One side's parameters as written: `undefined` where absent, `true` for a parameter without a value. */
export interface WrittenParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  readonly clientMaxWindowBits: number | true | undefined;
}

/**
 * Reads the parameters of one element, or says what is wrong. "A server MUST decline an extension negotiation offer"
 * and a client fail the connection for unknown, repeated or ill-valued parameters (RFC 7692 §7.1).
 */
export function readParameters(
  element: ExtensionElement,
  side: 'offer' | 'answer',
): WrittenParameters | { readonly problem: string } {
  const seen = new Map<string, string | undefined>();
  for (const { name, value } of element.parameters) {
    if (seen.has(name)) return { problem: `parameter ${name} appears twice` };
    const problem = parameterProblem(name, value, side);
    if (problem) return { problem };
    seen.set(name, value);
  }
  const client = seen.get('client_max_window_bits');
  const server = seen.get('server_max_window_bits');
  return {
    serverNoContextTakeover: seen.has('server_no_context_takeover'),
    clientNoContextTakeover: seen.has('client_no_context_takeover'),
    serverMaxWindowBits: server === undefined ? undefined : Number(server),
    clientMaxWindowBits: client !== undefined ? Number(client) : seen.has('client_max_window_bits') ? true : undefined,
  };
}

/** Window bits are "a decimal integer value without leading zeroes between 8 to 15, inclusive" (RFC 7692 §7.1.2). */
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

function parameterProblem(name: string, value: string | undefined, side: 'offer' | 'answer'): string | undefined {
  switch (name) {
    case 'server_no_context_takeover':
    case 'client_no_context_takeover':
      return value === undefined ? undefined : `parameter ${name} takes no value`;
    case 'server_max_window_bits':
    case 'client_max_window_bits':
      if (value === undefined) {
        return name === 'client_max_window_bits' && side === 'offer' ? undefined : `parameter ${name} needs a value of 8 to 15`;
      }
      return WINDOW_BITS.test(value) ? undefined : `parameter ${name} is not a number from 8 to 15`;
    default:
      return 'a parameter that permessage-deflate does not have';
  }
}

/** What a server is ready for, over what the client asks. */
export interface ServerPreference {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
}

/**
 * Chooses the first offer that can be met, as a server (RFC 7692 §7.1); returns what to answer and what is agreed,
 * or `undefined` where no offer will do.
 */
export function acceptOffer(
  offers: readonly ExtensionElement[],
  preference: ServerPreference = {},
): { readonly answer: string; readonly agreed: DeflateParameters } | undefined {
  for (const offer of offers) {
    if (offer.name !== PERMESSAGE_DEFLATE) continue;
    const asked = readParameters(offer, 'offer');
    if ('problem' in asked) continue;
    // Without client_max_window_bits in the offer the client cannot be asked for a smaller window (§7.1.2.2).
    if ((preference.clientMaxWindowBits ?? 15) < 15 && asked.clientMaxWindowBits === undefined) continue;
    const agreed = {
      serverNoContextTakeover: asked.serverNoContextTakeover || preference.serverNoContextTakeover === true,
      clientNoContextTakeover: asked.clientNoContextTakeover || preference.clientNoContextTakeover === true,
      serverMaxWindowBits: Math.min(asked.serverMaxWindowBits ?? 15, preference.serverMaxWindowBits ?? 15),
      clientMaxWindowBits: Math.min(
        typeof asked.clientMaxWindowBits === 'number' ? asked.clientMaxWindowBits : 15,
        preference.clientMaxWindowBits ?? 15,
      ),
    };
    // An asked-for window is answered even where it is the whole one: the offer is accepted "by including" it (§7.1.2.1).
    const whole = asked.serverMaxWindowBits === 15 && agreed.serverMaxWindowBits === 15;
    return { answer: describe(agreed) + (whole ? '; server_max_window_bits=15' : ''), agreed };
  }
  return undefined;
}

/** Reads a server's answer to our offer, as a client (RFC 7692 §7.1); or says why the connection must fail. */
export function readAnswer(
  answer: ExtensionElement,
  offers: readonly ExtensionElement[],
): DeflateParameters | { readonly problem: string } {
  const written = readParameters(answer, 'answer');
  if ('problem' in written) return written;
  const offered = offers.filter((offer) => offer.name === PERMESSAGE_DEFLATE).map((offer) => readParameters(offer, 'offer'));
  const problems = offered.map((offer) => ('problem' in offer ? undefined : mismatch(written, offer)));
  if (!problems.includes(undefined)) return { problem: problems[0] ?? 'permessage-deflate was not offered' };
  return {
    serverNoContextTakeover: written.serverNoContextTakeover,
    clientNoContextTakeover: written.clientNoContextTakeover,
    serverMaxWindowBits: written.serverMaxWindowBits ?? 15,
    clientMaxWindowBits: typeof written.clientMaxWindowBits === 'number' ? written.clientMaxWindowBits : 15,
  };
}

function mismatch(answer: WrittenParameters, offer: WrittenParameters): string | undefined {
  if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover)
    return 'server_no_context_takeover was asked for and not answered';
  if (offer.serverMaxWindowBits !== undefined && (answer.serverMaxWindowBits ?? 15) > offer.serverMaxWindowBits) {
    return `server_max_window_bits was offered as ${offer.serverMaxWindowBits} and answered as ${answer.serverMaxWindowBits ?? 'nothing'}`;
  }
  if (answer.clientMaxWindowBits === undefined) return undefined;
  if (offer.clientMaxWindowBits === undefined) return 'client_max_window_bits was answered but not offered';
  if (typeof offer.clientMaxWindowBits === 'number' && Number(answer.clientMaxWindowBits) > offer.clientMaxWindowBits) {
    return `client_max_window_bits was offered as ${offer.clientMaxWindowBits} and answered as ${answer.clientMaxWindowBits}`;
  }
  return undefined;
}

/** The element as it stands in a `Sec-WebSocket-Extensions` answer. */
export function describe(agreed: DeflateParameters): string {
  const parts = [PERMESSAGE_DEFLATE];
  if (agreed.serverNoContextTakeover) parts.push('server_no_context_takeover');
  if (agreed.clientNoContextTakeover) parts.push('client_no_context_takeover');
  if (agreed.serverMaxWindowBits !== 15) parts.push(`server_max_window_bits=${agreed.serverMaxWindowBits}`);
  if (agreed.clientMaxWindowBits !== 15) parts.push(`client_max_window_bits=${agreed.clientMaxWindowBits}`);
  return parts.join('; ');
}

/** Half the time of zlib's own default, 6, for a few per cent more bytes on the wire. */
const DEFAULT_LEVEL = 2;

export interface DeflateCodecOptions {
  readonly role: 'client' | 'server';
  readonly agreed: DeflateParameters;
  /** Messages shorter than this go uncompressed, in bytes. */
  readonly threshold: number;
  /** Bytes that a received message may inflate to. */
  readonly maxMessage: number;
  /** Compression level 0–9. */
  readonly level?: number;
}

/** The codec of one connection. Contexts cost 44 KiB (inflate) and 256 KiB (deflate): each is made when first needed. */
export class DeflateCodec implements MessageExtension {
  readonly description: string;
  readonly #options: DeflateCodecOptions;
  readonly #forgetsSent: boolean;
  readonly #forgetsReceived: boolean;
  #inflater: Inflater | undefined;
  #deflater: Deflater | undefined;

  constructor(options: DeflateCodecOptions) {
    const { role, agreed } = options;
    this.#options = options;
    this.description = describe(agreed);
    this.#forgetsSent = role === 'client' ? agreed.clientNoContextTakeover : agreed.serverNoContextTakeover;
    this.#forgetsReceived = role === 'client' ? agreed.serverNoContextTakeover : agreed.clientNoContextTakeover;
  }

  decoder(): Inflater {
    const { role, agreed, maxMessage } = this.#options;
    this.#inflater ??= createInflater(role === 'client' ? agreed.serverMaxWindowBits : agreed.clientMaxWindowBits, maxMessage);
    return this.#inflater;
  }

  endDecoded(): void {
    if (this.#forgetsReceived) this.#inflater?.reset();
  }

  encode(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
    const { role, agreed, threshold, level } = this.#options;
    if (end - start < threshold) return undefined;
    const bits = role === 'client' ? agreed.clientMaxWindowBits : agreed.serverMaxWindowBits;
    this.#deflater ??= createDeflater(bits, level ?? DEFAULT_LEVEL);
    const packed = this.#deflater.deflate(bytes, start, end);
    if (this.#forgetsSent) this.#deflater.reset();
    return packed;
  }

  encodeForMany(bytes: Uint8Array, made: Map<string, Uint8Array>): Uint8Array | undefined {
    const { role, agreed, threshold, level = DEFAULT_LEVEL } = this.#options;
    if (bytes.length < threshold) return undefined;
    const bits = role === 'client' ? agreed.clientMaxWindowBits : agreed.serverMaxWindowBits;
    // The peer's window holds this message now and our context does not: nothing sent later may refer to either.
    this.#deflater?.reset();
    const key = `${bits} ${level}`;
    const packed = made.get(key) ?? deflateAlone(bytes, bits, level);
    made.set(key, packed);
    return packed;
  }

  forgetSent(): void {
    this.#deflater?.reset();
  }

  close(): void {
    this.#inflater?.close();
    this.#deflater?.close();
    this.#inflater = undefined;
    this.#deflater = undefined;
  }
}

/** Deflated without any context, to keep. */
function deflateAlone(bytes: Uint8Array, windowBits: number, level: number): Uint8Array {
  const deflater = createDeflater(windowBits, level);
  const packed = new Uint8Array(deflater.deflate(bytes, 0, bytes.length));
  deflater.close();
  return packed;
}

/** The codec of a connection and, to read what it sends, the one that its peer has. */
export function deflateCodecs(
  role: 'client' | 'server',
  agreed: DeflateParameters,
  threshold: number,
  maxMessage: number,
  level?: number,
) {
  const peer = role === 'client' ? 'server' : 'client';
  return {
    extension: new DeflateCodec({ role, agreed, threshold, maxMessage, ...(level !== undefined && { level }) }),
    mirrorExtension: new DeflateCodec({ role: peer, agreed, threshold, maxMessage: Number.POSITIVE_INFINITY }),
  };
}
