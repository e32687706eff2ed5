import { expect, test } from 'vitest';
import { framingOf } from '../../../src/protocol/dialect/framing.ts';
import type { DialectName } from '../../../src/protocol/dialect/name.ts';
import { closeContent } from '../../../src/protocol/frame/close-content.ts';
import type { Frame } from '../../../src/protocol/frame/frame.ts';
import { sampleFrame } from '../../view/frame-sample.ts';
import { hex } from '../bits.ts';
import { listen } from '../dialect/draft-talk.ts';

function draftClose(name: DialectName, bytes: string): Frame {
  const framing = framingOf(name);
  const { inbound, frames } = listen(framing ?? expect.fail(name), {}, true);
  inbound.read(hex(bytes));
  return frames[0] ?? expect.fail('no frame');
}

test.each<[string, Frame, number | undefined, string]>([
  ['RFC 6455', sampleFrame({ opcode: 'close', payload: hex('03e8627965') }), 1000, 'bye'],
  ['RFC 6455, empty', sampleFrame({ opcode: 'close' }), undefined, ''],
  ['RFC 6455, half a code', sampleFrame({ opcode: 'close', payload: hex('03') }), undefined, ''],
  ['hixie-76', draftClose('hixie-76', 'ff00'), undefined, ''],
  ['hybi-03', draftClose('hybi-03', '0103627965'), undefined, 'bye'],
  ['hybi-05', draftClose('hybi-05', '810453627965'), undefined, 'bye'],
  ['hybi-06', draftClose('hybi-06', '810503e8627965'), 1000, 'bye'],
])('%s', (_, frame, code, reason) => {
  const content = closeContent(frame);
  expect({ code: content.code, reason: Buffer.from(content.reason).toString() }).toEqual({ code, reason });
});
