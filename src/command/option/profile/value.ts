import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Node } from 'jsonc-parser';
import type { Env } from '../../../env.ts';
import { warnIfExposed } from '../credential/exposed.ts';
import { fileTrouble } from '../local-file.ts';
import { keyOf, membersOf, type ProfileFile } from './file.ts';

/** A value of a profile as text: as it stands, or fetched from where a secret is kept. */
export interface ProfileValue {
  readonly text: string;
  /** It stands in the file itself. */
  readonly literal: boolean;
}

/** `{ "env": "NAME" }` and `{ "file": "PATH" }`, either with a `"prefix"`, are read from there. */
export async function profileValue(node: Node, file: ProfileFile, env: Env): Promise<ProfileValue> {
  if (node.type === 'string' || node.type === 'number') return { text: String(node.value), literal: true };
  if (node.type !== 'object') throw file.at(node, 'a text, a number, { "env": "NAME" } or { "file": "PATH" } was expected here');
  const members = new Map(membersOf(node, 'the reference', file.at));
  for (const [key, value] of members) {
    if (!['env', 'file', 'prefix'].includes(key)) {
      throw file.at(keyOf(value), `${JSON.stringify(key)} is not known here; there are "env", "file" and "prefix"`);
    }
    if (value.type !== 'string') throw file.at(value, `"${key}" is a text`);
  }
  const [variable, path] = [members.get('env'), members.get('file')];
  if ((variable === undefined) === (path === undefined)) throw file.at(node, 'either "env" or "file" says where the value is');
  const text = path ? await fileText(path, file, env) : variableText(variable ?? node, file, env);
  return { text: `${members.get('prefix')?.value ?? ''}${text}`, literal: false };
}

function variableText(node: Node, file: ProfileFile, { variables }: Env): string {
  const text = variables[String(node.value)];
  if (text === undefined) throw file.at(node, `the variable ${JSON.stringify(node.value)} is not set`);
  return text;
}

async function fileText(node: Node, file: ProfileFile, env: Env): Promise<string> {
  const path = pathFrom(String(node.value), file.path, env);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw file.at(node, fileTrouble(error, path));
  });
  await warnIfExposed(path, 'a secret', env);
  return text.replace(/\r?\n$/, '');
}

/** A path in the file: beside the file, or from the home directory with `~/`. */
export function pathFrom(text: string, base: string, { variables: { HOME, USERPROFILE } }: Pick<Env, 'variables'>): string {
  if (text.startsWith('~/')) return `${HOME ?? USERPROFILE ?? ''}${text.slice(1)}`;
  return resolve(dirname(base), text);
}
