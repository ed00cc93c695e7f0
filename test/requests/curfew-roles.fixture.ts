import { heldRolesIn, withRoleLedger } from '../../app/curfew-roles.ts';
import { type OpenedPolicy, openPolicy } from '../../policy/index.ts';
import { module } from '../../providers/curfew/index.ts';
import { chosenPerson } from '../../requests/acting-as.ts';
import { targetReader } from '../../providers/target-reader.ts';
import type { RequestsFixture } from './requests.fixture.ts';

const ENTITLEMENTS = `entitlements:
  - id: curfew-auditor
    title: Auditor of Curfew
    owner: person:dee
    usual: 1h
    longest: 8h
    requesters: [person:ana, person:cy]
    targets: [{ provider: curfew, role: auditor }]
    route: { approvers: [person:dee, person:eli] }
  - id: curfew-security
    title: Security of Curfew
    owner: person:dee
    usual: 1h
    longest: 8h
    requesters: [person:ana, person:cy]
    targets: [{ provider: curfew, role: security }]
    route: { approvers: [person:dee, person:eli] }
`;

/** The fixture with two entitlements that give roles of Curfew, and with parts that read who has them in the ledger. */
export async function withCurfewRoles<F extends RequestsFixture>(
  fixture: F,
): Promise<F & Readonly<{ policy: OpenedPolicy }>> {
  await fixture.edit('catalogue.yaml', 'entitlements:\n', ENTITLEMENTS);
  const { ledger, deps, folder } = fixture;
  const providers = withRoleLedger(new Map([...deps.providers, ['curfew', module.create({})]]), ledger);
  const policy = openPolicy(folder, targetReader(providers), { actsAs: chosenPerson }).withRoles(
    heldRolesIn(ledger),
  );
  return { ...fixture, policy, deps: { ...deps, providers, policy } };
}
