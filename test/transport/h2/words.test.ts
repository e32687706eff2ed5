import { getDefaultSettings } from 'node:http2';
import { expect, test } from 'vitest';
import { errorName, goAwayParameters, settingsParameters } from '../../../src/transport/h2/words.ts';

const shown = (parameters: readonly { name: string; value: number | string }[]) =>
  parameters.map(({ name, value }) => `${name}=${value}`);

test('initial values are left out, but for the one that matters', () => {
  expect(shown(settingsParameters({ ...getDefaultSettings(), maxHeaderListSize: 0xffff_ffff }))).toEqual([
    'ENABLE_CONNECT_PROTOCOL=0',
  ]);
});

test('others are told by their names in the RFCs, in the order of their numbers', () => {
  const settings = {
    enableConnectProtocol: true,
    maxHeaderListSize: 1000,
    maxFrameSize: 20_000,
    initialWindowSize: 1,
    maxConcurrentStreams: 0,
    enablePush: false,
    headerTableSize: 0,
  };
  expect(shown(settingsParameters(settings))).toEqual([
    'HEADER_TABLE_SIZE=0',
    'ENABLE_PUSH=0',
    'MAX_CONCURRENT_STREAMS=0',
    'INITIAL_WINDOW_SIZE=1',
    'MAX_FRAME_SIZE=20000',
    'MAX_HEADER_LIST_SIZE=1000',
    'ENABLE_CONNECT_PROTOCOL=1',
  ]);
});

test.each([
  [0, 'NO_ERROR'],
  [8, 'CANCEL'],
  [11, 'ENHANCE_YOUR_CALM'],
  [13, 'HTTP_1_1_REQUIRED'],
  [14, '0xe'],
])('error %i is %s', (code, name) => {
  expect(errorName(code)).toBe(name);
});

test('GOAWAY with and without a word', () => {
  expect(shown(goAwayParameters(0, undefined))).toEqual(['error=NO_ERROR']);
  expect(shown(goAwayParameters(11, Buffer.from('calm down')))).toEqual(['error=ENHANCE_YOUR_CALM', 'debug=calm down']);
  expect(goAwayParameters(2, Buffer.alloc(10_000, 'x')).at(-1)?.value).toHaveLength(200);
});
