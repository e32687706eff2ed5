import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BodyReader } from '../../../src/protocol/dialect/body-reader.ts';

it('in whatever pieces they come', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), fc.constantFrom(0, 8, 16), (pieces, length) => {
      const reader = new BodyReader(length);
      const all = Buffer.concat(pieces);
      let fed = 0;
      for (const piece of pieces) {
        const found = reader.push(piece);
        fed += piece.length;
        expect(reader.missing).toBe(Math.max(0, length - fed));
        if (!found) expect(fed).toBeLessThan(length);
        if (!found) continue;
        expect(Buffer.from(found.body).equals(all.subarray(0, length))).toBe(true);
        expect(Buffer.from(found.rest).equals(all.subarray(length, fed))).toBe(true);
        return;
      }
    }),
  );
});

it('none are complete at once', () => {
  expect(new BodyReader(0).push(Buffer.alloc(0))).toEqual({ body: Buffer.alloc(0), rest: Buffer.alloc(0) });
});
