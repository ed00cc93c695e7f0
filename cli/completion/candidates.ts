import type { Argument, Command, Option } from 'commander';
import { type KnownNames, suggestions } from '../../audit/search/index.ts';
import { FIELD_NAMES } from '../list/fields.ts';
import { STATE_WORDS } from '../list/filter-options.ts';
import { type Place, placeOf } from './place.ts';

/** What can be typed, and what it means. */
export type Candidate = Readonly<{ text: string; means: string }>;

/** The names that are known only when somebody asks. A source that cannot be read has none. */
export type Sources = Readonly<{
  people(): Promise<readonly Candidate[]>;
  entitlements(): Promise<readonly Candidate[]>;
  /** What a search can name. */
  searchable(): Promise<KnownNames>;
  /** The requests that the command with this name can be for. */
  requests(command: string): Promise<readonly Candidate[]>;
}>;

/** What can replace the last of the words, which may be empty. `words` begin after `curfew`. */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  sources: Sources,
): Promise<readonly Candidate[]> {
  const place = placeOf(program, words);
  const found = await candidatesAt(place, sources);
  return found
    .filter(({ text }) => text.startsWith(place.typed))
    .map(({ text, means }) => ({ text: `${place.before}${text}`, means }));
}

async function candidatesAt(place: Place, sources: Sources): Promise<readonly Candidate[]> {
  switch (place.kind) {
    case 'command':
      return place.command
        .createHelp()
        .visibleCommands(place.command)
        .map((inner) => ({ text: inner.name(), means: inner.description() }));
    case 'option':
      return place.command
        .createHelp()
        .visibleOptions(place.command)
        .filter(({ long, short }) => ![long, short].some((name) => name && place.used.includes(name)))
        .map(({ long, short, description }) => ({ text: long ?? short ?? '', means: description }));
    case 'value':
      return valuesOf(place.of, place, sources);
    case 'nothing':
      return [];
  }
}

async function valuesOf(
  of: Option | Argument,
  { command, typed }: Place,
  sources: Sources,
): Promise<readonly Candidate[]> {
  if (of.argChoices) return of.argChoices.map(bare);
  switch (nameOf(of)) {
    case 'as':
    case 'person':
    case 'waiting-for':
      return sources.people();
    case 'entitlement':
    case 'confirm':
      return sources.entitlements();
    case 'request':
      return sources.requests(command.name());
    case 'state':
      return oneMore(typed, STATE_WORDS);
    case 'fields':
      return oneMore(typed, FIELD_NAMES);
    case 'search':
      return suggestions(typed, typed.length, await sources.searchable()).options;
    case 'role':
      return ['gateway', 'worker', 'sweeper', 'provider:'].map(bare);
    case 'length':
      return ['30m', '1h', '2h', '4h', '8h', '1d'].map(bare);
    case 'since':
      return ['1h', '12h', '1d', '7d', '30d'].map(bare);
    default:
      return [];
  }
}

/** The long name of an option, or the name of an argument. */
const nameOf = (of: Option | Argument): string => of.name();

/** The words that can follow in a list with commas. */
function oneMore(typed: string, words: readonly string[]): readonly Candidate[] {
  const given = typed.split(',').slice(0, -1);
  const before = given.map((word) => `${word},`).join('');
  return words.filter((word) => !given.includes(word)).map((word) => bare(`${before}${word}`));
}

const bare = (text: string): Candidate => ({ text, means: '' });
