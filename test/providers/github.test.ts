import { itKeepsTheContract } from './conformance.fixture.ts';
import { MAINTAINERS, ONCALL, ORDERS, rigOf } from './github.fixture.ts';

const marks = 'a membership has no room for a mark';

itKeepsTheContract('github team, as a member', rigOf(ONCALL), { marks });
itKeepsTheContract('github team, as a maintainer', rigOf(MAINTAINERS), { marks });
itKeepsTheContract('github repository', rigOf(ORDERS), { marks });
