/** The extensions that were ever offered, and what to say of those that are not spoken. */

interface KnownExtension {
  /** What it is, as sentences. */
  readonly about: string;
  /** Where it was at home. */
  readonly kind: 'message' | 'frame' | 'stream' | 'mux' | 'other';
}

const MUX =
  'Multiplexing would carry several WebSockets over one connection: binary messages that begin with a channel number, and ' +
  'control blocks on channel 0. It was drafted until 2013, no browser ever shipped it, and HTTP/2 (RFC 8441) took its place; ' +
  'it is never accepted here.';
const COMPRESS = 'A step on the way to permessage-deflate (2012), which pywebsocket alone spoke; it is never accepted here.';
const FRAME = 'Each frame is compressed by itself and marked with RSV1; permessage-deflate came after it.';

const KNOWN: Readonly<Record<string, KnownExtension>> = {
  'permessage-deflate': { kind: 'message', about: 'Whole messages are compressed (RFC 7692).' },
  'deflate-frame': { kind: 'frame', about: `${FRAME} Libraries of 2012 have it under this name.` },
  'x-webkit-deflate-frame': { kind: 'frame', about: `${FRAME} Safari up to 14 and early Chrome have it under this name.` },
  'x-deflate-frame': { kind: 'other', about: `${FRAME} Jetty has it under this name.` },
  'deflate-stream': {
    kind: 'stream',
    about:
      'Everything behind the handshake is one DEFLATE stream, masks and all: drafts hybi-04 to -10, so the peer is from 2011. ' +
      'A server of wstap never agrees to it; a client reads and speaks it where -H offers it.',
  },
  'perframe-compress': { kind: 'other', about: COMPRESS },
  'permessage-compress': { kind: 'other', about: COMPRESS },
  'perframe-deflate': { kind: 'other', about: FRAME },
  'bbf-usp-protocol': { kind: 'other', about: 'It carries the id of a device that is managed (USP) and changes no frame.' },
  mux: { kind: 'mux', about: MUX },
  'x-google-mux': { kind: 'mux', about: MUX },
  mux_DO_NOT_USE: { kind: 'mux', about: MUX },
};

/** What is known of an extension by its name; `undefined` for one that was never heard of. */
export function aboutExtension(name: string): KnownExtension | undefined {
  return Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
}
