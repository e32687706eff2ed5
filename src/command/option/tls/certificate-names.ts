import type { Options } from '../../../cli/value.ts';

/** What `--tls=NAME,…` names, brackets of IPv6 addresses left out: a certificate is made for it, and clients may call the server so. */
export function certificateNames(options: Options): string[] {
  const names = (options.text('tls') ?? '').split(',').map((name) => name.trim().replace(/^\[(.*)\]$/, '$1'));
  return names.filter((name) => name !== '');
}
