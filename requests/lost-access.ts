import { type Instant, parseRequestId, type PersonId, type RequestId } from '../core/ids.ts';
import { type EndScope, isInScope } from '../core/mass-ending.ts';
import type { Ledger, PlanLine } from '../ledger/index.ts';
import { parseEntry } from '../manifest/entry.ts';
import type { Policy } from '../policy/index.ts';

export type LostAccessDeps = Readonly<{
  ledger: Pick<Ledger, 'lostLeasesLeft'>;
  policy: Pick<Policy, 'lastKnownPersonOf' | 'ownerOf' | 'givenBy'>;
}>;

/**
 * The lost leases of one request that this ledger does not have, as far as the manifest and the policy say it. To record an end needs no signature.
 * The entry of each lease is verified when its access ends (`signedEntryOf`).
 */
export type LostAccess = Readonly<{
  request: RequestId;
  accounts: readonly string[];
  providers: readonly string[];
  /** Undefined when people.yaml has none of the accounts. */
  requester: PersonId | undefined;
  /** Every entitlement that gives all of it. */
  entitlements: readonly string[];
  endsAt: Instant;
  /** True when people.yaml can be read and has none of the accounts. */
  isOfNobody: boolean;
}>;

/** What nobody has ended yet, the soonest end first. */
export async function readLostAccess({ ledger, policy }: LostAccessDeps): Promise<readonly LostAccess[]> {
  const byRequest = new Map<RequestId, PlanLine[]>();
  for (const line of await ledger.lostLeasesLeft())
    // Whoever has the login of one role can write such a row (T24). One that can be of no request must not stop an ending.
    if (parseRequestId(line.request).ok) {
      const lines = byRequest.get(line.request);
      if (lines) lines.push(line);
      else byRequest.set(line.request, [line]);
    }
  return Promise.all([...byRequest].map(([request, lines]) => accessOf(policy, request, lines)));
}

async function accessOf(
  policy: LostAccessDeps['policy'],
  request: RequestId,
  lines: readonly PlanLine[],
): Promise<LostAccess> {
  const entries = lines.flatMap(({ entry }) => {
    const parsed = parseEntry(entry);
    return parsed.ok ? [parsed.value] : [];
  });
  const owners = await Promise.all(
    entries.map(({ provider, subject }) => policy.ownerOf(provider, subject.name)),
  );
  const people = await Promise.all(
    entries.map(({ provider, subject }) => policy.lastKnownPersonOf(provider, subject.name)),
  );
  const given = await Promise.all(entries.map(({ provider, spec }) => policy.givenBy(provider, spec)));
  return {
    request,
    accounts: [...new Set(entries.map(({ subject }) => subject.name))],
    providers: [...new Set(entries.map(({ provider }) => provider))].sort(),
    requester: people.find((person) => person !== undefined)?.id,
    entitlements: (given[0] ?? []).filter((id) => given.every((each) => each.includes(id))),
    endsAt: lines.reduce((latest, { endsAt }) => (endsAt > latest ? endsAt : latest), 0 as Instant),
    isOfNobody: owners.length > 0 && owners.every((owner) => owner.ok && owner.value === null),
  };
}

/** Access of an account that nobody has is of somebody who left. */
export const isLostInScope = (
  scope: EndScope,
  { requester, entitlements, providers, isOfNobody }: LostAccess,
): boolean =>
  (scope.kind === 'leavers' && isOfNobody) ||
  ['', ...entitlements].some((entitlement) =>
    isInScope(scope, { requester: requester ?? ('' as PersonId), entitlement, providers }),
  );
