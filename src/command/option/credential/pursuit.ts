import { say } from '../../../cli/say.ts';
import type { Options } from '../../../cli/value.ts';
import type { NoRetry, Refusal, Retry } from '../../../endpoint/again.ts';
import type { Env } from '../../../env.ts';
import type { ResponseHead } from '../../../protocol/http/head.ts';
import { redactUrl } from '../../../protocol/http/redact.ts';
import { isRedirect, type Redirect, redirectOf } from '../../../protocol/http/redirect.ts';
import type { Target } from '../../../transport/route.ts';
import { type Address, parseAddress } from '../target.ts';
import { type Given, keepsSecrets, plainUrl, type Request, requestFor } from './asking.ts';
import { ChallengeAnswers } from './challenge-answers.ts';
import { authorizationLine, isAuthorization, type Login, netrcLogin } from './credentials.ts';
import type { NetrcEntry } from './netrc.ts';

/** What there is to go on with. */
export interface Journey {
  readonly options: Options;
  readonly env: Env;
  readonly address: Address;
  readonly given: Given;
  readonly login: Login | undefined;
  readonly netrc: readonly NetrcEntry[];
  /** `own`: the origin that the user named, which may see the client certificate. */
  readonly targetOf: (address: Address, own: boolean) => Promise<Target>;
}

/** Where the current client is. */
interface Station {
  readonly address: Address;
  /** The origin was never left: once it was, what was given by hand stays behind for good. */
  readonly own: boolean;
  /** Redirects so far. */
  readonly hops: number;
  /** Each URL that was asked, with its cookies: the same again is a circle. */
  readonly seen: ReadonlySet<string>;
}

/** Goes on where a server did not open: after a redirect with `-L`, or with an answer to its challenge. */
export class Pursuit {
  readonly #journey: Journey;
  readonly #challenges: ChallengeAnswers;
  #station: Station;

  readonly #isSettled: () => boolean;

  /** `isSettled`: a session has the terminal, so that nothing is asked or said any more. */
  constructor(journey: Journey, isSettled: () => boolean) {
    this.#journey = journey;
    this.#isSettled = isSettled;
    this.#challenges = new ChallengeAnswers(journey.options, journey.env, isSettled);
    this.#station = this.#start(undefined);
  }

  async again({ response, request, attempt }: Refusal): Promise<Retry | NoRetry | undefined> {
    if (attempt === 1) this.#station = this.#start(request);
    if (isRedirect(response.status)) return this.#follow(response);
    return response.status === 401 ? this.#answer(response, request) : undefined;
  }

  #start(request: Request | undefined): Station {
    const { address } = this.#journey;
    this.#challenges.restart();
    return { address, own: true, hops: 0, seen: new Set(request ? [markOf(address, request)] : []) };
  }

  async #follow(response: ResponseHead): Promise<Retry | NoRetry> {
    const { address, own, hops, seen } = this.#station;
    const redirect = redirectOf(response, plainUrl(address));
    const obstacle = this.#obstacle(redirect, hops);
    if ('problem' in redirect || obstacle) return obstacle ?? { cause: { cause: 'problem' in redirect ? redirect.problem : '' } };
    const { url, crossesOrigin } = redirect;
    const next = crossesOrigin ? parseAddress(url) : { ...address, ...pathOf(url), url: address.unixSocket ? address.url : url };
    const station = { address: next, own: own && !crossesOrigin, hops: hops + 1 };
    const login = this.#login(station);
    const request = requestFor(this.#journey.given, next, station.own, login && authorizationLine(login));
    const mark = markOf(next, request);
    if (seen.has(mark)) return { cause: { cause: `The redirects go round in circles: they lead back to ${redactUrl(url)}.` } };
    if (own && crossesOrigin) this.#tellWhatStays(url);
    this.#station = { ...station, seen: new Set([...seen, mark]) };
    return this.#retry('redirect', request);
  }

  /** Why it is not followed, as far as that can be told from the redirect alone. */
  #obstacle(redirect: Redirect, hops: number): NoRetry | undefined {
    const { options } = this.#journey;
    if ('problem' in redirect) return { cause: { cause: redirect.problem } };
    const url = redactUrl(redirect.url);
    const most = options.number('max-redirects') ?? MAX_REDIRECTS;
    if (hops >= most) {
      const cause = `The server redirects once more, to ${url}, and ${most} redirects is all that is followed.`;
      return { cause: { cause, remedy: '--max-redirects N allows more' } };
    }
    if (redirect.leavesTls && !options.flag('allow-downgrade')) {
      const cause = `The server redirects from wss to ws, where everybody on the way can read along: ${url}.`;
      return { cause: { cause, remedy: '--allow-downgrade follows it all the same' } };
    }
    return undefined;
  }

  async #answer(response: ResponseHead, { headers = [] }: Request): Promise<Retry | undefined> {
    const { address, own } = this.#station;
    const { given } = this.#journey;
    const line = await this.#challenges.answer(response, {
      origin: plainUrl({ ...address, target: '' }),
      url: plainUrl(address),
      target: address.target,
      login: this.#login(this.#station),
      sent: headers.some(isAuthorization),
      ownHeader: own && given.headers.some(isAuthorization),
    });
    return line === undefined ? undefined : this.#retry('challenge', requestFor(given, address, own, line));
  }

  async #retry(reason: Retry['reason'], request: Request): Promise<Retry> {
    const { address, own } = this.#station;
    return { reason, to: plainUrl(address), target: await this.#journey.targetOf(address, own), request };
  }

  /** What is known of us at an origin. */
  #login({ address, own }: Pick<Station, 'address' | 'own'>): Login | undefined {
    const { login, netrc } = this.#journey;
    const known = own ? login : netrcLogin(netrc, address.host);
    return known ?? this.#challenges.remembered(plainUrl({ ...address, target: '' }));
  }

  #tellWhatStays(url: string): void {
    const { given, login, options, env } = this.#journey;
    if (this.#isSettled() || options.flag('quiet') || (login === undefined && !keepsSecrets(given))) return;
    say(env.stderr, `the redirect leads to another origin, ${redactUrl(url)}: credentials stay behind`);
  }
}

const MAX_REDIRECTS = 10;

/** A request, as far as an answer depends on it. */
function markOf(address: Address, { headers = [] }: Request): string {
  return [plainUrl(address), ...headers.filter((line) => line.startsWith('Cookie: '))].join('\n');
}

function pathOf(url: string): { target: string } {
  const { pathname, search } = new URL(url);
  return { target: `${pathname}${search}` };
}
