import { testLedgerAway, testProviderContract } from './conformance.fixture.ts';
import { MAINTAINERS, ONCALL, ORDERS, ORDERS_ADMIN, githubFixture } from './github.fixture.ts';

const marks = 'a membership cannot carry a mark';
const use = 'GitHub does not tell what was done with a membership of a team';

testProviderContract('github team, as a member', githubFixture(ONCALL), { marks, use });
testProviderContract('github team, as a maintainer', githubFixture(MAINTAINERS), {
  marks,
  use,
  changed: 'no membership is higher than that of a maintainer, and a lower one is raised again',
});
testProviderContract('github repository', githubFixture(ORDERS), { marks });
testProviderContract('github repository, as an admin', githubFixture(ORDERS_ADMIN), {
  marks,
  changed: 'no role is higher than admin, and a lower one is raised again',
  'target-deleted': 'GitHub does not say whether an admin deleted or transferred it',
  'target-recreated': 'GitHub does not say whether an admin deleted or transferred it',
});

testLedgerAway('github team, as a maintainer', githubFixture(MAINTAINERS));
testLedgerAway('github repository', githubFixture(ORDERS));
