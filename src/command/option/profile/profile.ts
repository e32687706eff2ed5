import type { Node } from 'jsonc-parser';
import { nearest, quoted } from '../../../cli/mistake.ts';
import { type CommandSpec, type OptionSpec, type ParsedArguments, UsageError } from '../../../cli/option.ts';
import { parseArguments } from '../../../cli/parse.ts';
import type { Env } from '../../../env.ts';
import { parseHeaderLine } from '../../../protocol/handshake/request.ts';
import { isSecretField, redactUrl } from '../../../protocol/http/redact.ts';
import { warnIfExposed } from '../credential/exposed.ts';
import { keyOf, membersOf, type ProfileFile, profilePath, readProfileFile } from './file.ts';
import { pathFrom, profileValue } from './value.ts';

/**
 * `@NAME` → the URL and options that the file of profiles has under that name. What stands on the command line wins.
 */
export async function withProfile(
  parsed: ParsedArguments,
  name: string,
  spec: CommandSpec,
  elsewhere: readonly OptionSpec[],
  env: Env,
): Promise<ParsedArguments> {
  const path = profilePath(env);
  const file = await readProfileFile(path);
  const node = file?.profiles.get(name.slice(1));
  if (!file || !node) throw unknownProfile(name, path, file);
  const reader = new ProfileReader(file, spec, elsewhere, env);
  const { url, options, secrets } = await reader.read(node, name);
  if (secrets) await warnIfExposed(path, 'secrets', env);
  return { positionals: [url], options: merged(options, parsed.options) };
}

/** The names of all profiles and where they lead, for whoever completes a command line. */
export async function profileNames(env: Env): Promise<{ readonly word: string; readonly summary: string }[]> {
  const file = await readProfileFile(profilePath(env));
  return [...(file?.profiles ?? [])].map(([name, node]) => ({ word: `@${name}`, summary: urlIn(node) }));
}

function urlIn(node: Node): string {
  const url = node.children?.find(({ children: [key] = [] }) => key?.value === 'url')?.children?.[1]?.value;
  return typeof url === 'string' ? redactUrl(url) : '';
}

function unknownProfile(name: string, path: string, file: ProfileFile | undefined): UsageError {
  const example = '{ "profiles": { "NAME": { "url": "wss://…" } } }';
  if (!file)
    return new UsageError(`there is no profile ${quoted(name)}, because there is no file ${path}. Write into it:\n  ${example}`);
  const names = [...file.profiles].map(([known, node]) =>
    `  @${quoted(known).slice(1, -1)}  ${quoted(urlIn(node)).slice(1, -1)}`.trimEnd(),
  );
  if (names.length === 0) return new UsageError(`there is no profile in ${path}. Write into it:\n  ${example}`);
  const meant = nearest(name.slice(1), file.profiles.keys());
  const hint = meant === undefined || name === '@' ? '' : `; did you mean @${meant}?`;
  const problem = name === '@' ? 'which profile?' : `there is no profile ${quoted(name)}${hint}`;
  return new UsageError(`${problem}\n${path} has:\n${names.join('\n')}`);
}

const SOCKETS = ['unix-socket', 'abstract-unix-socket'];
const NETWORK = ['resolve', 'connect-to', 'ipv4', 'ipv6', 'interface'];

/** Which options on the command line silence one of the profile: both together would be refused, or be no answer. */
const RIVALS: Readonly<Record<string, readonly string[]>> = {
  auth: ['bearer'],
  bearer: ['auth'],
  http2: ['http1.1'],
  'http1.1': ['http2'],
  ipv4: ['ipv6', ...SOCKETS],
  ipv6: ['ipv4', ...SOCKETS],
  'unix-socket': ['abstract-unix-socket', 'proxy', ...NETWORK],
  'abstract-unix-socket': ['unix-socket', 'proxy', ...NETWORK],
  proxy: SOCKETS,
  resolve: SOCKETS,
  'connect-to': SOCKETS,
  interface: SOCKETS,
};

function merged(profile: ReadonlyMap<string, unknown>, typed: ReadonlyMap<string, unknown>): Map<string, unknown> {
  const all = new Map([...profile].filter(([name]) => !RIVALS[name]?.some((rival) => typed.has(rival))));
  for (const [name, value] of typed) all.set(name, value);
  // `-c @NAME`: the URL is known now.
  all.delete('connect');
  const [own, given] = [profile.get('header'), typed.get('header')];
  if (!Array.isArray(own) || !Array.isArray(given)) return all;
  const typedNames = new Set(given.map(headerName));
  all.set('header', [...own.filter((line) => !typedNames.has(headerName(line))), ...given]);
  return all;
}

const headerName = (line: unknown) => /^[^:;]*/.exec(String(line))?.[0].trim().toLowerCase();

/** Options that are no part of a profile. */
const NOT_HERE: ReadonlySet<string> = new Set(['help', 'version', 'connect', 'listen']);

class ProfileReader {
  readonly #file: ProfileFile;
  readonly #spec: CommandSpec;
  readonly #elsewhere: readonly OptionSpec[];
  readonly #env: Env;
  #secrets = false;

  /** `elsewhere`: options of other commands, which mean nothing to this one. */
  constructor(file: ProfileFile, spec: CommandSpec, elsewhere: readonly OptionSpec[], env: Env) {
    this.#file = file;
    this.#spec = spec;
    this.#elsewhere = elsewhere;
    this.#env = env;
  }

  /** `secrets`: whether the file itself holds some. */
  async read(node: Node, name: string): Promise<{ url: string; options: ReadonlyMap<string, unknown>; secrets: boolean }> {
    const options = new Map<string, unknown>();
    let url: string | undefined;
    for (const [key, value] of membersOf(node, `the profile ${name}`, this.#file.at)) {
      if (key === 'url') url = await this.#url(value);
      else for (const [option, meaning] of await this.#member(key, value)) options.set(option, meaning);
    }
    if (url === undefined) throw this.#file.at(node, `the profile ${name} has no "url"`);
    return { url, options, secrets: this.#secrets };
  }

  async #url(node: Node): Promise<string> {
    const { text, literal } = await profileValue(node, this.#file, this.#env);
    if (literal && redactUrl(text) !== text) this.#secrets = true;
    return text;
  }

  async #member(key: string, node: Node): Promise<Iterable<[string, unknown]>> {
    if (key === 'headers') return this.#headers(node);
    const name = key === 'subprotocols' ? 'subprotocol' : key;
    const fits = (option: OptionSpec) => option.name === name || (option.aliases?.includes(name) ?? false);
    const option = this.#spec.options.find(fits);
    if (!option || NOT_HERE.has(option.name)) {
      if (!option && this.#elsewhere.some(fits)) return [];
      throw this.#unknown(key, node);
    }
    const words = await this.#words(option, node);
    try {
      return this.#parsed(option, words, node);
    } catch (error) {
      // `format` and its like take more values in other commands: there it is right.
      const other = this.#elsewhere.find(fits);
      if (!other) throw error;
      this.#parsed(other, words, node);
      return [];
    }
  }

  #unknown(key: string, node: Node): Error {
    const names = [...this.#spec.options, ...this.#elsewhere].map(({ name }) => name).filter((name) => !NOT_HERE.has(name));
    const meant = nearest(key, ['url', 'headers', 'subprotocols', ...names]);
    const hint =
      meant === undefined ? 'there are url, headers, subprotocols and the long names of options' : `did you mean "${meant}"?`;
    return this.#file.at(keyOf(node), `${JSON.stringify(key)} is not known; ${hint}`);
  }

  async #headers(node: Node): Promise<Iterable<[string, unknown]>> {
    const lines: string[] = [];
    for (const [name, value] of membersOf(node, '"headers"', this.#file.at)) {
      const { text, literal } = await profileValue(value, this.#file, this.#env);
      if (literal && isSecretField(name)) throw this.#openSecret(value);
      lines.push(this.#header(text === '' ? `${name};` : `${name}: ${text}`, value));
    }
    return [['header', lines]];
  }

  /** The words that would stand for it on a command line. */
  async #words(option: OptionSpec, node: Node): Promise<string[]> {
    const { name, kind, repeatable, negatable } = option;
    const isSwitch = kind === 'flag' || kind === 'optional' || negatable;
    if (node.type === 'boolean' && isSwitch) return node.value ? [`--${name}`] : negatable ? [`--no-${name}`] : [];
    if (kind === 'flag') throw this.#file.at(node, `"${name}" is true or false`);
    if (kind === 'count') {
      if (node.type !== 'number' || !(node.value >= 0 && node.value <= 9))
        throw this.#file.at(node, `"${name}" is a number from 0 on`);
      return Array.from({ length: node.value }, () => `--${name}`);
    }
    if (node.type === 'array' && !repeatable) throw this.#file.at(node, `"${name}" is one value, not a list`);
    const nodes = node.type === 'array' ? (node.children ?? []) : [node];
    const words: string[] = [];
    for (const one of nodes) words.push(`--${name}=${await this.#text(option, one)}`);
    return words;
  }

  async #text(option: OptionSpec, node: Node): Promise<string> {
    const { text, literal } = await profileValue(node, this.#file, this.#env);
    if (literal && isSecret(option.name, text)) throw this.#openSecret(node);
    if (literal && option.name === 'proxy' && redactUrl(text) !== text) this.#secrets = true;
    if (option.name === 'header') this.#header(text, node);
    const isPath = option.placeholder === 'FILE' && literal;
    return isPath ? pathFrom(text, this.#file.path, this.#env) : text;
  }

  #header(line: string, node: Node): string {
    const header = parseHeaderLine(line);
    if (typeof header === 'string') throw this.#file.at(node, header);
    return line;
  }

  #openSecret(node: Node): Error {
    return this.#file.at(node, 'a secret does not belong in this file: write { "env": "NAME" } or { "file": "PATH" }');
  }

  #parsed(option: OptionSpec, words: readonly string[], node: Node): Iterable<[string, unknown]> {
    try {
      return parseArguments({ ...this.#spec, positionals: [], options: [option] }, words).options as ReadonlyMap<string, unknown>;
    } catch (error) {
      if (!UsageError.is(error)) throw error;
      // What is said of the help of a command line helps nobody here.
      throw this.#file.at(node, error.message.split('\n', 1)[0] ?? '');
    }
  }
}

function isSecret(option: string, text: string): boolean {
  if (option === 'auth' || option === 'proxy-auth') return /:./.test(text);
  if (option === 'bearer') return !text.startsWith('@');
  if (option === 'header') return isSecretField(text.split(':', 1)[0]?.trim() ?? '');
  if (option === 'passphrase') return !text.startsWith('@');
  return option === 'cookie' && text.includes('=');
}
