import { expect, test } from 'vitest';
import { type Dump, frameView } from '../../src/view/frame.ts';
import { plainStyle } from '../../src/view/style.ts';
import { frameEvent } from './frame-sample.ts';

const view = (dump: Dump, dumpMax?: number) =>
  frameView({ dump, style: plainStyle, width: 80, ...(dumpMax !== undefined && { dumpMax }) });

test('hex: the line, then its bytes; the time since the frame before', () => {
  const print = view('hex');
  const lines = [frameEvent({ key: '37fa213d', payload: 'Hello' }, { at: 12_031.4 }), frameEvent({ payload: 'Hello' })].map(
    print,
  );
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
     12.0314           → TEXT   fin  ···  mask 37fa213d  len 5 (7-bit)          11 B
              81 85  37 fa 21 3d  7f 9f 4d 51 58               wire
                                  48 65 6c 6c 6f               "Hello"
     12.0410  +0.0096  ← TEXT   fin  ···  mask none      len 5 (7-bit)           7 B
              81 05  48 65 6c 6c 6f                            "Hello"
    "
  `);
});

test('line: nothing but the line', () => {
  expect(view('line')(frameEvent({ payload: 'Hello' }))).not.toContain('\n');
});

test('bits: the line, then the figure', () => {
  const lines = view('bits')(frameEvent({ payload: 'Hello' })).split('\n');
  expect(lines[0]).toContain('← TEXT');
  expect(lines[3]).toContain('+-+-+-+-+-------+-+-------------+');
});

test('dumpMax', () => {
  expect(view('hex', 1)(frameEvent({ payload: 'Hello' }))).toContain('… 4 more bytes (--dump-max)');
});

test('each view keeps its own time', () => {
  const [first, second] = [view('line'), view('line')];
  first(frameEvent({}));
  expect(second(frameEvent({}))).not.toContain('+0');
  expect(first(frameEvent({}))).toContain('+0.0000');
});
