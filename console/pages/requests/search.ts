import {
  askedOf,
  formatSearch,
  type KnownNames,
  knownNames,
  type Mistake,
  parseSearch,
  pinnedSearch,
  type Search,
  withoutUnknown,
} from '../../../audit/search/index.ts';
import type { RequestQuestion } from '../../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../../core/ids.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { PolicySet } from '../../../policy/index.ts';
import { maySeeAccessOf, storiesVisibleTo, visibleTo } from '../../../requests/who-may-see.ts';
import type { Reader } from '../../reader.ts';
import type { ConsoleDeps } from '../../deps.ts';

/** A search as it was understood: its canonical text, and the question for the ledger about what the reader may see. */
export type AskedSearch = Readonly<{ search: Search; text: string; question: RequestQuestion }>;

/** What a reader can name in a search: every entitlement and provider, and the people whose access they may see or end. */
export const namesFor = (policy: PolicySet | undefined, { sight }: Pick<Reader, 'sight'>): KnownNames =>
  knownNames(
    [...(policy?.directory.people.values() ?? [])].filter(
      ({ id }) => sight.isSecurity || maySeeAccessOf(sight, id),
    ),
    policy?.entitlements.values() ?? [],
  );

/** Reads what somebody searches. Moments in the canonical text are in UTC, so that its address says the same to everybody. */
export function askedSearch(
  typed: string,
  reader: Reader,
  { now, known }: Readonly<{ now: Instant; known: KnownNames }>,
): Result<AskedSearch, readonly Mistake[]> {
  const parsed = parseSearch(typed, { now, timeZone: reader.zone, known });
  if (!parsed.ok) return parsed;
  const search = pinnedSearch(parsed.value);
  return ok({
    search,
    text: formatSearch(search),
    question: { search: askedOf(search), visible: visibleTo(reader.sight) },
  });
}

/**
 * The text of a search as it is recorded. Of a search that finds nothing, only what the policy files have is recorded, because a log that
 * keeps everything is no place for any words that somebody typed.
 */
export const recordedText = (
  search: Search,
  policy: PolicySet | undefined,
  { found }: Readonly<{ found: number }>,
): string =>
  formatSearch(
    found > 0
      ? search
      : withoutUnknown(
          search,
          knownNames(policy?.directory.people.values() ?? [], policy?.entitlements.values() ?? []),
        ),
  );

/** The same question about the requests whose events the reader may see, which are fewer. */
export const aboutStories = (
  question: RequestQuestion,
  { sight }: Pick<Reader, 'sight'>,
): RequestQuestion => ({ ...question, visible: storiesVisibleTo(sight) });

/** A page of the list of requests. */
export type RequestsPlace = Readonly<{
  text: string;
  after?: string | undefined;
  before?: string | undefined;
}>;

/** The address of a page of the list, always the same for equal ones. */
export function requestsAddress({ text, after, before }: RequestsPlace): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: text, after, before }))
    if (value !== undefined && value !== '') query.append(name, value);
  return query.size === 0 ? '/requests' : `/requests?${query.toString()}`;
}

/** What a search names and has a page of its own. */
export type SearchedSubjects = Readonly<{
  /** With what the reader may do: look at the person, and end everything of them. */
  people: readonly Readonly<{ id: PersonId; maySee: boolean; mayEndAll: boolean }>[];
  entitlements: readonly string[];
}>;

/** More names than this are a list, and no question about somebody. */
const MOST = 5;

/** The people and entitlements of a search that the reader may open. */
export async function readSearched(
  { policy }: Pick<ConsoleDeps, 'policy'>,
  { sight, person: reader }: Pick<Reader, 'sight' | 'person'>,
  { is }: Search,
): Promise<SearchedSubjects> {
  const ids = (is.person ?? []).slice(0, MOST).map((each) => each as PersonId);
  const people = await Promise.all(
    ids.map(async (id) => ({
      id,
      maySee: maySeeAccessOf(sight, id),
      mayEndAll: (await policy.mayEndAll(reader, { kind: 'person', person: id })).ok,
    })),
  );
  return {
    people: people.filter(({ maySee, mayEndAll }) => maySee || mayEndAll),
    entitlements: (is.entitlement ?? []).slice(0, MOST),
  };
}
