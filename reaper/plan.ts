import type { Instant, LeaseId } from '../core/ids.ts';
import { dueAccesses, MANIFEST_GRACE_MS, type DueAccess } from '../manifest/due.ts';
import type { ManifestEntry } from '../manifest/entry.ts';
import type { Intent, ManagedObject, Remover, VendorClock } from '../providers/provider.ts';
import { clockAt } from './clocks.ts';
import type { Ending } from './report.ts';
import { rotate } from './rotate.ts';

/** One call that ends an access. `object`: an object at the vendor ends whole. `entry`: an entry of the manifest is lowered to what must remain. */
export type Task = Ending &
  Readonly<
    { kind: 'object'; managed: ManagedObject } | { kind: 'entry'; intent: Intent<unknown>; serial: number }
  >;

/** An access that is due and cannot be ended now, with the reason. */
export type BlockedEnding = Ending & Readonly<{ why: string }>;

/** The tasks are in the order of rotate.ts: what ended last comes first. */
export type Plan = Readonly<{ tasks: readonly Task[]; blocked: readonly BlockedEnding[] }>;

type Named = Pick<Remover, 'name' | 'parseTarget' | 'ladder' | 'ownObject'>;

/** What is known of one provider. `clocks` are those of its places, where they tell one. */
type Facts = Readonly<{ remover: Named; now: Instant; clocks: readonly VendorClock[] }>;

type Due = Readonly<{ due: Task | BlockedEnding; endsAt: Instant }>;

/** The objects whose own end was at least 30 s ago. An object that stores no end is left out. */
export const dueObjects = (
  objects: readonly ManagedObject[],
  { now }: Pick<Facts, 'now'>,
): readonly ManagedObject[] =>
  objects.filter(({ endsAt }) => endsAt !== undefined && endsAt + MANIFEST_GRACE_MS <= now);

/** What to end because the objects themselves say so (I3). */
export const planObjects = (objects: readonly ManagedObject[], facts: Facts): Plan =>
  planOf(
    dueObjects(objects, facts).map((managed) => {
      const { lease, subject, what, endsAt = facts.now } = managed;
      const ending = { provider: facts.remover.name, leases: [lease], what: `${what} of ${subject}` };
      return { due: { ...ending, kind: 'object', managed }, endsAt };
    }),
    facts,
  );

/**
 * What to end because the manifest says so (I3, I5, I6). `covered` are the leases whose own object is ended anyway: an access that
 * is an object of its own is not ended twice.
 */
export const planEntries = (
  entries: readonly ManifestEntry[],
  covered: ReadonlySet<LeaseId>,
  facts: Facts,
): Plan => {
  const { now, clocks, remover } = facts;
  const vendorNow = clockAt(clocks, undefined) ?? now;
  const accesses = dueAccesses(entries, {
    now,
    vendorNow,
    ladderOf: (entry) => ladderOf(entry, remover),
  });
  const early = entries.filter(
    ({ lease, state, endsAt }) =>
      state === 'live' && endsAt + MANIFEST_GRACE_MS <= now && endsAt > vendorNow && !covered.has(lease),
  );
  return planOf(
    [
      ...accesses.flatMap((access) => dueEntries(access, covered, facts)),
      ...early.map((entry) => ({
        due: { ...endingOf([entry], remover.name), why: notReached(entry.endsAt, remover.name) },
        endsAt: entry.endsAt,
      })),
    ],
    facts,
  );
};

function planOf(all: readonly Due[], facts: Facts): Plan {
  const newestFirst = [...all].sort((a, b) => b.endsAt - a.endsAt);
  const sorted = rotate(newestFirst, facts.now).map((each) => notBefore(each, facts));
  return {
    tasks: sorted.filter((each): each is Task => 'kind' in each),
    blocked: sorted.filter((each): each is BlockedEnding => 'why' in each),
  };
}

/** A vendor whose clock is behind has not ended the access itself yet, so neither does the reaper. */
function notBefore({ due, endsAt }: Due, { clocks }: Facts): Task | BlockedEnding {
  if ('why' in due) return due;
  const vendorNow = clockAt(clocks, due.kind === 'object' ? due.managed.place : undefined);
  if (vendorNow === undefined || vendorNow >= endsAt) return due;
  const { provider, leases, what } = due;
  return { provider, leases, what, why: notReached(endsAt, provider) };
}

const notReached = (endsAt: Instant, provider: string): string =>
  `its end (${new Date(endsAt).toISOString()}) is not reached by the clock of ${provider}`;

/**
 * Where each lease has an object of its own, each is ended by itself and nothing remains of it. Otherwise the leases share one access,
 * and what remains is what due.ts says.
 */
function dueEntries(access: DueAccess, covered: ReadonlySet<LeaseId>, { remover }: Facts): readonly Due[] {
  const { entry, due, remaining } = access;
  const { endsAt } = entry;
  const target = remover.parseTarget(entry.spec);
  const shared = endingOf(due, remover.name);
  if (!target.ok) return [{ due: { ...shared, why: `its target cannot be read: ${target.error}` }, endsAt }];
  if (remover.ownObject(target.value))
    return due
      .filter(({ lease }) => !covered.has(lease))
      .map((each) => ({
        due: taskOf(each, [each], { target: target.value, level: lowest(remover, target.value) }),
        endsAt: each.endsAt,
      }));
  return remaining.ok
    ? [{ due: taskOf(entry, due, { target: target.value, level: remaining.value }), endsAt }]
    : [{ due: { ...shared, why: `nobody knows what must remain: ${remaining.error}` }, endsAt }];
}

const taskOf = (
  { provider, lease, serial, subject, endsAt }: ManifestEntry,
  due: readonly ManifestEntry[],
  to: Readonly<{ target: unknown; level: string }>,
): Task => ({
  ...endingOf(due, provider),
  kind: 'entry',
  intent: { lease, subject, endsAt, ...to },
  serial,
});

const endingOf = (due: readonly ManifestEntry[], provider: string): Ending => ({
  provider,
  leases: due.map(({ lease }) => lease),
  what: `${due[0]?.targetKey} of ${due[0]?.subject.name}`,
});

const lowest = ({ ladder }: Pick<Remover, 'ladder'>, target: unknown): string => ladder(target)[0] ?? 'none';

function ladderOf({ spec }: ManifestEntry, remover: Named): readonly string[] {
  const target = remover.parseTarget(spec);
  return target.ok ? remover.ladder(target.value) : [];
}
