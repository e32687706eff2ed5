import type { Framing } from '../dialect/framing.ts';
import type { MessageExtension } from '../extension/extension.ts';
import type { MaskingKeySource } from '../frame/masking-key.ts';
import type { PinnedBudget } from '../message/pinned.ts';
import type { RuleId } from '../rule.ts';
import type { CloseCodes } from './close-code.ts';
import type { Limits } from './limits.ts';
import type { FrameOutbox } from './outbox.ts';

/** What was agreed in the opening handshake, and how its user wants a connection to behave. */
export interface ConnectionOptions {
  readonly role: 'client' | 'server';
  readonly limits: Limits;
  readonly maskingKeys: MaskingKeySource;
  readonly tolerance?: 'strict' | 'lenient';
  /** `false`: pings and Close frames are not answered, for who wants to see what a peer makes of that. */
  readonly automatic?: boolean | undefined;
  /** `false`: a peer that breaks a limit is not told which option of the command line that is. */
  readonly namesFlags?: boolean | undefined;
  readonly extension?: MessageExtension | undefined;
  /** The same extension seen from the peer, to read what we send; only used while watched. */
  readonly mirrorExtension?: MessageExtension | undefined;
  readonly budget?: PinnedBudget | undefined;
  /** Of a draft before hybi-07: frames are read and written its way. */
  readonly framing?: Framing | undefined;
  /** How much of what we send is read back, while watched; all of it where this is left out. */
  readonly mirrorLimits?: Limits | undefined;
  /** Stands between the connection and its usual outbox, for whoever wants frames wrong; not with `framing`. */
  readonly outbox?: ((usual: FrameOutbox) => FrameOutbox) | undefined;
  /** Of a later draft: rules that it did not have yet. */
  readonly spared?: ReadonlySet<RuleId> | undefined;
  /** Of a draft from hybi-06 to -12: its close codes. */
  readonly closeCodes?: CloseCodes | undefined;
}
