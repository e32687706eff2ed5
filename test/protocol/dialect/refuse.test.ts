import { describe, expect, it } from 'vitest';
import { handshakeOf } from '../../../src/protocol/dialect/handshakes.ts';
import { DIALECTS, type DialectName } from '../../../src/protocol/dialect/name.ts';
import {
  ALL_DIALECTS,
  refusalNotice,
  refuseDialect,
  refuseFindings,
  USUAL_DIALECTS,
  versionList,
} from '../../../src/protocol/dialect/refuse.ts';
import { fieldValues } from '../../../src/protocol/http/head.ts';
import { seeded } from './seeded.ts';

it.each<DialectName>(['hixie-75', 'hixie-76', 'hybi-01', 'hybi-02', 'hybi-03'])('%s: nothing is said', (name) => {
  expect(refuseDialect(name, USUAL_DIALECTS, 'no')).toEqual({ manner: 'close' });
});

it.each<DialectName | undefined>(['hybi-04', 'hybi-07', 'hybi-08', 'rfc6455', undefined])('%s: 426 names what is on', (name) => {
  const refused = refuseDialect(name, USUAL_DIALECTS, 'not spoken');
  if (refused.manner !== 'answer') throw new Error(refused.manner);
  const { head, body } = refused.refusal;
  expect(head.status).toBe(426);
  expect(fieldValues(head, 'Sec-WebSocket-Version')).toEqual(['13, 8']);
  expect(fieldValues(head, 'Connection')).toEqual(['close, Upgrade']);
  expect(Buffer.from(body).toString()).toBe('not spoken\n');
});

it('without a version that could be named there is no version field', () => {
  const refused = refuseDialect('rfc6455', ['hixie-75'], 'no');
  if (refused.manner !== 'answer') throw new Error(refused.manner);
  expect(refused.refusal.head.status).toBe(400);
  expect(fieldValues(refused.refusal.head, 'Sec-WebSocket-Version')).toEqual([]);
});

describe('the versions that are on', () => {
  it.each<[enabled: readonly DialectName[], list: string]>([
    [USUAL_DIALECTS, '13, 8'],
    [['hybi-08', 'rfc6455', 'hybi-11'], '13, 8'],
    [['hixie-76', 'hixie-75'], '0'],
    [ALL_DIALECTS, '13, 8, 7, 6, 5, 4, 0'],
    [['hybi-03'], ''],
  ])('%j: %j', (enabled, list) => {
    expect(versionList(enabled)).toBe(list);
  });

  it('all is all but the quirk', () => {
    expect(ALL_DIALECTS).toHaveLength(DIALECTS.length - 1);
    expect(ALL_DIALECTS).not.toContain('hybi-04-libwebsockets');
  });
});

it('the line for the one who runs the server', () => {
  expect(refusalNotice('hixie-76')).toBe(
    'the client speaks hixie-76 (= hybi-00), which is off; --draft 76 or --draft all accepts it',
  );
  expect(refusalNotice('hybi-07', USUAL_DIALECTS)).toBe(
    'the client speaks hybi-07 (version 7), which is off; --draft 13,8,hybi-07 or --draft all accepts it',
  );
});

describe('faults in a dialect that is on', () => {
  const refused = (name: DialectName, headers: string[]) => {
    const { head, body } = handshakeOf(name).buildRequest({ host: 'a', target: '/', headers, random: seeded(1) });
    return refuseFindings(name, handshakeOf(name).checkRequest({ head, body }), USUAL_DIALECTS);
  };

  it('a hixie client is left without a word, a later one is told', () => {
    expect(refused('hixie-76', ['Sec-WebSocket-Key1: 1'])).toEqual({ manner: 'close' });
    const told = refused('hybi-07', ['Sec-WebSocket-Key: 1']);
    expect(told).toMatchObject({ manner: 'answer', refusal: { head: { status: 400 } } });
  });

  it('a version that is missing is answered with all that are on', () => {
    const told = refused('hybi-07', ['Sec-WebSocket-Version: 9']);
    if (told?.manner !== 'answer') throw new Error(told?.manner);
    expect(fieldValues(told.refusal.head, 'Sec-WebSocket-Version')).toEqual(['13, 8']);
  });

  it.each(DIALECTS)('nothing is refused in what $name asks for', ({ name }) => {
    expect(refused(name, [])).toBeUndefined();
  });
});
