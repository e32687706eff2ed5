import { describe, expect, onTestFinished, test } from 'vitest';
import { inspect } from '../../src/library/inspect.ts';
import type { Step } from '../../src/library/inspected-peer.ts';
import { listening } from './listening.ts';

const bytes = Buffer.from('x');

const WRONG: readonly (readonly [message: RegExp, step: unknown])[] = [
  [/type of a step must be one that there is, not 'snd'/, { type: 'snd' }],
  [/type of a step .* not undefined/, {}],
  [/opcode of send must be 'text' or 'binary', not 9/, { type: 'send', opcode: 9, data: bytes }],
  [/data of send must be bytes, .* not 'hi'/, { type: 'send', opcode: 'text', data: 'hi' }],
  [/data of ping must be bytes/, { type: 'ping' }],
  [/data of pong must be bytes/, { type: 'pong', data: 3 }],
  [/parts of fragment must be a list/, { type: 'fragment', opcode: 'text', parts: 'ab' }],
  [/a part of fragment must be bytes/, { type: 'fragment', opcode: 'text', parts: ['ab'] }],
  [/bytes of bytes must be bytes/, { type: 'bytes', bytes: '8100' }],
  [/opcode of frame must be a number from 0 to 15, not 99/, { type: 'frame', frame: { opcode: 99, payload: bytes } }],
  [/payload of frame must be bytes/, { type: 'frame', frame: { opcode: 1, payload: 'x' } }],
  [/mask of frame must be 'none' or 4 bytes/, { type: 'frame', frame: { opcode: 1, payload: bytes, mask: bytes } }],
  [/length of frame must be a bigint, not 5/, { type: 'frame', frame: { opcode: 1, payload: bytes, length: 5 } }],
];

describe('what is no step', () => {
  test.each(WRONG)('%s', async (message, step) => {
    const { url } = await listening();
    const peer = await inspect.connect(url);
    onTestFinished(() => peer.drop());
    const played = peer.play([step as Step]);
    await expect(played).rejects.toThrow(TypeError);
    await expect(played).rejects.toThrow(message);
    expect(peer.frames.filter(({ direction }) => direction === 'sent')).toEqual([]);
    expect(peer.open).toBe(true);
  });
});
