import { answerPage } from '../../../audit/questions/index.ts';
import type { RequestFacts } from '../../../ledger/index.ts';
import type { Entitlement, Requester, Route } from '../../../policy/index.ts';
import { maySeeHolders } from '../../../requests/who-may-see.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';

/** The people of one page who may request an entitlement. `from`: how many of them are on the pages before. */
export type RequestersOfPage = Readonly<{
  entitlement: string;
  from: number;
  count: number;
  requesters: readonly Requester[];
}>;

/** So many are on one page. */
export const MOST_REQUESTERS = 50;

/** An entitlement: what it gives, who may request and approve it, and who has it now. */
export type EntitlementAnswer = Readonly<{
  id: string;
  /** Undefined for one that left the catalogue. Auditors can still see who had it. */
  entitlement: Entitlement | undefined;
  /** The way of the reader's own request; undefined when they may not request it. */
  ownRoute: Route | undefined;
  /** False while the policy files cannot be read: then nobody may request anything, and that says nothing about the entitlement. */
  isPolicyRead: boolean;
  /** Undefined when the reader may not see who has it. */
  open: Readonly<{ requests: readonly RequestFacts[]; count: number }> | undefined;
  /** Who may request it. Undefined for a reader who may not see who has it. */
  requesters: RequestersOfPage | undefined;
}>;

const MOST = 50;

/** The entitlement. Everybody may read the catalogue; who has it is for those who may see holders. */
export async function readEntitlement(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight, person }: Pick<Reader, 'sight' | 'person'>,
  { typed, from }: Readonly<{ typed: string; from: number }>,
): Promise<EntitlementAnswer | undefined> {
  const entitlement =
    (await policy.entitlementNamed(typed)) ?? (await policy.lastKnown())?.entitlements.get(typed);
  const id = entitlement?.id ?? typed;
  const maySee = maySeeHolders(sight, id);
  if (!entitlement && (!maySee || !(await wasHeld(ledger, id)))) return undefined;
  const found = maySee ? await ledger.openRequestsFor(id, { from: 0, most: MOST }) : undefined;
  const facts = new Map((await ledger.requestFacts(found?.requests ?? [])).map((each) => [each.id, each]));
  const routes = await policy.routesOf(person);
  const requesters = maySee ? await policy.requestersOf(id, { from, most: MOST_REQUESTERS }) : undefined;
  return {
    ...{ id, entitlement },
    ownRoute: routes.find((route) => route.entitlement.id === id),
    isPolicyRead: (await policy.problem()) === undefined,
    requesters: requesters && { entitlement: id, from, ...requesters },
    open: found && {
      requests: found.requests.flatMap((request) => facts.get(request) ?? []),
      count: found.count,
    },
  };
}

/** True when somebody had it, whenever that was. */
const wasHeld = async (ledger: ConsoleDeps['ledger'], id: string): Promise<boolean> =>
  (
    await answerPage(
      ledger,
      { view: 'access', where: [{ kind: 'is', column: 'entitlement', value: id }] },
      { most: 1 },
    )
  ).rows.length > 0;
