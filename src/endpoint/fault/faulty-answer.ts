import type { Finding } from '../../protocol/handshake/finding.ts';
import { encodeHead, type Field, type RequestHead, type ResponseHead } from '../../protocol/http/head.ts';
import { redactUrl } from '../../protocol/http/redact.ts';
import type { Transport } from '../../transport/transport.ts';
import type { AdmissionOptions, Answer, PolicyRefusal } from '../admitting.ts';
import type { FaultValue } from './fault.ts';
import type { FaultTransport } from './fault-transport.ts';
import type { SeededRandom } from './random.ts';
import type { FaultName, HandshakeFaultName } from './table.ts';

/** Opening handshakes that are answered wrongly: a request that we would let in is, or is not, by what was asked for. */

/** What an answer knows of its connection. */
export interface AnswerSession {
  readonly transport: FaultTransport;
  readonly random: SeededRandom;
  /** A request is about to be answered: the faults that act on it. */
  nextRequest(): ReadonlyMap<FaultName, FaultValue>;
  say(name: FaultName, detail: string): void;
}

export function spoilAdmission(options: AdmissionOptions, session: AnswerSession): AdmissionOptions {
  let active: ReadonlyMap<FaultName, FaultValue> = new Map();
  const policy = (request: RequestHead, transport: Transport): PolicyRefusal | undefined => {
    const barred = options.policy(request, transport);
    if (barred) return barred;
    active = session.nextRequest();
    return refusal(active, request, session);
  };
  const answer = (request: RequestHead, usual: ResponseHead, transport: Transport): Answer => {
    const right = options.answer?.(request, usual, transport) ?? { head: usual };
    return spoilAnswer(right, active, session);
  };
  return { ...options, policy, answer };
}

function refusal(
  active: ReadonlyMap<FaultName, FaultValue>,
  request: RequestHead,
  session: AnswerSession,
): PolicyRefusal | undefined {
  const reject = active.get('reject');
  if (reject) {
    const { number: status, text } = reject;
    session.say('reject', `refused with ${status}`);
    return {
      status,
      finding: asked('reject'),
      why: 'as --fault reject says',
      ...reasonOf(status),
      body: text === '' ? `${status}, as asked for.\n` : `${text}\n`,
    };
  }
  const redirect = active.get('redirect');
  if (!redirect) return undefined;
  const location = redirect.text === '' ? request.target : redirect.text;
  session.say('redirect', `${redirect.number} to ${redactUrl(location)}`);
  const headers: readonly Field[] = [{ name: 'Location', value: location }];
  const why = 'as --fault redirect says';
  return { status: redirect.number, finding: asked('redirect'), why, ...reasonOf(redirect.number), headers, body: '' };
}

function asked(name: FaultName): Finding {
  return { id: 'fault', level: 'fail', side: 'server', section: '--fault', requirement: `The server was told to: ${name}` };
}

/** Each makes of an answer a worse one; what it says is told beside. */
type Spoil = (answer: Answer, value: FaultValue, session: AnswerSession) => { readonly answer: Answer; readonly detail: string };

const SPOILS: Readonly<Record<Exclude<HandshakeFaultName, 'reject' | 'redirect'>, Spoil>> = {
  status: (answer, { number }) => ({
    answer: { ...answer, head: { ...answer.head, status: number, reason: REASONS[number] ?? '' } },
    detail: `${number} in place of 101`,
  }),
  accept: (answer, { text }) => ({ answer: withField(answer, 'Sec-WebSocket-Accept', text), detail: text }),
  'no-accept': (answer) => ({ answer: without(answer, 'Sec-WebSocket-Accept'), detail: 'left out' }),
  subprotocol: (answer, { text }) => ({ answer: withField(answer, 'Sec-WebSocket-Protocol', text), detail: text }),
  'no-subprotocol': (answer) => ({ answer: without(answer, 'Sec-WebSocket-Protocol'), detail: 'none is chosen' }),
  extension: (answer, { text }) => ({ answer: adding(answer, 'Sec-WebSocket-Extensions', text), detail: text }),
  'no-upgrade': (answer) => ({ answer: without(answer, 'Upgrade'), detail: 'left out' }),
  'no-connection': (answer) => ({ answer: without(answer, 'Connection'), detail: 'left out' }),
  'http-version': (answer, { text }) => ({
    answer: { ...answer, head: { ...answer.head, version: `HTTP/${text}` } },
    detail: `HTTP/${text}`,
  }),
  lf: (answer) => ({
    answer: { ...answer, raw: Buffer.from(latin1(answer.head).replaceAll('\r\n', '\n'), 'latin1') },
    detail: 'lines end with LF alone',
  }),
  garbage: (answer, { number }, { random }) => ({
    answer: { ...answer, raw: notHttp(random.bytes(number)), next: 'end' },
    detail: `${number} random bytes`,
  }),
  'big-head': (answer, { number }) => ({
    answer: {
      ...answer,
      raw: Buffer.from(latin1(answer.head).replace(/\r\n$/, `X-Fill: ${'x'.repeat(number)}\r\n\r\n`), 'latin1'),
    },
    detail: `a field X-Fill of ${number} bytes`,
  }),
  'hang-up': (answer, { text }, { transport }) => {
    if (text === 'rst') transport.reset();
    return { answer: { ...answer, raw: NOTHING, next: text === 'rst' ? 'wait' : 'end' }, detail: text };
  },
  silent: (answer) => ({ answer: { ...answer, raw: NOTHING, next: 'wait' }, detail: 'no answer' }),
  slow: (answer, { number }, { transport }) => {
    transport.paceHead(number);
    return { answer, detail: `a byte every ${number} ms` };
  },
  split: (answer, _, { transport }) => {
    transport.paceHead(0);
    return { answer, detail: 'a byte a segment' };
  },
  glued: (answer, _, { transport }) => {
    transport.glueHead();
    return { answer, detail: 'a ping in the segment of the 101' };
  },
};

function spoilAnswer(right: Answer, active: ReadonlyMap<FaultName, FaultValue>, session: AnswerSession): Answer {
  let answer = right;
  // The order of the table: what changes bytes comes behind what changes fields.
  for (const [name, spoil] of Object.entries(SPOILS) as [keyof typeof SPOILS, Spoil][]) {
    const value = active.get(name);
    if (!value) continue;
    const spoilt = spoil(answer, value, session);
    answer = spoilt.answer;
    session.say(name, spoilt.detail);
  }
  return answer;
}

function without(answer: Answer, name: string): Answer {
  const fields = answer.head.fields.filter((field) => field.name.toLowerCase() !== name.toLowerCase());
  return { ...answer, head: { ...answer.head, fields } };
}

function withField(answer: Answer, name: string, value: string): Answer {
  return adding(without(answer, name), name, value);
}

function adding(answer: Answer, name: string, value: string): Answer {
  return { ...answer, head: { ...answer.head, fields: [...answer.head.fields, { name, value }] } };
}

function latin1(head: ResponseHead): string {
  return Buffer.from(encodeHead(head)).toString('latin1');
}

/** Whatever is drawn, it does not begin as HTTP does. */
function notHttp(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 'H'.charCodeAt(0)) bytes[0] = 0;
  return bytes;
}

function reasonOf(status: number): { readonly reason?: string } {
  const reason = REASONS[status];
  return reason === undefined ? {} : { reason };
}

const NOTHING = new Uint8Array(0);

/** Those of RFC 9110 §15 that a WebSocket client may meet; others go without. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  407: 'Proxy Authentication Required',
  410: 'Gone',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
