import { connect, type Socket } from 'node:net';
import { familyOf } from './address-family.ts';
import { localAddressFor, type Way } from './local-address.ts';
import { networkWords, type SystemError } from './network-words.ts';
import { type Road, RouteError, type RouteObserver } from './route.ts';

/**
 * A TCP connection to the first of several addresses that answers, "Happy Eyeballs" (RFC 8305): an attempt that takes long
 * goes on while the next begins, and one that fails hands over at once.
 */

/** RFC 8305 §5: "The recommended value for a default delay is 250 milliseconds". */
const ATTEMPT_DELAY = 250;

/** Rejects with `RouteError` of hop `tcp`, which tells of every address. */
export async function connectTcp(
  addresses: readonly string[],
  port: number,
  road: Road,
  observer: RouteObserver,
  signal: AbortSignal,
): Promise<Socket> {
  observer.begin('tcp');
  const local = localAddressFor(addresses, road.from);
  const socket = await new Race(local, port, observer).run(signal);
  observer.done('tcp', placeOf(socket.remoteAddress ?? '', socket.remotePort ?? port));
  return socket;
}

function placeOf(address: string, port: number): string {
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

class Race {
  readonly #waiting: Way[];
  readonly #port: number;
  readonly #observer: RouteObserver;
  readonly #running = new Map<Socket, (outcome: 'connected' | 'failed' | 'slower', code?: string) => void>();
  readonly #errors: SystemError[] = [];
  #timer: NodeJS.Timeout | undefined;
  #won: (socket: Socket) => void = () => undefined;
  #lost: (error: RouteError) => void = () => undefined;

  constructor(ways: readonly Way[], port: number, observer: RouteObserver) {
    this.#waiting = [...ways];
    this.#port = port;
    this.#observer = observer;
  }

  run(signal: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      this.#won = resolve;
      this.#lost = reject;
      if (signal.aborted) this.#giveUp();
      else {
        signal.addEventListener('abort', this.#giveUp, { once: true });
        this.#next();
      }
    });
  }

  readonly #next = (): void => {
    clearTimeout(this.#timer);
    const way = this.#waiting.shift();
    if (!way) {
      if (this.#running.size === 0) this.#lost(networkWords(this.#errors));
      return;
    }
    this.#try(way);
    if (this.#waiting.length > 0) this.#timer = setTimeout(this.#next, ATTEMPT_DELAY);
  };

  #try({ address, from }: Way): void {
    const family = familyOf(address) === 6 ? 6 : 4;
    const socket = connect({ host: address, port: this.#port, family, ...(from !== undefined && { localAddress: from }) });
    this.#running.set(socket, this.#observer.attempt?.(placeOf(address, this.#port)) ?? (() => undefined));
    socket.once('error', (error: SystemError) => this.#failed(socket, error, address, from));
    socket.once('connect', () => this.#connected(socket));
  }

  #failed(socket: Socket, error: SystemError, address: string, from: string | undefined): void {
    const tell = this.#running.get(socket);
    if (!tell) return;
    this.#running.delete(socket);
    tell('failed', error.code);
    this.#errors.push({ ...error, code: error.code, message: error.message, address, port: this.#port, from });
    this.#next();
  }

  #connected(socket: Socket): void {
    clearTimeout(this.#timer);
    socket.removeAllListeners('error');
    this.#running.get(socket)?.('connected');
    this.#running.delete(socket);
    this.#dropOthers();
    this.#won(socket);
  }

  #dropOthers(): void {
    for (const [socket, tell] of this.#running) {
      tell('slower');
      socket.on('error', () => undefined);
      socket.destroy();
    }
    this.#running.clear();
  }

  readonly #giveUp = (): void => {
    clearTimeout(this.#timer);
    this.#dropOthers();
    this.#lost(new RouteError('tcp', 'ECONNABORTED', 'the connection was given up'));
  };
}
