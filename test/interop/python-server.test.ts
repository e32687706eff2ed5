import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../need.ts';
import { BROKEN, CLOSES } from './closes.ts';
import { COMBINATIONS, type DeflateCombination, defined, parameters, written } from './deflate.ts';
import { binary, MEBIBYTES, MESSAGES, type Message, summaries, TELLING, text } from './message.ts';
import { connect, type OurClient } from './our-client.ts';
import { type Script, startScript, websockets } from './python.ts';

/** Our client and servers of Python's `websockets`. */

const OFFER = 'permessage-deflate; client_max_window_bits';

/** It hands a window of 8 to zlib as it is, which takes none. */
const combinations = COMBINATIONS.filter((each) => each.serverMaxWindowBits !== 8 && each.clientMaxWindowBits !== 8);

/** Its parameters as `websockets` spells them. */
function snake(combination: DeflateCombination): object {
  const entries = Object.entries(defined(combination));
  return Object.fromEntries(
    entries.map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

describeWith(websockets, 'Python websockets as server', () => {
  let script: Script;
  let plain = 0;
  let deflating = 0;
  let demanding: number[] = [];

  beforeAll(async () => {
    script = startScript('server.py', JSON.stringify([null, {}, ...combinations.map(snake)]));
    [plain = 0, deflating = 0, ...demanding] = (await script.answer()) as number[];
  });
  afterAll(() => {
    script.child.kill();
  });

  const at = (port: number, path = '/') => `ws://127.0.0.1:${port}${path}`;

  async function converse(client: OurClient, messages: readonly Message[]): Promise<void> {
    for (const message of messages) client.send(message);
    expect(await client.messages.take(messages.length)).toEqual(summaries(messages));
    client.link.close(1000);
    expect(await client.ended).toMatchObject({ type: 'closed', code: 1000, wasClean: true });
    expect(await script.answer()).toEqual([1000, '']);
  }

  describe.each([
    ['plain', () => plain, {}],
    ['deflate', () => deflating, { extensions: OFFER }],
    ['deflate, frames watched', () => deflating, { extensions: OFFER, watch: true }],
  ])('%s', (name, port, wishes) => {
    test('every length, both kinds', async () => {
      const client = await connect(at(port()), wishes);
      expect(client.extensions).toBe(name === 'plain' ? '' : 'permessage-deflate');
      await converse(client, [...MESSAGES, ...MEBIBYTES]);
    });

    test('fragments both ways', async () => {
      const client = await connect(at(port(), '/fragments'), wishes);
      client.link.act({ type: 'fragment', opcode: 'text', parts: ['a', '', 'b'].map((part) => Buffer.from(part)) });
      const expected = summaries([text('one Zöe'), binary(Buffer.from([1, 2])), text('ab')]);
      expect(await client.messages.take(3)).toEqual(expected);
      await converse(client, []);
    });

    test('pings both ways', async () => {
      const client = await connect(at(port(), '/ping'), wishes);
      client.link.ping(Buffer.from('and you'));
      expect(await client.messages.next()).toBe(summaries([text('you are')])[0]);
      expect(await client.pongs.next()).toBe('and you');
      await converse(client, []);
    });
  });

  test.each(combinations.map(written))('asked: %s', async (offer) => {
    const client = await connect(at(deflating), { extensions: offer });
    expect(parameters(client.extensions)).toEqual(parameters(offer));
    await converse(client, TELLING);
  });

  test.each(combinations.map((each, index) => [written(each), index] as const))('demanded: %s', async (answer, index) => {
    const client = await connect(at(demanding[index] ?? 0), { extensions: OFFER });
    expect(parameters(client.extensions)).toEqual(parameters(answer));
    await converse(client, TELLING);
  });

  test.each(CLOSES)('it closes with %i %j', async (code, reason) => {
    const client = await connect(at(plain, `/close/${code}/${encodeURIComponent(reason)}`));
    expect(await client.ended).toMatchObject({ type: 'closed', code, reason, wasClean: true, by: 'peer' });
    await script.answer();
  });

  test.each(CLOSES)('we close with %i %j', async (code, reason) => {
    const client = await connect(at(plain));
    client.link.close(code, reason);
    expect(await script.answer()).toEqual([code, reason]);
    expect(await client.ended).toMatchObject({ type: 'closed', code, wasClean: true, by: 'us' });
  });

  test.each(BROKEN)('it sends %s: we close with %i', async (_, code, hex) => {
    const client = await connect(at(plain, `/raw/${hex.replaceAll(' ', '')}`));
    expect(await client.ended).toMatchObject({ type: 'closed', code, by: 'us', wasClean: false });
    expect(await script.answer()).toEqual([code, expect.stringMatching(/^RFC /)]);
  });

  test('it drops the connection', async () => {
    const client = await connect(at(plain, '/drop'));
    expect(await client.ended).toMatchObject({ type: 'closed', code: 1006, wasClean: false, by: 'network' });
    expect(await script.answer()).toEqual([1006, '']);
  });

  test.each([
    ['not masked', 1002, { opcode: 1, payload: Buffer.from('a'), mask: 'none' }],
    ['a reserved opcode', 1002, { opcode: 3, payload: Buffer.alloc(0) }],
    ['text that is not UTF-8', 1007, { opcode: 1, payload: Buffer.from([0xff]) }],
    ['too long a message', 1009, { opcode: 2, payload: Buffer.alloc(0), length: 2n ** 31n, lengthForm: 64 }],
  ] as const)('by hand we send %s: it closes with %i', async (_, code, frame) => {
    const client = await connect(at(plain));
    client.link.act({ type: 'frame', frame });
    expect(await client.ended).toMatchObject({ type: 'closed', code, by: 'peer' });
    await script.answer();
  });

  test('subprotocols', async () => {
    const client = await connect(at(plain), { subprotocols: ['a', 'c', 'b'] });
    expect(client.subprotocol).toMatch(/^[bc]$/);
    await converse(client, [text('a')]);
  });
});
