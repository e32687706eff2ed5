/** The Host value and the request target of a URL. */
export interface UrlParts {
  readonly host: string;
  readonly target: string;
}

/** Takes a ws:, wss:, http: or https: URL apart; `undefined` where it is none. */
export function splitUrl(text: string): UrlParts | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^(?:wss?|https?):$/.test(url.protocol) || url.host === '') return undefined;
  return { host: url.host, target: `${url.pathname}${url.search}` };
}
