import { afterEach, describe, expect, test } from '@jest/globals';
import { cutOff } from './conformance/cut-off.ts';
import { use } from './conformance/use.ts';
import { transientFaults } from './conformance/transient-faults.ts';
import { discovery } from './conformance/discovery.ts';
import { drift } from './conformance/drift.ts';
import { endings } from './conformance/endings.ts';
import { extensions } from './conformance/extensions.ts';
import { exemptions } from './conformance/exemptions.ts';
import { identity } from './conformance/identity.ts';
import { lateWrites } from './conformance/late-writes.ts';
import { lostAnswers } from './conformance/lost-answers.ts';
import { marks } from './conformance/marks.ts';
import { priorState } from './conformance/prior-state.ts';
import { races } from './conformance/races.ts';
import { repeats } from './conformance/repeats.ts';
import type { Effect, Exempt, ProviderFixture } from './conformance/harness.fixture.ts';

export {
  faultOf,
  intentFor,
  newLease,
  revoking,
  type Exempt,
  type ProviderFixture,
  type FaultControl,
  type VendorControl,
} from './conformance/harness.fixture.ts';
export { testLedgerAway } from './conformance/ledger-away.ts';
export { testRefusedTargets } from './conformance/targets.ts';

/** Kinds of cases in which the test itself changes the account, the target or the owner, and so other things of theirs. */
const CHANGES_OTHERS: readonly (keyof Exempt)[] = [
  'account',
  'target-deleted',
  'target-renamed',
  'target-recreated',
  'owner',
  'pages',
];

/**
 * What every provider must do. Each provider's own test must call this function.
 *
 * @param name the first part of the tests' titles
 * @param openFixture creates a vendor with one account that has no access, and some other accounts
 * @param exempt the cases that do not apply to the vendor, with the reason
 */
export function testProviderContract<T>(
  name: string,
  openFixture: () => Promise<ProviderFixture<T>> | ProviderFixture<T>,
  exempt: Exempt = {},
) {
  const stops: Effect[] = [];
  const open = async (): Promise<ProviderFixture<T>> => {
    const fixture = await openFixture();
    if (fixture.stop) stops.push(fixture.stop);
    return fixture;
  };
  /** One case with a fixture of its own. Everything is stopped afterwards. Nothing of other people may change. */
  const it = (title: string, run: (fixture: ProviderFixture<T>) => Promise<void>, key?: keyof Exempt) => {
    if (key && exempt[key]) return;
    test(title, async () => {
      const fixture = await open();
      const before = await fixture.vendor.everythingElse();
      await run(fixture);
      // When the test deletes or renames the account or the target, other things of theirs change too. Curfew does
      // not change those.
      if (!key || !CHANGES_OTHERS.includes(key))
        expect(await fixture.vendor.everythingElse()).toEqual(before);
    });
  };

  describe(`${name} keeps the provider contract`, () => {
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
    });
    repeats(it);
    lostAnswers(it);
    lateWrites(it);
    races(it);
    priorState(it);
    identity(it);
    drift(it);
    transientFaults(it);
    marks(it);
    endings(it);
    cutOff(it);
    extensions(it);
    discovery(it);
    use(it);
    exemptions(exempt, open);
  });
}
