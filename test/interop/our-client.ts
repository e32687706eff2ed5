import { onTestFinished } from 'vitest';
import { parseAddress } from '../../src/command/option/target.ts';
import { clientEnv } from '../../src/command/session/client-env.ts';
import { Client, type Ending } from '../../src/endpoint/client.ts';
import type { HttpVersion } from '../../src/endpoint/http-version.ts';
import type { Link } from '../../src/endpoint/link.ts';
import { processEnv } from '../../src/env.ts';
import { CLIENT_LIMITS, type Limits } from '../../src/protocol/connection/limits.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import type { ProxyServer } from '../../src/transport/route.ts';
import { Inbox } from './inbox.ts';
import { type Message, summary } from './message.ts';

/** Our client, and what a test asks of it. */
export interface OurClient {
  readonly link: Link;
  readonly subprotocol: string;
  readonly extensions: string;
  /** As `summary` tells them. */
  readonly messages: Inbox<string>;
  /** Payload bytes that each message took on the wire, in the same order. */
  readonly wireLengths: Inbox<number>;
  readonly pongs: Inbox<string>;
  readonly ended: Promise<Ending>;
  send(message: Message): void;
}

export interface Wishes {
  readonly extensions?: string;
  readonly subprotocols?: readonly string[];
  readonly headers?: readonly string[];
  readonly limits?: Limits;
  /** Watches frames as `-vv` does: the other path through the connection. */
  readonly watch?: boolean;
  readonly proxy?: ProxyServer;
  readonly http?: HttpVersion;
}

/** Connects. Rejects with the ending where it does not come to an open connection. */
export function connect(url: string, wishes: Wishes = {}): Promise<OurClient> {
  const { host, port, hostField, target } = parseAddress(url);
  const { limits = CLIENT_LIMITS, watch = false, proxy, http, ...request } = wishes;
  const options = {
    target: { host, port, proxy },
    http,
    request: { host: hostField, target, ...request },
    limits,
    tolerance: 'strict',
    handshakeTimeout: 5000,
    closeTimeout: 2000,
    compressFrom: 0,
  } as const;
  const messages = new Inbox<string>();
  const wireLengths = new Inbox<number>();
  const pongs = new Inbox<string>();
  let opened: Extract<SessionEvent, { type: 'open' }> | undefined;
  return new Promise((resolve, reject) => {
    let finish: (ending: Ending) => void = () => undefined;
    const ended = new Promise<Ending>((done) => {
      finish = done;
    });
    const record = (event: SessionEvent) => {
      if (event.type === 'open') opened = event;
    };
    const client = new Client(options, clientEnv(processEnv()), record, {
      open: (link) => {
        const { subprotocol = '', extensions = '' } = opened ?? {};
        if (watch) link.connection.watch(true);
        const send = ({ opcode, data }: Message) => link.send(opcode, data, 0, data.length, true);
        resolve({ link, subprotocol, extensions, messages, wireLengths, pongs, ended, send });
      },
      message: (message) => {
        messages.put(summary(message.opcode, message.view()));
        wireLengths.put(message.wireLength);
      },
      pong: (payload) => pongs.put(Buffer.from(payload).toString()),
      peerClosed: () => undefined,
      drain: () => undefined,
      end: (ending) => {
        finish(ending);
        reject(Object.assign(new Error(`no open connection: ${ending.type}`), { ending }));
      },
    });
    onTestFinished(() => (client.link ? client.link.destroy() : client.stop()));
  });
}
