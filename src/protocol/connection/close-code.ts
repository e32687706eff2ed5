/**
 * Close codes by number: their registered names (IANA "WebSocket Close Code Number Registry", 2026-06-10), what they mean
 * for somebody who is told of one, and whether they may stand in a Close frame.
 */
interface CloseCode {
  readonly name: string;
  /** One or two sentences: what happened, and what to do. */
  readonly meaning: string;
}

const REGISTERED: ReadonlyMap<number, CloseCode> = new Map([
  entry(1000, 'Normal Closure', 'The work is done and the connection was closed on purpose.'),
  entry(1001, 'Going Away', 'The side that closed is leaving: a server that shuts down, or a page that was left.'),
  entry(
    1002,
    'Protocol error',
    'The side that closed saw a breach of the protocol. Look at the last frames before it with --dump.',
  ),
  entry(
    1003,
    'Unsupported Data',
    'The side that closed does not take this type of data. Try text in place of binary, or the reverse.',
  ),
  entry(
    1004,
    'Reserved',
    'Reserved today, and must not be sent. In hybi-06 to -12 it said: a message was larger than the side that closed takes.',
  ),
  entry(1005, 'No Status Rcvd', 'The Close frame held no code. That is allowed; the reason is not known.'),
  entry(
    1006,
    'Abnormal Closure',
    'The connection ended without a Close frame: the peer crashed, or something on the way cut it (a proxy, a time limit).',
  ),
  entry(
    1007,
    'Invalid frame payload data',
    'The side that closed got data that does not fit its type, most often text that is not valid UTF-8.',
  ),
  entry(
    1008,
    'Policy Violation',
    'The side that closed refuses for a reason of its own: often a missing login, or too many messages.',
  ),
  entry(1009, 'Message Too Big', 'A message was larger than the side that closed takes. Send smaller ones, or raise its limit.'),
  entry(1010, 'Mandatory Ext.', 'The client needs an extension that the server did not agree to.'),
  entry(1011, 'Internal Error', 'The side that closed failed by a fault of its own. Its log knows more.'),
  entry(1012, 'Service Restart', 'The server restarts. Connect again in a few seconds.'),
  entry(1013, 'Try Again Later', 'The server has too much to do. Connect again later.'),
  entry(1014, 'Bad Gateway', 'A gateway or proxy got an invalid answer from the server behind it, like HTTP 502.'),
  entry(1015, 'TLS handshake', 'The TLS handshake failed, for example because the certificate did not verify.'),
  entry(3000, 'Unauthorized', 'The server wants a login, or did not accept this one, like HTTP 401.'),
  entry(3003, 'Forbidden', 'You are known but may not do this, like HTTP 403.'),
  entry(3008, 'Timeout', 'The side that closed waited too long for something, like HTTP 408.'),
]);

/** Codes that nobody registered but many meet: [code, meaning there, whose]. One code may have several owners. */
const COMMON: readonly (readonly [code: number, meaning: string, owner: string])[] = [
  ...owned('graphql-ws', [
    [4400, 'bad request'],
    [4401, 'unauthorized'],
    [4403, 'forbidden'],
    [4406, 'subprotocol not acceptable'],
    [4408, 'connection initialisation timeout'],
    [4409, 'subscriber already exists'],
    [4429, 'too many initialisation requests'],
    [4499, 'terminated'],
    [4500, 'internal server error'],
    [4504, 'connection acknowledgement timeout'],
  ]),
  ...owned('Discord', [
    [4000, 'unknown error'],
    [4001, 'unknown opcode'],
    [4002, 'decode error'],
    [4003, 'not authenticated'],
    [4004, 'authentication failed'],
    [4005, 'already authenticated'],
    [4007, 'invalid seq'],
    [4008, 'rate limited'],
    [4009, 'session timed out'],
    [4010, 'invalid shard'],
    [4011, 'sharding required'],
    [4012, 'invalid API version'],
    [4013, 'invalid intents'],
    [4014, 'disallowed intents'],
  ]),
  ...owned('Pusher', [
    [4000, 'only TLS is accepted'],
    [4001, 'application does not exist'],
    [4003, 'application disabled'],
    [4004, 'over connection quota'],
    [4005, 'path not found'],
    [4006, 'invalid version string'],
    [4007, 'unsupported protocol version'],
    [4008, 'no protocol version supplied'],
    [4009, 'unauthorized'],
    [4100, 'over capacity'],
    [4200, 'reconnect immediately'],
    [4201, 'no answer to a ping'],
    [4202, 'closed after inactivity'],
    [4301, 'client event rejected'],
  ]),
];

/** The registered name; for a code without one, the name of its range. */
export function closeCodeName(code: number, isOfDraft = false): string {
  if (code === 1004 && isOfDraft) return 'Message Too Large';
  const known = REGISTERED.get(code);
  if (known) return known.name;
  if (code >= 4000 && code <= 4999) return 'Private Use';
  return code >= 1000 && code <= 3999 ? 'Unassigned' : 'Not a close code';
}

/** What a code tells the user, in one or two sentences. Never empty, for any number. */
export function closeCodeMeaning(code: number): string {
  const known = REGISTERED.get(code);
  if (known) return known.meaning;
  if (code < 1000 || code > 4999) return 'Close codes are 1000–4999; this one must not be sent.';
  if (code < 3000) return 'Kept for later versions of the protocol; it must not be sent yet.';
  const owners = COMMON.filter(([common]) => common === code).map(([, meaning, owner]) => `in ${owner} ${meaning}`);
  if (owners.length > 0) return `The application's own code: ${owners.join(', ')}. See its documentation.`;
  if (code < 4000) return centrifugo(code);
  return "The application's own code; its documentation says what it means.";
}

/**
 * Whether `role` may put this code into a Close frame. 1005, 1006 and 1015 are "reserved values and MUST NOT be set as a
 * status code in a Close control frame by an endpoint" (RFC 6455 §7.4.1); 0–999 are not used, 1016–2999 not yet (§7.4.2).
 * 1010 is for a client alone: a server "can fail the WebSocket handshake instead" (§7.4.1).
 */
export function mayBeSent(code: number, role: 'client' | 'server'): boolean {
  if (code === 1010) return role === 'client';
  if (code === 1004 || code === 1005 || code === 1006) return false;
  return Number.isInteger(code) && ((code >= 1000 && code <= 1014) || (code >= 3000 && code <= 4999));
}

/**
 * Whether a received Close frame may hold this code. That a server does not use 1010 is a note in §7.4.1, not a rule that
 * it could break.
 */
export function mayBeReceived(code: number): boolean {
  return mayBeSent(code, 'client');
}

/** What the drafts before hybi-13 did otherwise. */
export interface CloseCodes {
  readonly mayBeReceived: (code: number) => boolean;
  /** The code to fail a connection with, in place of today's. */
  readonly forFailure: (code: number) => number;
}

/** hybi-06 to -12: 1004 was "message too large", and neither 1008 nor 1009 was there yet; nor, `before10`, was 1007. */
export function earlierCloseCodes(before10: boolean): CloseCodes {
  return {
    mayBeReceived: (code) => code === 1004 || mayBeReceived(code),
    forFailure: (code) => (code === 1009 ? 1004 : code === 1008 || (before10 && code === 1007) ? 1002 : code),
  };
}

function centrifugo(code: number): string {
  const general = 'For libraries and frameworks; this one is not registered.';
  return code >= 3500 ? `${general} Centrifugo ends connections for good with 3500–3999.` : general;
}

function entry(code: number, name: string, meaning: string): [number, CloseCode] {
  return [code, { name, meaning }];
}

function owned(owner: string, rows: readonly (readonly [number, string])[]): [number, string, string][] {
  return rows.map(([code, meaning]) => [code, meaning, owner]);
}
