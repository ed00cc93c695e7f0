import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asAdmin } from '../ledger/database.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterAll(() => fixture?.stop());

/** Writes, as the role of a provider's process, a plan that is over and that has a lost lease of this access for thirty years. */
const forge = () =>
  asAdmin(async (owner) => {
    await owner.query(
      `with plan as (
         insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest)
         values ('forged', 0, 0, ledger_now(), 'eve', 'x') returning id)
       insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at)
       select plan.id, 'lease_forged_0', 'unknown', jsonb_build_object('lease', 'lease_forged_0', 'level', 'admin', 'provider', h.provider,
                'targetKey', h.target_key, 'subject', jsonb_build_object('id', h.subject_id), 'endsAt', 4102444800000), 'forged', 'req_forged',
              replace(to_jsonb(array[h.provider, h.target_key, h.subject_id])::text, '", "', '","'), ledger_now() + interval '30 years'
         from holding h, plan`,
    );
  }, fixture.url);

test('a lost lease that no key of the manifest signed keeps no access (I1, T24)', async () => {
  const request = await approvedWithoutWorkflow(fixture);
  await granted(fixture, request);
  expect(fixture.levelOf()).toBe('write');
  await forge();
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
  expect([fixture.levelOf(), (await fixture.state(request)).kind]).toEqual(['none', 'closed']);
});
