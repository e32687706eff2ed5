import { UsageError } from '../../../cli/option.ts';
import type { Options } from '../../../cli/value.ts';
import type { Answered } from '../../../endpoint/again.ts';
import type { ClientOptions } from '../../../endpoint/client.ts';
import type { Env } from '../../../env.ts';
import { fieldValues } from '../../../protocol/http/head.ts';
import { isRedirect } from '../../../protocol/http/redirect.ts';
import { LocalError } from '../../command.ts';
import type { Cookies } from './cookie-jar.ts';
import type { Journey, Pursuit } from './pursuit.ts';

/** What is done about each answer. What that takes is loaded when it is needed. */
export function goingOn(journey: Journey, cookies: Cookies | undefined): Pick<ClientOptions, 'again' | 'answered'> {
  let pursuit: Promise<Pursuit> | undefined;
  // Once a connection was open the terminal belongs to the session.
  let settled = false;
  const loaded = () => {
    pursuit ??= import('./pursuit.ts').then((file) => new file.Pursuit(journey, () => settled));
    return pursuit;
  };
  return {
    answered(answer) {
      const set = cookies ? fieldValues(answer.response, 'Set-Cookie') : [];
      if (set.length > 0) cookies?.take(set, urlOf(answer));
      // 101, or over HTTP/2 a 200.
      if (answer.response.status < 300) settled = true;
    },
    async again(refusal) {
      const { status } = refusal.response;
      const goesOn = isRedirect(status) ? journey.options.flag('location') : status === 401;
      if (!goesOn) return undefined;
      try {
        return await (await loaded()).again(refusal);
      } catch (error) {
        // What is wrong with the next try is why there is none: a client's answer has nobody to throw at.
        if (!UsageError.is(error) && !LocalError.is(error)) throw error;
        return { cause: { cause: error.message } };
      }
    },
  };
}

/** The URL that was asked, as far as a server sees it. */
function urlOf({ target, request }: Answered): string {
  // What a proxy is asked for without a tunnel is a whole URL.
  if (/^http:/.test(request.target)) return request.target.replace('http', 'ws');
  return `${target.tls ? 'wss' : 'ws'}://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}${request.target}`;
}

/** `--cookie-file`, `--cookie-jar`, and `--cookie` with a file's name. */
export async function cookiesOf(options: Options, env: Env): Promise<Cookies | undefined> {
  const files = [...options.texts('cookie-file'), ...options.texts('cookie').filter((text) => !text.includes('='))];
  const jar = options.text('cookie-jar');
  if (files.length === 0 && jar === undefined) return undefined;
  return (await import('./cookie-jar.ts')).Cookies.open(files, jar, env);
}
