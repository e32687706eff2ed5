/** The opening handshake of one dialect: what every one of them can do, whatever its fields are called and its proof is. */
import type { JudgeExtensions } from '../handshake/check-response.ts';
import type { Finding } from '../handshake/finding.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { RandomBytes } from './draw.ts';
import type { DialectName } from './name.ts';

export interface OpeningRequest {
  readonly head: RequestHead;
  /** The raw bytes behind the head that belong to the handshake: the third key of hixie-76; empty in most dialects. */
  readonly body: Uint8Array;
  /**
   * The head as on the wire, with its blank line. A head as read has lost the white space around its values, which counts
   * in hixie-76; without the raw bytes such white space is simply not seen.
   */
  readonly raw?: Uint8Array | undefined;
}

export interface OpeningAnswer {
  readonly head: ResponseHead;
  /** The raw bytes behind the head of a 101 that belong to the handshake: the proof of hixie-76. */
  readonly body: Uint8Array;
}

/** What a client's request is made of. */
export interface ClientParts {
  /** The value of Host: `example.com`, `example.com:8080`; the port left out where it is the usual one. */
  readonly host: string;
  /** Path and query, never a fragment. */
  readonly target: string;
  /** Whether the connection is TLS: it makes the origin that is sent where a draft insists on one and none is given. */
  readonly secure?: boolean;
  readonly origin?: string | undefined;
  readonly subprotocols?: readonly string[];
  /** The value of Sec-WebSocket-Extensions; dialects before hybi-04 have none and leave it out. */
  readonly extensions?: string | undefined;
  /** Lines as of `-H`, see `handshake/request.ts`. */
  readonly headers?: readonly string[];
  readonly random: RandomBytes;
}

/** What a server's answer is made of. */
export interface ServerParts {
  /** Subprotocols that the server speaks; the first of the client's that is among them is chosen. */
  readonly subprotocols?: readonly string[];
  /** The value of Sec-WebSocket-Extensions that was negotiated. */
  readonly extensions?: string | undefined;
  readonly headers?: readonly string[];
  /** Whether the client came over TLS: the location that is echoed says ws or wss. */
  readonly secure?: boolean;
  readonly random: RandomBytes;
}

export interface CheckOptions {
  /** To the letter of the draft; otherwise what still works is odd (`warn`) and not wrong (`fail`). Never about the proof. */
  readonly strict?: boolean;
  /** Text and not the wire: what a page loses is odd and not wrong. */
  readonly pasted?: boolean;
  /** Whether the connection is TLS; unknown where it is left out. */
  readonly secure?: boolean | undefined;
  /** Judges parameters of extensions that were offered. */
  readonly judgeExtensions?: JudgeExtensions | undefined;
}

export interface DialectHandshake {
  readonly dialect: DialectName;
  /** How many raw bytes belong to a request behind its head. */
  readonly requestBodyLength: number;
  /** How many raw bytes belong to this answer behind its head: none but to a 101 that is not of another generation. */
  readonly answerBodyLength: (answer: ResponseHead) => number;
  /**
   * Throws LocalProtocolError where the dialect cannot express what is asked (two subprotocols in hixie-76), or a header
   * line is none.
   */
  readonly buildRequest: (parts: ClientParts) => OpeningRequest;
  /** Every requirement on a request, met or not, in a stable order. */
  readonly checkRequest: (request: OpeningRequest, options?: CheckOptions) => Finding[];
  /** The 101 for a request that was checked. Throws LocalProtocolError where no proof can be made of its keys. */
  readonly answer: (request: OpeningRequest, parts: ServerParts) => OpeningAnswer;
  /** Every requirement on an answer; without the request, what depends on it is said to be unverified. */
  readonly checkAnswer: (request: OpeningRequest | undefined, answer: OpeningAnswer, options?: CheckOptions) => Finding[];
}
