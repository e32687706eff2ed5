import { isIP } from 'node:net';
import type { TlsChoice } from '../route.ts';
import { spokenVersions } from './context.ts';
import type { Trouble } from './words.ts';

/** Why TLS itself fails: OpenSSL's codes and the server's alerts (RFC 8446 §6.2), as a client sees them → words. */

/** `undefined` where the words of OpenSSL must do. */
export function alertWords(code: string, choice: TlsChoice): Trouble | undefined {
  return WORDS.find(([pattern]) => pattern.test(code))?.[1](choice, code);
}

/** `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…` says `wrong version number` to people. */
export function opensslReason(message: string): string {
  return /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
}

type Words = (choice: TlsChoice, code: string) => Trouble;

const PLAIN = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL/;

const WORDS: readonly (readonly [RegExp, Words])[] = [
  // What to try instead depends on the URL, which is not known here.
  [PLAIN, () => ({ message: 'what answers is not TLS: this port speaks plain text, HTTP maybe' })],
  [/ALERT_CERTIFICATE_REQUIRED/, clientCertificateWanted],
  [/ALERT_UNKNOWN_CA/, clientCertificateUnknown],
  [/ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|ACCESS_DENIED|DECRYPT_ERROR)/, clientCertificateRefused],
  [/ALERT_HANDSHAKE_FAILURE|ALERT_INSUFFICIENT_SECURITY/, nothingInCommon],
  [/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|VERSION_TOO_HIGH|INAPPROPRIATE_FALLBACK/, noCommonVersion],
  [/NO_APPLICATION_PROTOCOL/, noCommonProtocol],
  [/UNRECOGNIZED_NAME/, unknownName],
  [/ALERT_INTERNAL_ERROR/, serverFailed],
  [/LEGACY_SIGALG|WRONG_SIGNATURE_TYPE|NO_SUITABLE_SIGNATURE|DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|MD_TOO_WEAK/, tooWeak],
  [
    /UNSAFE_LEGACY_RENEGOTIATION/,
    () => ({ message: 'the server cannot renegotiate in the safe way (RFC 5746): it is very old' }),
  ],
  [
    /NO_CIPHERS_AVAILABLE/,
    () => ({ message: 'no cipher is left for these TLS versions', hint: 'other --tls-min and --tls-max' }),
  ],
];

const SHOW = '--cert FILE --key FILE, with a certificate that the server knows';

function clientCertificateWanted({ identity }: TlsChoice): Trouble {
  if (!identity) return { message: 'the server wants a client certificate, and none was shown', hint: SHOW };
  return {
    message: 'the server wants another client certificate than the one of --cert: it did not come to be shown',
    hint: SHOW,
  };
}

function clientCertificateUnknown({ identity }: TlsChoice): Trouble {
  if (!identity) return { message: 'the server says "unknown CA", although no certificate was shown to it' };
  return {
    message: 'the server refused our client certificate: it does not trust its issuer (alert "unknown CA")',
    hint: 'a certificate of a CA that the server trusts; what lies between them goes into the file of --cert too',
  };
}

function clientCertificateRefused({ identity }: TlsChoice, code: string): Trouble {
  const alert = alertName(code);
  const hint = SHOW;
  if (identity) return { message: `the server refused our client certificate (alert "${alert}")`, hint };
  return { message: `the server wants a client certificate, and none was shown (alert "${alert}")`, hint };
}

/** `ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE` → `bad certificate`. */
export function alertName(code: string): string {
  return (/ALERT_(\w+)$/.exec(code)?.[1] ?? code).toLowerCase().replaceAll('_', ' ');
}

function nothingInCommon(choice: TlsChoice): Trouble {
  const what = choice.identity ? '' : '; or it wants a client certificate';
  return {
    message: `the server ended the TLS handshake: no cipher or signature in common with ${versions(choice)}${what}`,
    hint: choice.identity ? otherVersions(choice) : `${otherVersions(choice)}; --cert FILE --key FILE if it asks for one`,
  };
}

function noCommonVersion(choice: TlsChoice): Trouble {
  return {
    message: `the server does not speak ${versions(choice)}: there is no TLS version in common`,
    hint: otherVersions(choice),
  };
}

function otherVersions({ minVersion, maxVersion }: TlsChoice): string {
  if (maxVersion !== undefined && maxVersion !== 'TLSv1.3') return 'a higher --tls-max, or none';
  if (minVersion === 'TLSv1.3') return '--tls-min 1.2, or no --tls-min';
  return minVersion === 'TLSv1' ? 'another server: no older version is spoken here' : '--tls-min 1.0, which allows old versions';
}

/** `TLS 1.2 or 1.3`. */
function versions(choice: TlsChoice): string {
  const numbers = spokenVersions(choice).map((version) => (version === 'TLSv1' ? '1.0' : version.replace('TLSv', '')));
  const last = numbers.at(-1) ?? '';
  return `TLS ${numbers.length > 1 ? `${numbers.slice(0, -1).join(', ')} or ` : ''}${last}`;
}

function noCommonProtocol({ alpn = ['http/1.1'] }: TlsChoice): Trouble {
  return {
    message: `the server speaks none of the protocols that ALPN offers: ${alpn.join(', ')}`,
    hint: '--alpn none, which offers nothing; or another list',
  };
}

function unknownName({ serverName }: TlsChoice): Trouble {
  if (isIP(serverName)) {
    const message = `the server wants to be called by a name (SNI), and the address ${serverName} is none`;
    return { message, hint: '--servername NAME with a name that it serves' };
  }
  return {
    message: `the server does not know the name ${serverName} (SNI)`,
    hint: '--servername NAME with a name that it serves',
  };
}

function serverFailed({ serverName }: TlsChoice): Trouble {
  const name = isIP(serverName) ? 'are called by no name (SNI)' : `do not know the name ${serverName}`;
  return {
    message: `the server failed inside (alert "internal error"); some do where they ${name}`,
    hint: "--servername NAME with a name that it serves; the server's log says more",
  };
}

function tooWeak({ minVersion }: TlsChoice, code: string): Trouble {
  const what = code
    .replace(/^ERR_SSL_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
  const hint = minVersion === 'TLSv1' ? undefined : '--tls-min 1.0, which also allows weak keys and signatures';
  return { message: `the server's key or signature is too weak to be believed (${what})`, hint };
}
