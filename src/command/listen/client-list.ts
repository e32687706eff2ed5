import type { Link } from '../../endpoint/link.ts';
import type { Peer } from '../../endpoint/server.ts';
import { LocalProtocolError } from '../../protocol/rule.ts';
import type { SessionEvent } from '../../session/event.ts';
import { renderHandshake } from '../../view/handshake.ts';
import { HandshakeCollector } from '../../view/handshake-collector.ts';
import { durationText } from '../../view/size.ts';
import type { Console } from '../session/console.ts';
import type { Look } from '../session/look.ts';

/** The clients of an interactive server: who is there, who came and what each did; and what a user may ask of one. */
interface Entry {
  readonly handshake: HandshakeCollector;
  /** Why the opening handshake was refused. */
  refusal: string | undefined;
  sent: number;
  received: number;
}

export class ClientList {
  readonly #look: Look;
  readonly #screen: Console;
  readonly #peers: () => ReadonlyMap<number, Peer>;
  readonly #records = new Map<number, Entry>();

  constructor(look: Look, screen: Console, peers: () => ReadonlyMap<number, Peer>) {
    this.#look = look;
    this.#screen = screen;
    this.#peers = peers;
  }

  get peers(): Peer[] {
    return [...this.#peers().values()];
  }

  get numbers(): number[] {
    return [...this.#peers().keys()];
  }

  /** Of all that are open, or of the one with this number. */
  links(client: number | undefined): Link[] {
    if (client === undefined) return this.peers.map(({ link }) => link).filter(({ open }) => open);
    const link = this.#peers().get(client)?.link;
    return link ? [link] : [];
  }

  /** What to say where there is nobody. */
  absent(client: number | undefined): string {
    if (this.#peers().size === 0) return 'nobody is connected, so it went to nobody';
    return client === undefined ? 'every client is closing' : `there is no client ${client}; /clients lists them`;
  }

  record(event: SessionEvent): void {
    const { connection } = event;
    if (event.type === 'closed') this.#records.delete(connection);
    else if (event.type === 'message') {
      const record = this.#records.get(connection);
      if (record) record[event.direction] += 1;
    } else if (event.type === 'hop' || event.type === 'head' || event.type === 'open' || event.type === 'refused') {
      const record = this.#recordOf(connection);
      record.handshake.record(event);
      if (event.type === 'refused') record.refusal = this.#refusal(event);
    }
  }

  opened(peer: Peer): void {
    this.#screen.note(`connected from ${peer.remote}${this.#facts(peer)}`, peer.number);
  }

  /** A connection that never became a WebSocket. */
  refused(number: number, remote: string, left: boolean): void {
    const record = this.#records.get(number);
    this.#records.delete(number);
    this.#screen.warn(`${remote} ${left ? 'left before its request was whole' : `was refused${record?.refusal ?? ''}`}`, number);
  }

  print(now: number): void {
    const rows = this.peers.map((peer) => {
      const { sent = 0, received = 0 } = this.#records.get(peer.number) ?? {};
      const state = peer.link.open ? '' : ', closing';
      const facts = `${durationText(now - peer.openedAt)}${this.#facts(peer)}${state}`;
      return [`#${peer.number}`, peer.remote, `${sent} sent`, `${received} received`, facts];
    });
    if (rows.length === 0) this.#screen.note('nobody is connected');
    else this.#screen.print(inColumns(rows));
  }

  kick(number: number, code: number, reason: string): void {
    const peer = this.#peers().get(number);
    try {
      if (!peer) this.#screen.warn(this.absent(number));
      else if (peer.link.open) peer.link.close(code, reason);
      // It was asked to leave before, and did not.
      else peer.link.destroy();
    } catch (error) {
      if (!(error instanceof LocalProtocolError)) throw error;
      this.#screen.warn(error.message);
    }
  }

  /** That of the client, or of the newest. */
  printHandshake(client = Math.max(...this.numbers)): void {
    const record = this.#peers().has(client) ? this.#records.get(client) : undefined;
    if (record) this.#screen.print(renderHandshake({ ...record.handshake.report, phases: [] }, this.#look).join('\n'));
    else this.#screen.warn(this.#peers().size === 0 ? 'nobody is connected' : this.absent(client));
  }

  #recordOf(connection: number): Entry {
    const known = this.#records.get(connection);
    if (known) return known;
    const record = { handshake: new HandshakeCollector(undefined), refusal: undefined, sent: 0, received: 0 };
    this.#records.set(connection, record);
    return record;
  }

  #refusal({ findings }: Extract<SessionEvent, { type: 'refused' }>): string {
    const failed = findings.find(({ level }) => level === 'fail');
    if (!failed) return '';
    const found = failed.actual === undefined ? '' : `: ${this.#look.safe(failed.actual)}`;
    return `\n✗ ${failed.requirement}${found} (${failed.section})`;
  }

  /** Of the handshake: what is not as everybody's. */
  #facts({ target, subprotocol, extensions }: Peer): string {
    const { safe } = this.#look;
    return [target === '/' ? '' : safe(target), safe(subprotocol), safe(extensions)]
      .filter((part) => part !== '')
      .map((part) => `, ${part}`)
      .join('');
  }
}

function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
