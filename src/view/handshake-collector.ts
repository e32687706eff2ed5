import { likelyCause } from '../protocol/handshake/cause.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { RequestHead, ResponseHead } from '../protocol/http/head.ts';
import type { CertificateFacts, SessionEvent } from '../session/event.ts';
import type { HandshakeReport } from './handshake.ts';
import type { Phase } from './phases.ts';

/** Keeps what a session tells of its opening handshake, so that it can be drawn at any time after. */
export class HandshakeCollector {
  readonly #url: string | undefined;
  #phases: Phase[] = [];
  #request: RequestHead | undefined;
  #response: ResponseHead | undefined;
  #findings: readonly Finding[] = [];
  #certificate: CertificateFacts | undefined;
  #body: Uint8Array | undefined;
  #bodyCut = false;
  #failure: { code: string; message: string; hop: string } | undefined;

  /** `url` as asked for; secrets are left out where it is shown. */
  constructor(url: string | undefined) {
    this.#url = url;
  }

  readonly record = (event: SessionEvent): void => {
    switch (event.type) {
      case 'hop':
        this.#phases.push({ hop: event.hop, startedAt: event.startedAt, endedAt: event.at, detail: event.detail });
        this.#certificate = event.certificate ?? this.#certificate;
        break;
      case 'head':
        if (event.head.kind === 'request') this.#restart(event.head);
        else this.#response = event.head;
        break;
      case 'open':
        this.#findings = event.findings;
        break;
      case 'refused':
        this.#findings = event.findings;
        this.#body = event.body;
        this.#bodyCut = event.bodyCut;
        break;
      case 'failure':
        if (event.hop !== 'stream') this.#failure = { code: event.code, message: event.message, hop: event.hop };
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
    const cause = likelyCause({ ...facts, failure: this.#failure });
    return { ...facts, phases: this.#phases, certificate: this.#certificate, bodyCut: this.#bodyCut, cause };
  }

  /** A reconnection asks anew. */
  #restart(request: RequestHead): void {
    this.#request = request;
    this.#response = undefined;
    this.#body = undefined;
    this.#failure = undefined;
  }
}
