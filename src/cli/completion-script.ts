import { completionRequest, type Shell } from './completion.ts';

/** The script that a user's shell loads once; it asks the program itself at each Tab, so that it never goes stale. */
export function completionScript(program: string, shell: Shell): string {
  const name = program.replace(/\W/g, '_');
  return { bash, zsh, fish }[shell](program, `_${name}_complete`);
}

const bash = (program: string, name: string) => `# bash completion for ${program}. Load it with:
#   source <(${program} completion bash)
# or save it as ~/.local/share/bash-completion/completions/${program}
${name}() {
  local IFS=$'\\n'
  COMPREPLY=($(${program} ${completionRequest} bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o bashdefault -o default -F ${name} ${program}
`;

const zsh = (program: string, name: string) => `#compdef ${program}
# zsh completion for ${program}. Load it with:
#   source <(${program} completion zsh)
# or save it as _${program} in a directory of your $fpath
${name}() {
  local -a offers
  offers=("\${(@f)$(${program} ${completionRequest} zsh "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${offers[1]}" ]]; then
    _describe '${program}' offers
  else
    _files
  fi
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  ${name} "$@"
else
  compdef ${name} ${program}
fi
`;

const fish = (program: string, name: string) => `# fish completion for ${program}. Load it with:
#   ${program} completion fish | source
# or save it as ~/.config/fish/completions/${program}.fish
function _${name}
    set -l typed (commandline -opc)
    set -l offers (${program} ${completionRequest} fish $typed[2..-1] (commandline -ct) 2>/dev/null)
    if set -q offers[1]
        printf '%s\\n' $offers
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c ${program} -f -a '(_${name})'
`;
