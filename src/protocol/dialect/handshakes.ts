/**
 * The promise: every dialect's opening handshake behind one interface. This is the file to ask; the others hold the parts
 * that dialects share.
 */
import type { ResponseHead } from '../http/head.ts';
import { checkHixieAnswer } from './check-hixie-answer.ts';
import { checkHixieRequest } from './check-hixie-request.ts';
import { checkHybiAnswer, checkHybiRequest } from './check-hybi.ts';
import type { DialectHandshake } from './handshake.ts';
import { KEY3_LENGTH, PROOF_LENGTH } from './hixie-key.ts';
import { answerHixie, buildHixieRequest } from './hixie-opening.ts';
import { HIXIE_RULES, type HixieDialect } from './hixie-rules.ts';
import { answerHybi, buildHybiRequest } from './hybi-opening.ts';
import { HYBI_RULES, type HybiDialect } from './hybi-rules.ts';
import type { DialectName } from './name.ts';
import { recogniseAnswer } from './recognise.ts';

function hixie(name: HixieDialect): DialectHandshake {
  const rules = HIXIE_RULES[name];
  return {
    dialect: name,
    requestBodyLength: rules.hasKeys ? KEY3_LENGTH : 0,
    answerBodyLength: (answer) => (rules.hasKeys && hasProof(answer, name) ? PROOF_LENGTH : 0),
    buildRequest: (parts) => buildHixieRequest(parts, rules),
    checkRequest: (request, options = {}) => checkHixieRequest(request, options, rules),
    answer: (request, parts) => answerHixie(request, parts, rules),
    checkAnswer: (request, answer, options = {}) => checkHixieAnswer(request, answer, options, rules),
  };
}

/** Without origin and location it may be a server that was told neither; what has the fields of others sends no proof. */
function hasProof(answer: ResponseHead, name: DialectName): boolean {
  const { fits, spoke } = recogniseAnswer(answer, name);
  return answer.status === 101 && (fits || spoke === 'nothing known');
}

function hybi(name: HybiDialect, dialect: DialectName = name): DialectHandshake {
  const rules = HYBI_RULES[name];
  return {
    dialect,
    requestBodyLength: 0,
    answerBodyLength: () => 0,
    buildRequest: (parts) => buildHybiRequest(parts, rules),
    checkRequest: (request, options = {}) => checkHybiRequest(request, options, rules),
    answer: (request, parts) => answerHybi(request, parts, rules),
    checkAnswer: (request, answer, options = {}) => checkHybiAnswer(request, answer, options, rules),
  };
}

const HANDSHAKES: Readonly<Record<DialectName, () => DialectHandshake>> = {
  'hixie-75': () => hixie('hixie-75'),
  'hixie-76': () => hixie('hixie-76'),
  'hybi-01': () => hixie('hybi-01'),
  'hybi-02': () => hixie('hybi-02'),
  'hybi-03': () => hixie('hybi-03'),
  'hybi-04': () => hybi('hybi-04'),
  // Only its frames differ.
  'hybi-04-libwebsockets': () => hybi('hybi-04', 'hybi-04-libwebsockets'),
  'hybi-05': () => hybi('hybi-05'),
  'hybi-06': () => hybi('hybi-06'),
  'hybi-07': () => hybi('hybi-07'),
  'hybi-08': () => hybi('hybi-08'),
  'hybi-11': () => hybi('hybi-11'),
  rfc6455: () => hybi('rfc6455'),
};

/** The opening handshake of a dialect. */
export function handshakeOf(name: DialectName): DialectHandshake {
  return HANDSHAKES[name]();
}
