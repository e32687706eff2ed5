import type { CertificateFacts } from '../../session/event.ts';
import { alertName, opensslReason } from './alert.ts';
import { type ContextChoice, spokenVersions } from './context.ts';

/** What a server speaks. */
type Served = ContextChoice & { readonly alpn: readonly string[] };

/** Why a client did not get through TLS, as its server sees it. Each begins with what it, the client, did. */
export function clientTrouble({ code = '', message }: NodeJS.ErrnoException, choice: Served): string {
  const words = WORDS.find(([pattern]) => pattern.test(code))?.[1];
  return words ? words(choice, code) : code === 'ECONNRESET' ? LEFT : `TLS with it failed: ${opensslReason(message)}`;
}

export const LEFT = 'it left during the TLS handshake; it may not trust our certificate';

const WORDS: readonly (readonly [RegExp, (choice: Served, code: string) => string])[] = [
  [/ALERT_UNKNOWN_CA/, () => 'it does not trust our certificate (alert "unknown ca"): give it the certificate to trust'],
  [
    /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)/,
    (_, code) => `it refused our certificate (alert "${alertName(code)}"): it may not trust it, or know us by another name`,
  ],
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, () => 'it showed no certificate, and --client-ca asks for one'],
  [/NO_APPLICATION_PROTOCOL/, ({ alpn }) => `it offers by ALPN nothing that is spoken here (${alpn.join(', ')})`],
  [/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|VERSION_TOO_HIGH|ALERT_PROTOCOL_VERSION/, noCommonVersion],
  [/NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|ALERT_HANDSHAKE_FAILURE/, () => 'it offers no cipher or signature that fits our key'],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH|BAD_RECORD/, () => 'what it sends is not TLS'],
];

function noCommonVersion(choice: Served): string {
  const versions = spokenVersions(choice).map((version) => (version === 'TLSv1' ? 'TLS 1.0' : version.replace('v', ' ')));
  return `it speaks no version of TLS that is spoken here (${versions.join(', ')}); --tls-min and --tls-max change that`;
}

/** Why a client's certificate is not accepted. */
export function clientUntrusted(reason: string, facts: CertificateFacts | undefined): string {
  if (!facts) return 'none was shown';
  const who = facts.subject || 'an empty subject';
  switch (reason) {
    case 'CERT_HAS_EXPIRED':
      return `that of ${who} expired on ${facts.validTo.slice(0, 10)}`;
    case 'CERT_NOT_YET_VALID':
      return `that of ${who} is valid only from ${facts.validFrom.slice(0, 10)} on`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `that of ${who} signed itself, and is not in --client-ca`;
    case 'INVALID_PURPOSE':
      return `that of ${who} is not meant for clients (its extended key usage says so)`;
    default:
      return `that of ${who} was issued by ${facts.issuers.at(-1)?.issuer ?? facts.issuer}, which --client-ca does not vouch for (${reason})`;
  }
}
