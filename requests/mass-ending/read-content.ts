import type { EndScope } from '../../core/mass-ending.ts';
import type { Ledger, ScopeContent, ScopedRequest } from '../../ledger/index.ts';
import { isLostInScope, type LostAccess, type LostAccessDeps, readLostAccess } from '../lost-access.ts';

type ContentDeps = LostAccessDeps & Readonly<{ ledger: Pick<Ledger, 'readScope'> }>;

/** What a mass ending of a scope would end, with the access that a restored ledger has lost. At most `most` of it are listed. */
export async function readContent(deps: ContentDeps, scope: EndScope, most: number): Promise<ScopeContent> {
  const lost = (await readLostAccess(deps)).filter((each) => isLostInScope(scope, each));
  const content = await deps.ledger.readScope(scope, most, lost.map(nameOf));
  return {
    total: content.total + lost.length,
    withAccess: content.withAccess + lost.length,
    granting: content.granting,
    people: content.people,
    first: [...content.first, ...lost.map(shown)].slice(0, most),
  };
}

/** Its person, or the account that people.yaml does not have. */
const nameOf = ({ requester, accounts }: LostAccess) =>
  requester ?? (accounts[0] as ScopedRequest['requester']);

const shown = (lost: LostAccess): ScopedRequest => ({
  id: lost.request,
  requester: nameOf(lost),
  entitlement: lost.entitlements[0] ?? 'unknown',
  ...{ state: 'active', endsAt: lost.endsAt, providers: lost.providers },
});
