import { dirname, resolve } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { nearest } from '../../cli/mistake.ts';
import { UsageError } from '../../cli/option.ts';
import { errorAt, type SourceFile } from './script-source.ts';

/**
 * A file of YAML 1.2 or JSON, which is a part of it, read value by value. The promise: whatever is wrong is said with its
 * line and column, and what to write instead.
 */
export class ScriptNode {
  readonly #file: SourceFile;
  readonly #node: Node | null | undefined;
  /** Where it stands in the text. */
  readonly #offset: number;
  /** What it stands in, from the outside in. */
  readonly #around: readonly unknown[];
  /** How people call it: `"delay"`. */
  readonly what: string;

  /** Throws for an alias of what it stands in: there would be no end to it. */
  constructor(file: SourceFile, node: unknown, what: string, offset: number, around: readonly unknown[] = []) {
    this.#file = file;
    const resolved = isAlias(node) ? node.resolve(file.document) : (node as Node | null | undefined);
    this.#node = resolved;
    this.#offset = (node as Node | null | undefined)?.range?.[0] ?? offset;
    this.#around = around;
    this.what = what;
    if (isAlias(node) && around.includes(resolved)) this.fail(`*${node.source} stands for what it is itself in: ${ENDLESS}`);
  }

  /** The whole of a file. */
  static of(file: SourceFile): ScriptNode {
    return new ScriptNode(file, file.document.contents, 'the file', 0);
  }

  fail(problem: string): never {
    throw errorAt(this.#file, this.#offset, problem);
  }

  /** The absolute path of a file that is named here, beside this one. */
  pathOf(name: string): string {
    return resolve(dirname(this.#file.path), name);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  get isText(): boolean {
    return isScalar(this.#node) && typeof this.#node.value === 'string';
  }

  get isEmpty(): boolean {
    return !this.#node || (isScalar(this.#node) && this.#node.value === null);
  }

  list(): ScriptNode[] {
    if (!isSeq(this.#node)) return this.fail(`${this.what} is a list: lines that begin with "- "`);
    return this.#node.items.map((item, index) => this.#inner(item, `entry ${index + 1} of ${this.what}`, this.#offset));
  }

  /** The members by name; each must be one of `known`. */
  members<Name extends string>(known: readonly Name[]): Map<Name, ScriptNode> {
    const found = new Map<Name, ScriptNode>();
    for (const [name, value, key] of this.entries()) {
      if (!known.includes(name as Name)) return key.fail(unknown(name, known, this.what));
      found.set(name as Name, value);
    }
    return found;
  }

  /** Whatever its members are called. */
  entries(): [name: string, value: ScriptNode, key: ScriptNode][] {
    if (!isMap(this.#node)) return this.fail(`${this.what} has names: NAME: VALUE`);
    return this.#node.items.map(({ key, value }: Pair) => {
      const offset = (key as Node | null)?.range?.[0] ?? this.#offset;
      const name = isScalar(key) ? String(key.value) : '';
      const what = JSON.stringify(name);
      return [name, this.#inner(value, what, offset), this.#inner(key, what, offset)];
    });
  }

  /** What is written there as text; a number is taken as it was written. */
  text(): string {
    const node = this.#node;
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    if (isScalar(node) && typeof node.value === 'number') return node.source ?? String(node.value);
    return this.fail(`${this.what} is a text${isScalar(node) && typeof node.value === 'boolean' ? ': put it in quotes' : ''}`);
  }

  number(least: number, most = Number.MAX_SAFE_INTEGER): number {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.fail(`${this.what} is a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ' on'}`);
  }

  choice<Choice extends string>(choices: readonly Choice[]): Choice {
    const value = isScalar(this.#node) ? String(this.#node.value) : undefined;
    return choices.find((choice) => choice === value) ?? this.fail(`${this.what} is ${choices.join(' or ')}`);
  }

  /** As JSON has it. */
  json(): unknown {
    if (this.isList) return this.list().map((item) => item.json());
    if (this.isMap) return Object.fromEntries(this.entries().map(([name, value]) => [name, value.json()]));
    return this.#node?.toJS(this.#file.document) ?? null;
  }

  #inner(node: unknown, what: string, offset: number): ScriptNode {
    return new ScriptNode(this.#file, node, what, offset, [...this.#around, this.#node]);
  }

  /** Its text, through one of the parsers of options: what they say is said at this place. */
  parsed<Value>(parse: (text: string) => Value): Value {
    try {
      return parse(this.text());
    } catch (error) {
      if (UsageError.is(error)) return this.fail(error.message);
      throw error;
    }
  }
}

const ENDLESS = 'there would be no end to it';

function unknown(name: string, known: readonly string[], what: string): string {
  const meant = nearest(name, [...known]);
  return `${JSON.stringify(name)} is not known in ${what}; ${meant === undefined ? `there is ${known.join(', ')}` : `did you mean ${meant}?`}`;
}
