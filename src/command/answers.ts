import metadata from '../../package.json' with { type: 'json' };
import { answerCompletion } from '../cli/completion.ts';
import { renderHelp, renderOverview } from '../cli/help.ts';
import type { CommandSpec } from '../cli/option.ts';
import type { Env } from '../env.ts';
import { colorLevel, colorStyle, plainStyle } from '../view/style.ts';
import { OVERVIEW } from './overview.ts';
import { print } from './session/print.ts';
import { allCommands, FALLBACK } from './table.ts';

/** What wstap says about itself: help, version, completion. */

export async function overview(env: Env): Promise<number> {
  const commands = (await allCommands()).map(({ spec }) => spec);
  const common = commands.flatMap(({ options }) => options).filter(({ name }) => OVERVIEW.commonest.includes(name));
  const options = OVERVIEW.commonest.flatMap((name) => common.find((option) => option.name === name) ?? []);
  return print(env, renderOverview('wstap', { ...OVERVIEW, commands, options }, await layout(env)));
}

export async function help(spec: CommandSpec, env: Env): Promise<number> {
  return print(env, renderHelp('wstap', spec, await layout(env)));
}

export function version(env: Env): Promise<number> {
  return print(env, `${metadata.name} ${metadata.version}\n`);
}

export async function complete(request: readonly string[], env: Env): Promise<number> {
  const commands = (await allCommands()).map(({ spec }) => spec);
  const fallback = commands.find(({ name }) => name === FALLBACK);
  const names = request.some((word) => word.startsWith('@')) ? await profiles(env) : [];
  const lines = fallback ? await answerCompletion({ commands, fallback, names }, request) : [];
  return print(env, lines.map((line) => `${line}\n`).join(''));
}

/** A broken file is said by whoever reads it in earnest. */
async function profiles(env: Env) {
  const { profileNames } = await import('./option/profile/profile.ts');
  return profileNames(env).catch(() => []);
}

async function layout(env: Env) {
  const level = colorLevel({ variables: env.variables, isTTY: env.stdout.isTTY === true });
  return { columns: env.stdout.columns, style: level === 0 ? plainStyle : await colorStyle(level) };
}
