import { nearest, quoted } from '../cli/mistake.ts';
import { mayBeSent } from '../protocol/connection/close-code.ts';
import { wholeNumber } from './payload.ts';
import { type LineContext, type Mistake, mistake, type ReplCommand } from './repl-command.ts';

/** The registered close codes that may be sent (RFC 6455 §7.4.1 and the IANA registry), with a name to type. */
export const CLOSE_CODES: readonly { readonly code: number; readonly name: string }[] = [
  { code: 1000, name: 'normal' },
  { code: 1001, name: 'going-away' },
  { code: 1002, name: 'protocol-error' },
  { code: 1003, name: 'unsupported-data' },
  { code: 1007, name: 'invalid-data' },
  { code: 1008, name: 'policy-violation' },
  { code: 1009, name: 'message-too-big' },
  { code: 1010, name: 'mandatory-extension' },
  { code: 1011, name: 'internal-error' },
  { code: 1012, name: 'service-restart' },
  { code: 1013, name: 'try-again-later' },
  { code: 1014, name: 'bad-gateway' },
  { code: 3000, name: 'unauthorized' },
  { code: 3003, name: 'forbidden' },
  { code: 3008, name: 'timeout' },
];

type Role = LineContext['role'];

const EXAMPLE = '/close 1001 going home';

/** A Close payload is a control payload: 125 bytes, of which the code takes two (RFC 6455 §5.5, §5.5.1). */
const REASON_MOST = 123;

/** `[code [reason]]`: the code as a number or by its name. */
function codeAndReason(rest: string, role: Role): { readonly code: number; readonly reason: string } | Mistake | undefined {
  const [, word = '', reason = ''] = /^\s*(\S*)(?:\s([\s\S]*))?$/.exec(rest) ?? [];
  if (word === '') return undefined;
  const code = closeCode(word, role);
  if (typeof code !== 'number') return code;
  const length = Buffer.byteLength(reason);
  if (length > REASON_MOST) return mistake(`a reason holds at most ${REASON_MOST} bytes, this has ${length}`, EXAMPLE);
  return { code, reason };
}

export function closeArgument(rest: string, role: Role): ReplCommand | Mistake {
  const given = codeAndReason(rest, role);
  if (given && 'type' in given) return given;
  return { type: 'action', action: { type: 'close', ...given } };
}

/** `N [code [reason]]` of `/kick`. */
export function kickArgument(rest: string, role: Role): ReplCommand | Mistake {
  const [, word = '', after = ''] = /^\s*(\S*)(?:\s([\s\S]*))?$/.exec(rest) ?? [];
  const client = clientNumber(word, '/kick 2 1008 too loud');
  if (typeof client !== 'number') return client;
  const given = codeAndReason(after, role);
  if (given && 'type' in given) return given;
  return { type: 'kick', client, code: given?.code ?? 1000, reason: given?.reason ?? '' };
}

/** `N` of `/mute` and `/unmute`. */
export function muteArgument(type: 'mute' | 'unmute', rest: string): ReplCommand | Mistake {
  const client = clientNumber(rest.trim(), `/${type} 2`);
  return typeof client === 'number' ? { type, client } : client;
}

export function clientNumber(word: string, example: string): number | Mistake {
  const client = wholeNumber(word, 1, Number.MAX_SAFE_INTEGER);
  if (client !== undefined) return client;
  return mistake(
    word === '' ? 'which client? Give its number' : `${quoted(word)} is not a client's number; /clients lists them`,
    example,
  );
}

function closeCode(word: string, role: Role): number | Mistake {
  if (!/^[0-9]+$/.test(word)) {
    const named = CLOSE_CODES.find(({ name }) => name === word.toLowerCase());
    if (named) return named.code;
    const meant = nearest(
      word.toLowerCase(),
      CLOSE_CODES.map(({ name }) => name),
    );
    const advice = meant === undefined ? 'write 1000, or a name such as going-away' : `did you mean ${meant}?`;
    return mistake(`${quoted(word)} is not a close code; ${advice}`, EXAMPLE);
  }
  const code = wholeNumber(word, 0, 0xffff);
  if (code === undefined) return mistake(`${quoted(word)} is not a close code: those are 1000–4999`, EXAMPLE);
  return mayBeSent(code, role) ? code : forbiddenCode(code);
}

function forbiddenCode(code: number): Mistake {
  const hex = code.toString(16).padStart(4, '0');
  const why =
    code === 1005 || code === 1006 || code === 1015
      ? 'only says what happened locally and is never sent (RFC 6455 §7.4.1)'
      : 'is not a code that may be sent here: use 1000–1003, 1007–1014 or 3000–4999 (RFC 6455 §7.4)';
  return mistake(`${code} ${why}; a frame by hand can do it: /frame opcode=close ${hex}`, EXAMPLE);
}
