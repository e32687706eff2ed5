import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Inbox } from '../interop/inbox.ts';
import { pair } from './listening.ts';

/** A Blob whose file is gone, which is noticed when it is read. */
class LostBlob extends Blob {
  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.reject(new DOMException('the file is gone', 'NotReadableError'));
  }
}

describe('a Blob', () => {
  test('keeps its place among all that is sent, and among the callbacks', async () => {
    const { server, socket, client } = await pair();
    const heard = new Inbox<string>();
    client.socket.on('message', (data, isBinary) => heard.put(`${isBinary ? 'binary' : 'text'} ${data}`));
    const told = new Inbox<number>();
    socket.send('one', () => told.put(1));
    socket.send(new Blob(['two']), () => told.put(2));
    socket.send('three', () => told.put(3));
    socket.send(new Blob(['f', 'our']), { binary: false }, () => told.put(4));
    expect(server.broadcast('five')).toBe(1);
    socket.send(Buffer.from('six'));
    expect(await heard.take(6)).toEqual(['text one', 'binary two', 'text three', 'text four', 'text five', 'binary six']);
    expect(await told.take(4)).toEqual([1, 2, 3, 4]);
    expect(socket.bufferedAmount).toBe(0);
  });

  test('is not overtaken by a ping; one that is too long is refused at once', async () => {
    const { socket, client } = await pair();
    const heard = new Inbox<string>();
    client.socket.on('message', (data) => heard.put(`message ${data}`));
    client.socket.on('ping', (data) => heard.put(`ping ${data}`));
    client.socket.on('pong', (data) => heard.put(`pong ${data}`));
    const told = new Inbox<unknown>();
    socket.send(new Blob(['one']));
    socket.ping('two', false, (error) => told.put(error));
    socket.pong('three');
    expect(() => socket.ping('x'.repeat(126))).toThrow(/125 bytes/);
    expect(await heard.take(3)).toEqual(['message one', 'ping two', 'pong three']);
    expect(await told.next()).toBeUndefined();
    socket.send(new Blob(['four']));
    socket.ping('five', false, (error) => told.put(error?.message));
    socket.terminate();
    expect(await told.next()).toMatch(/not sent/);
  });

  test('may be a fragment', async () => {
    const { socket, client } = await pair();
    socket.send(new Blob(['a']), { fin: false, binary: false });
    socket.send('b', { fin: false });
    socket.send(new Blob(['c']));
    expect(await client.inbox.next()).toBe('abc');
  });

  test('a message that is sent on behind it is the one that came', async () => {
    const { socket, client } = await pair();
    socket.each((message) => {
      socket.send(new Blob(['>']), { binary: false });
      socket.send(message);
    });
    for (const text of ['a', 'b', 'c']) client.socket.send(text);
    expect(await client.inbox.take(6)).toEqual(['>', 'a', '>', 'b', '>', 'c']);
  });

  test('counts while it is read', async () => {
    const { socket } = await pair();
    const before = socket.bufferedAmount;
    socket.send(new Blob(['12345']));
    socket.send('é');
    expect(socket.bufferedAmount).toBe(before + 7);
  });

  test('leaves before the Close, and nothing is sent after that', async () => {
    const { socket, client } = await pair();
    const told = new Inbox<string | undefined>();
    socket.send(new Blob(['last']));
    expect(() => socket.close(1005)).toThrow();
    socket.close(4000, 'done');
    expect(socket.readyState).toBe(2);
    socket.close(4001, 'again');
    socket.send('too late', (error) => told.put(error?.message));
    expect(await client.inbox.next()).toBe('last');
    expect(await client.ends).toBe('4000 done');
    expect(await told.next()).toMatch(/not sent/);
  });

  test('is dropped with the connection', async () => {
    const { socket } = await pair();
    const told = new Inbox<string | undefined>();
    socket.send(new Blob(['x']), (error) => told.put(error?.message));
    socket.send('y', (error) => told.put(error?.message));
    socket.terminate();
    expect(await told.take(2)).toEqual([expect.stringMatching(/not sent/), expect.stringMatching(/not sent/)]);
  });

  test('that cannot be read ends the connection with 1011, and nothing takes its place', async () => {
    const { socket, client } = await pair();
    const told = new Inbox<string>();
    socket.send(new LostBlob(['x']), (error) => told.put(`${error?.message}; ${error?.cause}`));
    socket.send('after it', (error) => told.put(`${error?.message}`));
    expect(await told.next()).toBe('not sent: the Blob could not be read; NotReadableError: the file is gone');
    expect(await told.next()).toMatch(/not sent/);
    expect(await client.ends).toBe('1011 a Blob could not be read');
    client.inbox.put('nothing came before this');
    expect(await client.inbox.next()).toBe('nothing came before this');
  });

  test('is read by nobody who has closed', async () => {
    const { socket, client } = await pair();
    client.socket.close();
    await once(socket, 'close');
    const told = new Inbox<string | undefined>();
    socket.send(new Blob(['x']), (error) => told.put(error?.message));
    expect(await told.next()).toMatch(/not sent/);
  });
});
