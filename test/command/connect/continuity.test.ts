import { expect, test } from 'vitest';
import { Continuity } from '../../../src/command/connect/continuity.ts';
import type { Clock } from '../../../src/endpoint/clock.ts';
import type { Happening, SessionEvent } from '../../../src/session/event.ts';

function session() {
  let now = 1000;
  const told: SessionEvent[] = [];
  const continuity = new Continuity({ now: () => now } as Clock, (event) => told.push(event));
  const record = (at: number, happening: Happening) => continuity.record({ ...happening, at, connection: 1 });
  return {
    told,
    continuity,
    record,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const OPEN: Happening = { type: 'open', subprotocol: '', extensions: '', findings: [] };
const HOP: Happening = { type: 'hop', hop: 'tcp', startedAt: 1, detail: '' };
const CLOSED: Happening = { type: 'closed', code: 1006, reason: '', wasClean: false, by: 'network' };

test('connections that follow each other are on one scale of time, and the gap stands between them', () => {
  const { told, continuity, record, pass } = session();
  continuity.begin();
  record(2, HOP);
  record(5, OPEN);
  pass(100);
  record(100, CLOSED);
  continuity.lost();
  pass(500);
  continuity.begin();
  record(3, { type: 'failure', hop: 'tcp', code: 'ECONNREFUSED', message: '', startedAt: 1 });
  continuity.lost();
  pass(1000);
  continuity.begin();
  pass(5);
  record(5, OPEN);
  expect(told.map(({ type, at }) => `${type} ${at}`)).toEqual([
    'hop 2',
    'open 5',
    'closed 100',
    'failure 603',
    'gap 1605',
    'open 1605',
  ]);
  expect(told[3]).toMatchObject({ startedAt: 601 });
  expect(told[4]).toEqual({ type: 'gap', duration: 1505, tries: 2, at: 1605, connection: 1 });
});

test('tries before the first opening are no gap, and one that was asked for is none either', () => {
  const { told, continuity, record } = session();
  continuity.begin();
  continuity.lost();
  continuity.begin();
  record(1, OPEN);
  continuity.begin();
  record(1, OPEN);
  expect(told.map(({ type }) => type)).toEqual(['open', 'open']);
});
