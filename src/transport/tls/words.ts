import type { CertificateFacts, CertificateLink } from '../../session/event.ts';

/** Why a certificate is not believed: OpenSSL's reason and the certificate itself → what a person can do something with. */
export interface Trouble {
  readonly message: string;
  /** What to try. */
  readonly hint?: string | undefined;
}

const LOOK = '--insecure to look all the same';

/** `host`: whom the certificate should have been for. */
export function untrustedWords(reason: string, facts: CertificateFacts, host: string): Trouble {
  switch (reason) {
    case 'CERT_HAS_EXPIRED':
      return expired(facts);
    case 'CERT_NOT_YET_VALID':
      return notYetValid(facts);
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        message: `the certificate of ${nameOf(facts)} is self-signed: nobody that this machine trusts vouches for it`,
        hint: `--ca FILE with this very certificate, if it is one that you trust; or ${LOOK}`,
      };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return rootUnknown(facts);
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return issuerMissing(facts);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return wrongHost(facts, host);
    case 'CERT_REVOKED':
      return { message: 'the certificate was revoked by its issuer', hint: LOOK };
    case 'INVALID_CA':
      return { message: `${facts.issuer} signed the certificate and is no certificate authority`, hint: LOOK };
    case 'INVALID_PURPOSE':
      return { message: 'the certificate is not meant for servers (its extended key usage says so)', hint: LOOK };
    case 'CERT_SIGNATURE_FAILURE':
      return { message: "the certificate's signature is wrong: it was changed, or its issuer has another key", hint: LOOK };
    default:
      return tooWeak(facts) ?? { message: `the certificate does not verify: ${reason}`, hint: LOOK };
  }
}

function expired(facts: CertificateFacts): Trouble {
  // One of the chain has: the one that ends first.
  const old = facts.issuers.reduce<CertificateLink>((first, link) => (link.validTo < first.validTo ? link : first), facts);
  const { judgedAt } = facts;
  const ago = judgedAt === undefined ? '' : `, ${span(Date.parse(judgedAt) - Date.parse(old.validTo))} ago`;
  return {
    message: `${whose(old, facts)} expired on ${moment(old.validTo)}${ago}`,
    hint: `a new certificate on the server; ${LOOK}`,
  };
}

function notYetValid(facts: CertificateFacts): Trouble {
  const young = facts.issuers.reduce<CertificateLink>((last, link) => (link.validFrom > last.validFrom ? link : last), facts);
  const { judgedAt } = facts;
  const away = judgedAt === undefined ? '' : `, ${span(Date.parse(young.validFrom) - Date.parse(judgedAt))} from now`;
  const clock = judgedAt === undefined ? 'is wrong' : `is not ${moment(judgedAt)}`;
  return {
    message: `${whose(young, facts)} is valid only from ${moment(young.validFrom)} on${away}`,
    hint: `to set this machine's clock, if it ${clock}; ${LOOK}`,
  };
}

const whose = (link: CertificateLink, leaf: CertificateLink) =>
  link === leaf ? 'the certificate' : `the certificate of its issuer ${nameOf(link)}`;

const nameOf = ({ subject }: CertificateLink) => subject || 'a nameless subject';

function rootUnknown({ issuers }: CertificateFacts): Trouble {
  const root = issuers.at(-1)?.subject ?? 'a root';
  return {
    message: `the chain of certificates leads to ${root}, which signed itself and is not trusted by this machine`,
    hint: `--ca FILE with the certificate of ${root}, if you trust it; or ${LOOK}`,
  };
}

/** Either the server left a link out, or the chain is whole and the CA is one that is not known here. */
function issuerMissing(facts: CertificateFacts): Trouble {
  const last = facts.issuers.at(-1);
  const missing = (last ?? facts).issuer || 'nobody';
  const trust = `--ca FILE with the certificate of ${missing}, if you trust it; or ${LOOK}`;
  if (last) {
    return {
      message: `the chain ends with ${last.subject}; its issuer, ${missing}, is not trusted by this machine`,
      hint: trust,
    };
  }
  if (facts.issuerAt !== undefined) {
    return {
      message: `the chain is incomplete: the server does not send the certificate of the issuer, ${missing}`,
      hint: `to have the server send it (it lies at ${facts.issuerAt}); --ca FILE with it until then; or ${LOOK}`,
    };
  }
  return {
    message: `the certificate was issued by ${missing}, which this machine does not know, and the server sends no certificate of it: the chain is incomplete, or this CA is one of your own`,
    hint: trust,
  };
}

function wrongHost({ names, subject }: CertificateFacts, host: string): Trouble {
  const own = names.map((name) => name.replace(/^(?:DNS|IP Address|URI|email):/, ''));
  const shown = own.length > 8 ? [...own.slice(0, 8), `${own.length - 8} more`] : own;
  const named =
    shown.length === 0 ? `nobody: it has no subject alternative names, only ${subject || 'an empty subject'}` : listed(shown);
  return {
    message: `the certificate is not for ${host} but for ${named}`,
    hint: `one of its names in the URL; --servername NAME to go to ${host} and expect NAME; or ${LOOK}`,
  };
}

const listed = (words: readonly string[]) =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** What OpenSSL's levels of security forbid, and Node calls UNSPECIFIED. */
function tooWeak(facts: CertificateFacts): Trouble | undefined {
  for (const link of [facts, ...facts.issuers]) {
    const bits = Number(/(?:RSA|DSA|DH)\S* (\d+) bits/.exec(link.key)?.[1] ?? Number.POSITIVE_INFINITY);
    const hint = `a new certificate on the server; ${LOOK}`;
    if (bits < 1024) return { message: `${whose(link, facts)} has a key that is too weak to be believed: ${link.key}`, hint };
    const digest = /MD2|MD5|SHA-1$/.exec(link.signature)?.[0];
    const isRoot = link.subject === link.issuer;
    if (digest && !isRoot) return { message: `${whose(link, facts)} is signed with ${digest}, which can be forged`, hint };
  }
  return undefined;
}

/** `2026-01-02 03:04 UTC`. */
function moment(iso: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso;
}

const SPANS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['year', 365.25 * 86_400_000],
  ['month', 30.44 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `3 days`: the largest unit of which it is at least one. */
function span(milliseconds: number): string {
  const [unit, size] = SPANS.find(([, one]) => milliseconds >= one) ?? ['second', 1000];
  const count = Math.max(0, Math.floor(milliseconds / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
