import type { Command } from './command.ts';

/** The commands by name. Each one's code is loaded when it is chosen, so that none pays for another at start-up. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['connect', async () => (await import('./connect.ts')).command],
  ['listen', async () => (await import('./listen.ts')).command],
  ['handshake', async () => (await import('./handshake.ts')).command],
  ['completion', async () => (await import('./completion.ts')).command],
]);

/** What a bare `wstap URL` means. */
export const FALLBACK = 'connect';

/** Every command, in the order in which they are told. */
export function allCommands(): Promise<Command[]> {
  return Promise.all([...COMMANDS.values()].map((load) => load()));
}
