import { mistakesOf } from './cli/mistake.ts';
import { type CommandSpec, UsageError } from './cli/option.ts';
import { parseArguments } from './cli/parse.ts';
import { say } from './cli/say.ts';
import { without } from './cli/spell.ts';
import { LocalError } from './command/command.ts';
import { COMMANDS, FALLBACK } from './command/table.ts';
import type { Env } from './env.ts';
import { ExitStatus } from './exit-status.ts';
import { LocalProtocolError } from './protocol/rule.ts';

/** argv → command → exit status. The only catch-all of the program. */
export async function main(env: Env, argv: readonly string[]): Promise<number> {
  env.onCrash?.((error) => explain(error, env));
  try {
    return await dispatch(env, argv);
  } catch (error) {
    return explain(error, env);
  }
}

async function dispatch(env: Env, argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv;
  if (first === '--get-yargs-completions') return (await import('./command/answers.ts')).complete(rest, env);
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    return (await import('./command/answers.ts')).overview(env);
  }
  if (first === 'help' && rest[0] !== undefined && COMMANDS.has(rest[0])) return runCommand(rest[0], ['--help'], env);
  return first !== undefined && COMMANDS.has(first) ? runCommand(first, rest, env) : runCommand(FALLBACK, argv, env);
}

async function runCommand(name: string, argv: readonly string[], env: Env): Promise<number> {
  const command = await COMMANDS.get(name)?.();
  if (!command) throw new UsageError(`there is no command ${name}`);
  const misplaced = name === FALLBACK ? misplacedCommand(command.spec, argv) : undefined;
  if (misplaced !== undefined) throw new UsageError(`the command comes first: wstap ${misplaced} …`);
  const parsed = parseArguments(command.spec, argv);
  if (parsed.options.get('help') === true) return (await import('./command/answers.ts')).help(command.spec, env);
  if (parsed.options.get('version') === true) return (await import('./command/answers.ts')).version(env);
  if (name === FALLBACK) {
    // wscat's -l PORT.
    const port = parsed.options.get('listen');
    if (typeof port === 'string')
      return runCommand('listen', [port, ...without(command.spec.options, argv, 'listen', mistakesOf('wstap'))], env);
  }
  return command.run(parsed, env);
}

/** A command's name behind options, as in `wstap -v listen 8080`; not one that is an option's value. */
function misplacedCommand(spec: CommandSpec, argv: readonly string[]): string | undefined {
  return argv.find((word, index) => {
    if (!COMMANDS.has(word)) return false;
    try {
      return parseArguments(spec, argv.slice(0, index)).positionals.length === 0;
    } catch {
      return false;
    }
  });
}

function explain(error: unknown, env: Env): number {
  if (UsageError.is(error) || LocalProtocolError.is(error)) {
    say(env.stderr, error.message);
    return ExitStatus.usage;
  }
  if (LocalError.is(error)) {
    say(env.stderr, error.message);
    return ExitStatus.local;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const detail = env.variables.WSTAP_DEBUG ? `\n${stack ?? ''}` : ' (WSTAP_DEBUG=1 shows where)';
  env.stderr.write(`wstap: this is a bug in wstap, please report it: ${message}${detail}\n`);
  return ExitStatus.bug;
}
