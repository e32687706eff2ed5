import { clippedReason } from '../../protocol/connection/close-payload.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import type { Behaviour, BehaviourKind, RequestFacts, Visit } from './behaviour.ts';
import { isSameJson, valueAt } from './json-path.ts';
import { pathOf } from './routes.ts';
import { type Condition, type Rule, type Script, START, type Step } from './script.ts';
import { parseShallowJson } from './shallow-json.ts';
import { type Captured, fill, fillJson, NOTHING_CAPTURED } from './template.ts';

/** Clients are answered by a script. Each message's answer runs by itself: a delay holds up nothing that comes after it. */
export class Replies implements BehaviourKind {
  readonly name: string;
  readonly #script: Script;

  /** `file`: for people. */
  constructor(file: string, script: Script) {
    this.name = `reply ${file}`;
    this.#script = script;
  }

  open(visit: Visit, { target }: RequestFacts): Behaviour {
    const conversation = new Conversation(this.#script, visit, pathOf(target));
    conversation.begin();
    return conversation;
  }
}

/** Answers under way above which nothing more is read from their client. */
const MOST_ANSWERS = 1000;
/** Rounds of a repetition in one go. */
const TURN = 256;

class Conversation implements Behaviour {
  readonly #script: Script;
  readonly #visit: Visit;
  readonly #path: string;
  #state = START;
  readonly #uses = new Map<Rule, number>();
  #answers = 0;
  #over = false;
  /** Whoever waits for room. */
  #waiting: (() => void)[] = [];
  readonly #timers = new Set<() => void>();

  constructor(script: Script, visit: Visit, path: string) {
    this.#script = script;
    this.#visit = visit;
    this.#path = path;
  }

  begin(): void {
    const rule = this.#script.rules.find(({ when }) => when.open && this.#fitsSurroundings(when));
    if (rule) this.#answer(rule.reply, NOTHING_CAPTURED);
  }

  message(message: MessageView): void {
    try {
      this.#follow(new Facts(message));
    } catch (error) {
      this.#fail(error);
    }
  }

  drain(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  ended(): void {
    this.#over = true;
    for (const stop of this.#timers) stop();
    this.#timers.clear();
  }

  #follow(facts: Facts): void {
    for (const rule of this.#script.rules) {
      const used = this.#uses.get(rule) ?? 0;
      if (rule.when.open || used >= rule.limit || !this.#fitsSurroundings(rule.when)) continue;
      const match = facts.fits(rule.when);
      if (!match) continue;
      if (Number.isFinite(rule.limit)) this.#uses.set(rule, used + 1);
      this.#answer(rule.reply, facts.captured(match === true ? undefined : match));
      return;
    }
    if (this.#script.otherwise.length > 0) this.#answer(this.#script.otherwise, facts.captured(undefined));
  }

  #fitsSurroundings({ state, path }: Condition): boolean {
    return (state === undefined || state === this.#state) && (path === undefined || path === this.#path);
  }

  #answer(steps: readonly Step[], captured: Captured): void {
    if (++this.#answers >= MOST_ANSWERS) this.#visit.intake.pause();
    void this.#run(steps, captured)
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        if (this.#answers-- === MOST_ANSWERS) this.#visit.intake.resume();
      });
  }

  /** A message that an answer cannot be made of, such as one that a regular expression cannot get through: its client's end alone. */
  #fail(error: unknown): void {
    const { peer, stage } = this.#visit;
    if (this.#over || !peer.link.open) return;
    stage.tell(peer, `its message could not be answered: ${error instanceof Error ? error.message : error}`);
    peer.link.close(1011, 'could not be answered');
  }

  /** Up to the first delay it is done at once. */
  async #run(steps: readonly Step[], captured: Captured): Promise<void> {
    for (const step of steps) {
      if (this.#over || !this.#visit.peer.link.open) return;
      if (step.type === 'delay') await this.#pause(step.milliseconds);
      else if (step.type === 'repeat') await this.#repeat(step, captured);
      else this.#do(step, captured);
    }
  }

  async #repeat({ times, every, steps }: Extract<Step, { type: 'repeat' }>, captured: Captured): Promise<void> {
    const { link } = this.#visit.peer;
    for (let round = 0; round < times && !this.#over && link.open; round++) {
      if (round > 0 && every > 0) await this.#pause(every);
      // Whoever takes everything at once leaves the others their turn.
      if (round % TURN === TURN - 1) await this.#pause(0);
      if (!link.writable) await this.#room();
      await this.#run(steps, captured);
    }
  }

  #do(step: Exclude<Step, { type: 'delay' | 'repeat' }>, captured: Captured): void {
    const { link } = this.#visit.peer;
    switch (step.type) {
      case 'text':
        this.#send(step.opcode, fill(step.template, captured));
        break;
      case 'json':
        this.#send(step.opcode, JSON.stringify(fillJson(step.template, captured)));
        break;
      case 'bytes':
        link.send(step.opcode, step.data, 0, step.data.length, true);
        break;
      case 'ping':
        // "All control frames MUST have a payload length of 125 bytes or less" (RFC 6455 §5.5).
        link.ping(Buffer.from(fill(step.template, captured)).subarray(0, 125));
        break;
      case 'close':
        link.close(step.code, step.code === undefined ? undefined : clippedReason(fill(step.reason, captured)).toString('utf8'));
        break;
      case 'next':
        this.#state = step.state;
    }
  }

  #send(opcode: 'text' | 'binary', text: string): void {
    const data = Buffer.from(text, 'utf8');
    this.#visit.peer.link.send(opcode, data, 0, data.length, true);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#visit.stage.clock.after(milliseconds, () => {
        this.#timers.delete(stop);
        resolve();
      });
      this.#timers.add(stop);
    });
  }

  /** What was sent in this turn is written at its end: only then is there anything to wait for. */
  async #room(): Promise<void> {
    const { link } = this.#visit.peer;
    link.flush();
    if (link.open && !link.writable) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** A message as conditions ask for it, each way of reading it made once. */
class Facts {
  readonly #message: MessageView;
  #text: string | undefined;
  #json: unknown;
  #jsonRead = false;

  constructor(message: MessageView) {
    this.#message = message;
  }

  /** `true`, or what the regular expression found. */
  fits({ opcode, text, contains, regexp, bytes, json }: Condition): RegExpExecArray | boolean {
    const { opcode: given } = this.#message;
    if (opcode !== undefined && opcode !== given) return false;
    if (text !== undefined && text !== this.text) return false;
    if (contains !== undefined && !this.text.includes(contains)) return false;
    if (bytes !== undefined && Buffer.compare(bytes, this.#message.view()) !== 0) return false;
    if (json?.some(({ path, value }) => !fitsJson(valueAt(this.json, path), value))) return false;
    return regexp ? (regexp.exec(this.text) ?? false) : true;
  }

  captured(match: RegExpExecArray | undefined): Captured {
    const facts = { text: this.text, match };
    // Read only where somebody asks; it is read from the text, which stays.
    return Object.defineProperty(facts, 'json', { get: () => this.json }) as Captured;
  }

  get text(): string {
    this.#text ??= this.#message.text();
    return this.#text;
  }

  get json(): unknown {
    if (this.#jsonRead) return this.#json;
    this.#jsonRead = true;
    this.#json = parseShallowJson(this.text);
    return this.#json;
  }
}

function fitsJson(found: unknown, wanted: unknown): boolean {
  return found !== undefined && (wanted === undefined || isSameJson(found, wanted));
}
