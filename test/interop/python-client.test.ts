import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Peer } from '../../src/endpoint/server.ts';
import { describeWith } from '../need.ts';
import { BROKEN, CLOSES, masked } from './closes.ts';
import { COMBINATIONS, type DeflateCombination, defined, parameters, written } from './deflate.ts';
import { MEBIBYTES, MESSAGES, type Message, summaries, summary, TELLING, text } from './message.ts';
import { serve } from './our-server.ts';
import { type Script, startScript, websockets } from './python.ts';

/** The client of Python's `websockets` and our server. */

/** It hands a window of 8 to zlib as it is, which takes none. */
const combinations = COMBINATIONS.filter((each) => each.serverMaxWindowBits !== 8 && each.clientMaxWindowBits !== 8);

interface Answer {
  readonly messages: ['text' | 'binary', string][];
  readonly extensions: string;
  readonly subprotocol: string;
  readonly code: number;
  readonly reason: string;
  readonly status?: number;
}

describeWith(websockets, 'Python websockets as client', () => {
  let script: Script;
  beforeAll(() => {
    script = startScript('client.py');
  });
  afterAll(() => {
    script.child.kill();
  });

  function job(what: object): Promise<Answer> {
    script.child.stdin.write(`${JSON.stringify(what)}\n`);
    return script.answer() as Promise<Answer>;
  }

  const coded = (messages: readonly Message[]) => messages.map(({ opcode, data }) => [opcode, data.toString('base64')]);
  const received = ({ messages }: Answer) => messages.map(([opcode, data]) => summary(opcode, Buffer.from(data, 'base64')));

  describe.each([
    ['plain', {}, {}],
    ['deflate', { deflate: {} }, {}],
    ['deflate, frames watched', { deflate: {} }, { watch: true }],
  ])('%s', (name, wishes, manner) => {
    test('every length, both kinds', async () => {
      const { url, ended } = await serve({}, manner);
      const messages = [...MESSAGES, ...MEBIBYTES];
      const answer = await job({ do: 'echo', url, messages: coded(messages), ...wishes });
      expect(received(answer)).toEqual(summaries(messages));
      expect(answer).toMatchObject({ extensions: name === 'plain' ? '' : 'permessage-deflate', code: 1000 });
      expect(await ended.next()).toMatchObject({ code: 1000, wasClean: true, by: 'peer' });
    });

    test('fragments', async () => {
      const { url } = await serve({}, manner);
      const parts = ['one ', '', 'Zö', 'e'].map((part) => Buffer.from(part).toString('base64'));
      expect(received(await job({ do: 'fragments', url, parts, ...wishes }))).toEqual(summaries([text('one Zöe')]));
    });

    test('fragments and pings from us', async () => {
      const greet = ({ link }: Peer) => {
        link.act({ type: 'fragment', opcode: 'text', parts: ['a', '', 'b'].map((part) => Buffer.from(part)) });
        link.ping(Buffer.from('are you there'));
        link.sendText('c');
        link.close(4000, 'enough');
      };
      const { url, pongs, ended } = await serve({}, { ...manner, greet });
      const answer = await job({ do: 'receive', url, ...wishes });
      expect(received(answer)).toEqual(summaries([text('ab'), text('c')]));
      expect(answer).toMatchObject({ code: 4000, reason: 'enough' });
      expect(await pongs.next()).toBe('are you there');
      expect(await ended.next()).toMatchObject({ code: 4000, wasClean: true, by: 'us' });
    });

    test('a ping', async () => {
      const { url } = await serve({}, manner);
      expect(await job({ do: 'ping', url, payload: 'p'.repeat(125), ...wishes })).toMatchObject({ code: 1000 });
    });
  });

  function snake({ serverNoContextTakeover, clientNoContextTakeover, ...windows }: DeflateCombination): object {
    const { serverMaxWindowBits = null, clientMaxWindowBits = null } = windows;
    return {
      server_no_context_takeover: serverNoContextTakeover,
      client_no_context_takeover: clientNoContextTakeover,
      server_max_window_bits: serverMaxWindowBits,
      client_max_window_bits: clientMaxWindowBits,
    };
  }

  test.each(combinations.map((each) => [written(each), each] as const))('asked: %s', async (offer, asked) => {
    const { url } = await serve();
    const answer = await job({ do: 'echo', url, messages: coded(TELLING), deflate: snake(asked) });
    expect(parameters(answer.extensions)).toEqual(parameters(offer).filter((part) => part !== 'client_max_window_bits=15'));
    expect(received(answer)).toEqual(summaries(TELLING));
  });

  test.each(combinations.map((each) => [written(each), each] as const))('demanded: %s', async (agreed, demand) => {
    const { url } = await serve({ deflate: defined(demand) });
    const answer = await job({ do: 'echo', url, messages: coded(TELLING), deflate: {} });
    expect(parameters(answer.extensions)).toEqual(parameters(agreed).filter((part) => !part.endsWith('=15')));
    expect(received(answer)).toEqual(summaries(TELLING));
  });

  test.each(CLOSES)('it closes with %i %j', async (code, reason) => {
    const { url, ended } = await serve();
    await job({ do: 'close', url, code, reason });
    expect(await ended.next()).toMatchObject({ type: 'closed', code, reason, wasClean: true, by: 'peer' });
  });

  test.each(CLOSES)('we close with %i %j', async (code, reason) => {
    const { url, ended } = await serve({}, { greet: ({ link }) => link.close(code, reason) });
    expect(await job({ do: 'receive', url })).toMatchObject({ code, reason });
    expect(await ended.next()).toMatchObject({ type: 'closed', code, wasClean: true, by: 'us' });
  });

  test.each(BROKEN)('it sends %s: we close with %i', async (_, code, hex) => {
    const { url, ended } = await serve();
    const answer = await job({ do: 'raw', url, hex: masked(hex).toString('hex') });
    expect(answer).toMatchObject({ code, reason: expect.stringMatching(/^RFC /) });
    expect(await ended.next()).toMatchObject({ type: 'closed', code, by: 'us', wasClean: false });
  });

  test.each([
    ['masked', 1002, { opcode: 1, payload: Buffer.from('a'), mask: Buffer.from([1, 2, 3, 4]) }],
    ['a reserved opcode', 1002, { opcode: 3, payload: Buffer.alloc(0) }],
    ['text that is not UTF-8', 1007, { opcode: 1, payload: Buffer.from([0xff]) }],
    ['too long a message', 1009, { opcode: 2, payload: Buffer.alloc(0), length: 2n ** 31n, lengthForm: 64 }],
  ] as const)('by hand we send %s: it closes with %i', async (_, code, frame) => {
    const { url, ended } = await serve({}, { greet: ({ link }) => link.act({ type: 'frame', frame }) });
    await job({ do: 'receive', url });
    expect(await ended.next()).toMatchObject({ type: 'closed', code, by: 'peer' });
  });

  test('it drops the connection', async () => {
    const { url, ended } = await serve();
    await job({ do: 'drop', url });
    expect(await ended.next()).toMatchObject({ code: 1006, wasClean: false, by: 'network' });
  });

  test('it is refused', async () => {
    const { url } = await serve({ maxConnections: 0 });
    expect(await job({ do: 'receive', url })).toEqual({ status: 503 });
  });

  test('subprotocols', async () => {
    const { url } = await serve({ subprotocols: ['b', 'c'] });
    const answer = await job({ do: 'echo', url, messages: [], subprotocols: ['a', 'c', 'b'] });
    expect(answer.subprotocol).toBe('c');
  });
});
