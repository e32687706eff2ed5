import { expect, test } from 'vitest';
import { CLIENT_LIMITS, SERVER_LIMITS } from '../../../src/protocol/connection/limits.ts';

test('no looser than the most trusted libraries (ws 100 MiB, undici 128 MiB, both 16,384 fragments or more)', () => {
  const MIB = 1024 * 1024;
  expect(CLIENT_LIMITS).toEqual({ maxMessage: 64 * MIB, maxFrame: 64 * MIB, maxFragments: 16_384, maxPongs: 64 });
  expect(SERVER_LIMITS).toEqual({ maxMessage: 16 * MIB, maxFrame: 16 * MIB, maxFragments: 16_384, maxPongs: 64 });
});
