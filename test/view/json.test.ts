import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Happening, SessionEvent } from '../../src/session/event.ts';
import { eventJson } from '../../src/view/json.ts';
import { closePayload, frameEvent } from './frame-sample.ts';

const stamped = (happening: Happening): SessionEvent => ({ ...happening, at: 12.34567, connection: 2 });
const read = (event: SessionEvent, options = {}) => JSON.parse(eventJson(event, options));

describe('eventJson', () => {
  test('a frame, field by field', () => {
    const event = frameEvent({ key: '37fa213d', payload: 'Hello' }, { violations: [{ rule: 'rsv-set', detail: 'RSV2 set' }] });
    expect(eventJson(event)).not.toContain('\n');
    expect(read(event)).toEqual({
      v: 1,
      at: 12041.04,
      connection: 1,
      type: 'frame',
      direction: 'sent',
      opcode: 1,
      name: 'text',
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      maskingKey: '37fa213d',
      length: 5,
      lengthForm: 7,
      headerLength: 6,
      wireLength: 11,
      offset: 0,
      cut: false,
      payload: { base64: 'SGVsbG8=', text: 'Hello' },
      header: [
        { name: 'FIN', bit: 0, width: 1, value: 1, text: '1' },
        { name: 'RSV1', bit: 1, width: 1, value: 0, text: '0' },
        { name: 'RSV2', bit: 2, width: 1, value: 0, text: '0' },
        { name: 'RSV3', bit: 3, width: 1, value: 0, text: '0' },
        { name: 'opcode', bit: 4, width: 4, value: 1, text: '1 = text' },
        { name: 'MASK', bit: 8, width: 1, value: 1, text: '1' },
        { name: 'payload length', bit: 9, width: 7, value: 5, text: '5' },
        { name: 'masking key', bit: 16, width: 32, value: 0x37fa213d, text: '37 fa 21 3d' },
      ],
      violations: [
        {
          rule: 'rsv-set',
          section: 'RFC 6455 §5.2',
          closeCode: 1002,
          text: 'RSV1–3 must be 0 unless an extension was negotiated that gives them a meaning',
          detail: 'RSV2 set',
        },
      ],
    });
  });

  test('a length that a JSON number cannot hold is a string', () => {
    const frame = read(frameEvent({ opcode: 11, lengthForm: 64, length: 2n ** 64n - 1n, payload: 'abc' }));
    expect(frame).toMatchObject({ length: '18446744073709551615', cut: true, name: null, maskingKey: null });
    expect(frame.header.at(-1)).toMatchObject({ value: '18446744073709551615', width: 64 });
    expect(read(frameEvent({ lengthForm: 64, length: 2n ** 53n - 1n })).length).toBe(2 ** 53 - 1);
  });

  test('bytes that are no text have none', () => {
    expect(read(frameEvent({ payload: Buffer.from([0xff]) })).payload).toEqual({ base64: '/w==' });
    expect(read(frameEvent({ payload: Buffer.from([1]) }, { inflated: 'Hi' })).inflated).toEqual({ base64: 'SGk=', text: 'Hi' });
  });

  test('a close frame is read', () => {
    expect(read(frameEvent({ opcode: 'close', payload: closePayload(1000, 'bye') })).close).toEqual({
      code: 1000,
      name: 'Normal Closure',
      reason: { base64: 'Ynll', text: 'bye' },
    });
    expect(read(frameEvent({ opcode: 'close', payload: Buffer.from([3]) }))).not.toHaveProperty('close');
  });

  test.each<[string, Happening, object]>([
    [
      'message',
      { type: 'message', direction: 'received', opcode: 'text', data: Buffer.from('é'), wireLength: 4, compressed: true },
      { direction: 'received', opcode: 'text', length: 2, wireLength: 4, compressed: true, data: { base64: 'w6k=', text: 'é' } },
    ],
    ['rtt', { type: 'rtt', rtt: 0.123456 }, { rtt: 0.123 }],
    [
      'closed',
      { type: 'closed', code: 1006, reason: '', wasClean: false, by: 'network' },
      { code: 1006, name: 'Abnormal Closure', reason: '', wasClean: false, by: 'network' },
    ],
    [
      'violation',
      { type: 'violation', violation: { rule: 'mask-missing', detail: 'd' }, fatal: true },
      { rule: 'mask-missing', section: 'RFC 6455 §5.1', closeCode: 1002, detail: 'd', fatal: true },
    ],
    [
      'failure',
      { type: 'failure', hop: 'tcp', code: 'ECONNREFUSED', message: 'refused' },
      { hop: 'tcp', code: 'ECONNREFUSED', message: 'refused' },
    ],
    [
      'hop',
      { type: 'hop', hop: 'tcp', startedAt: 10, detail: '127.0.0.1:80' },
      { hop: 'tcp', duration: 2.346, detail: '127.0.0.1:80' },
    ],
    [
      'open',
      { type: 'open', subprotocol: 'chat', extensions: '', findings: [] },
      { subprotocol: 'chat', extensions: '', findings: [] },
    ],
    [
      'refused',
      { type: 'refused', findings: [], body: Buffer.from('no'), bodyCut: true },
      { findings: [], body: { base64: 'bm8=', text: 'no' }, bodyCut: true },
    ],
  ])('%s', (type, happening, facts) => {
    expect(read(stamped(happening))).toMatchObject({ v: 1, at: 12.346, connection: 2, type, ...facts });
  });
});

describe('eventJson keeps secrets', () => {
  const request = stamped({
    type: 'head',
    direction: 'sent',
    raw: Buffer.from('GET /?token=hunter2 HTTP/1.1\r\nCookie: s=hunter2\r\n\r\n'),
    head: {
      kind: 'request',
      method: 'GET',
      target: '/?token=hunter2&a=1',
      version: 'HTTP/1.1',
      fields: [
        { name: 'Host', value: 'localhost' },
        { name: 'Cookie', value: 's=hunter2' },
      ],
    },
  });

  test('unless told otherwise', () => {
    expect(eventJson(request)).not.toContain('hunter2');
    expect(eventJson(request)).not.toContain(Buffer.from('hunter2').toString('base64').slice(0, 6));
    expect(read(request)).toMatchObject({
      kind: 'request',
      method: 'GET',
      target: '/?token=***&a=1',
      version: 'HTTP/1.1',
      fields: [
        { name: 'Host', value: 'localhost' },
        { name: 'Cookie', value: '***' },
      ],
    });
  });

  test('told otherwise', () => {
    expect(read(request, { secrets: true })).toMatchObject({
      target: '/?token=hunter2&a=1',
      fields: [{}, { value: 's=hunter2' }],
    });
  });
});

describe('eventJson on a terminal', () => {
  test('whatever a peer says is one line that a terminal only shows, and reads back the same', () => {
    const hostile = fc.constantFrom(
      '\x1b',
      '\n',
      '\x7f',
      '\x9b',
      '\u202e',
      '\u200b',
      '\u{e0041}',
      '\u2028',
      '"',
      '\\',
      'é',
      '🎉',
      'a',
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 12 }), (parts) => {
        const reason = parts.join('');
        const line = eventJson(stamped({ type: 'closed', code: 1000, reason, wasClean: true, by: 'peer' }));
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(JSON.parse(line).reason).toBe(reason);
      }),
    );
  });
});
