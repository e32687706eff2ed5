import { readFile } from 'node:fs/promises';
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Env } from '../../../env.ts';
import { LocalError } from '../../command.ts';
import { firstMistake } from '../json-mistake.ts';
import { fileTrouble } from '../local-file.ts';

/** The file of profiles. The promise: whatever is wrong in it is said with its line and column. */
export interface ProfileFile {
  readonly path: string;
  /** The profiles by name, in the file's order. */
  readonly profiles: ReadonlyMap<string, Node>;
  /** An error at a node's place. */
  at(node: Node, problem: string): LocalError;
}

/** `$XDG_CONFIG_HOME/wstap/config.json`, else under `~/.config`. */
export function profilePath({ variables: { XDG_CONFIG_HOME, HOME, USERPROFILE } }: Pick<Env, 'variables'>): string {
  // XDG Base Directory Specification: "All paths set in these environment variables must be absolute."
  const folder = XDG_CONFIG_HOME?.startsWith('/') ? XDG_CONFIG_HOME : `${HOME ?? USERPROFILE ?? ''}/.config`;
  return `${folder}/wstap/config.json`;
}

/** `undefined` where there is no such file. Throws `LocalError` where it is broken. */
export async function readProfileFile(path: string): Promise<ProfileFile | undefined> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LocalError(fileTrouble(error, path));
  }
  const errorAt = (offset: number, problem: string) => new LocalError(`${path}:${placeOf(text, offset)}: ${problem}`);
  const at = (node: Node, problem: string) => errorAt(node.offset, problem);
  if (text.trim() === '') throw errorAt(0, 'the file is empty: write { "profiles": { "NAME": { "url": "wss://…" } } }');
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const mistake = firstMistake(errors);
  if (mistake) throw errorAt(mistake.offset, mistake.problem);
  if (!root) throw errorAt(0, 'this is no JSON');
  for (const [key, node] of membersOf(root, 'the file', at)) {
    if (key !== 'profiles' && key !== '$schema') throw at(node, `${JSON.stringify(key)} is not known here; there is "profiles"`);
  }
  const profiles = findNodeAtLocation(root, ['profiles']);
  return { path, profiles: new Map(profiles ? membersOf(profiles, '"profiles"', at) : []), at };
}

/** The names and values of an object, in order. Throws where it is none, or has a name twice. */
export function membersOf(node: Node, what: string, at: ProfileFile['at']): [name: string, value: Node][] {
  if (node.type !== 'object') throw at(node, `${what} is an object: { "NAME": … }`);
  const seen = new Set<unknown>();
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) => {
    if (!key || !value) return [];
    if (seen.has(key.value)) throw at(key, `${JSON.stringify(key.value)} stands here twice`);
    seen.add(key.value);
    return [[String(key.value), value] as [string, Node]];
  });
}

/** The place of a value's name, where it has one: that is what a misspelling is about. */
export function keyOf(node: Node): Node {
  return node.parent?.type === 'property' ? (node.parent.children?.[0] ?? node) : node;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `${line}:${offset - before.lastIndexOf('\n')}`;
}
