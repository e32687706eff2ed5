import { constants } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { keptDeflate, keptInflate, keptStreamsWork } from '../../../src/protocol/extension/zlib-handle.ts';

const PATH = '../../../src/protocol/extension/zlib-handle.ts';

test('the handle behaves on this Node: if this fails, a new Node took the fast way from us', () => {
  expect(keptStreamsWork()).toBe(true);
  expect(keptStreamsWork()).toBe(true);
});

test('a stream tells what is left of input and output', () => {
  const deflate = keptDeflate(15, 6, constants.Z_DEFAULT_STRATEGY);
  const output = Buffer.alloc(64);
  const result = deflate?.write(Buffer.from('xHellox'), 1, 6, output);
  expect(result).toEqual({ inputLeft: 0, outputLeft: 64 - 11, failed: false });
  expect(output.toString('hex', 0, 11)).toBe('f248cdc9c907000000ffff');
  deflate?.close();
});

test('a failure is told, and forgotten on reset', () => {
  const inflate = keptInflate(15);
  const output = Buffer.alloc(64);
  expect(inflate?.write(Buffer.from([255, 255]), 0, 2, output).failed).toBe(true);
  inflate?.reset();
  expect(inflate?.write(Buffer.from('f248cdc9c907000000ffff', 'hex'), 0, 11, output).failed).toBe(false);
  expect(output.toString('latin1', 0, 5)).toBe('Hello');
  inflate?.close();
});

test('a dictionary is the window before the first byte', () => {
  const inflate = keptInflate(15, Buffer.from('Hello'));
  const output = Buffer.alloc(16);
  expect(inflate?.write(Buffer.from('f2001100000000ffff', 'hex'), 0, 9, output).failed).toBe(false);
  expect(output.toString('latin1', 0, 5)).toBe('Hello');
  inflate?.close();
});

describe('where the handle does not behave the documented calls must serve', () => {
  afterEach(() => vi.doUnmock('node:zlib'));

  const okState = () => new Uint32Array(2);
  test.each<[string, () => unknown]>([
    ['there is no handle', () => ({ close() {} })],
    ['it has no writeSync', () => ({ _handle: {}, _writeState: okState(), close() {} })],
    ['there is no state', () => ({ _handle: { writeSync() {} }, close() {} })],
    [
      'it throws',
      () => ({
        _handle: {
          writeSync: () => {
            throw new Error('gone');
          },
        },
        _writeState: okState(),
        close() {},
      }),
    ],
    ['it leaves input', () => ({ _handle: { writeSync() {} }, _writeState: Uint32Array.of(0, 1), close() {} })],
    ['it writes something else', () => ({ _handle: { writeSync() {} }, _writeState: Uint32Array.of(50, 0), close() {} })],
  ])('%s', async (_, create) => {
    vi.resetModules();
    vi.doMock('node:zlib', () => ({ constants, createDeflateRaw: create, createInflateRaw: create }));
    const fresh = await import(PATH);
    expect(fresh.keptStreamsWork()).toBe(false);
  });
});
