import { expect, test } from 'vitest';
import { perform, type Recipient } from '../../../src/command/session/perform.ts';
import { LocalProtocolError } from '../../../src/protocol/rule.ts';
import type { Sendable } from '../../../src/repl/repl-command.ts';

const ping: Sendable = { type: 'action', action: { type: 'ping', data: new Uint8Array(0) } };

/** Takes `room` actions, then none until `room` is raised. */
class Peer implements Recipient {
  open = true;
  taken = 0;
  room: number;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room;
  }

  get writable(): boolean {
    return this.taken < this.room;
  }

  act(): void {
    if (!this.open) throw new LocalProtocolError('the connection is not open (ended)');
    this.taken++;
  }
}

function stage(room: (recipient: Recipient) => void = () => undefined) {
  const complaints: string[] = [];
  return { complaints, complain: (text: string) => void complaints.push(text), room: async (one: Recipient) => room(one) };
}

test('to each, as often as asked', async () => {
  const peers = [new Peer(), new Peer()];
  expect(await perform(ping, peers, 3, stage())).toBe(ping.type === 'action' && ping.action);
  expect(peers.map(({ taken }) => taken)).toEqual([3, 3]);
});

test('never more than a recipient has room for', async () => {
  const slow = new Peer(10);
  const waits: number[] = [];
  const patient = stage(() => {
    waits.push(slow.taken);
    slow.room += 10;
  });
  await perform(ping, [new Peer(), slow], 35, patient);
  expect(slow.taken).toBe(35);
  expect(waits).toEqual([10, 20, 30]);
});

test('one that leaves meanwhile is left out; when all are gone it is over', async () => {
  const [leaves, stays] = [new Peer(2), new Peer(4)];
  const steps = stage((one) => {
    if (one === leaves || stays.taken === 4) (one as Peer).open = false;
  });
  expect(await perform(ping, [leaves, stays], 1000, steps)).toBeUndefined();
  expect([leaves.taken, stays.taken]).toEqual([2, 4]);
  expect(steps.complaints).toEqual([]);
});

test.each<[string, Sendable, Recipient, RegExp]>([
  ['a connection that is closed', ping, Object.assign(new Peer(), { open: false }), /not open/],
  ['a file that is not there', { type: 'file', path: '/no/such/file', opcode: 'text' }, new Peer(), /there is no file/],
])('%s is said, not thrown', async (_, command, recipient, complaint) => {
  const { complaints, ...rest } = stage();
  expect(await perform(command, [recipient], 1, rest)).toBeUndefined();
  expect(complaints.join()).toMatch(complaint);
});

test('what one cannot be sent the others are, and each complaint is made once', async () => {
  const old = () => Object.assign(new Peer(), { act: () => refuse('hixie-76 has no ping') });
  const peers = [old(), new Peer(), old()];
  const steps = stage();
  await perform(ping, peers, 1, steps);
  expect(peers[1]?.taken).toBe(1);
  expect(steps.complaints).toEqual(['hixie-76 has no ping']);
});

test('a code that a version does not have is left out, and said', async () => {
  const old = Object.assign(new Peer(), { draft: 'hixie-76', carries: () => false });
  const steps = stage();
  await perform({ type: 'action', action: { type: 'close', code: 4000, reason: 'bye' } }, [old], 1, steps);
  expect(old.taken).toBe(1);
  expect(steps.complaints).toEqual(['hixie-76 has no close codes: it was closed without 4000']);
});

function refuse(text: string): never {
  throw new LocalProtocolError(text);
}
