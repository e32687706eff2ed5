import type { CommandSpec, ParsedArguments } from '../cli/option.ts';
import type { Env } from '../env.ts';

/** A subcommand: what it is called with, and what it does. Its file holds the wiring and nothing else. */
export interface Command {
  readonly spec: CommandSpec;
  /** Resolves to the exit status. Throws `UsageError` (status 2) or `LocalError` (status 3). */
  run(parsed: ParsedArguments, env: Env): Promise<number>;
}

/** Something on this machine is in the way: a file, a port. The message says what to do; exit status 3. */
export class LocalError extends Error {
  override readonly name = 'LocalError';

  /** By name, as with `UsageError`. */
  static is(error: unknown): error is LocalError {
    return error instanceof Error && error.name === 'LocalError';
  }
}
