import { UsageError } from '../../../cli/option.ts';
import { say } from '../../../cli/say.ts';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import type { TlsChoice, TlsVersion } from '../../../transport/route.ts';
import { spokenVersions } from '../../../transport/tls/context.ts';
import { tlsContext } from '../../../transport/tls/start.ts';
import { trustedCertificates } from '../../../transport/tls/trust.ts';
import type { Address } from '../target.ts';
import { identityOf } from './identity.ts';
import { keyLog } from './key-log.ts';
import { certificatesOf, trustsOnlyGiven, trustWarnings } from './trust.ts';

/** Parsed options and the environment → what TLS to a server is to be. Files are read and passphrases asked for here. */
export interface TlsSettings {
  /** What `--ca` names, in PEM. */
  readonly extraCa: readonly string[];
  /** For an address. `own`: the origin that the user named; no other sees the client certificate, or is called `--servername`. */
  choiceFor(address: Address, own: boolean): TlsChoice;
}

export async function tlsSettings(options: Options, env: Env): Promise<TlsSettings> {
  for (const line of trustWarnings(env)) say(env.stderr, line);
  const common = {
    extraCa: await certificatesOf(options, 'ca'),
    onlyExtraCa: trustsOnlyGiven(options),
    insecure: options.flag('insecure'),
    ...versionsOf(options),
    alpn: options.has('alpn') ? options.texts('alpn') : undefined,
    keylog: keyLog(options, env),
    now: () => env.wallClock(),
  };
  const identity = await identityOf(options, env, 'wstap connect');
  const serverName = options.text('servername');
  return {
    extraCa: common.extraCa,
    choiceFor: ({ host }, own) => {
      const choice = {
        ...common,
        // The zone of a link-local address is for this machine only.
        serverName: (own ? serverName : undefined) ?? host.replace(/%.*$/, ''),
        identity: own ? identity : undefined,
      };
      readAhead(choice, env);
      return choice;
    },
  };
}

/** What takes long is had, and kept, before the time that the way to the server may take begins. */
function readAhead(choice: TlsChoice, { variables }: Env): void {
  try {
    tlsContext(choice, trustedCertificates(variables, choice.extraCa), 'tls');
  } catch {
    // It is told where the connection is made.
  }
}

/** `--tls-min` and `--tls-max`. */
export function versionsOf(options: Options): { readonly minVersion?: TlsVersion; readonly maxVersion?: TlsVersion } {
  const [minVersion, maxVersion] = ['tls-min', 'tls-max'].map((name) => options.text(name) as TlsVersion | undefined);
  const range = { ...(minVersion && { minVersion }), ...(maxVersion && { maxVersion }) };
  if (spokenVersions(range).length === 0) throw new UsageError('--tls-min is newer than --tls-max: no version is left');
  return range;
}
