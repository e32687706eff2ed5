import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMBINATIONS, defined, written } from '../interop/deflate.ts';
import { MESSAGES, summaries, summary } from '../interop/message.ts';
import { type Script, startScript, websockets } from '../interop/python.ts';
import { describeWith } from '../need.ts';
import { echoing, listening } from './listening.ts';

/** The client of Python's `websockets` and the public server. */
interface PythonAnswer {
  readonly messages: ['text' | 'binary', string][];
  readonly subprotocol: string;
  readonly code: number;
  readonly reason: string;
  readonly status?: number;
}

describeWith(websockets, 'Python websockets as client of WebSocketServer', () => {
  let script: Script;
  beforeAll(() => {
    script = startScript('client.py');
  });
  afterAll(() => {
    script.child.kill();
  });

  function job(what: object): Promise<PythonAnswer> {
    script.child.stdin.write(`${JSON.stringify(what)}\n`);
    return script.answer() as Promise<PythonAnswer>;
  }

  const coded = MESSAGES.map(({ opcode, data }) => [opcode, data.toString('base64')]);
  const told = ({ messages }: PythonAnswer) => messages.map(([opcode, data]) => summary(opcode, Buffer.from(data, 'base64')));

  test('every length, both kinds', async () => {
    const { server, url } = await listening();
    echoing(server);
    const answer = await job({ do: 'echo', url, messages: coded, subprotocols: ['a'] });
    expect(told(answer)).toEqual(summaries(MESSAGES));
    expect(answer).toMatchObject({ subprotocol: 'a', code: 1000 });
  });

  // It hands a window of 8 to zlib as it is, which takes none.
  const combinations = COMBINATIONS.filter((each) => each.serverMaxWindowBits !== 8 && each.clientMaxWindowBits !== 8);
  test.each(combinations.map((each) => [written(each), each] as const))(
    '%s: answers and broadcasts in turn',
    async (_, demand) => {
      const { server, url } = await listening({ perMessageDeflate: { ...defined(demand), threshold: 0 } });
      server.on('connection', (socket) => {
        for (const { opcode, data } of MESSAGES) {
          socket.send(data, { binary: opcode === 'binary' });
          server.broadcast(data, { binary: opcode === 'binary' });
        }
        socket.close(1000);
      });
      const answer = await job({ do: 'receive', url, deflate: {} });
      expect(told(answer)).toEqual(summaries(MESSAGES.flatMap((message) => [message, message])));
    },
  );

  test('its close, our close, and its pings', async () => {
    const { server, url } = await listening();
    const connection = once(server, 'connection');
    const closing = job({ do: 'close', url, code: 4001, reason: 'enough' });
    const [socket] = await connection;
    expect(await once(socket, 'close')).toEqual([4001, Buffer.from('enough')]);
    await closing;
    server.once('connection', (client) => client.close(4002, 'ours'));
    expect(await job({ do: 'receive', url })).toMatchObject({ code: 4002, reason: 'ours' });
    expect(await job({ do: 'ping', url, payload: 'p' })).toMatchObject({ code: 1000 });
  });

  test('it is refused', async () => {
    const { url } = await listening({ verifyClient: () => false });
    expect(await job({ do: 'receive', url })).toEqual({ status: 401 });
  });
});
