import { BodyReader } from '../protocol/dialect/body-reader.ts';
import type { OpeningRequest } from '../protocol/dialect/handshake.ts';
import type { DialectName } from '../protocol/dialect/name.ts';
import type { MaskingKeySource } from '../protocol/frame/masking-key.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { RequestHead, ResponseHead } from '../protocol/http/head.ts';
import { SocketTransport } from '../transport/socket.ts';
import type { Transport } from '../transport/transport.ts';
import type { AdmissionOptions, Admitted } from './admitting.ts';
import { dialectLink } from './dialect-link.ts';
import { hear, judge, subprotocolsIn, type TurnedAway, welcome } from './draft-verdict.ts';

/** What a connection in an older version takes from its server. */
export interface DraftEnv {
  /** Where fresh bytes come from. */
  readonly maskingKeys: MaskingKeySource;
  readonly compressFrom: number;
  readonly compressionLevel?: number | undefined;
  readonly maxMessage: number;
  /** Loaded beforehand, so that nobody waits for it. */
  readonly admission?: typeof DraftAdmission | undefined;
}

/** A head that was read, raw where it came from the wire, and what came behind it. */
export interface HeardRequest {
  readonly head: RequestHead;
  readonly raw: Uint8Array | undefined;
  readonly rest: Uint8Array;
}

export interface DraftHost {
  readonly transport: Transport;
  readonly dialects: readonly DialectName[];
  /** The whole request is here; `body`: raw bytes behind its head that belong to it. */
  whole(body: Uint8Array): void;
  /** It is right; `rest` came behind it. */
  right(findings: readonly Finding[], rest: Uint8Array): void;
  wrong(turnedAway: TurnedAway): void;
}

/** The part of an admission that knows every dialect: loaded for requests that are not plainly today's. */
export class DraftAdmission {
  readonly #request: HeardRequest;
  readonly #host: DraftHost;
  #reader: BodyReader | undefined;
  #dialect: DialectName = 'rfc6455';
  #opening: OpeningRequest | undefined;

  constructor(request: HeardRequest, host: DraftHost) {
    this.#request = request;
    this.#host = host;
  }

  /** Whether raw bytes behind the head are still to come. */
  get waiting(): boolean {
    return this.#reader !== undefined;
  }

  begin(): void {
    const { head, rest } = this.#request;
    const heard = hear(head, this.#host.dialects);
    if (heard.dialect === undefined) {
      this.#host.wrong(heard);
      return;
    }
    this.#dialect = heard.dialect;
    this.#reader = new BodyReader(heard.bodyLength);
    // The third key of hixie-76 often comes in a packet of its own.
    if (heard.bodyLength > rest.length) this.#host.transport.resume();
    this.data(rest);
  }

  /** Bytes behind the head. */
  data(chunk: Uint8Array): void {
    const read = this.#reader?.push(chunk);
    if (!read) return;
    this.#reader = undefined;
    this.#host.transport.pause();
    const { head, raw } = this.#request;
    this.#opening = { head, body: read.body, raw };
    this.#host.whole(read.body);
    const { findings, turnedAway } = judge(this.#dialect, this.#opening, this.#host.dialects);
    if (turnedAway) this.#host.wrong(turnedAway);
    else this.#host.right(findings, read.rest);
  }

  /** The answer, and who is let in by it. `choose` is given the subprotocols that the client offers. */
  welcome(
    { deflate, headers, secure = false }: AdmissionOptions,
    env: DraftEnv,
    met: Pick<Admitted, 'findings' | 'rest'>,
    choose: (offered: readonly string[], request: RequestHead) => string | undefined,
  ): { readonly admitted: Admitted; readonly response: ResponseHead; readonly body: Uint8Array } {
    const dialect = this.#dialect;
    const { head: request } = this.#request;
    const opening = this.#opening ?? { head: request, body: new Uint8Array(0) };
    const subprotocol = choose(subprotocolsIn(dialect, request), request) ?? '';
    const encrypted = secure || isEncrypted(this.#host.transport);
    const { maskingKeys } = env;
    const answer = welcome(dialect, opening, { subprotocol, headers, deflate, secure: encrypted, maskingKeys });
    const { head: response, body, extensions } = answer;
    const link = dialectLink({ ...env, role: 'server', dialect, request, response });
    return { admitted: { ...met, request, subprotocol, extensions, deflate: undefined, dialect, link }, response, body };
  }
}

function isEncrypted(transport: Transport): boolean {
  return SocketTransport.is(transport) && 'encrypted' in transport.socket && transport.socket.encrypted === true;
}
