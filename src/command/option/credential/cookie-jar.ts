import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Cookie, CookieJar, MemoryCookieStore } from 'tough-cookie';
import { say } from '../../../cli/say.ts';
import type { Env } from '../../../env.ts';
import { LocalError } from '../../command.ts';
import { fileTrouble } from '../local-file.ts';
import { type FileCookie, formatCookieFile, parseCookieFile } from './cookie-file.ts';

/**
 * Cookies of files, and those that servers set. The promise: a cookie goes where RFC 6265 lets it go and nowhere else, and
 * the file is whole at every moment and its owner's alone.
 */
export class Cookies {
  readonly #store = new MemoryCookieStore();
  readonly #jar = new CookieJar(this.#store);
  readonly #env: Env;
  readonly #path: string | undefined;

  private constructor(env: Env, path: string | undefined) {
    this.#env = env;
    this.#path = path;
  }

  /** `jar`: where cookies are kept; it need not exist yet, and does from now on, as with curl. Throws `LocalError`. */
  static async open(files: readonly string[], jar: string | undefined, env: Env): Promise<Cookies> {
    const cookies = new Cookies(env, jar);
    for (const path of files) await cookies.#read(path, true);
    if (jar !== undefined) {
      await cookies.#read(jar, false);
      const place = isDevice(jar) ? jar : dirname(jar);
      await access(place, constants.W_OK).catch((error: unknown) => {
        throw new LocalError(`--cookie-jar: ${fileTrouble(error, place, 'written')}`);
      });
      cookies.#write(jar);
    }
    return cookies;
  }

  /** What to send to a `ws:` or `wss:` URL: `a=1; b=2`, or nothing. */
  header(url: string): string {
    return this.#jar.getCookieStringSync(httpUrl(url));
  }

  /** Keeps what a server set, where it may set it, and writes the file. */
  take(values: readonly string[], url: string): void {
    if (values.length === 0) return;
    for (const value of values) this.#jar.setCookieSync(value, httpUrl(url), { ignoreError: true });
    if (this.#path !== undefined) this.#write(this.#path);
  }

  async #read(path: string, mustExist: boolean): Promise<void> {
    let text = '';
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (mustExist || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw new LocalError(fileTrouble(error, path));
    }
    const { cookies, wrong } = parseCookieFile(text);
    if (cookies.length === 0 && wrong.length > 0) {
      throw new LocalError(`${JSON.stringify(path)} is no cookie file: a line is seven fields between tabs (Netscape format)`);
    }
    for (const line of wrong) say(this.#env.stderr, `! line ${line} of ${JSON.stringify(path)} is no cookie: left out`);
    for (const cookie of cookies) await this.#store.putCookie(stored(cookie));
  }

  /** A new file that takes the old one's place, so that nobody ever sees half of one. */
  #write(path: string): void {
    const text = formatCookieFile(this.#kept());
    const suffix = new Uint8Array(4);
    this.#env.fillRandom(suffix);
    const draft = `${path}.${Buffer.from(suffix).toString('hex')}`;
    try {
      if (isDevice(path)) {
        writeFileSync(path, text);
        return;
      }
      const file = openSync(draft, 'wx', 0o600);
      try {
        writeSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      say(this.#env.stderr, `! the cookies were not kept: ${fileTrouble(error, path, 'written')}`);
    }
  }

  #kept(): FileCookie[] {
    const all = this.#jar.serializeSync()?.cookies ?? [];
    return all.flatMap((plain) => {
      const cookie = Cookie.fromJSON(plain);
      if (!cookie || cookie.TTL(this.#env.wallClock()) <= 0) return [];
      const expiry = cookie.expiryTime();
      return {
        domain: cookie.domain ?? '',
        subdomains: cookie.hostOnly !== true,
        path: cookie.path ?? '/',
        secure: cookie.secure,
        expires: expiry === undefined || !Number.isFinite(expiry) ? 0 : Math.ceil(expiry / 1000),
        name: cookie.key,
        value: cookie.value,
        httpOnly: cookie.httpOnly,
      };
    });
  }
}

/** `/dev/null`, say: no file may take its place. */
function isDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

function stored({ domain, subdomains, path, secure, expires, name, value, httpOnly }: FileCookie): Cookie {
  return new Cookie({
    key: name,
    value,
    domain,
    path,
    secure,
    httpOnly,
    hostOnly: !subdomains,
    expires: expires === 0 ? 'Infinity' : new Date(expires * 1000),
  });
}

/** Cookies know nothing of WebSocket: a `wss:` URL gets those of the `https:` one. */
function httpUrl(url: string): string {
  return url.replace(/^ws/, 'http');
}
