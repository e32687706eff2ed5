import { mistakesOf } from '../../../cli/mistake.ts';
import { UsageError } from '../../../cli/option.ts';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import { type Challenge, parseChallenges } from '../../../protocol/http/challenge.ts';
import { digestAnswer, isAnswerable } from '../../../protocol/http/digest.ts';
import { fieldValues, type ResponseHead } from '../../../protocol/http/head.ts';
import { escapeText } from '../../../view/escape.ts';
import { authorizationLine, type Login } from './credentials.ts';

/** Whom the challenge comes from, and what we have for them. */
export interface Challenger {
  readonly origin: string;
  readonly url: string;
  /** The request target. */
  readonly target: string;
  readonly login: Login | undefined;
  /** Credentials went along with what is answered here. */
  readonly sent: boolean;
  /** The user wrote an Authorization header by hand: then that is what is sent. */
  readonly ownHeader: boolean;
}

/** Who is asked on the terminal. `undefined`: no answer. */
export interface Asker {
  /** Whether a person types our input: what is typed beside a pipe is meant for others, the shell say. */
  isThere(): Promise<boolean>;
  user(prompt: string): Promise<string | undefined>;
  password(prompt: string): Promise<string | undefined>;
}

type Known = Extract<Login, { type: 'password' }>;

/** Answers to 401: each challenge once, with what is known or what a person at the terminal says. */
export class ChallengeAnswers {
  readonly #env: Env;
  readonly #options: Options;
  readonly #asker: Asker;
  readonly #remembered = new Map<string, Known>();
  /** What was sent in this chain of requests, by URL: the same again would be refused again. */
  #tried = new Set<string>();
  readonly #isSettled: () => boolean;

  /** `isSettled`: a session has the terminal, so that nobody can be asked any more. */
  constructor(options: Options, env: Env, isSettled: () => boolean, asker: Asker = terminalAsker(options, env)) {
    this.#options = options;
    this.#env = env;
    this.#isSettled = isSettled;
    this.#asker = asker;
  }

  /** A new client begins. */
  restart(): void {
    this.#tried = new Set();
  }

  remembered(origin: string): Known | undefined {
    return this.#remembered.get(origin);
  }

  /** The Authorization line to try next; `undefined` where there is nothing left to try. */
  async answer(response: ResponseHead, challenger: Challenger): Promise<string | undefined> {
    const { login, origin, url, sent, ownHeader } = challenger;
    if (ownHeader || login?.type === 'bearer') return undefined;
    const challenges = parseChallenges(fieldValues(response, 'WWW-Authenticate'));
    const digest = challenges.find(isAnswerable);
    const basic = challenges.find(({ scheme }) => scheme.toLowerCase() === 'basic');
    const isStale = digest?.parameters.get('stale')?.toLowerCase() === 'true';
    if (login && digest && this.#mayTry(`digest${isStale ? ' stale' : ''} ${url}`))
      return this.#digest(digest, login, challenger, response);
    if (login && basic && !sent && this.#mayTry(`basic ${url}`)) return authorizationLine(login);
    if (login || this.#isSettled() || !(digest ?? basic) || !this.#mayTry(`asked ${origin}`)) return undefined;
    const asked = await this.#ask(digest ?? basic, challenger);
    if (!asked) return undefined;
    this.#remembered.set(origin, asked);
    if (!digest) return authorizationLine(asked);
    this.#mayTry(`digest ${url}`);
    return this.#digest(digest, asked, challenger, response);
  }

  #mayTry(what: string): boolean {
    if (this.#tried.has(what)) return false;
    this.#tried.add(what);
    return true;
  }

  #digest(challenge: Challenge, { user, password }: Known, { target }: Challenger, { version }: ResponseHead): string {
    const random = new Uint8Array(16);
    this.#env.fillRandom(random);
    const cnonce = Buffer.from(random).toString('hex');
    // Over HTTP/2 a WebSocket is asked for with an extended CONNECT (RFC 8441 §4).
    const method = version.startsWith('HTTP/2') ? 'CONNECT' : 'GET';
    return `Authorization: ${digestAnswer(challenge, { method, target, user, password, cnonce })}`;
  }

  async #ask(challenge: Challenge | undefined, { origin }: Challenger): Promise<Known | undefined> {
    if (!(await this.#asker.isThere())) return undefined;
    const realm = challenge?.parameters.get('realm') ?? '';
    const shown = realm === '' ? '' : ` (${escapeText(realm.slice(0, 60))})`;
    const isOpen =
      challenge?.scheme.toLowerCase() === 'basic' && /^ws:/.test(origin) && !/^ws:\/\/(?:localhost|127\.|\[::1\])/.test(origin);
    if (isOpen && !this.#options.flag('quiet')) this.#env.stderr.write('wstap: ! ws:// sends the password unencrypted\n');
    // Nobody in this process can hear of Ctrl-C while it waits for an answer.
    const listenAgain = this.#env.yieldToSignals?.();
    try {
      const user = await this.#asker.user(`User name for ${origin}${shown}: `);
      if (user === undefined || user === '') return undefined;
      const password = await this.#asker.password(`Password for ${escapeText(user)}: `);
      return password === undefined ? undefined : { type: 'password', user, password };
    } finally {
      listenAgain?.();
    }
  }
}

function terminalAsker(options: Options, { variables, platform, stdin }: Env): Asker {
  const facts = { noInput: options.flag('no-input'), variables, platform, stdin };
  return {
    async isThere() {
      return stdin.isTTY === true && (await import('../../../cli/secret.ts')).isAskable(facts);
    },
    async user(prompt) {
      return (await import('../../../cli/secret.ts')).askOpenly(prompt);
    },
    async password(prompt) {
      const { askSecret } = await import('../../../cli/secret.ts');
      const question = { ...facts, prompt, instead: '--auth USER:PASSWORD or the variable WSTAP_PASSWORD' };
      return askSecret(question, mistakesOf('wstap connect')).catch((error: unknown) => {
        // Ctrl-D: then the refusal stands.
        if (UsageError.is(error)) return undefined;
        throw error;
      });
    },
  };
}
