import type { RequestId } from '../../core/ids.ts';
import type { UsablePart } from '../../core/use.ts';
import type { Ledger, LeaseUse, UseFilter } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { narrowest, type Pieces } from './narrower.ts';

/** What the questions about use work with. `describers` read targets and call no vendor. */
export type UseDeps = Readonly<{
  ledger: Pick<Ledger, 'leaseUses'>;
  policy: Pick<Policy, 'lastKnown'>;
  describers: ReadonlyMap<string, Provider>;
}>;

/** A line of use. `narrower` is an entitlement that gives less and covers everything that was used or may have been used. */
export type UseLine = LeaseUse & Readonly<{ narrower?: Readonly<{ id: string; title: string }> }>;

type Narrowed = Omit<UseFilter, 'verdicts' | 'partly'>;

/** The line of use of each lease that matches, the newest first. */
export const linesOfUse = (
  { ledger }: Pick<UseDeps, 'ledger'>,
  filter: Narrowed,
): Promise<readonly UseLine[]> => ledger.leaseUses(filter);

/** The leases of which the vendor showed everything from the grant to the end, and there was nothing. An unknown use is never among them. */
export const neverUsed = (
  { ledger }: Pick<UseDeps, 'ledger'>,
  filter: Narrowed,
): Promise<readonly UseLine[]> => ledger.leaseUses({ ...filter, verdicts: ['never-used'] });

/** The leases of which a part was not used, each with a narrower entitlement of the catalogue where there is one. */
export async function partlyUsed(deps: UseDeps, filter: Narrowed): Promise<readonly UseLine[]> {
  const lines = await deps.ledger.leaseUses({ ...filter, partly: true });
  const catalogue = await piecesOfCatalogue(deps);
  const proposals = new Map<RequestId, UseLine['narrower']>();
  for (const { request } of lines)
    if (!proposals.has(request)) proposals.set(request, await narrowerFor(deps, request, catalogue));
  return lines.map((line) => {
    const narrower = proposals.get(line.request);
    return { ...line, ...(narrower ? { narrower } : {}) };
  });
}

const MOST_TARGETS = 100;

/** What a request gave is what its leases say, because the catalogue may have changed since. */
async function narrowerFor(
  { ledger, describers }: UseDeps,
  request: RequestId,
  catalogue: readonly Pieces[],
): Promise<UseLine['narrower']> {
  const lines = await ledger.leaseUses({ request, limit: MOST_TARGETS });
  const [first] = lines;
  if (!first) return undefined;
  const gives: string[] = [];
  const needed = new Set<string>();
  for (const line of lines)
    for (const piece of piecesOf(describers, line.target)) {
      gives.push(piece.gives);
      if (mayBeNeeded(line, piece)) needed.add(piece.gives);
    }
  const { entitlement: id } = first;
  const found = narrowest({ id, title: id, gives }, { needed, catalogue });
  return found && { id: found.id, title: found.title };
}

/** Only what is known as not used is not needed. */
function mayBeNeeded({ verdict, isWhole, parts }: LeaseUse, { part }: UsablePart): boolean {
  if (verdict === 'never-used') return false;
  const shown = parts.find((each) => each.part === part);
  return !(isWhole && shown?.use === 'not-used');
}

async function piecesOfCatalogue({ policy, describers }: UseDeps): Promise<readonly Pieces[]> {
  const known = await policy.lastKnown();
  return [...(known?.entitlements.values() ?? [])].map(({ id, title, targets }) => ({
    ...{ id, title },
    gives: targets.flatMap((target) => piecesOf(describers, target).map(({ gives }) => gives)),
  }));
}

/** The pieces of a target, or the whole target where its vendor tells no pieces apart. */
function piecesOf(
  describers: UseDeps['describers'],
  {
    provider: name,
    spec,
    lockKey,
    level,
  }: Readonly<{ provider: string; spec: unknown; lockKey: string; level: string }>,
): readonly UsablePart[] {
  const provider = describers.get(name);
  const target = provider?.parseTarget(spec);
  const parts = provider && target?.ok ? provider.usableParts(target.value) : [];
  const whole = { part: `${lockKey} ${level}`, gives: JSON.stringify([name, lockKey, level]) };
  return parts.length === 0
    ? [whole]
    : parts.map(({ part, gives }) => ({ part, gives: JSON.stringify([name, gives]) }));
}
