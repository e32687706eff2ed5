import type { Frame } from './frame.ts';

/** What a Close frame says, of RFC 6455 or of a draft; not judged. */
export interface CloseContent {
  /** `undefined` where it has none, and in the drafts before hybi-06, which had no codes. */
  readonly code: number | undefined;
  /** The reason; in those drafts the body, without the letter that hybi-05 puts before it. */
  readonly reason: Uint8Array;
}

export function closeContent({ payload, draft }: Frame): CloseContent {
  if (draft && draft.close !== 'code') {
    return { code: undefined, reason: draft.close === 'letter' ? payload.subarray(1) : payload };
  }
  if (payload.length < 2) return { code: undefined, reason: payload.subarray(payload.length) };
  return { code: ((payload[0] as number) << 8) | (payload[1] as number), reason: payload.subarray(2) };
}
