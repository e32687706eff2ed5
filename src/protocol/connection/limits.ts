/** What a connection bears before it fails the peer; bytes unless said otherwise. `Infinity` lifts a limit. */
export interface Limits {
  /** A message, after inflation. Breach: 1009, noticed while inflating. */
  readonly maxMessage: number;
  /** A frame's payload. Breach: 1009, on the header alone. */
  readonly maxFrame: number;
  /** Frames in a message, empty ones too. Breach: 1008. */
  readonly maxFragments: number;
  /** Automatic pongs that wait to be written; then only the newest is kept, and a server closes with 1008. */
  readonly maxPongs: number;
}

const MIB = 1024 * 1024;

/** No looser than the most trusted libraries: ws takes 100 MiB, undici 128 MiB. */
export const CLIENT_LIMITS: Limits = { maxMessage: 64 * MIB, maxFrame: 64 * MIB, maxFragments: 16_384, maxPongs: 64 };
export const SERVER_LIMITS: Limits = { ...CLIENT_LIMITS, maxMessage: 16 * MIB, maxFrame: 16 * MIB };
