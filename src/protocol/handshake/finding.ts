/**
 * One requirement of the opening handshake, checked. A check returns every finding, the met ones included,
 * so that a checklist can be drawn and not only the first fault be named.
 */
export interface Finding {
  /** Stable, for scripts: `accept`, `upgrade`, `connection`, `status`, … */
  readonly id: string;
  /** `pass` ✓, `fail` ✗ (the handshake is wrong), `warn` ! (works, but is odd or harms interoperability). */
  readonly level: 'pass' | 'fail' | 'warn';
  /** Whose duty it is. */
  readonly side: 'client' | 'server';
  /** Where it is written, e.g. `RFC 6455 §4.2.2`. */
  readonly section: string;
  /** The requirement in a short phrase, authored by us. */
  readonly requirement: string;
  /** What the requirement asks for. May quote the other side: escape before printing. */
  readonly expected?: string;
  /** What was found. May quote the peer: escape before printing. */
  readonly actual?: string;
  /** What to do about it, or what it means, as a sentence. May quote the peer. */
  readonly hint?: string;
}
