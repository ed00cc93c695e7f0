import { parsePersonId, type PersonId } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import type { QuestionRefusal } from '../core/question-refusals.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { FoundRequests, ListPart } from '../ledger/index.ts';
import type { Sight } from '../policy/index.ts';
import { nearestPerson, personTyped } from './named-person.ts';
import { readRequestView, type RequestView, type ViewDeps } from './view.ts';
import { maySeeAccessOf, liveVisibleTo, maySeeHolders } from './who-may-see.ts';

/** A part of a list of requests: those after the first `from`, and how many the whole list has. */
export type AccessList = Readonly<{ views: readonly RequestView[]; from: number; count: number }>;

/** Who holds an entitlement. `title` is its id when the catalogue no longer has it. */
export type Holders = Readonly<{ entitlement: string; title: string; open: AccessList }>;

/** What a person holds. */
export type AccessOf = Readonly<{ person: PersonId; open: AccessList }>;

/** What was typed is repeated in an answer, up to this many characters. */
const SHOWN_CHARACTERS = 80;

/** Who holds an entitlement now, until when and approved by whom, and the pending requests for it. */
export async function readHolders(
  deps: ViewDeps,
  sight: Sight,
  typed: string,
  part: ListPart,
): Promise<Result<Holders, QuestionRefusal>> {
  const asked = await entitlementAsked(deps, sight, typed);
  if (!asked.ok) return asked;
  const { id: entitlement, title, isListed } = asked.value;
  const open = await listOf(deps, deps.ledger.openRequestsFor(entitlement, part), part);
  return isListed || open.count > 0
    ? ok({ entitlement, title, open })
    : no(await unknownEntitlement(deps, typed));
}

/** What somebody asks about: its id and its title. `isListed` is false when the policy files do not have it, or no longer. */
export type NamedSubject<Id> = Readonly<{ id: Id; title: string; isListed: boolean }>;

/** The entitlement that somebody asks about, when they may see who holds it. */
export async function entitlementAsked(
  deps: ViewDeps,
  sight: Sight,
  typed: string,
): Promise<Result<NamedSubject<string>, QuestionRefusal>> {
  if (typed === '') return no({ code: 'no-entitlement-named' });
  const policy = await deps.policy.current();
  if (!policy.ok) return no(await unreadable(deps));
  const entitlement = await deps.policy.entitlementNamed(typed);
  if (entitlement && !maySeeHolders(sight, entitlement.id))
    return no({ code: 'holders-not-visible', title: entitlement.title });
  // Somebody may still hold what is no longer in the catalogue. Then only an auditor may see it.
  if (!entitlement && !sight.isAuditor) return no(await unknownEntitlement(deps, typed));
  const id = entitlement?.id ?? typed.toLowerCase();
  return ok({ id, title: entitlement?.title ?? id, isListed: entitlement !== undefined });
}

/** The refusal for an entitlement that nobody knows. */
export async function unknownEntitlement(
  { policy }: Pick<ViewDeps, 'policy'>,
  typed: string,
): Promise<QuestionRefusal> {
  const known = await policy.lastKnown();
  const guess = known && nearest(typed, known.entitlements.keys());
  return {
    code: 'unknown-entitlement',
    entitlement: shown(typed),
    ...(guess === undefined ? {} : { nearest: guess }),
  };
}

/** What a person holds now, and their pending requests. A person who left the people file is found by their id. */
export async function readAccessOf(
  deps: ViewDeps,
  sight: Sight,
  typed: string,
  part: ListPart,
): Promise<Result<AccessOf, QuestionRefusal>> {
  const asked = await personAsked(deps, sight, typed);
  if (!asked.ok) return asked;
  const { id: person, isListed } = asked.value;
  const open = await listOf(deps, deps.ledger.openRequestsOf(person, part), part);
  return isListed || open.count > 0 ? ok({ person, open }) : no(await personNotVisible(deps, sight, typed));
}

/** The person whom somebody asks about, when they may see what that person holds. */
export async function personAsked(
  deps: ViewDeps,
  sight: Sight,
  typed: string,
): Promise<Result<NamedSubject<PersonId>, QuestionRefusal>> {
  if (typed === '') return no({ code: 'no-person-named' });
  const policy = await deps.policy.lastKnown();
  const found = policy && personTyped(policy, typed);
  const left = parsePersonId(typed.toLowerCase());
  const id = found?.id ?? (left.ok ? left.value : undefined);
  if (id === undefined || !maySeeAccessOf(sight, id)) return no(await personNotVisible(deps, sight, typed));
  return ok({ id, title: found?.name ?? id, isListed: found !== undefined });
}

/** The refusal for a person whom nobody knows, or whose access the reader may not see. */
export async function personNotVisible(
  deps: Pick<ViewDeps, 'policy'>,
  sight: Sight,
  typed: string,
): Promise<QuestionRefusal> {
  if ((await deps.policy.problem()) !== undefined) return unreadable(deps);
  const policy = await deps.policy.lastKnown();
  const guess = policy && nearestPerson(policy, typed, (each) => maySeeAccessOf(sight, each));
  return {
    code: 'person-not-visible',
    typed: shown(typed),
    ...(guess === undefined ? {} : { nearest: guess }),
  };
}

/** What a person holds, what they wait for, and how their last requests ended. */
export async function readOwnRequests(
  deps: ViewDeps,
  person: PersonId,
  most: Readonly<{ open: number; closed: number }>,
): Promise<Readonly<{ open: AccessList; closed: AccessList }>> {
  const [open, closed] = [
    { from: 0, most: most.open },
    { from: 0, most: most.closed },
  ];
  return {
    open: await listOf(deps, deps.ledger.openRequestsOf(person, open), open),
    closed: await listOf(deps, deps.ledger.closedRequestsOf(person, closed), closed),
  };
}

/** All live access that this reader may see, the soonest end first. */
export const readLiveAccess = (deps: ViewDeps, sight: Sight, part: ListPart): Promise<AccessList> =>
  listOf(deps, deps.ledger.liveRequests(liveVisibleTo(sight), part), part);

/** The views of the requests that the ledger found, in its order. */
export async function listOf(
  deps: ViewDeps,
  asked: Promise<FoundRequests>,
  { from }: ListPart,
): Promise<AccessList> {
  const { requests, count } = await asked;
  const views = await Promise.all(requests.map((id) => readRequestView(deps, id)));
  return { views: views.flatMap((view) => view ?? []), from, count };
}

/** The refusal while nobody can tell who may see what. */
export const unreadable = async ({ policy }: Pick<ViewDeps, 'policy'>): Promise<QuestionRefusal> => ({
  code: 'policy-unreadable',
  why: (await policy.problem()) ?? 'the policy could not be read',
});

/** The cut can leave half of a surrogate pair. */
const shown = (typed: string): string => typed.slice(0, SHOWN_CHARACTERS).toWellFormed();
