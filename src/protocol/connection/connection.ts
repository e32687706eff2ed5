import type { Frame } from '../frame/frame.ts';
import type { MaskingKeySource } from '../frame/masking-key.ts';
import { Opcode } from '../frame/opcode.ts';
import type { DirectionReader, InboundSink } from '../message/direction.ts';
import type { MessageView } from '../message/message.ts';
import type { PreparedMessage } from '../message/prepared.ts';
import { LocalProtocolError, RULES, type Violation } from '../rule.ts';
import type { Action } from './action.ts';
import { mayBeReceived } from './close-code.ts';
import { checkedClosePayload, clippedClosePayload } from './close-payload.ts';
import { closeReason } from './close-reason.ts';
import { checkedControlPayload } from './control-payload.ts';
import { type ConnectionSink, messageEvent } from './event.ts';
import type { ConnectionOptions } from './options.ts';
import type { FrameOutbox } from './outbox.ts';
import { CUT_OFF, type Outcome, UNACKNOWLEDGED, UNANSWERED } from './outcome.ts';
import { next, type State, type Trigger } from './state.ts';
import { handmade, openMirror, openWire } from './wire.ts';

export type { ConnectionOptions } from './options.ts';

const FIN = 0x80;
const RSV1 = 0x40;

/**
 * A live WebSocket connection after its opening handshake, either role, sans I/O: bytes come in by `receive`, events
 * go up to the sink, and the bytes to be sent wait in the outbox until somebody takes them. Its duties are the pong,
 * the Close echo and failing the peer with the right code (RFC 6455 §5.5.2, §5.5.1, §7.1.7).
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #sink: ConnectionSink;
  readonly #inbound: DirectionReader;
  readonly #outbox: FrameOutbox;
  /** Clients mask, servers do not (RFC 6455 §5.1). */
  readonly #masks: MaskingKeySource | undefined;
  /** Reads what we send while somebody watches frames: a sent line shows what is on the wire. */
  #mirror: DirectionReader | undefined;
  /** Bytes taken so far, and those that waited when the mirror was set up: it begins behind them. */
  #taken = 0;
  #unmirrored = 0;
  #state: State = 'open';
  /** Received while paused; `#waiting[#waitingAt, …)` is still to be read. */
  #waiting: Uint8Array | undefined;
  #waitingAt = 0;
  #paused = false;
  /** Automatic pongs written since the last take, and those taken that may not have left yet. */
  #freshPongs = 0;
  #stuckPongs = 0;
  #heldPong: Uint8Array | undefined;
  #outcome: Outcome = CUT_OFF;

  /** What its reader tells a connection: a class within the class, so that a connection keeps one small object for it. */
  static readonly #Reading = class implements InboundSink {
    readonly #connection: Connection;

    constructor(connection: Connection) {
      this.#connection = connection;
    }

    message(message: MessageView): void {
      const connection = this.#connection;
      if (connection.#inbound.watched) connection.#sink.event(messageEvent('received', message));
      connection.#sink.message(message);
    }

    ping(payload: Buffer): void {
      const connection = this.#connection;
      connection.#sink.event({ type: 'ping', payload });
      if (connection.#state === 'open' && connection.#options.automatic !== false) connection.#answerPing(payload);
    }

    pong(payload: Buffer): void {
      this.#connection.#sink.event({ type: 'pong', payload });
    }

    close(code: number, reason: string): void {
      this.#connection.#closeReceived(code, reason);
    }

    violation(violation: Violation, fatal: boolean): void {
      this.#connection.#violated(violation, fatal);
    }

    frame(frame: Frame, violations: readonly Violation[], inflated: Uint8Array | undefined): void {
      this.#connection.#sink.event({ type: 'frame', direction: 'received', frame, violations, inflated });
    }
  };

  constructor(options: ConnectionOptions, sink: ConnectionSink) {
    this.#options = options;
    this.#sink = sink;
    this.#masks = options.role === 'client' ? options.maskingKeys : undefined;
    const { inbound, outbox } = openWire(options, new Connection.#Reading(this));
    this.#inbound = inbound;
    this.#outbox = outbox;
  }

  get state(): State {
    return this.#state;
  }

  /** Bytes that wait to be taken. */
  get pending(): number {
    return this.#outbox.pending;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get watched(): boolean {
    return this.#inbound.watched;
  }

  /** Turns the watching of frames, both ways, on or off; counts from the next frame on. */
  watch(on: boolean): void {
    this.#inbound.watched = on;
    if (on) this.#mirror ??= this.#openMirror();
    if (this.#mirror) this.#mirror.watched = on;
  }

  /** Takes received bytes, which it may change and keep; `borrowed`: keep no longer than until it returns. */
  receive(chunk: Uint8Array, borrowed = false): void {
    if (borrowed && this.#inbound.borrowed === undefined) {
      this.receive(Buffer.from(chunk));
      return;
    }
    this.#setBorrowed(borrowed);
    if (this.#waiting) {
      this.#waiting = Buffer.concat([this.#waiting.subarray(this.#waitingAt), chunk]);
      this.#waitingAt = 0;
    } else if (this.#paused) {
      this.#waiting = borrowed ? Buffer.from(chunk) : chunk;
      this.#waitingAt = 0;
    } else this.#read(chunk, 0, borrowed);
  }

  /** Hands on no message after the one at hand; what is received meanwhile waits. */
  pause(): void {
    this.#paused = true;
    this.#inbound.pause();
  }

  resume(): void {
    this.#paused = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#setBorrowed(false);
    if (waiting) this.#read(waiting, this.#waitingAt);
  }

  /** The transport ended; nothing more comes or goes. */
  end(): void {
    if (this.#state === 'open' && this.#closesWithTcp) this.#closedByTcp('peer');
    const wasClean = this.#state === 'closed-cleanly';
    // hixie-76: servers of its day ended TCP and acknowledged nothing; that is all there is to know.
    if (this.#state === 'close-sent' && this.#options.framing?.close === 'sentinel') this.#outcome = UNACKNOWLEDGED;
    if (!this.#move('end')) return;
    this.#inbound.stop();
    this.#mirror?.stop();
    this.#options.extension?.close();
    this.#options.mirrorExtension?.close();
    this.#sink.event({ type: 'closed', ...this.#outcome, wasClean });
  }

  /** The bytes to be sent, in order. */
  take(): Uint8Array[] {
    this.#stuckPongs += this.#freshPongs;
    this.#freshPongs = 0;
    this.#taken += this.#outbox.pending;
    const pieces = this.#outbox.take();
    if (this.#mirror) this.#reflect(this.#mirror, pieces);
    return pieces;
  }

  /** Of all that was taken only the last `held` bytes may still be read: the memory of the rest may be written anew. */
  recycle(held: number): void {
    this.#outbox.recycle(held);
  }

  /** What was taken left the process: pongs may be answered again. */
  flushed(): void {
    this.#stuckPongs = 0;
    const held = this.#heldPong;
    this.#heldPong = undefined;
    if (held && this.#state === 'open') this.#answerPing(held);
  }

  /** Sends a text message and returns the bytes of its UTF-8. Lone surrogates become U+FFFD. Throws `LocalProtocolError` when not open. */
  sendText(text: string): number {
    this.#mustBeOpen();
    if (this.#options.extension) {
      const bytes = Buffer.from(text, 'utf8');
      this.#sendMessage(Opcode.text, bytes, 0, bytes.length, true, true);
      return bytes.length;
    }
    return this.#outbox.text(FIN | Opcode.text, text, this.#masks?.());
  }

  /**
   * Sends `bytes[start, end)` as one message; text must be valid UTF-8. `lasting`: the caller will not change the bytes.
   * Throws `LocalProtocolError` when not open.
   */
  send(opcode: 'text' | 'binary', bytes: Uint8Array, start = 0, end = bytes.length, lasting = false): void {
    this.#mustBeOpen();
    this.#sendMessage(Opcode[opcode], bytes, start, end, lasting, true);
  }

  /** As a server: sends a message that was built once for many. Throws `LocalProtocolError` when not open, or as a client. */
  sendPrepared(message: PreparedMessage): void {
    this.#mustBeOpen();
    if (this.#masks) throw new LocalProtocolError('a client masks every frame anew: it cannot send a prepared one');
    if (this.#options.framing || this.#options.outbox)
      this.#sendMessage(Opcode[message.opcode], message.payload, 0, message.payload.length, true, false);
    else this.#outbox.bytes(message.frameFor(this.#options.extension), true);
  }

  /** Throws `LocalProtocolError` when not open or above 125 bytes. */
  ping(payload: Uint8Array): void {
    this.#sendControl(Opcode.ping, payload);
  }

  /**
   * Begins the closing handshake. Throws `LocalProtocolError` for a code that must not be sent or a reason above
   * 123 bytes (RFC 6455 §5.5, §7.4). When not open it does nothing.
   */
  close(code?: number, reason = ''): void {
    if (this.#state !== 'open') return;
    this.#control(Opcode.close, checkedClosePayload(code, reason, this.#options.role));
    this.#closeSent();
    if (this.#closesWithTcp) this.#closedByTcp('us');
  }

  /** Fails the connection for a reason of ours: a Close goes out, nothing more is read (RFC 6455 §7.1.7). */
  fail(code: number, reason: string): void {
    const wasOpen = this.#state === 'open';
    if (!this.#move('fail')) return;
    const said = this.#options.closeCodes?.forFailure(code) ?? code;
    if (wasOpen) this.#control(Opcode.close, clippedClosePayload(said, reason));
    this.#outcome = { code: said, reason, by: 'us' };
    this.#inbound.stop();
  }

  /** The peer broke a limit that is kept from outside: told as any other rule, and the connection fails for it. */
  breach(violation: Violation): void {
    if (this.#state === 'open') this.#violated(violation, true);
  }

  /** Does what a user asks. Hand-made frames and bytes are sent legal or not, in every state. */
  act(action: Action): void {
    switch (action.type) {
      case 'send':
        this.#mustBeOpen();
        this.#sendMessage(Opcode[action.opcode], action.data, 0, action.data.length, true, action.compress ?? true);
        break;
      case 'fragment':
        this.#mustBeOpen();
        this.#sendFragments(Opcode[action.opcode], action.parts);
        break;
      case 'ping':
      case 'pong':
        this.#sendControl(Opcode[action.type], action.data);
        break;
      case 'close':
        this.close(action.code, action.reason);
        break;
      case 'frame':
        this.#outbox.bytes(handmade(this.#options, action.frame, this.#masks));
        if (action.frame.opcode === Opcode.close && this.#state === 'open') this.#closeSent();
        break;
      case 'bytes':
        this.#outbox.bytes(action.bytes);
        break;
    }
  }

  #openMirror(): DirectionReader {
    // The mirror has not read what went before: from here on nothing that we send refers to it.
    this.#options.extension?.forgetSent();
    this.#unmirrored = this.#outbox.pending;
    return openMirror(this.#options, this.#taken + this.#unmirrored, (event) => this.#sink.event(event));
  }

  #reflect(mirror: DirectionReader, pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      const skipped = Math.min(piece.length, this.#unmirrored);
      this.#unmirrored -= skipped;
      if (skipped < piece.length) mirror.read(Buffer.from(piece), skipped);
    }
    mirror.showUnfinished();
  }

  #setBorrowed(borrowed: boolean): void {
    if (this.#inbound.borrowed === undefined) return;
    this.#inbound.borrowed = borrowed;
  }

  #read(chunk: Uint8Array, start: number, borrowed = false): void {
    let at = start;
    // Paused and resumed within one message: reading goes on. Stopped for good: the rest is taken and is nobody's.
    while (at < chunk.length && !this.#paused) at = this.#inbound.read(chunk, at);
    if (at === chunk.length) return;
    this.#waiting = borrowed ? Buffer.from(chunk) : chunk;
    this.#waitingAt = at;
  }

  #closeReceived(code: number, reason: string): void {
    this.#sink.event({ type: 'close', code, reason });
    const first = this.#state === 'open';
    if (first && this.#options.automatic === false) {
      this.#outcome = { code, reason, by: 'peer' };
      return;
    }
    // "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close
    // frame in response", typically echoing the status code (RFC 6455 §5.5.1).
    // A code that no Close may hold, borne where we are lenient, is not ours to repeat.
    const isAllowed = this.#options.closeCodes?.mayBeReceived ?? mayBeReceived;
    if (first) this.#control(Opcode.close, clippedClosePayload(code === 1005 || isAllowed(code) ? code : 1002, ''));
    this.#outcome = { code, reason, by: first ? 'peer' : 'us' };
    this.#move('receive-close');
  }

  #violated(violation: Violation, fatal: boolean): void {
    this.#sink.event({ type: 'violation', violation, fatal });
    if (!fatal) return;
    this.fail(RULES[violation.rule].closeCode, closeReason(violation, this.#options.namesFlags !== false));
  }

  /** "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response" (RFC 6455 §5.5.2). */
  #answerPing(payload: Uint8Array): void {
    const { role, limits } = this.#options;
    if (this.#stuckPongs < limits.maxPongs) {
      this.#freshPongs++;
      this.#control(Opcode.pong, payload);
    } else if (role === 'server') {
      this.#inbound.stop();
      this.#violated({ rule: 'too-many-pongs', detail: `${limits.maxPongs} pongs wait to be written` }, true);
    } else {
      // "it MAY elect to send a Pong frame for only the most recently processed Ping frame" (RFC 6455 §5.5.3).
      this.#heldPong = payload;
    }
  }

  #sendMessage(opcode: number, bytes: Uint8Array, start: number, end: number, lasting: boolean, compress: boolean): void {
    const packed = compress ? this.#options.extension?.encode(bytes, start, end) : undefined;
    const key = this.#masks?.();
    if (packed) this.#outbox.frame(FIN | RSV1 | opcode, packed, 0, packed.length, key);
    else this.#outbox.frame(FIN | opcode, bytes, start, end, key, lasting);
  }

  #sendFragments(opcode: number, parts: readonly Uint8Array[]): void {
    parts.forEach((part, index) => {
      const fin = index === parts.length - 1 ? FIN : 0;
      this.#outbox.frame(fin | (index === 0 ? opcode : Opcode.continuation), part, 0, part.length, this.#masks?.(), true);
    });
  }

  #sendControl(opcode: number, payload: Uint8Array): void {
    this.#mustBeOpen();
    this.#control(opcode, checkedControlPayload(payload));
  }

  #control(opcode: number, payload: Uint8Array): void {
    this.#outbox.frame(FIN | opcode, payload, 0, payload.length, this.#masks?.());
  }

  get #closesWithTcp(): boolean {
    return this.#options.framing?.close === 'tcp';
  }

  /** hixie-75 has no closing frame: the end of TCP is all that it has, and in good order. */
  #closedByTcp(by: 'us' | 'peer'): void {
    this.#outcome = { code: 1005, reason: '', by };
    this.#move('send-close');
    this.#move('receive-close');
  }

  #closeSent(): void {
    this.#move('send-close');
    // A Close of the peer's that was left to the user to answer.
    if (this.#outcome.by === 'peer') this.#move('receive-close');
    else this.#outcome = UNANSWERED;
  }

  #mustBeOpen(): void {
    if (this.#state !== 'open') throw new LocalProtocolError(`the connection is not open (${this.#state})`);
  }

  /** Returns whether the trigger has a place in this state. */
  #move(trigger: Trigger): boolean {
    const state = next(this.#state, trigger);
    if (state === undefined) return false;
    this.#state = state;
    return true;
  }
}
