import { type OptionSpec, UsageError } from '../../../cli/option.ts';
import type { TlsVersion } from '../../../transport/route.ts';

/** What is said about TLS, by a client and by a server. */
const TLS = 'TLS';

const VERSIONS: ReadonlyMap<string, TlsVersion> = new Map<string, TlsVersion>([
  ['1.0', 'TLSv1'],
  ['1.1', 'TLSv1.1'],
  ['1.2', 'TLSv1.2'],
  ['1.3', 'TLSv1.3'],
]);

/** `1.2`, `TLS1.2`, `TLSv1.2`. */
function parseTlsVersion(text: string): TlsVersion {
  const version = VERSIONS.get(text.replace(/^tls ?v?/i, ''));
  if (!version) throw new UsageError(`${JSON.stringify(text)} is no version of TLS: write 1.0, 1.1, 1.2 or 1.3`);
  return version;
}

/** `http/1.1,h2`; `none` or nothing at all: no protocol. */
function parseAlpn(text: string): readonly string[] {
  if (text === '' || text === 'none') return [];
  const names = text.split(',').map((name) => name.trim());
  // RFC 7301 §3.1: "Empty strings MUST NOT be included and byte strings MUST NOT be truncated"; a length is one byte.
  const wrong = names.find((name) => name === '' || Buffer.byteLength(name) > 255);
  if (wrong === undefined) return names;
  throw new UsageError(`${JSON.stringify(text)} is no list of protocols: write names with commas, e.g. http/1.1,h2, or none`);
}

const INSECURE: OptionSpec = {
  name: 'insecure',
  short: ['n', 'k'],
  aliases: ['no-check'],
  kind: 'flag',
  group: TLS,
  summary: 'go on with a certificate that does not verify',
};

const CA: OptionSpec = {
  name: 'ca',
  kind: 'value',
  repeatable: true,
  placeholder: 'FILE',
  group: TLS,
  summary: 'trust these certificates (PEM or DER) too',
  details:
    'Beside them those of the system are trusted (or of `SSL_CERT_FILE`, and what lies in `SSL_CERT_DIR`), those of Node, and those of `NODE_EXTRA_CA_CERTS`.',
};

const CA_ONLY: OptionSpec = { name: 'ca-only', kind: 'flag', group: TLS, summary: 'trust nothing but what --ca names' };

const CERT: OptionSpec = {
  name: 'cert',
  kind: 'value',
  placeholder: 'FILE',
  group: TLS,
  summary: 'show this certificate to a server that asks for one',
  details:
    'PEM, with the certificates between it and the root behind it and maybe its private key; or PKCS#12 (.p12, .pfx), which holds all of them. The form is known by the content. It is shown to the origin of the URL, and to no other that a redirect leads to.',
};

const KEY: OptionSpec = {
  name: 'key',
  kind: 'value',
  placeholder: 'FILE',
  group: TLS,
  summary: 'the private key of --cert (PEM), where its file holds none',
};

const PASSPHRASE: OptionSpec = {
  name: 'passphrase',
  kind: 'value',
  placeholder: 'SECRET',
  group: TLS,
  summary: 'opens the key; @FILE reads it; else it is asked for',
  details:
    'Without it `WSTAP_PASSPHRASE` is taken, else the passphrase of an encrypted key is asked for on the terminal, not echoed. On the command line every user of the machine can see it. `@@` begins with a literal @.',
};

const SERVERNAME: OptionSpec = {
  name: 'servername',
  kind: 'value',
  placeholder: 'NAME',
  group: TLS,
  summary: 'ask for NAME (SNI) and expect it in the certificate',
};

const TLS_MIN: OptionSpec = {
  name: 'tls-min',
  kind: 'value',
  placeholder: 'VERSION',
  parse: parseTlsVersion,
  defaultText: '1.2',
  group: TLS,
  summary: 'oldest TLS version: 1.0, 1.1, 1.2 or 1.3',
  details: 'With 1.0 and 1.1 the weak ciphers, keys and signatures of their time are allowed too.',
};

const TLS_MAX: OptionSpec = {
  name: 'tls-max',
  kind: 'value',
  placeholder: 'VERSION',
  parse: parseTlsVersion,
  defaultText: '1.3',
  group: TLS,
  summary: 'newest TLS version; lowers --tls-min where that is needed',
};

const ALPN: OptionSpec = {
  name: 'alpn',
  kind: 'value',
  placeholder: 'LIST',
  parse: parseAlpn,
  defaultText: 'http/1.1',
  group: TLS,
  summary: 'protocols offered by ALPN, best first; none offers none',
};

const KEYLOG: OptionSpec = {
  name: 'keylog',
  kind: 'value',
  placeholder: 'FILE',
  group: TLS,
  summary: 'append the session keys here, so that Wireshark can decrypt',
  details: 'In the format of NSS. A new file gets mode 0600. Without the option `SSLKEYLOGFILE` names the file.',
};

/** Of a client. */
export const TLS_OPTIONS: readonly OptionSpec[] = [
  INSECURE,
  CA,
  CA_ONLY,
  CERT,
  KEY,
  PASSPHRASE,
  SERVERNAME,
  TLS_MIN,
  TLS_MAX,
  ALPN,
  KEYLOG,
];

/** Of a server. */
export const SERVER_TLS_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'tls',
    kind: 'optional',
    placeholder: 'NAME,…',
    group: TLS,
    summary: 'serve wss://, with a certificate made for this run',
    details:
      'The certificate is for localhost, 127.0.0.1, ::1, the HOST and each NAME given; it signs itself and lasts a week. Its fingerprint is printed, and how a client can trust it. A client may call the server by each NAME, as with `--allow-host`. With `--cert` nothing is made, and no NAME can be given.',
  },
  {
    name: 'tls-save',
    kind: 'value',
    placeholder: 'FILE',
    group: TLS,
    summary: 'write the certificate made (PEM), for the --ca of clients',
  },
  {
    ...CERT,
    summary: 'serve wss:// with this certificate (PEM or PKCS#12)',
    details:
      'PEM, with the certificates between it and the root behind it and maybe its private key; or PKCS#12 (.p12, .pfx), which holds all of them. The form is known by the content.',
  },
  KEY,
  PASSPHRASE,
  {
    name: 'client-ca',
    kind: 'value',
    repeatable: true,
    placeholder: 'FILE',
    group: TLS,
    summary: 'let in only clients with a certificate of these CAs',
    details:
      'Mutual TLS. A client without a certificate fails the TLS handshake; one with another certificate gets 403 and the reason.',
  },
  TLS_MIN,
  TLS_MAX,
  KEYLOG,
];
