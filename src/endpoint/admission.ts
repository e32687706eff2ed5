import type { DialectName } from '../protocol/dialect/name.ts';
import { accept } from '../protocol/extension/negotiate.ts';
import { checkExtendedRequest } from '../protocol/handshake/check-extended-connect.ts';
import { checkRequest } from '../protocol/handshake/check-request.ts';
import { faultWords, mainFault, refusalText } from '../protocol/handshake/fault-words.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { isPlainRequest } from '../protocol/handshake/plain-request.ts';
import { refusalFor } from '../protocol/handshake/refusal.ts';
import { refusalOverHttp2 } from '../protocol/handshake/refusal-over-http2.ts';
import { answerRequest, type Refusal, refuse, selectSubprotocol } from '../protocol/handshake/response.ts';
import {
  encodeHead,
  type Field,
  fieldValues,
  type RequestHead,
  type ResponseHead,
  SERVER_HEAD_LIMITS,
} from '../protocol/http/head.ts';
import { HeadReader } from '../protocol/http/head-reader.ts';
import { listMembers } from '../protocol/http/parameter-list.ts';
import type { Transport, TransportHandler } from '../transport/transport.ts';
import type { AdmissionOptions, Admitted, PolicyRefusal } from './admitting.ts';
import type { Reply } from './aside.ts';
import type { Clock } from './clock.ts';
import type { DraftAdmission, DraftEnv, HeardRequest } from './draft-admission.ts';
import type { TurnedAway } from './draft-verdict.ts';
import { crowdedOut, FULL } from './no-room.ts';
import type { Member } from './roster.ts';
import type { Tell } from './stamp.ts';

/**
 * One client's opening handshake, from the server's side (RFC 6455 §4.2): read under one deadline, checked in full,
 * and answered with a 101 or with a status that says why not. Nobody is refused silently.
 *
 * Reads and answers one request, or answers one that was read already; calls `done` once, with `undefined` where the client did
 * not get in.
 */
export class Admission implements TransportHandler, Member<Admission> {
  before: Admission | undefined;
  after: Admission | undefined;
  readonly #transport: Transport;
  readonly #options: AdmissionOptions;
  readonly #clock: Clock;
  /** `undefined`: nobody watches. */
  readonly #tell: Tell | undefined;
  readonly #done: (admitted: Admitted | undefined) => void;
  readonly #reader: HeadReader<'request'>;
  readonly #drafts: DraftEnv;
  /** The head, until it is told: with the raw bytes behind it, where such belong to it. */
  #untold: { readonly head: RequestHead; readonly raw: Uint8Array } | undefined;
  /** Who goes on with a request that is not plainly today's. */
  #draft: DraftAdmission | undefined;
  /** How an answer leaves, where it is not written as HTTP/1.1. */
  #reply: Reply | undefined;
  #stopDeadline: (() => void) | undefined;
  #over = false;
  /** Whether the request was somebody else's, who has the connection now. */
  taken = false;
  /** Whether it was the client that went, before its request was whole. */
  left = false;
  /** Why it was refused: the status, and what was wrong. It quotes the client. */
  why: string | undefined;

  constructor(
    transport: Transport,
    options: AdmissionOptions,
    drafts: DraftEnv,
    clock: Clock,
    tell: Tell | undefined,
    done: (admitted: Admitted | undefined) => void,
  ) {
    this.#transport = transport;
    this.#options = options;
    this.#drafts = drafts;
    this.#reader = new HeadReader('request', options.headLimits ?? SERVER_HEAD_LIMITS);
    this.#clock = clock;
    this.#tell = tell;
    this.#done = done;
  }

  /** Reads the request from the transport. `early`: bytes that were read from it already. */
  read(early: Uint8Array = NO_BODY): void {
    this.#begin();
    this.#transport.resume();
    if (early.length > 0) this.data(Buffer.from(early));
  }

  /** Takes a request that somebody else read, and what came behind it. `reply`: it came over HTTP/2, and that is how it is answered. */
  take(request: RequestHead, rest: Uint8Array, reply?: Reply): void {
    this.#reply = reply;
    this.#begin();
    this.#untold = { head: request, raw: encodeHead(request) };
    this.#judge(request, rest, undefined);
  }

  /** Others need its place: it has waited longer than they. */
  giveWay(): void {
    if (this.#over) return;
    this.#bar(crowdedOut(this.#reader.length), NONE);
    this.#transport.destroy();
  }

  giveUp(): void {
    this.#gone('ABORTED', 'the server stopped');
  }

  data(chunk: Buffer): void {
    if (this.#draft) {
      this.#draft.data(chunk);
      return;
    }
    const result = this.#reader.push(chunk);
    if (result.state === 'incomplete' || this.#over) return;
    if (result.state === 'complete') {
      this.#untold = result;
      this.#judge(result.head, result.rest, result.raw);
      // What comes while somebody makes up their mind is a frame already.
      if (!this.#over && !this.#awaitsMore && this.#transport.handler === this) this.#transport.pause();
      return;
    }
    const findings = [failure(result.id, 'RFC 9112 §2', 'The request is HTTP/1.1', result.problem)];
    this.why = `${result.status}, ${result.problem}`;
    this.#reject(undefined, refuse(result.status, undefined, [], `${result.problem}\n`), findings);
  }

  end(): void {
    this.#gone('EMPTY', `the client left after ${this.#reader.length} bytes, before its request was whole`);
  }

  drain(): void {}

  close(error: { readonly code: string; readonly message: string } | undefined): void {
    this.#gone(error?.code ?? 'EMPTY', error?.message ?? 'the client left before its request was whole');
  }

  #begin(): void {
    this.#transport.handler = this;
    this.#stopDeadline = this.#clock.after(this.#options.handshakeTimeout, () => {
      const finding = failure('timeout', 'limit', 'The request arrives in time', `${this.#reader.length} bytes so far`);
      this.why = `408, no whole request in time (${finding.actual})`;
      this.#refuse(refuse(408, undefined, [], 'No whole request in time.\n'), [finding]);
    });
  }

  /** `raw`: the head as it came, where that is known. */
  #judge(request: RequestHead, rest: Uint8Array, raw: Uint8Array | undefined): void {
    const unknown = this.#options.identify?.(request);
    if (unknown) {
      this.#bar(unknown, NONE);
      return;
    }
    if (this.#options.aside?.take({ request, rest, transport: this.#transport, reply: this.#reply })) {
      this.taken = true;
      this.#finish(undefined);
      return;
    }
    const { dialects } = this.#options;
    const findings = dialects && !this.#reply && !isOfToday(request, dialects) ? undefined : this.#check(request);
    const reason = findings && (this.#reply ? refusalOverHttp2(findings) : refusalFor(findings));
    if (dialects && !this.#reply && (!findings || reason)) {
      this.#judgeDraft({ head: request, raw, rest }, dialects);
      return;
    }
    this.#tellHead();
    if (reason) this.#reject(request, refuse(reason.status, undefined, reason.headers, `${reason.text}\n`), findings);
    else this.#ask(request, findings ?? NONE, rest);
  }

  #judgeDraft(request: HeardRequest, dialects: readonly DialectName[]): void {
    const { admission } = this.#drafts;
    const begin = (Draft: NonNullable<typeof admission>) => {
      if (this.#over) return;
      const { head } = request;
      this.#draft = new Draft(request, {
        transport: this.#transport,
        dialects,
        whole: (body) => this.#tellHead(body),
        right: (findings, rest) => this.#ask(head, findings, rest),
        wrong: (turnedAway) => this.#turnAway(head, turnedAway),
      });
      this.#draft.begin();
    };
    if (admission) begin(admission);
    else void import('./draft-admission.ts').then(({ DraftAdmission }) => begin(DraftAdmission));
  }

  get #awaitsMore(): boolean {
    return this.#draft?.waiting === true;
  }

  #turnAway(request: RequestHead, { refusal, findings, why }: TurnedAway): void {
    this.#tellHead();
    this.why = why;
    this.#reject(request, refusal, findings);
  }

  #tellHead(body: Uint8Array = NO_BODY): void {
    if (this.#untold) {
      const { head, raw } = this.#untold;
      this.#tell?.({ type: 'head', direction: 'received', head, raw, ...(body.length > 0 && { body }) });
    }
    this.#untold = undefined;
  }

  #ask(request: RequestHead, findings: readonly Finding[], rest: Uint8Array): void {
    const { policy, verify } = this.#options;
    const barred = policy(request, this.#transport);
    if (barred || !verify) this.#decide(request, findings, rest, barred);
    else verify(request, this.#transport, (refusal) => this.#decide(request, findings, rest, refusal));
  }

  #check(request: RequestHead): readonly Finding[] {
    if (this.#reply) return checkExtendedRequest(request);
    // Where nobody reads them no findings are made of a request that is plainly right.
    return !this.#tell && isPlainRequest(request) ? NONE : checkRequest(request);
  }

  #decide(request: RequestHead, findings: readonly Finding[], rest: Uint8Array, refusal: PolicyRefusal | undefined): void {
    if (this.#over) return;
    const barred = refusal ?? (this.#options.full() ? FULL : undefined);
    if (!barred) {
      if (this.#draft) this.#welcomeDraft(this.#draft, { findings, rest });
      else this.#welcome(request, findings, rest);
      return;
    }
    this.#bar(barred, findings);
  }

  #bar(barred: PolicyRefusal, findings: readonly Finding[]): void {
    const { status, finding, reason, why = faultWords(finding), body = `${refusalText(why)}\n` } = barred;
    this.why = `${status}, ${why}`;
    const headers = barred.headers ?? (status === 401 ? CHALLENGE : []);
    this.#refuse(refuse(status, reason, headers, body), [...findings, finding]);
  }

  #welcome(request: RequestHead, findings: readonly Finding[], rest: Uint8Array): void {
    const { deflate, headers } = this.#options;
    const offer = deflate && fieldValues(request, 'Sec-WebSocket-Extensions').join(', ');
    const chosen = deflate && offer ? accept(offer, deflate) : undefined;
    const subprotocol = this.#subprotocol(request) ?? '';
    const extensions = chosen?.answer ?? '';
    const usual = answerRequest(request, { subprotocols: subprotocol ? [subprotocol] : [], headers, extensions });
    this.#answer({ request, subprotocol, extensions, deflate: chosen?.agreed, findings, rest }, usual);
  }

  #welcomeDraft(draft: DraftAdmission, met: Pick<Admitted, 'findings' | 'rest'>): void {
    const choose = (offered: readonly string[], request: RequestHead) => this.#chosen(offered, request);
    const { admitted, response, body } = draft.welcome(this.#options, this.#drafts, met, choose);
    this.#answer(admitted, response, body);
  }

  /** `body`: raw bytes behind the head that belong to the handshake. */
  #answer(admitted: Admitted, usual: ResponseHead, body: Uint8Array = NO_BODY): void {
    const { request, findings } = admitted;
    const answer = this.#options.answer?.(request, usual, this.#transport) ?? { head: usual };
    this.#send(answer.head, answer.raw, answer.raw ? NO_BODY : body, true);
    const { next = 'open' } = answer;
    if (next !== 'open') this.#tell?.({ type: 'refused', findings, body: NO_BODY, bodyCut: false });
    if (next === 'open') this.#finish(admitted);
    else if (next === 'end') {
      leave(this.#transport, this.#clock, this.#reply !== undefined);
      this.#finish(undefined);
    } else {
      this.#stopDeadline?.();
      const transport = this.#transport;
      transport.handler = { ...IGNORING, end: () => transport.destroy(), close: () => this.#finish(undefined) };
      this.#transport.resume();
    }
  }

  #subprotocol(request: RequestHead): string | undefined {
    const { subprotocols } = this.#options;
    if (typeof subprotocols !== 'function') return selectSubprotocol(request, subprotocols);
    return this.#chosen(listMembers(fieldValues(request, 'Sec-WebSocket-Protocol')), request);
  }

  #chosen(offered: readonly string[], request: RequestHead): string | undefined {
    const { subprotocols } = this.#options;
    if (typeof subprotocols !== 'function') return offered.find((name) => subprotocols.includes(name));
    return offered.length > 0 ? subprotocols(offered, request, this.#transport) : undefined;
  }

  /** `raw` in place of the head, where HTTP/1.1 carries it; empty: nothing is sent. */
  #send(head: ResponseHead, raw = encodeHead(head), body: Uint8Array = NO_BODY, isProof = false): void {
    if (raw.length === 0) return;
    if (this.#reply) {
      const sent = this.#reply(head);
      this.#tell?.({ type: 'head', direction: 'sent', head: sent, raw: encodeHead(sent) });
      if (body.length > 0) this.#transport.write([body]);
      return;
    }
    this.#tell?.({ type: 'head', direction: 'sent', head, raw, ...(isProof && body.length > 0 && { body }) });
    this.#transport.write(body.length > 0 ? [raw, body] : [raw]);
  }

  /** The request breaks a rule of the protocol. */
  #reject(request: RequestHead | undefined, refusal: Refusal | undefined, findings: readonly Finding[]): void {
    if (this.#over) return;
    if (!this.#options.rejected?.(request, findings, this.#transport)) {
      this.#refuse(refusal, findings);
      return;
    }
    this.#tell?.({ type: 'refused', findings, body: NO_BODY, bodyCut: false });
    this.#finish(undefined);
  }

  /** Without a refusal nothing is said: what a version does not know it has no answer for. */
  #refuse(refusal: Refusal | undefined, findings: readonly Finding[]): void {
    if (this.#over) return;
    this.#tellHead();
    const fault = mainFault(findings);
    if (fault) this.why ??= `${refusal ? `${refusal.head.status}, ` : ''}${faultWords(fault)}`;
    if (refusal) this.#send(refusal.head, undefined, refusal.body);
    leave(this.#transport, this.#clock, this.#reply !== undefined);
    this.#tell?.({ type: 'refused', findings, body: refusal?.body ?? NO_BODY, bodyCut: false });
    this.#finish(undefined);
  }

  #gone(code: string, message: string): void {
    if (this.#over) return;
    this.left = true;
    this.#tellHead();
    this.#transport.destroy();
    this.#tell?.({ type: 'failure', hop: 'http', code, message });
    this.#finish(undefined);
  }

  #finish(admitted: Admitted | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopDeadline?.();
    this.#done(admitted);
  }
}

/** Whether a request is of RFC 6455 and nothing older, so that nothing older need be loaded. */
function isOfToday(request: RequestHead, dialects: readonly DialectName[]): boolean {
  const versions = fieldValues(request, 'Sec-WebSocket-Version');
  if (versions.length !== 1 || versions[0] !== '13' || !dialects.includes('rfc6455')) return false;
  return !fieldValues(request, 'Sec-WebSocket-Extensions').some((value) => value.includes('deflate-frame'));
}

/** Ends our direction and lets the refusal be read: a reset on unread bytes would take it from the client. */
function leave(transport: Transport, clock: Clock, overHttp2: boolean): void {
  const stop = clock.after(LINGER, () => transport.destroy());
  // A request over HTTP/2 may have ended long ago, and its stream ends by itself once the answer has left.
  const end = overHttp2 ? () => undefined : () => transport.destroy();
  transport.handler = { ...IGNORING, end, close: stop };
  transport.resume();
  transport.end();
}

function failure(id: string, section: string, requirement: string, actual: string): Finding {
  return { id, level: 'fail', side: 'client', section, requirement, actual };
}

const CHALLENGE: readonly Field[] = [{ name: 'WWW-Authenticate', value: 'Basic realm="wstap"' }];
const NONE: readonly Finding[] = [];
const NO_BODY = new Uint8Array(0);
const IGNORING = { data: () => undefined, end: () => undefined, drain: () => undefined };
/** Milliseconds that a refused client has to read why. */
const LINGER = 1000;
