import type { OptionSpec } from '../../cli/option.ts';

const PROXY = 'Proxy';

/** Through whom to connect. */
export const PROXY_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'proxy',
    kind: 'value',
    placeholder: 'URL',
    group: PROXY,
    summary: 'ask this proxy for a tunnel: http, https, socks4, socks4a, socks5 or socks5h',
    details:
      'Written `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]`; without a scheme it is http, without a port 1080 (https: 443). An HTTP proxy is asked for a tunnel (CONNECT) for `ws://` as well as for `wss://`. With `socks4` and `socks5` the name of the server is looked up here, with `socks4a` and `socks5h` by the proxy. Without `--proxy` the environment says: `wss_proxy`, `https_proxy` and `all_proxy` for wss; `ws_proxy`, `http_proxy` and `all_proxy` for ws; in capitals too, but for `HTTP_PROXY`. As with curl, that is so for this machine too, unless `no_proxy` names it (`localhost,127.0.0.0/8`); the echo server inside is never reached through a proxy. An empty URL is no proxy.',
  },
  {
    name: 'no-proxy',
    kind: 'optional',
    implied: '*',
    takesEmpty: true,
    placeholder: 'LIST',
    group: PROXY,
    summary: 'go without a proxy: to every server, or to those of the list',
    details:
      'Separated by commas: names, which stand for all below them too; addresses; ranges like `10.0.0.0/8`; each with `:PORT` if it is for that port only; `*` is everything, an empty list (`--no-proxy=`) nothing. The list takes the place of the one in `no_proxy` or `NO_PROXY`, which are for proxies of the environment alone.',
  },
  {
    name: 'noproxy',
    kind: 'value',
    placeholder: 'LIST',
    group: PROXY,
    hidden: true,
    summary: '--no-proxy=LIST, as in curl',
  },
  {
    name: 'proxy-auth',
    aliases: ['proxy-user'],
    kind: 'value',
    placeholder: 'USER[:PASSWORD]',
    group: PROXY,
    summary: 'log in to the proxy; without a password it is asked for',
    details:
      'HTTP Basic, or the user name and password of SOCKS5 (of SOCKS4 the user name alone). In a script set `WSTAP_PROXY_PASSWORD`: a password on the command line can be seen by every user of the machine.',
  },
  {
    name: 'proxy-header',
    kind: 'value',
    repeatable: true,
    placeholder: "'K: V'",
    group: PROXY,
    summary: 'send this header to the HTTP proxy, not to the server',
  },
  {
    name: 'proxy-insecure',
    kind: 'flag',
    group: PROXY,
    summary: 'go on with a certificate of the proxy that does not verify',
    details: '`--insecure` is for the server alone. `--ca` is trusted for both.',
  },
];

/** Of `handshake` alone. */
export const VIA_GET: OptionSpec = {
  name: 'via-get',
  kind: 'flag',
  group: PROXY,
  summary: 'ask the HTTP proxy with a GET and not for a tunnel, to see what becomes of it',
  details:
    'For `ws://` only. The request goes to the proxy with the whole URL in its first line, as a browser fetches a page through it. Many proxies drop Upgrade on the way, which is why a tunnel is asked for otherwise.',
};
