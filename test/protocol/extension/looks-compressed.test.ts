import { expect, test } from 'vitest';
import { looksCompressed } from '../../../src/protocol/extension/looks-compressed.ts';
import { hex } from '../bits.ts';

test.each([
  ['DEFLATE data', hex('f248cdc9c90700'), 'looks compressed, it inflates to 5 bytes; no extension was negotiated'],
  ['text', Buffer.from('Hello'), 'compressed? no extension was negotiated'],
  ['nothing', Buffer.alloc(0), 'compressed? no extension was negotiated'],
  ['not all here', undefined, 'compressed? no extension was negotiated'],
])('%s', (_, payload, wanted) => {
  expect(looksCompressed(payload)).toBe(wanted);
});
