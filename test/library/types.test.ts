import type { IncomingMessage } from 'node:http';
import { expectTypeOf, test } from 'vitest';
import type {
  CloseEvent,
  Direction,
  Field,
  Finding,
  Frame,
  Head,
  ProtocolError,
  RequestHead,
  ResponseHead,
  RuleId,
  ServerPreference,
  ServerWebSocket,
  Violation,
  WebSocket,
  WebSocketServer,
} from '../../src/index.ts';

/** What the compiler says; nothing here runs. */
function compiled(_: (socket: ServerWebSocket, server: WebSocketServer, client: WebSocket) => void): void {}

test('the handlers of a server’s socket know their events', () => {
  compiled((socket) => {
    socket.onmessage = (event) => expectTypeOf(event.data).toEqualTypeOf<string | Buffer | ArrayBuffer>();
    socket.onclose = ({ code }) => expectTypeOf(code).toEqualTypeOf<number>();
    socket.onerror = ({ error, message }) =>
      expectTypeOf([error, message] as const).toEqualTypeOf<readonly [ProtocolError, string]>();
    socket.onmessage = function () {
      expectTypeOf(this).toEqualTypeOf<ServerWebSocket>();
    };
    socket.onmessage = null;
  });
});

test('and so do its listeners', () => {
  compiled((socket) => {
    socket.addEventListener('message', ({ data }) => expectTypeOf(data).toEqualTypeOf<string | Buffer | ArrayBuffer>());
    socket.addEventListener('close', (event) => expectTypeOf(event).toEqualTypeOf<CloseEvent>(), { once: true });
    socket.addEventListener('message', { handleEvent: ({ data }) => expectTypeOf(data).not.toBeAny() });
    const listener = ({ code }: CloseEvent) => code;
    socket.addEventListener('close', listener);
    socket.removeEventListener('close', listener);
    // @ts-expect-error: there is no such event
    socket.addEventListener('unheard', () => undefined);
  });
});

test('a request is Node’s', () => {
  compiled((_, server) => {
    server.on('connection', (socket, request: IncomingMessage) => socket.send(request.url ?? ''));
    server.on('headers', (lines: string[], request: IncomingMessage) => lines.push(`X-Url: ${request.url}`));
    server.on('wsClientError', (error, socket, request: IncomingMessage) => socket.end(`${error} ${request.url}`));
  });
});

test('a listener of null is none, as the standard has it', () => {
  compiled((socket, _, client) => {
    client.addEventListener('message', null);
    client.removeEventListener('message', null);
    socket.addEventListener('message', null);
  });
});

test('what public types speak of is exported', () => {
  expectTypeOf<Head>().toEqualTypeOf<RequestHead | ResponseHead>();
  expectTypeOf<RequestHead['fields'][number]>().toEqualTypeOf<Field>();
  expectTypeOf<Violation['rule']>().toEqualTypeOf<RuleId>();
  expectTypeOf<Direction>().toEqualTypeOf<'sent' | 'received'>();
  expectTypeOf<Frame['opcode']>().toEqualTypeOf<number>();
  expectTypeOf<Finding['id']>().toEqualTypeOf<string>();
  expectTypeOf<ServerPreference>().toExtend<object>();
});
