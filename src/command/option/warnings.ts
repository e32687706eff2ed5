import type { Options } from '../../cli/value.ts';
import type { Env } from '../../env.ts';
import { isSecretField } from '../../protocol/http/redact.ts';
import type { Address } from './target.ts';

/** What is said on stderr before a connection opens, each time. `-q` does not silence it. */
export function warnings(options: Options, address: Address, env: Env): string[] {
  const list: string[] = rawWarning(options, env);
  if (options.flag('insecure') && address.secure)
    list.push("! the server's certificate is not verified (--insecure): anybody may be listening");
  if (env.variables.NODE_TLS_REJECT_UNAUTHORIZED === '0' && address.secure && !options.flag('insecure')) {
    list.push('! NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored; --insecure says it for one run');
  }
  if (options.flag('proxy-insecure')) {
    list.push("! the proxy's certificate is not verified (--proxy-insecure): anybody may be listening");
  }
  const proxySecret =
    options.text('proxy-auth')?.includes(':') || /:[^/]*@/.test(options.text('proxy')?.replace(/^.*:\/\//, '') ?? '');
  const secret =
    proxySecret ||
    isPlainSecret(options.text('passphrase')) ||
    options.text('auth')?.includes(':') ||
    (options.has('bearer') && !options.text('bearer')?.startsWith('@'));
  const secretHeader = options.texts('header').some((line) => isSecretField(line.split(':')[0]?.trim() ?? ''));
  if (secret || secretHeader || options.has('cookie') || address.userinfo !== undefined) env.hideArguments?.();
  if (secret && env.stderr.isTTY) {
    list.push('! a secret on the command line can be seen by every user of this machine');
  }
  if (!address.secure && (options.has('auth') || options.has('bearer')) && !isLocal(address.host)) {
    list.push('! ws:// sends the password or token unencrypted');
  }
  return list;
}

/** Given as it is, and not as a file to read it from. */
function isPlainSecret(text: string | undefined): boolean {
  return text !== undefined && (!text.startsWith('@') || text.startsWith('@@'));
}

/** Whoever shows a peer's bytes as they are is told once what that means. */
export function rawWarning(options: Options, env: Env): string[] {
  const shown = options.flag('raw') && env.stdout.isTTY === true;
  return shown ? ['! --raw: what the peer sends reaches the terminal as it is, and may drive it'] : [];
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
