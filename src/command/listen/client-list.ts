import type { BehaviourKind } from '../../endpoint/behaviour/behaviour.ts';
import { BY_HAND } from '../../endpoint/behaviour/by-hand.ts';
import type { Link } from '../../endpoint/link.ts';
import type { Peer } from '../../endpoint/server.ts';
import { dialectOf } from '../../protocol/dialect/name.ts';
import { redactUrl } from '../../protocol/http/redact.ts';
import { LocalProtocolError } from '../../protocol/rule.ts';
import type { SessionEvent } from '../../session/event.ts';
import { renderHandshake } from '../../view/handshake.ts';
import { HandshakeCollector } from '../../view/handshake-collector.ts';
import { durationText } from '../../view/size.ts';
import { textWidth, wrapWords } from '../../view/width.ts';
import type { Console } from '../session/console.ts';
import type { Look } from '../session/look.ts';
import { refusedWords } from './refused-words.ts';

/** The clients of an interactive server: who is there, who came and what each did; and what a user may ask of one. */
interface Entry {
  readonly handshake: HandshakeCollector;
  sent: number;
  received: number;
  /** The last round trip of a ping, in milliseconds. */
  rtt: number | undefined;
  /** What its TLS is. */
  tls: string;
  /** What is done with it. */
  behaviour: string;
}

export class ClientList {
  readonly #look: Look;
  readonly #screen: Console;
  readonly #peers: () => Iterable<Peer>;
  readonly #records = new Map<number, Entry>();

  constructor(look: Look, screen: Console, peers: () => Iterable<Peer>) {
    this.#look = look;
    this.#screen = screen;
    this.#peers = peers;
  }

  get peers(): Peer[] {
    return [...this.#peers()];
  }

  get numbers(): number[] {
    return this.peers.map(({ number }) => number);
  }

  /** Of all that are open, or of the one with this number. */
  links(client: number | undefined): Link[] {
    if (client === undefined) return this.peers.map(({ link }) => link).filter(({ open }) => open);
    const link = this.#peer(client)?.link;
    return link ? [link] : [];
  }

  /** What to say where there is nobody. */
  absent(client: number | undefined): string {
    if (this.peers.length === 0) return 'nobody is connected, so it went to nobody';
    return client === undefined ? 'every client is closing' : `there is no client ${client}; /clients lists them`;
  }

  record(event: SessionEvent): void {
    const { connection } = event;
    if (event.type === 'closed') this.#records.delete(connection);
    else if (event.type === 'message') {
      const record = this.#records.get(connection);
      if (record) record[event.direction] += 1;
    } else if (event.type === 'rtt') this.#recordOf(connection).rtt = event.rtt;
    else if (event.type === 'hop' || event.type === 'head' || event.type === 'open' || event.type === 'refused') {
      const record = this.#recordOf(connection);
      record.handshake.record(event);
      if (event.type === 'hop' && event.hop === 'tls') record.tls = event.detail;
    }
  }

  /** `verbose`: says what is done with it. */
  opened(peer: Peer, { name }: BehaviourKind, verbose: boolean): void {
    this.#recordOf(peer.number).behaviour = name;
    const how = verbose ? [name] : [];
    this.#screen.note(listed([`connected from ${peer.remote}`, ...this.#asked(peer), ...how]), peer.number);
  }

  /** A connection that never became a WebSocket. */
  refused(number: number, remote: string, left: boolean, why?: string): void {
    this.abandoned(number);
    this.#screen.warn(`${remote} ${this.#look.safe(refusedWords(left, why))}`, number);
  }

  /** One that was sent away, or ended, before anything came of it. */
  abandoned(number: number): void {
    this.#records.delete(number);
  }

  print(now: number): void {
    const rows = this.peers.map((peer) => {
      const { sent = 0, received = 0 } = this.#records.get(peer.number) ?? {};
      const age = durationText(now - peer.openedAt);
      return { cells: [`#${peer.number}`, peer.remote, `${sent} sent`, `${received} received`, age], facts: this.#facts(peer) };
    });
    if (rows.length === 0) this.#screen.note('nobody is connected');
    else this.#screen.print(inColumns(rows, this.#look.width).join('\n'));
  }

  kick(number: number, code: number, reason: string): void {
    const peer = this.#peer(number);
    try {
      if (!peer) this.#screen.warn(this.absent(number));
      else if (peer.link.open) peer.link.close(code, reason);
      // It was asked to leave before, and did not.
      else peer.link.destroy();
    } catch (error) {
      if (!LocalProtocolError.is(error)) throw error;
      this.#screen.warn(error.message);
    }
  }

  /** That of the client, or of the newest. */
  printHandshake(client = Math.max(...this.numbers)): void {
    const record = this.#peer(client) ? this.#records.get(client) : undefined;
    if (record) this.#screen.print(renderHandshake({ ...record.handshake.report, phases: [] }, this.#look, 'server').join('\n'));
    else this.#screen.warn(this.peers.length === 0 ? 'nobody is connected' : this.absent(client));
  }

  #peer(number: number): Peer | undefined {
    return this.peers.find((peer) => peer.number === number);
  }

  #recordOf(connection: number): Entry {
    const known = this.#records.get(connection);
    if (known) return known;
    const record = {
      handshake: new HandshakeCollector(undefined),
      sent: 0,
      received: 0,
      rtt: undefined,
      tls: '',
      behaviour: '',
    };
    this.#records.set(connection, record);
    return record;
  }

  /** What is not as everybody's. */
  #facts(peer: Peer): string[] {
    const { rtt, tls = '', behaviour = '' } = this.#records.get(peer.number) ?? {};
    return [
      rtt === undefined ? '' : `rtt ${durationText(rtt)}`,
      ...this.#asked(peer),
      this.#look.safe(tls),
      behaviour === BY_HAND.name ? '' : this.#look.safe(behaviour),
      this.#screen.isMuted(peer.number) ? 'muted' : '',
      peer.link.open ? '' : 'closing',
    ].filter((part) => part !== '');
  }

  /** Of the handshake. */
  #asked({ target, subprotocol, extensions, dialect }: Peer): string[] {
    const { safe } = this.#look;
    const version = dialect === 'rfc6455' ? '' : dialectOf(dialect).title;
    return [target === '/' ? '' : safe(redactUrl(target)), version, safe(subprotocol), safe(extensions)].filter(
      (part) => part !== '',
    );
  }
}

function listed(parts: readonly string[]): string {
  return parts.join(', ');
}

/** Cells one under the other, and facts behind them, or below where the line is too short for them. */
function inColumns(
  rows: readonly { readonly cells: readonly string[]; readonly facts: readonly string[] }[],
  width: number,
): string[] {
  const widths = (rows[0]?.cells ?? []).map((_, column) => Math.max(...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  return rows.flatMap(({ cells, facts }) => {
    const line = cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    const whole = listed([line, ...facts]);
    if (facts.length === 0 || textWidth(whole) <= width) return [whole];
    return [line, ...wrapWords(listed(facts), width - INDENT).map((text) => ' '.repeat(INDENT) + text)];
  });
}

/** Under a client's address. */
const INDENT = 4;
