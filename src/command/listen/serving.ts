import { nearest } from '../../cli/mistake.ts';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { BehaviourKind } from '../../endpoint/behaviour/behaviour.ts';
import { BroadcastRoom } from '../../endpoint/behaviour/broadcast-room.ts';
import { BY_HAND } from '../../endpoint/behaviour/by-hand.ts';
import { ECHO } from '../../endpoint/behaviour/echo.ts';
import { type Route, Routes } from '../../endpoint/behaviour/routes.ts';
import type { SendEvery } from '../../endpoint/behaviour/send-every.ts';
import { Serving } from '../../endpoint/behaviour/serving.ts';
import { SINK } from '../../endpoint/behaviour/sink.ts';
import type { Env } from '../../env.ts';
import { messageArgument, writingOf } from '../session/outgoing.ts';

/** Options → what is done with clients. Files are read and programs looked for now, so that what is wrong is said at once. */
export async function servingOf(options: Options, env: Env): Promise<Serving> {
  const routes = await routesOf(options, env);
  const fallback = await fallbackOf(options, env);
  const kinds = [...routes.map(({ kind }) => kind), fallback];
  const exec = kinds.some((kind) => kind?.kill);
  const stray = ['shell', 'max-forks', 'pass-env'].find((name) => options.has(name));
  if (stray && !exec) throw new UsageError(`--${stray} is about --exec: give that too`);
  const sending = await sendingOf(options, env);
  // With routes alone other paths are not found.
  return new Serving(new Routes(routes, fallback ?? (routes.length === 0 ? BY_HAND : undefined)), sending);
}

/** A way to treat clients by its name, with what stands behind the colon. */
type Maker = (argument: string, options: Options, env: Env) => Promise<BehaviourKind> | BehaviourKind;

const PLAIN: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['echo', () => ECHO],
  ['broadcast', () => new BroadcastRoom()],
  ['sink', () => SINK],
  ['none', () => BY_HAND],
]);

const WITH_ARGUMENT: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['exec', async (command, options, env) => (await import('./exec-kind.ts')).execOf(command, options, env)],
  ['reply', async (file) => (await import('./reply-kind.ts')).replyOf(file)],
]);

async function fallbackOf(options: Options, env: Env): Promise<BehaviourKind | undefined> {
  const given = ['echo', 'broadcast', 'sink', 'exec', 'reply'].filter((name) => options.has(name) && !options.off(name));
  const [name, another] = given;
  if (name === undefined) return undefined;
  if (another !== undefined)
    throw new UsageError(`--${name} and --${another} exclude each other: give one, or a --route for each`);
  return (PLAIN.get(name) ?? WITH_ARGUMENT.get(name))?.(options.text(name) ?? '', options, env);
}

async function routesOf(options: Options, env: Env): Promise<Route[]> {
  const routes: Route[] = [];
  const seen = new Set<string>();
  for (const text of options.texts('route')) {
    const [, path, name = '', argument] = /^(\/[^=]*)=([^:]*)(?::(.*))?$/s.exec(text) ?? [];
    if (path === undefined) throw new UsageError(`--route ${JSON.stringify(text)}: ${HOW}`);
    const bare = path.replace(/\/+$/, '');
    if (seen.has(bare)) throw new UsageError(`--route ${path} is there twice: give one`);
    seen.add(bare);
    routes.push({ path, kind: await makerOf(text, name, argument)(argument ?? '', options, env) });
  }
  return routes;
}

function makerOf(text: string, name: string, argument: string | undefined): Maker {
  const [plain, withArgument] = [PLAIN.get(name), WITH_ARGUMENT.get(name)];
  if (plain && argument === undefined) return plain;
  if (withArgument && argument) return withArgument;
  const where = `--route ${JSON.stringify(text)}`;
  if (plain) throw new UsageError(`${where}: ${name} takes nothing behind it`);
  if (withArgument) throw new UsageError(`${where}: ${name} needs more: ${name === 'exec' ? 'exec:CMD' : 'reply:FILE'}`);
  const meant = nearest(name, [...PLAIN.keys(), ...WITH_ARGUMENT.keys()]);
  throw new UsageError(`${where}: ${meant === undefined ? HOW : `did you mean ${meant}?`}`);
}

const HOW = 'write PATH=WHAT, e.g. /chat=broadcast, where WHAT is echo, broadcast, sink, exec:CMD, reply:FILE or none';

async function sendingOf(options: Options, env: Env): Promise<SendEvery | undefined> {
  const texts = options.texts('send');
  const every = options.number('every');
  if (texts.length === 0 && every === undefined) return undefined;
  if (every === undefined) throw new UsageError('--send needs --every TIME; -x sends once to each client');
  if (texts.length === 0) throw new UsageError('--every needs --send MSG: what is to be sent?');
  const writing = writingOf(options);
  return { messages: await Promise.all(texts.map((text) => messageArgument(text, writing, env))), every };
}
