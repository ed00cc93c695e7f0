export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The script of each shell. It asks `curfew complete` for what can stand at the cursor: a line for each, with its
 * meaning after a tab. It calls `curfew` without a path, so that a function of that name works too.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // Bash ends a word at ":" and "=" and replaces only what is behind the last one. It shows no meanings.
  bash: `# Completion of curfew for bash. Load it with: source <(curfew completion bash)
_curfew() {
  local line="\${COMP_LINE:0:COMP_POINT}" current prefix candidate words=()
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=('')
  current="\${words[\${#words[@]}-1]}"
  prefix="\${current%"\${current##*[:=]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("\${candidate#"$prefix"}")
  done < <(curfew complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _curfew curfew
`,
  zsh: `#compdef curfew
# Completion of curfew for zsh. Load it after compinit with: source <(curfew completion zsh)
_curfew() {
  local line
  local -a described
  for line in "\${(@f)$(curfew complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'curfew' described
}
if [[ "$funcstack[1]" == _curfew ]]; then _curfew "$@"; else compdef _curfew curfew; fi
`,
  fish: `# Completion of curfew for fish. Load it with: curfew completion fish | source
function __curfew_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  curfew complete -- $words[2..] "$current" 2>/dev/null
end
complete -c curfew -f -a '(__curfew_complete)'
`,
};
