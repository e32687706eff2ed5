import type { Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import { LocalError } from '../command.ts';

/**
 * Writes what is not payload to standard output, and waits until it has left. Resolves to the exit status: a reader that
 * has gone is no error to speak of. Throws `LocalError` where the output fails, because the disk is full, say.
 */
export async function print(env: Env, text: string): Promise<ExitStatus> {
  const { stdout } = env;
  const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    // Told twice, by the event and to the callback: without a listener the event would end the process.
    stdout.once('error', resolve);
    stdout.write(text, resolve);
  });
  if (!error) return ExitStatus.ok;
  if (error.code === 'EPIPE') return ExitStatus.sigpipe;
  throw new LocalError(`standard output failed: ${error.message}`);
}
