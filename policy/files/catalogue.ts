import { z } from 'zod';
import { COMMAND_WORDS } from '../../core/command-words.ts';
import { lengthSentence, parseDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Result } from '../../core/result.ts';
import type { ParsedTarget } from '../../core/target.ts';
import type { Directory } from './people.ts';
import { type BuiltIn, parseSelector, type PeopleSelector } from './selector.ts';
import { shownName, shownText } from './shown-text.ts';
import type { Problem, Read } from './yaml.ts';

const length = z.string().transform((text, context) => {
  const read = parseDuration(text);
  if (read.ok) return read.value;
  context.addIssue({ code: 'custom', message: lengthSentence(read.error) });
  return z.NEVER;
});

export const catalogueSchema = z.strictObject({
  /** Optional without a default, so that the digest of a catalogue without auditors is what it was before they existed. */
  auditors: z.array(z.string()).min(1).optional(),
  /** Optional for the same reason. `needs`: how many of them must lift a lock. */
  security: z
    .strictObject({ people: z.array(z.string()).min(1), needs: z.int().min(1).max(10).default(2) })
    .optional(),
  entitlements: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z][a-z0-9-]{0,48}$/, {
        error: 'an entitlement id is lower-case letters, digits and -, begins with a letter, at most 49 long',
      }),
      title: shownName(70),
      about: shownText(300).optional(),
      synonyms: z
        .array(shownName(40).transform((name) => name.trim()))
        .max(20)
        .default([]),
      owner: z.string(),
      class: z.enum(['public', 'internal', 'confidential', 'restricted']).default('internal'),
      longest: length,
      usual: length,
      requesters: z.array(z.string()).min(1),
      targets: z
        .array(z.looseObject({ provider: z.string() }))
        .min(1)
        .max(LIMITS.targetsPerEntitlement),
      route: z.strictObject({
        approvers: z.array(z.string()).min(1),
        needs: z.int().min(1).max(10).default(1),
        waits: length.default(LIMITS.approvalWaitMinutes),
      }),
    }),
  ),
});

type CatalogueFile = z.output<typeof catalogueSchema>;

/** Reads one target of the catalogue, as the named provider does it. */
export type ReadTarget = (provider: string, json: unknown) => Result<ParsedTarget, string>;

/** One target of an entitlement. `spec` is the target as the catalogue describes it. */
export type EntitlementTarget = Readonly<{ provider: string; spec: unknown } & ParsedTarget>;

/** One entry of the catalogue: what a person can request. */
export type Entitlement = Readonly<{
  id: string;
  title: string;
  about?: string;
  synonyms: readonly string[];
  owner: PeopleSelector;
  class: 'public' | 'internal' | 'confidential' | 'restricted';
  longest: Minutes;
  usual: Minutes;
  requesters: readonly PeopleSelector[];
  targets: readonly EntitlementTarget[];
  route: Readonly<{ approvers: readonly PeopleSelector[]; needs: number; waits: Minutes }>;
}>;

/** Who may end everything of others, and how many of them must lift the lock that comes with it. */
export type Security = Readonly<{ people: readonly PeopleSelector[]; needs: number }>;

/** What the catalogue says: who may see everything, and what can be requested. */
export type Catalogue = Readonly<{
  auditors: readonly PeopleSelector[];
  security?: Security;
  entitlements: readonly Entitlement[];
}>;

/** Checks the file against the directory and the providers. It reports every mistake with its position. */
export function readCatalogue(
  { value: { auditors = [], security, entitlements }, at }: Read<CatalogueFile>,
  directory: Directory,
  readTarget: ReadTarget,
): Catalogue & { problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const selector = (
    text: string,
    path: readonly PropertyKey[],
    builtIn: readonly BuiltIn[],
  ): PeopleSelector[] => {
    const parsed = parseSelector(text, builtIn, directory);
    if (parsed.ok) return [parsed.value];
    problems.push(at(path, parsed.error));
    return [];
  };
  const named = namesOf(entitlements);
  const readAuditors = auditors.flatMap((text, index) => selector(text, ['auditors', index], []));
  const readSecurity = security && {
    needs: security.needs,
    people: security.people.flatMap((text, index) => selector(text, ['security', 'people', index], [])),
  };
  const read = entitlements.map((entry, index): Entitlement => {
    const here = (...path: readonly PropertyKey[]) => ['entitlements', index, ...path];
    if (entitlements.findIndex(({ id }) => id === entry.id) < index)
      problems.push(at(here('id'), `the id "${entry.id}" is used twice`));
    if (isCommandWord(entry.id)) problems.push(at(here('id'), commandWordProblem(entry.id)));
    entry.synonyms.forEach((synonym, position) => {
      if (isCommandWord(synonym)) problems.push(at(here('synonyms', position), commandWordProblem(synonym)));
      const other = named.get(synonym.toLowerCase());
      if (other !== entry.id)
        problems.push(at(here('synonyms', position), `"${synonym}" already names "${other}"`));
    });
    if (entry.usual > entry.longest)
      problems.push(at(here('usual'), 'the usual length is longer than the longest'));

    const { about, route, ...rest } = entry;
    return {
      ...rest,
      ...(about === undefined ? {} : { about }),
      owner: selector(entry.owner, here('owner'), [])[0] ?? { kind: 'owner' },
      requesters: entry.requesters.flatMap((text, position) =>
        selector(text, here('requesters', position), ['everyone']),
      ),
      targets: entry.targets.flatMap(({ provider, ...target }, position) => {
        const parsed = readTarget(provider, target);
        if (parsed.ok) return [{ provider, spec: target, ...parsed.value }];
        problems.push(at(here('targets', position), parsed.error));
        return [];
      }),
      route: {
        ...route,
        approvers: route.approvers.flatMap((text, position) =>
          selector(text, here('route', 'approvers', position), ['owner', 'manager']),
        ),
      },
    };
  });
  return {
    auditors: readAuditors,
    ...(readSecurity && { security: readSecurity }),
    entitlements: read,
    problems,
  };
}

const isCommandWord = (name: string): boolean => COMMAND_WORDS.some((word) => word === name.toLowerCase());
const commandWordProblem = (name: string): string =>
  `"${name}" cannot be an id or a synonym: "/access ${name.toLowerCase()}" is a command of its own. Choose another name`;

/** The id that each name stands for, in lower case. An id comes before a synonym, and the first entry before the others. */
function namesOf(entitlements: CatalogueFile['entitlements']): ReadonlyMap<string, string> {
  const ids = entitlements.map(({ id }) => [id, id] as const);
  const synonyms = entitlements.flatMap(({ id, synonyms: each }) =>
    each.map((synonym) => [synonym.toLowerCase(), id] as const),
  );
  return new Map([...ids, ...synonyms].reverse());
}
