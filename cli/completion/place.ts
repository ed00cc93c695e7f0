import type { Argument, Command, Option } from 'commander';

/**
 * What can stand at the cursor: an inner command, an option, or the value of an option or of an argument. `typed` is what stands
 * there already, and `before` is what comes before it in the same word, such as `--state=`.
 */
export type Place = Readonly<
  { command: Command; typed: string; before: string } & (
    | { kind: 'command' }
    | { kind: 'option'; used: readonly string[] }
    | { kind: 'value'; of: Option | Argument }
    | { kind: 'nothing' }
  )
>;

/** Finds the place of the last word, as the parser of the command line would read the words before it. */
export function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let waiting: Option | undefined;
  let isAfterOptions = false;
  const used: string[] = [];
  let count = 0;
  for (const word of words.slice(0, -1)) {
    if (waiting) waiting = undefined;
    else if (word === '--') isAfterOptions = true;
    else if (word.startsWith('-') && !isAfterOptions) {
      used.push(word.replace(/=.*/, ''));
      const option = optionNamed(command, word);
      waiting = option?.required && !word.includes('=') ? option : undefined;
    } else {
      const inner: Command | undefined = count === 0 ? innerNamed(command, word) : undefined;
      if (inner) command = inner;
      else if (!isHelp(command, word)) count += 1;
    }
  }
  const typed = words.at(-1) ?? '';
  if (waiting) return { kind: 'value', of: waiting, command, typed, before: '' };
  if (typed.startsWith('-') && !isAfterOptions) return optionPlace(command, typed, used);
  if (command.commands.length > 0)
    return { kind: count === 0 ? 'command' : 'nothing', command, typed, before: '' };
  const of = argumentAt(command, count);
  return of
    ? { kind: 'value', of, command, typed, before: '' }
    : { kind: 'nothing', command, typed, before: '' };
}

function optionPlace(command: Command, typed: string, used: readonly string[]): Place {
  const equals = typed.indexOf('=');
  const option = equals > 0 ? optionNamed(command, typed.slice(0, equals)) : undefined;
  if (!option) return { kind: 'option', used, command, typed, before: '' };
  return {
    kind: 'value',
    of: option,
    command,
    typed: typed.slice(equals + 1),
    before: typed.slice(0, equals + 1),
  };
}

const optionNamed = (command: Command, word: string): Option | undefined =>
  command.options.find(({ long, short }) => [long, short].includes(word.replace(/=.*/, '')));

/** `help` is followed by the name of a command. The library adds it to each command that has inner ones. */
const isHelp = (command: Command, word: string): boolean => word === 'help' && command.commands.length > 0;

const innerNamed = (command: Command, word: string): Command | undefined =>
  command.commands.find((inner) => inner.name() === word);

/** The argument in this place. The last one can take any number of words. */
function argumentAt({ registeredArguments }: Command, place: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[place] ?? (last?.variadic ? last : undefined);
}
