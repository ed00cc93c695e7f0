import { z } from 'zod';
import { parseDuration } from '../../core/duration.ts';
import type { Minutes, PersonId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { nearest } from '../../core/nearest.ts';
import type { Result } from '../../core/result.ts';
import type { ParsedTarget } from '../../core/target.ts';
import type { Directory } from './people.ts';
import type { Problem, Read } from './yaml.ts';

const length = z.string().transform((text, context) => {
  const read = parseDuration(text);
  if (read.ok) return read.value;
  context.addIssue({ code: 'custom', message: read.error });
  return z.NEVER;
});

export const catalogueSchema = z.strictObject({
  entitlements: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z][a-z0-9-]{0,48}$/, {
        error: 'an entitlement id is lower-case letters, digits and -, begins with a letter, at most 49 long',
      }),
      title: z.string().min(1).max(70),
      about: z.string().max(300).optional(),
      synonyms: z.array(z.string().min(1).max(40)).max(20).default([]),
      owner: z.string(),
      class: z.enum(['public', 'internal', 'confidential', 'restricted']).default('internal'),
      longest: length,
      usual: length,
      askers: z.array(z.string()).min(1),
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

/** Whom a route or an entitlement names. */
export type PeopleSelector = Readonly<
  | { kind: 'owner' | 'manager' | 'everyone' }
  | { kind: 'group'; group: string }
  | { kind: 'person'; person: PersonId }
>;

export type ReadTarget = (provider: string, json: unknown) => Result<ParsedTarget, string>;

export type EntitlementTarget = Readonly<{ provider: string; spec: unknown } & ParsedTarget>;

/** A line of the catalogue a person can ask for. */
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

/** Holds the file against the directory and the providers. Every mistake is found, each at its place. */
export function readCatalogue(
  { value: { entitlements }, at }: Read<CatalogueFile>,
  directory: Directory,
  readTarget: ReadTarget,
): { entitlements: readonly Entitlement[]; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const read = entitlements.map((entry, index): Entitlement => {
    const here = (...path: readonly PropertyKey[]) => ['entitlements', index, ...path];
    const whom = (
      text: string,
      path: readonly PropertyKey[],
      builtIn: readonly string[],
    ): PeopleSelector[] => {
      const named = parseSelector(text, builtIn, directory);
      if (named.ok) return [named.value];
      problems.push(at(path, named.error));
      return [];
    };
    if (entitlements.findIndex(({ id }) => id === entry.id) < index)
      problems.push(at(here('id'), `the id "${entry.id}" is used twice`));
    if (entry.usual > entry.longest)
      problems.push(at(here('usual'), 'the usual length is longer than the longest'));

    const { about, route, ...rest } = entry;
    return {
      ...rest,
      ...(about === undefined ? {} : { about }),
      owner: whom(entry.owner, here('owner'), [])[0] ?? { kind: 'owner' },
      requesters: entry.askers.flatMap((text, place) => whom(text, here('askers', place), ['everyone'])),
      targets: entry.targets.flatMap(({ provider, ...target }, place) => {
        const reading = readTarget(provider, target);
        if (reading.ok) return [{ provider, spec: target, ...reading.value }];
        problems.push(at(here('targets', place), reading.error));
        return [];
      }),
      route: {
        ...route,
        approvers: route.approvers.flatMap((text, place) =>
          whom(text, here('route', 'approvers', place), ['owner', 'manager']),
        ),
      },
    };
  });
  return { entitlements: read, problems };
}

function parseSelector(
  text: string,
  builtIn: readonly string[],
  { people, groups }: Directory,
): Result<PeopleSelector, string> {
  if (builtIn.includes(text)) return { ok: true, value: { kind: text as 'owner' | 'manager' | 'everyone' } };
  const [kind, name = ''] = text.split(/:(.*)/s);
  if (kind === 'group' && groups.has(name)) return { ok: true, value: { kind, group: name } };
  if (kind === 'person' && people.has(name as PersonId))
    return { ok: true, value: { kind, person: name as PersonId } };

  const known = [
    ...builtIn,
    ...[...groups.keys()].map((group) => `group:${group}`),
    ...[...people.keys()].map((person) => `person:${person}`),
  ];
  const guess = nearest(text, known);
  const hint = guess ? `did you mean "${guess}"?` : `write ${[...builtIn, 'group:…', 'person:…'].join(', ')}`;
  return { ok: false, error: `"${text}" is nobody we know; ${hint}` };
}
