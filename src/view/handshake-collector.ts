import type { DialectName } from '../protocol/dialect/name.ts';
import { likelyCause } from '../protocol/handshake/cause.ts';
import { type Cause, FIND_VERSION } from '../protocol/handshake/cause-facts.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { RequestHead, ResponseHead } from '../protocol/http/head.ts';
import type { CertificateFacts, HopName, SessionEvent } from '../session/event.ts';
import type { EarlierAnswer, HandshakeReport } from './handshake.ts';
import type { Http2FrameFacts } from './http2-frame.ts';
import type { Phase } from './phases.ts';

/** Keeps what a session tells of its opening handshake, so that it can be drawn at any time after. */
export class HandshakeCollector {
  #url: string | undefined;
  #phases: Phase[] = [];
  #request: RequestHead | undefined;
  #response: ResponseHead | undefined;
  #findings: readonly Finding[] = [];
  #certificate: CertificateFacts | undefined;
  #body: Uint8Array | undefined;
  #bodyCut = false;
  #http2: Http2FrameFacts[] = [];
  #cause: Cause | undefined;
  #earlier: EarlierAnswer[] = [];
  #failure: HandshakeReport['failure'];
  #requestBody: Uint8Array | undefined;
  #responseBody: Uint8Array | undefined;
  #dialect: DialectName | undefined;

  /** `url` as asked for; secrets are left out where it is shown. */
  constructor(url: string | undefined) {
    this.#url = url;
  }

  readonly record = (event: SessionEvent): void => {
    switch (event.type) {
      case 'hop':
        this.#phases.push(phaseOf(event));
        this.#certificate = event.certificate ?? this.#certificate;
        break;
      case 'head':
        if (event.head.kind === 'request') this.#restart(event.head, event.body);
        else {
          this.#response = event.head;
          this.#responseBody = event.body;
        }
        break;
      case 'http2':
        this.#http2.push(event);
        break;
      case 'again':
        this.#turn(event);
        break;
      case 'open':
        this.#findings = event.findings;
        this.#dialect = event.dialect;
        break;
      case 'refused':
        this.#findings = event.findings;
        this.#body = event.body;
        this.#bodyCut = event.bodyCut;
        this.#cause = event.cause;
        break;
      case 'failure':
        if (event.hop === 'stream') break;
        this.#failure = { code: event.code, message: event.message, hop: event.hop, hint: event.hint };
        this.#tellFailed(event, event.hop);
        break;
    }
  };

  /** What is known now, the likely cause of a failure included. */
  get report(): HandshakeReport {
    const facts = {
      request: this.#request,
      response: this.#response,
      findings: this.#findings,
      body: this.#body,
      url: this.#url,
    };
    const cause = this.#cause ?? this.#untried(likelyCause({ ...facts, alpn: this.#alpn, failure: this.#failure }));
    return {
      ...facts,
      phases: this.#phases,
      certificate: this.#certificate,
      bodyCut: this.#bodyCut,
      cause,
      failure: this.#failure,
      ...(this.#requestBody && { requestBody: this.#requestBody }),
      ...(this.#responseBody && { responseBody: this.#responseBody }),
      // Today's is not worth a word.
      ...(this.#dialect !== undefined && this.#dialect !== 'rfc6455' && { dialect: this.#dialect }),
      ...(this.#http2.length > 0 && { http2: this.#http2 }),
      ...(this.#earlier.length > 0 && { earlier: this.#earlier }),
    };
  }

  get #alpn(): string | undefined {
    const secured = this.#phases.find(({ hop }) => hop === 'tls');
    return /\bALPN (\S+)$/.exec(secured?.detail ?? '')?.[1];
  }

  /** Whoever has already looked for a version is not told to. */
  #untried(cause: Cause | undefined): Cause | undefined {
    const hasLooked = cause?.remedy === FIND_VERSION && this.#earlier.some(({ reason }) => reason === 'draft');
    return hasLooked ? { ...cause, remedy: undefined } : cause;
  }

  /** What is known is of an answer on the way; what comes is of the next one. */
  #turn({ reason, status, to, dialect, learnt }: Happened<'again'>): void {
    const report: HandshakeReport = { ...this.report, earlier: undefined, cause: undefined };
    this.#earlier.push({ report, reason, status, to, dialect, learnt });
    this.#url = to;
    this.#phases = [];
    this.#http2 = [];
    this.#certificate = undefined;
    // Where the next one is not reached, its failure is not explained by this answer.
    this.#request = undefined;
    this.#response = undefined;
    this.#findings = [];
    this.#cause = undefined;
    this.#forget();
  }

  /** The step that was not completed; a refusal after it was is none. */
  #tellFailed({ startedAt, at, code, attempts }: Happened<'failure'>, hop: HopName): void {
    if (startedAt === undefined) return;
    const last = this.#phases.at(-1);
    // TLS is told with the certificate before that is judged: it is one step all the same.
    const told = last?.hop === hop && last.startedAt === startedAt ? this.#phases.pop() : undefined;
    const detail = told?.detail ?? '';
    this.#phases.push({ hop, startedAt, endedAt: at, detail, failure: code, ...(attempts && { attempts }) });
  }

  /** A reconnection asks anew. */
  #restart(request: RequestHead, body: Uint8Array | undefined): void {
    this.#forget();
    this.#request = request;
    this.#requestBody = body;
    this.#response = undefined;
  }

  #forget(): void {
    this.#requestBody = undefined;
    this.#responseBody = undefined;
    this.#dialect = undefined;
    this.#body = undefined;
    this.#bodyCut = false;
    this.#failure = undefined;
  }
}

type Happened<Type extends SessionEvent['type']> = Extract<SessionEvent, { type: Type }>;

function phaseOf({ hop, startedAt, at, detail, addresses, attempts }: Happened<'hop'>): Phase {
  return { hop, startedAt, endedAt: at, detail, ...(addresses && { addresses }), ...(attempts && { attempts }) };
}
