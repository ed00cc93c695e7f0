import { expect, test } from '@jest/globals';
import { shownOf } from '../../policy/judge/request-digest.ts';
import { policyOf } from './quickstart.fixture.ts';

const { entitlements, directory } = policyOf();
const entitlement = entitlements.get('orders-db');
const ana = directory.people.get('ana' as never);
if (!entitlement || !ana) throw new Error('the quickstart has neither');

test('a card shows the account in Slack of a requester who has one, and only the name of another one', () => {
  expect(shownOf(entitlement, ana).requester).toEqual({ name: ana.name, slack: ana.accounts['slack']?.[0] });
  expect(shownOf(entitlement, { ...ana, accounts: {} }).requester).toEqual({ name: ana.name });
});
