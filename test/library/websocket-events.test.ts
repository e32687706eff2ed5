import { once } from 'node:events';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CloseEvent, type WebSocket } from '../../src/index.ts';
import { closeFrame, endOnData, frame, upgrading } from '../peer.ts';
import { openTo, socketTo, story } from './watch.ts';

const text = (data: string) => frame(0x81, data);

/** A server that sends all of it in one write as soon as it is open, and ends once it was answered. */
const sending = (...frames: Uint8Array[]) =>
  upgrading((peer) => {
    peer.write(Buffer.concat(frames));
    endOnData(peer);
  });

describe('a message event', () => {
  /** How many listen decides how it is made: to whoever listens that makes no difference. */
  describe.each([
    ['a single listener', 0],
    ['several', 1],
  ])('for %s', (_, others) => {
    let socket: WebSocket;
    let event: MessageEvent;

    async function received(look: (event: MessageEvent, self: unknown) => void = () => undefined): Promise<void> {
      const { url } = await sending(text('hello'));
      socket = socketTo(url);
      for (let i = 0; i < others; i++) socket.addEventListener('message', () => undefined);
      await new Promise<void>((resolve) => {
        socket.addEventListener('message', function (got) {
          event = got;
          look(got, this);
          resolve();
        });
      });
    }

    test('is a MessageEvent', async () => {
      await received();
      expect(event).toBeInstanceOf(MessageEvent);
      expect(event).toBeInstanceOf(Event);
      expect(event.constructor).toBe(MessageEvent);
      expect(Object.prototype.toString.call(event)).toBe('[object MessageEvent]');
      expect(inspect(event)).toMatch(/^MessageEvent \{\s+type: 'message'/);
    });

    test('has the message, its origin and nothing else', async () => {
      await received();
      const { type, data, lastEventId, source, ports, bubbles, cancelable, composed, defaultPrevented, isTrusted } = event;
      expect({ type, data, lastEventId, source, bubbles, cancelable, composed, defaultPrevented, isTrusted }).toEqual({
        type: 'message',
        data: 'hello',
        lastEventId: '',
        source: null,
        bubbles: false,
        cancelable: false,
        composed: false,
        defaultPrevented: false,
        isTrusted: true,
      });
      expect(event.origin).toBe(socket.url.slice(0, -1));
      expect(ports).toEqual([]);
      expect(Object.isFrozen(ports)).toBe(true);
      expect(event.timeStamp).toBeGreaterThan(0);
      expect(event.timeStamp).toBe(event.timeStamp);
    });

    test('is at its target while it is dispatched, and nowhere after', async () => {
      const during: unknown[] = [];
      await received((event, self) => {
        during.push(self, event.target, event.currentTarget, event.srcElement, event.eventPhase, event.composedPath());
      });
      expect(during).toEqual([socket, socket, socket, socket, 2, [socket]]);
      expect([event.target, event.currentTarget, event.eventPhase, event.composedPath()]).toEqual([socket, null, 0, []]);
    });

    test('cannot be cancelled, but stopped', async () => {
      await received((event) => {
        event.preventDefault();
        event.stopPropagation();
      });
      expect([event.defaultPrevented, event.returnValue, event.cancelBubble]).toEqual([false, true, true]);
    });
  });

  test('goes to listeners in their order, to each once, and to none that was removed', async () => {
    const { url } = await sending(text('1'), text('2'), text('3'), closeFrame(1000));
    const socket = socketTo(url);
    const calls: string[] = [];
    const second = { handleEvent: (event: Event) => calls.push(`object ${(event as MessageEvent).data}`) };
    const removed = () => calls.push('removed');
    socket.addEventListener('message', ({ data }) => calls.push(`first ${data}`));
    socket.addEventListener('message', second);
    socket.addEventListener('message', second);
    socket.onmessage = ({ data }) => calls.push(`handler ${data}`);
    socket.addEventListener('message', ({ data }) => calls.push(`once ${data}`), { once: true });
    socket.addEventListener('message', removed);
    socket.removeEventListener('message', removed);
    socket.addEventListener('message', (event) => {
      if (event.data === '2') event.stopImmediatePropagation();
    });
    socket.addEventListener('message', ({ data }) => calls.push(`last ${data}`));
    await once(socket, 'close');
    expect(calls).toEqual([
      ...['first 1', 'object 1', 'handler 1', 'once 1', 'last 1'],
      ...['first 2', 'object 2', 'handler 2'],
      ...['first 3', 'object 3', 'handler 3', 'last 3'],
    ]);
  });

  test('listeners that come and go while messages come', async () => {
    const { url } = await sending(...['1', '2', '3', '4', '5', '6'].map(text), closeFrame(1000));
    const socket = socketTo(url);
    const calls: string[] = [];
    const controller = new AbortController();
    const other = ({ data }: MessageEvent) => calls.push(`other ${data}`);
    socket.onmessage = ({ data }) => {
      calls.push(data as string);
      if (data === '2') socket.addEventListener('message', other, { signal: controller.signal });
      if (data === '4') controller.abort();
      if (data === '5') socket.onmessage = null;
    };
    await once(socket, 'close');
    expect(calls).toEqual(['1', '2', '3', 'other 3', '4', '5']);
  });

  test('a listener added behind our back is heard too', async () => {
    const { url } = await sending(text('1'), closeFrame(1000));
    const socket = socketTo(url);
    const calls: unknown[] = [];
    socket.onmessage = () => calls.push('handler');
    EventTarget.prototype.addEventListener.call(socket, 'message', () => calls.push('other'));
    await once(socket, 'close');
    expect(calls).toEqual(['handler', 'other']);
  });

  test.each([true, false])('can be dispatched again, elsewhere (direct: %o)', async (direct) => {
    const { url } = await sending(text('again'));
    const socket = socketTo(url);
    if (!direct) socket.addEventListener('message', () => undefined);
    const event = await new Promise<MessageEvent>((resolve) => {
      socket.onmessage = resolve;
    });
    const elsewhere = new EventTarget();
    const got: unknown[] = [];
    elsewhere.addEventListener('message', (event) => got.push(event.target === elsewhere, (event as MessageEvent).data));
    elsewhere.dispatchEvent(event);
    expect(got).toEqual([true, 'again']);
  });
});

describe('events that somebody else dispatches', () => {
  test.each(['open', 'message', 'error', 'close'])('%s reaches the handler, and changes nothing', (type) => {
    const socket = socketTo('ws://127.0.0.1:1/');
    const got: Event[] = [];
    Reflect.set(socket, `on${type}`, (event: Event) => got.push(event));
    const event = new Event(type);
    expect(socket.dispatchEvent(event)).toBe(true);
    expect(got).toEqual([event]);
    expect(event.target).toBe(socket);
    expect(socket.readyState).toBe(0);
  });
});

describe('open, error and close', () => {
  test('are trusted, do not bubble and cannot be cancelled', async () => {
    const { url } = await sending(Buffer.from('8300', 'hex'));
    const socket = socketTo(url);
    const events: Event[] = [];
    for (const type of ['open', 'error', 'close'] as const) socket.addEventListener(type, (event) => events.push(event));
    await once(socket, 'close');
    expect(events.map(({ type, isTrusted, bubbles, cancelable }) => [type, isTrusted, bubbles, cancelable])).toEqual([
      ['open', true, false, false],
      ['error', true, false, false],
      ['close', true, false, false],
    ]);
    expect(events[2]).toBeInstanceOf(CloseEvent);
  });
});

describe('what a listener throws', () => {
  let reported: unknown[];
  let before: NodeJS.UncaughtExceptionListener[];
  const report = (error: unknown) => reported.push(error);

  beforeEach(() => {
    reported = [];
    before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', report);
  });

  afterEach(() => {
    process.off('uncaughtException', report);
    for (const listener of before) process.on('uncaughtException', listener);
  });

  test.each([
    ['a single listener', 0],
    ['several', 1],
  ])('is reported, and harms nobody: %s', async (_, others) => {
    const { url } = await sending(text('1'), text('2'), closeFrame(1000));
    const socket = socketTo(url);
    for (let i = 0; i < others; i++) socket.addEventListener('message', () => undefined);
    socket.addEventListener('message', ({ data }) => {
      throw data;
    });
    const [event] = await once(socket, 'close');
    expect(event.wasClean).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toEqual(['1', '2']);
  });

  test('and so is what its promise gives', async () => {
    const { url } = await sending(text('1'), closeFrame(1000));
    const socket = socketTo(url);
    socket.addEventListener('message', () => Promise.reject('late'));
    await once(socket, 'close');
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toEqual(['late']);
  });
});

describe('tasks', () => {
  test('nothing is dispatched before the constructor has returned, and its microtasks are over', async () => {
    const { url } = await sending(text('x'), closeFrame(1000));
    const lines: string[] = [];
    const socket = socketTo(url);
    socket.onopen = () => lines.push('open');
    for (let i = 0; i < 50; i++) await undefined;
    lines.push('here');
    await once(socket, 'close');
    expect(lines).toEqual(['here', 'open']);
  });

  test('the microtasks that a listener queues come before the next message', async () => {
    const { url } = await sending(text('a'), text('b'), text('c'), closeFrame(1000));
    const socket = socketTo(url);
    const lines: string[] = [];
    socket.addEventListener('message', ({ data }) => {
      lines.push(data as string);
      queueMicrotask(() => lines.push(`${data}1`));
      void Promise.resolve().then(() => lines.push(`${data}2`));
    });
    await once(socket, 'close');
    expect(lines).toEqual(['a', 'a1', 'a2', 'b', 'b1', 'b2', 'c', 'c1', 'c2']);
  });

  test.each([
    ['an async handler', 0],
    ['several listeners', 1],
  ])('of %s, whatever those queue comes too', async (_, others) => {
    const { url } = await sending(text('a'), text('b'), closeFrame(1000));
    const socket = socketTo(url);
    const lines: string[] = [];
    for (let i = 0; i < others; i++) socket.addEventListener('message', () => undefined);
    socket.onopen = () => {
      lines.push('open');
      void Promise.resolve().then(() => lines.push('after open'));
    };
    socket.onmessage = async ({ data }) => {
      for (let i = 0; i < 5; i++) {
        lines.push(`${data}${i}`);
        await undefined;
      }
    };
    socket.onclose = () => lines.push('close');
    await once(socket, 'close');
    expect(lines).toEqual(['open', 'after open', 'a0', 'a1', 'a2', 'a3', 'a4', 'b0', 'b1', 'b2', 'b3', 'b4', 'close']);
  });

  test.each<[how: string, next: (socket: WebSocket) => Promise<unknown>]>([
    [
      'onmessage is set anew for each',
      async (socket) => {
        const event = await new Promise<MessageEvent>((resolve) => {
          socket.onmessage = resolve;
        });
        return event.data;
      },
    ],
    [
      'a listener is added for each',
      async (socket) => {
        const event = await new Promise<MessageEvent>((resolve) => {
          socket.addEventListener('message', resolve, { once: true });
        });
        return event.data;
      },
    ],
    [
      'a listener comes and goes with each',
      async (socket) => {
        let listener: (event: MessageEvent) => void = () => undefined;
        const event = await new Promise<MessageEvent>((resolve) => {
          listener = resolve;
          socket.addEventListener('message', listener);
        });
        await undefined;
        socket.removeEventListener('message', listener);
        return event.data;
      },
    ],
  ])('who awaits one message after the other gets each, though they come together: %s', async (_, next) => {
    const { url } = await sending(...['1', '2', '3', '4', '5'].map(text), closeFrame(1000));
    const socket = socketTo(url);
    const got: unknown[] = [];
    const read = async () => {
      for (;;) got.push(await next(socket));
    };
    void read();
    await once(socket, 'close');
    expect(got).toEqual(['1', '2', '3', '4', '5']);
  });

  test('what listeners of error leave to microtasks comes before close', async () => {
    const { url } = await sending(Buffer.from('8300', 'hex'));
    const socket = socketTo(url);
    const lines: string[] = [];
    socket.onerror = async () => {
      for (let i = 0; i < 5; i++) await undefined;
      lines.push(`after error ${socket.readyState}`);
    };
    socket.onclose = () => lines.push('close');
    await once(socket, 'close');
    expect(lines).toEqual(['after error 3', 'close']);
  });

  test('answers to many messages leave in one write', async () => {
    const reads: number[] = [];
    const { url } = await upgrading((peer) => {
      peer.write(Buffer.concat(Array.from({ length: 50 }, () => text('x'))));
      peer.on('data', (chunk) => reads.push(chunk.length));
    });
    const socket = await openTo(url, { deflate: false });
    let answered = 0;
    await new Promise<void>((resolve) => {
      socket.onmessage = async () => {
        await undefined;
        socket.send('y');
        if (++answered === 50) resolve();
      };
    });
    while (reads.reduce((sum, length) => sum + length, 0) < 50 * 7) await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toEqual([50 * 7]);
  });
});

test('whatever the pieces in which the bytes come, the events are the same, and in order', async () => {
  const kinds = fc.oneof(
    fc.record({ kind: fc.constant('text'), data: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
    fc.record({ kind: fc.constant('binary'), data: fc.uint8Array({ maxLength: 40 }) }),
    fc.record({ kind: fc.constant('fragments'), data: fc.string({ maxLength: 20 }) }),
    fc.record({ kind: fc.constant('ping'), data: fc.uint8Array({ maxLength: 20 }) }),
  );
  const plan = fc.record({
    sent: fc.array(kinds, { maxLength: 12 }),
    cuts: fc.array(fc.nat({ max: 200 }), { maxLength: 12 }),
    clean: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ sent, cuts, clean }) => {
      const frames = sent.flatMap(({ kind, data }) => {
        if (kind === 'text') return [frame(0x81, data as string)];
        if (kind === 'binary') return [frame(0x82, data as Uint8Array)];
        if (kind === 'ping') return [frame(0x89, data as Uint8Array)];
        return [frame(0x01, data as string), frame(0x89, 'between'), frame(0x80, '!')];
      });
      const bytes = Buffer.concat([...frames, ...(clean ? [closeFrame(1000, 'end')] : [])]);
      const { url } = await upgrading(async (peer) => {
        peer.resume();
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          const to = Math.min(bytes.length, at + cut);
          if (to > at) await new Promise((resolve) => peer.write(bytes.subarray(at, to), resolve));
          at = to;
        }
        peer.end();
      });
      const socket = socketTo(url);
      socket.binaryType = 'arraybuffer';
      const expected = sent.flatMap(({ kind, data }) => {
        if (kind === 'ping') return [];
        if (kind === 'fragments') return [`message ${data}!`];
        return [`message ${kind === 'text' ? data : Buffer.from(data as Uint8Array).toString('hex')}`];
      });
      const ending = clean ? ['close 1000 "end" clean 3'] : ['error 3', 'close 1006 "" unclean 3'];
      expect(await story(socket)).toEqual(['open 1', ...expected, ...ending]);
    }),
    { numRuns: 60 },
  );
});
