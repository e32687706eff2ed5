import type { CertificateFacts, CertificateLink } from '../session/event.ts';
import type { HandshakeStyle } from './handshake-head.ts';
import { pageWidth, wrapWords } from './width.ts';

/** Whom TLS says the peer to be: its certificate and the chain up to the root. `role`: who showed it. */
export function renderCertificate(facts: CertificateFacts, view: HandshakeStyle, role: 'server' | 'client' = 'server'): string[] {
  const { style, safe } = view;
  const trust = facts.untrusted === undefined ? style.good('✓ trusted') : style.bad(`✗ ${safe(untrustedText(facts.untrusted))}`);
  const who = role === 'client' ? 'the client is ' : '';
  return [
    `  ${who}${style.bold(safe(facts.subject) || 'nobody (an empty subject)')}  ${trust}`,
    ...row('for', namesOf(facts), view),
    ...row('valid', validity(facts, facts.judgedAt), view),
    ...row('key', `${facts.key}, signed by ${facts.signature || 'an unknown algorithm'}`, view),
    ...row('SHA-256', facts.fingerprint256.replaceAll(':', '').toLowerCase(), view),
    ...chainRows(facts, view),
  ];
}

/** OpenSSL's word stays: that is what is looked for on the web. */
function untrustedText(code: string): string {
  const words = UNTRUSTED[code];
  return words === undefined ? code : `${words} (${code})`;
}

const UNTRUSTED: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not valid yet',
  CERT_REVOKED: 'revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'root not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'issuer not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'issuer not known',
  UNABLE_TO_GET_ISSUER_CERT: 'issuer not known',
  ERR_TLS_CERT_ALTNAME_INVALID: 'for another host',
};

const LABEL = 11;
const MOST_NAMES = 12;

/** A label and its value, wrapped below itself. */
function row(label: string, value: string, view: HandshakeStyle): string[] {
  const { style, safe } = view;
  const lines = wrapWords(safe(value), pageWidth(view) - 4 - LABEL);
  return lines.map((line, index) => `    ${style.dim((index === 0 ? label : '').padEnd(LABEL))}${line}`);
}

function namesOf({ names }: CertificateLink): string {
  const shown = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), `${names.length - MOST_NAMES} more`] : names;
  return shown.map((name) => name.replace(/^(?:DNS|IP Address):/, '')).join(', ') || 'no name';
}

const DAY = 86_400_000;

/** `2026-01-02 to 2026-04-02, 12 days left`; without the days where nobody knows what the time is. */
function validity({ validFrom, validTo }: CertificateLink, now: string | undefined): string {
  if (now === undefined) return `${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`;
  const days = Math.floor((Date.parse(validTo) - Date.parse(now)) / DAY);
  const count = (number: number) => `${number} ${number === 1 ? 'day' : 'days'}`;
  const left = Number.isNaN(days) ? '' : days >= 0 ? `, ${count(days)} left` : `, expired ${count(-days - 1)} ago`;
  const begun = Date.parse(validFrom) <= Date.parse(now) ? left : ', not yet';
  return `${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}${begun}`;
}

function chainRows(facts: CertificateFacts, view: HandshakeStyle): string[] {
  const { issuers, judgedAt } = facts;
  const last = issuers.at(-1) ?? facts;
  const rows = issuers.flatMap((issuer) => [
    ...row('issued by', `${issuer.subject}${issuer.sent ? '' : ', known to this machine'}`, view),
    ...row('', `until ${validity(issuer, judgedAt).slice('2026-01-02 to '.length)}; ${issuer.key}, ${issuer.signature}`, view),
  ]);
  if (last.subject !== last.issuer) return [...rows, ...row('issued by', `${last.issuer}, whose certificate is not here`, view)];
  return issuers.length === 0 ? [...rows, ...row('issued by', 'itself', view)] : rows;
}
