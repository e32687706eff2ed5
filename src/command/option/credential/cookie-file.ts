/** The cookie file of Netscape, as curl and wget read and write it: a line a cookie, seven fields between tabs. */
export interface FileCookie {
  /** Without a leading dot. */
  readonly domain: string;
  /** Goes to subdomains too. */
  readonly subdomains: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** Seconds since the epoch; 0: until the session ends. */
  readonly expires: number;
  readonly name: string;
  readonly value: string;
  readonly httpOnly: boolean;
}

/** `wrong`: numbers of lines that are neither cookie nor comment, from 1. */
export interface CookieFile {
  readonly cookies: readonly FileCookie[];
  readonly wrong: readonly number[];
}

/** Such a line is a cookie, although it begins as a comment does. */
const HTTP_ONLY = '#HttpOnly_';

export function parseCookieFile(text: string): CookieFile {
  const cookies: FileCookie[] = [];
  const wrong: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const httpOnly = line.startsWith(HTTP_ONLY);
    if (line.trim() === '' || (line.startsWith('#') && !httpOnly)) continue;
    const cookie = cookieOf(httpOnly ? line.slice(HTTP_ONLY.length) : line, httpOnly);
    if (cookie) cookies.push(cookie);
    else wrong.push(index + 1);
  }
  return { cookies, wrong };
}

function cookieOf(line: string, httpOnly: boolean): FileCookie | undefined {
  // The value may be missing, or hold tabs.
  const [domain = '', subdomains = '', path = '', secure = '', expires = '', name, ...value] = line.split('\t');
  const isBoolean = (text: string) => /^(?:TRUE|FALSE)$/i.test(text);
  const host = domain.replace(/^\./, '');
  if (host === '' || name === undefined || !isBoolean(subdomains) || !isBoolean(secure) || !/^-?\d{1,15}$/.test(expires)) {
    return undefined;
  }
  return {
    domain: host.toLowerCase(),
    subdomains: /^true$/i.test(subdomains),
    path: path.startsWith('/') ? path : '/',
    secure: /^true$/i.test(secure),
    expires: Number(expires),
    name,
    value: value.join('\t'),
    httpOnly,
  };
}

export function formatCookieFile(cookies: readonly FileCookie[]): string {
  const lines = cookies.map(({ domain, subdomains, path, secure, expires, name, value, httpOnly }) =>
    [
      `${httpOnly ? HTTP_ONLY : ''}${subdomains ? '.' : ''}${domain}`,
      word(subdomains),
      path,
      word(secure),
      String(expires),
      name,
      value,
    ].join('\t'),
  );
  return `${['# Netscape HTTP Cookie File', '# Written by wstap. A line a cookie; edit it while wstap is not running.', '', ...lines].join('\n')}\n`;
}

const word = (is: boolean) => (is ? 'TRUE' : 'FALSE');
