import { aboutExtension } from '../protocol/dialect/extension-name.ts';
import { judgeAllExtensions } from '../protocol/dialect/extensions.ts';
import { handshakeOf } from '../protocol/dialect/handshakes.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { ResponseHead } from '../protocol/http/head.ts';
import type { Asking } from './again.ts';
import { agreedIn, dialectLink } from './dialect-link.ts';
import type { Speech } from './opening.ts';

/** The client's side of an opening handshake in any dialect. Throws `LocalProtocolError` where the request cannot be built. */
export function draftSpeech(asking: Asking, secure: boolean, random: (size: number) => Uint8Array): Speech {
  const { dialect = 'rfc6455', ...parts } = asking;
  const handshake = handshakeOf(dialect);
  const request = handshake.buildRequest({ ...parts, secure, random });
  return {
    dialect,
    request: request.head,
    requestBody: request.body,
    answerBodyLength: handshake.answerBodyLength,
    judge: (head, body) => {
      const findings = handshake.checkAnswer(request, { head, body }, { secure, judgeExtensions: judgeAllExtensions });
      return withoutUnspoken(findings, request.head, head);
    },
    link: (response, terms) => dialectLink({ ...terms, role: 'client', dialect, request: request.head, response }),
  };
}

/** Multiplexing that was offered by hand and accepted opens nothing that could be used. */
function withoutUnspoken(findings: readonly Finding[], request: Speech['request'], response: ResponseHead): readonly Finding[] {
  const about = agreedIn(request, response)
    .map((one) => (one.kind === 'unspoken' ? aboutExtension(one.name) : undefined))
    .find((known) => known?.kind === 'mux')?.about;
  if (about === undefined) return findings;
  return findings.map((finding) => (finding.id === 'extensions' ? { ...finding, level: 'fail', hint: about } : finding));
}
