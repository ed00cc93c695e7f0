import { testLedgerAway, testProviderContract } from './conformance.fixture.ts';
import { MAINTAINERS, ONCALL, ORDERS, githubFixture } from './github.fixture.ts';

const marks = 'a membership cannot carry a mark';

testProviderContract('github team, as a member', githubFixture(ONCALL), { marks });
testProviderContract('github team, as a maintainer', githubFixture(MAINTAINERS), { marks });
testProviderContract('github repository', githubFixture(ORDERS), { marks });

testLedgerAway('github team, as a maintainer', githubFixture(MAINTAINERS));
testLedgerAway('github repository', githubFixture(ORDERS));
