import { type Shell, shells } from '../cli/completion.ts';
import { completionScript } from '../cli/completion-script.ts';
import { type CommandSpec, type ParsedArguments, UsageError } from '../cli/option.ts';
import type { Env } from '../env.ts';
import type { Command } from './command.ts';
import { HELP } from './option/view-options.ts';
import { print } from './session/print.ts';

const spec: CommandSpec = {
  name: 'completion',
  summary: 'print the completion script of a shell',
  description: ['Prints a script that teaches your shell to complete wstap’s commands, options and their values.'],
  positionals: [{ name: 'SHELL', required: false, choices: shells, summary: 'bash, zsh or fish; without one, that of $SHELL' }],
  options: [HELP],
  examples: [
    { line: 'wstap completion bash >> ~/.bashrc', text: 'bash' },
    { line: 'wstap completion zsh > ~/.zfunc/_wstap', text: 'zsh (with fpath+=~/.zfunc before compinit)' },
    { line: 'wstap completion fish > ~/.config/fish/completions/wstap.fish', text: 'fish' },
  ],
};

async function run(parsed: ParsedArguments, env: Env): Promise<number> {
  const [given] = parsed.positionals;
  const shell = given ?? env.variables.SHELL?.split('/').at(-1);
  if (!shells.includes(shell as Shell)) throw new UsageError(`name the shell: wstap completion ${shells.join('|')}`);
  return print(env, completionScript('wstap', shell as Shell));
}

export const command: Command = { spec, run };
