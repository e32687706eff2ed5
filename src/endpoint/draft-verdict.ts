import { keyBytes } from '../bytes/mask.ts';
import { acceptExtensions } from '../protocol/dialect/extensions.ts';
import { framingOf } from '../protocol/dialect/framing.ts';
import type { OpeningAnswer, OpeningRequest } from '../protocol/dialect/handshake.ts';
import { handshakeOf } from '../protocol/dialect/handshakes.ts';
import { HIXIE_RULES, type HixieDialect, subprotocolsAsked } from '../protocol/dialect/hixie-rules.ts';
import { type DialectName, dialectOf } from '../protocol/dialect/name.ts';
import { chooseDialect, recogniseRequest } from '../protocol/dialect/recognise.ts';
import { type DialectRefusal, refusalNotice, refuseDialect, refuseFindings, versionList } from '../protocol/dialect/refuse.ts';
import type { ServerPreference } from '../protocol/extension/permessage-deflate.ts';
import type { MaskingKeySource } from '../protocol/frame/masking-key.ts';
import { checkRequest } from '../protocol/handshake/check-request.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { type Refusal, refuse } from '../protocol/handshake/response.ts';
import { fieldValues, type RequestHead } from '../protocol/http/head.ts';
import { listMembers } from '../protocol/http/parameter-list.ts';

/**
 * A request that is not plainly today's, from the server's side: which dialect it speaks, whether that is on, and how each
 * dialect welcomes or refuses.
 */
export type Heard =
  | { readonly dialect: DialectName /** Raw bytes behind the head that belong to the request. */; readonly bodyLength: number }
  | TurnedAway;

export interface TurnedAway {
  readonly dialect?: undefined;
  /** `undefined`: nothing is said, TCP ends. */
  readonly refusal: Refusal | undefined;
  readonly findings: readonly Finding[];
  /** For the one who runs the server. */
  readonly why?: string | undefined;
}

/** What a request's head says, where these dialects are on. */
export function hear(request: RequestHead, enabled: readonly DialectName[]): Heard {
  const recognised = recogniseRequest(request);
  const dialect = chooseDialect(recognised, enabled);
  if (dialect !== undefined) return { dialect, bodyLength: handshakeOf(dialect).requestBodyLength };
  if (recognised.dialect !== undefined) return switchedOff(recognised.dialect, enabled);
  const findings = findingsWithout(request, enabled);
  const isOld = fieldValues(request, 'Sec-WebSocket-Key1').length + fieldValues(request, 'Sec-WebSocket-Key2').length > 0;
  const manner = refuseFindings(isOld ? 'hixie-76' : undefined, findings, enabled);
  const why = recognised.version === undefined ? undefined : recognised.problem;
  return { refusal: refusalOf(manner) ?? (isOld ? undefined : BAD_REQUEST), findings, why };
}

const BAD_REQUEST: Refusal = refuse(400, undefined, [], 'This is no opening handshake of any version.\n');

/** A request of no dialect is measured by the newest that is on. */
function findingsWithout(request: RequestHead, enabled: readonly DialectName[]): readonly Finding[] {
  // Several drafts have one number.
  const versions = [...new Set(enabled.flatMap((name) => dialectOf(name).version ?? []).map(String))];
  const findings = checkRequest(request, versions.length > 0 ? { versions } : {});
  if (findings.some(({ level }) => level === 'fail')) return findings;
  return [...findings, finding('The request is of a known version', undefined, undefined)];
}

function switchedOff(dialect: DialectName, enabled: readonly DialectName[]): TurnedAway {
  const requirement = 'The client speaks a version that is on';
  const { title } = dialectOf(dialect);
  const on = versionList(enabled) || enabled.join(', ');
  const text = `This server does not speak ${title}.`;
  return {
    refusal: refusalOf(refuseDialect(dialect, enabled, text)),
    findings: [{ ...finding(requirement, on, title), hint: `${refusalNotice(dialect, enabled)}.` }],
    why: refusalNotice(dialect, enabled),
  };
}

function finding(requirement: string, expected: string | undefined, actual: string | undefined): Finding {
  const found = { ...(expected !== undefined && { expected }), ...(actual !== undefined && { actual }) };
  return { id: 'dialect', level: 'fail', side: 'client', section: 'drafts', requirement, ...found };
}

const refusalOf = (manner: DialectRefusal | undefined) => (manner?.manner === 'answer' ? manner.refusal : undefined);

/** Checks a whole request; `turnedAway` where it is wrong. */
export function judge(
  dialect: DialectName,
  opening: OpeningRequest,
  enabled: readonly DialectName[],
): { readonly findings: readonly Finding[]; readonly turnedAway: TurnedAway | undefined } {
  const findings = handshakeOf(dialect).checkRequest(opening);
  const manner = refuseFindings(dialect, findings, enabled);
  return { findings, turnedAway: manner && { refusal: refusalOf(manner), findings } };
}

/** The subprotocols that a client asks for, in its order. */
export function subprotocolsIn(dialect: DialectName, request: RequestHead): readonly string[] {
  if (Object.hasOwn(HIXIE_RULES, dialect)) return subprotocolsAsked(request, HIXIE_RULES[dialect as HixieDialect]);
  return listMembers(fieldValues(request, 'Sec-WebSocket-Protocol'));
}

export interface Welcome extends OpeningAnswer {
  readonly extensions: string;
}

export interface WelcomeParts {
  /** The one that was chosen; empty: none. */
  readonly subprotocol: string;
  readonly headers: readonly string[];
  readonly deflate: ServerPreference | undefined;
  readonly secure: boolean;
  readonly maskingKeys: MaskingKeySource;
}

/** The answer to a request that was found right. */
export function welcome(dialect: DialectName, opening: OpeningRequest, parts: WelcomeParts): Welcome {
  const { subprotocol, headers, deflate, secure, maskingKeys } = parts;
  const offer = fieldValues(opening.head, 'Sec-WebSocket-Extensions').join(', ');
  // Frames before hybi-07 have no bit for it that anybody agreed on.
  const takes = deflate !== undefined && offer !== '' && !framingOf(dialect);
  const frameDeflate = {
    noContextTakeover: deflate?.clientNoContextTakeover ?? false,
    maxWindowBits: deflate?.clientMaxWindowBits ?? 15,
  };
  const extensions = (takes && acceptExtensions(offer, { messageDeflate: deflate, frameDeflate })?.answer) || '';
  const random = (size: number) =>
    Buffer.concat(
      Array.from({ length: Math.ceil(size / 4) }, () => keyBytes(maskingKeys())),
      size,
    );
  const answer = handshakeOf(dialect).answer(opening, { subprotocols: [subprotocol], extensions, headers, secure, random });
  return { ...answer, extensions };
}
