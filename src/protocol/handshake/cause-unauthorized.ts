/** Causes of a 401: what the server wants, what it was given, and what wstap can give. */
import { type Challenge, parseChallenges } from '../http/challenge.ts';
import { isAnswerable } from '../http/digest.ts';
import { fieldValues, type ResponseHead } from '../http/head.ts';
import { type Cause, type Facts, header } from './cause-facts.ts';

export function unauthorized({ request }: Facts, response: ResponseHead): Cause {
  const challenges = parseChallenges(fieldValues(response, 'WWW-Authenticate'));
  const sent = header(request, 'Authorization')?.split(/[ ,]/, 1)[0]?.toLowerCase();
  const same = challenges.find(({ scheme }) => scheme.toLowerCase() === sent);
  if (same) return notAccepted(same);
  if (challenges.length === 0) {
    const what = sent === undefined ? 'wants to know who you are (401)' : `does not accept the credentials (401)`;
    return { cause: `The server ${what}, and does not say how.`, remedy: ANY };
  }
  const schemes = challenges.map(({ scheme, parameters }) => {
    const realm = parameters.get('realm');
    return realm === undefined || realm === '' ? scheme : `${scheme} (${realm})`;
  });
  const instead = sent === undefined ? '' : ', not the kind that was sent';
  return { cause: `The server asks for ${orList(schemes)} credentials${instead}.`, remedy: remedyFor(challenges) };
}

/** Credentials of the kind that is asked for were sent. */
function notAccepted({ scheme, parameters }: Challenge): Cause {
  const name = scheme.toLowerCase();
  if (name === 'bearer') {
    const said = [parameters.get('error'), parameters.get('error_description')].filter(
      (text) => text !== undefined && text !== '',
    );
    const scope = parameters.get('scope');
    const why = said.length === 0 ? '' : `: ${said.join(', ')}`;
    return {
      cause: `The server does not accept the token${why}.`,
      remedy: scope === undefined ? 'a fresh token: --bearer @FILE' : `a token for the scope ${scope}`,
    };
  }
  if (name !== 'basic' && name !== 'digest') return { cause: `The server does not accept the ${scheme} credentials.` };
  const realm = parameters.get('realm');
  const where = realm === undefined || realm === '' ? '' : ` for ${realm}`;
  return {
    cause: `The server does not accept the user name or the password${where}.`,
    remedy: 'check them: --auth USER asks for the password',
  };
}

const ANY = "--auth USER, --bearer TOKEN, --cookie K=V or -H 'Authorization: …'";
/** Each takes several steps on one connection, with a ticket of the operating system. */
const OF_A_DOMAIN = /^(?:negotiate|ntlm|kerberos)$/i;

function remedyFor(challenges: readonly Challenge[]): string {
  const offers = (name: string) => challenges.some(({ scheme }) => scheme.toLowerCase() === name);
  if (offers('basic') || challenges.some(isAnswerable)) return '--auth USER';
  if (offers('bearer')) return '--bearer TOKEN';
  if (offers('digest')) {
    return 'another way to log in: of Digest wstap knows MD5 and SHA-256 with qop=auth, and the server wants something else';
  }
  if (challenges.some(({ scheme }) => OF_A_DOMAIN.test(scheme))) {
    return 'a cookie or token of a session that a browser opened: wstap speaks neither Negotiate (Kerberos) nor NTLM';
  }
  return ANY;
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
