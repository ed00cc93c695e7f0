import { Argument, Command } from 'commander';
import { SCRIPTS, type Shell, SHELLS } from '../completion/scripts.ts';
import { oneLine } from '../../core/text.ts';

/** `curfew completion <shell>` */
export const completionCommand = (): Command =>
  new Command('completion')
    .description('print the completion of commands, options and names for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
The shell must find the command "curfew", for example as a function. Then load the completion, in the file that your shell reads
at its start:

  curfew() { node /opt/curfew/cli/curfew.mjs "$@"; }
  source <(curfew completion bash)      ~/.bashrc
  source <(curfew completion zsh)       ~/.zshrc, after compinit
  curfew completion fish | source       ~/.config/fish/config.fish`,
    )
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell]));

/** `curfew complete -- <words…>`, which the scripts call. It never fails, because an error would appear in the line that somebody types. */
export const completeCommand = (program: () => Command): Command =>
  new Command('complete')
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      const { candidatesFor } = await import('../completion/candidates.ts');
      const { openSources } = await import('../completion/sources.ts');
      const found = await candidatesFor(program(), words, openSources(process.env)).catch(() => []);
      for (const { text, means } of found)
        process.stdout.write(`${oneLine(text)}\t${oneLine(means).replace(/:.*/, '')}\n`);
      process.exit(); // A connection that is still being opened must not let the shell wait.
    });
