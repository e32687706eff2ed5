import type { Socket } from 'node:net';
import { REQUEST, rawClient } from '../../peer.ts';

/** A bare TCP client that asks for a WebSocket and keeps every byte that comes. */
export class Wire {
  readonly socket: Socket;
  /** As they were read: about what the segments were. */
  readonly chunks: Buffer[] = [];
  /** How it ended: `end` by FIN, `reset` by RST. */
  over: 'end' | 'reset' | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    const look = () => {
      for (const waiting of this.#waiting) waiting();
    };
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      look();
    });
    socket.on('end', () => {
      this.over ??= 'end';
      look();
    });
    socket.on('error', () => {
      this.over ??= 'reset';
      look();
    });
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  /** What came behind the blank line. */
  get frames(): Buffer {
    const end = this.text.indexOf('\r\n\r\n');
    return end < 0 ? Buffer.alloc(0) : Buffer.from(this.text.slice(end + 4), 'latin1');
  }

  until(reached: (wire: Wire) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!reached(this)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Everything up to the end. */
  async all(): Promise<string> {
    await this.until(({ over }) => over !== undefined);
    return this.text;
  }

  /** Hex of the first frames, once so many bytes of them are here. */
  async hex(bytes: number): Promise<string> {
    await this.until(({ frames }) => frames.length >= bytes);
    return this.frames.toString('hex');
  }

  /** A masked frame with the key 0. */
  send(first: number, payload = ''): void {
    const data = Buffer.from(payload);
    this.socket.write(Buffer.concat([Buffer.from([first, 0x80 | data.length, 0, 0, 0, 0]), data]));
  }
}

/** Connects and asks; `extra`: header lines. */
export async function wireTo(port: number, extra: readonly string[] = []): Promise<Wire> {
  const wire = new Wire(await rawClient(port));
  wire.socket.write(`${[...REQUEST, ...extra].join('\r\n')}\r\n\r\n`);
  return wire;
}
