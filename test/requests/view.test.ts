import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import type { ActiveRequest } from '../../core/request/state.ts';
import type { RequestFilter } from '../../ledger/index.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { personNames, readRequestPage, readRequestView } from '../../requests/view.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  asked,
  attempt,
  granted,
  killedGrant,
  openedWithoutWorkflow,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

const viewOf = (request: RequestId) => readRequestView(fixture.deps, request);
const pageOf = (filter: RequestFilter) => readRequestPage(fixture.deps, filter);
const DESCRIBED = {
  plain: 'write access to thing (simulated)',
  permissions: ['fake:write on thing'],
  cautions: [],
  atEnd: [],
  widens: false,
  level: 'write',
  enforcement: 'C',
  residualMs: 0,
  provider: 'fake',
};

describe('the view of a request', () => {
  test('has its state, its texts and its targets', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const before = await fixture.ledger.now();
    const view = await viewOf(request);
    expect(view).toMatchObject({
      id: request,
      state: await fixture.state(request),
      title: 'The thing',
      about: 'What the tests ask for.',
      class: 'confidential',
      reason: expect.stringMatching(/^incident 4312/),
      targets: [DESCRIBED],
      secrets: [],
    });
    expect(view).not.toHaveProperty('denial');
    expect(view?.now).toBeGreaterThanOrEqual(before);
    expect(view?.trail.map(({ event, via }) => [event.kind, via])).toEqual([
      ['requested', 'cli'],
      ['judged', 'cli'],
    ]);
    expect(view?.nameOf('ana' as PersonId)).toEqual({ name: 'Ana', slack: 'U0ANA' });
  });

  test('has the time of the ledger’s clock (I23)', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await fixture.shiftClock(3_600_000);
    const before = await fixture.ledger.now();
    const now = (await viewOf(request))?.now;
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(await fixture.ledger.now());
  });

  test('has the note of a denial', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await answered(fixture, request, { kind: 'deny', by: 'bo', body: { note: 'not today' } });
    expect((await viewOf(request))?.denial).toEqual({ by: 'bo', text: 'not today' });
  });

  test('has the note of the last denied extension, and none while the next one waits', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    for (const note of ['not today', 'nor tomorrow']) {
      await asked(fixture, request);
      expect(await viewOf(request)).not.toHaveProperty('denial');
      const { extension } = (await fixture.state(request)) as ActiveRequest;
      const body = { note, digest: extension?.details.digest ?? '' };
      await answered(fixture, request, { kind: 'deny', by: 'bo', body });
      expect((await viewOf(request))?.denial).toEqual({ by: 'bo', text: note });
    }
  });

  test('says which of its providers may still refuse its requester', async () => {
    const id = 'end_01m0000000000000000000000a' as MassEndingId;
    const scope = { kind: 'person', person: 'ana' as PersonId } as const;
    await fixture.ledger.writeMassEnding({ id, scope, by: 'ana' as PersonId, reason: 'x' });
    const cutOff = { seen: 'x', toUndo: ['Delete the policy.'], done: [], again: [] };
    for (const provider of ['fake', 'login']) await fixture.ledger.writeCutOff(id, { provider, ...cutOff });
    expect((await viewOf(await openedWithoutWorkflow(fixture)))?.elsewhere).toEqual([
      { kind: 'denied', provider: 'fake', toUndo: ['Delete the policy.'] },
    ]);
  });

  test('has the provider of each of three targets', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const providers = ['one', 'two', 'three'];
    const ledger = {
      ...fixture.deps.ledger,
      readTrail: async (id: RequestId) =>
        (await fixture.ledger.readTrail(id)).map((each) =>
          each.event.kind === 'requested'
            ? { ...each, event: { ...each.event, details: { ...each.event.details, targets: providers } } }
            : each,
        ),
      readShown: async (id: RequestId) => {
        const shown = await fixture.ledger.readShown(id);
        return { ...shown, targets: providers.flatMap(() => shown.targets) };
      },
    };
    const view = await readRequestView({ ...fixture.deps, ledger }, request);
    expect(view?.targets.map(({ provider }) => provider)).toEqual(providers);
  });

  test('describes each target, in the order of the catalogue', async () => {
    const request = await openedWithoutWorkflow(fixture, { entitlement: 'pair' });
    expect((await viewOf(request))?.targets.map(({ plain }) => plain)).toEqual([
      'read access to thing (simulated)',
      'admin access to other (simulated)',
    ]);
  });

  test('says for what the grant waits, until its intent is recorded (F31)', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'other' });
    const [{ at: since } = { at: 0 }] = ((await fixture.state(request)) as ActiveRequest).approvals;
    const waits = async () => (await viewOf(request))?.wait;
    expect(await waits()).toBeUndefined();
    for (const [fault, wait] of [
      ['provider-throttled: it waits for its turn', { kind: 'rate', provider: 'fake', since }],
      ['log-behind: nothing was published', { kind: 'log', since }],
      ['provider-unavailable: no answer', { kind: 'vendor', provider: 'fake', since }],
    ] as const) {
      await fixture.ledger.noteLeaseFault(firstLease(request), fault);
      expect(await waits()).toEqual(wait);
    }
    await fixture.ledger.noteLeaseFault(firstLease(request), 'log-behind: nothing was published');
    await rowsOf(
      fixture.url,
      `insert into log_place (name, problem) values ('witness one at https://one.example/', 'of an older version')`,
    );
    for (const [place, kind] of [
      ['witness one at https://one.example/', 'witness'],
      ['folder /srv/log', 'folder'],
      ['witness two at https://two.example/', 'witness'],
    ] as const)
      await fixture.ledger.recordPublishFailure({ place, kind }, 'it refuses');
    const witnesses = ['witness one at https://one.example/', 'witness two at https://two.example/'];
    expect(await waits()).toEqual({ kind: 'log', since, witnesses });
    await fixture.ledger.forgetProblemsExcept(witnesses.slice(1));
    expect(await waits()).toEqual({ kind: 'log', since, witnesses: witnesses.slice(1) });
    await fixture.ledger.forgetProblemsExcept([]);
    await killedGrant(fixture, request);
    expect([(await fixture.state(request)).kind, await waits()]).toEqual(['granting', undefined]);
  });

  test('names the leases whose password waits, while the access is active', async () => {
    const request = await approvedWithoutWorkflow(fixture, { entitlement: 'logins' });
    const leases = (await fixture.ledger.leasesOf(request)).map(({ id }) => id);
    for (const lease of leases) {
      expect((await viewOf(request))?.secrets).toEqual([]); // also while the second one is not granted
      await grantLease(fixture.deps, { lease, ...attempt });
    }
    expect((await viewOf(request))?.secrets).toEqual(leases);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    expect((await viewOf(request))?.secrets).toEqual([]);
  });

  test('names no lease of active access that has no password', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    await granted(fixture, request);
    expect(await viewOf(request)).toMatchObject({ state: { kind: 'active' }, secrets: [] });
  });

  test('shows what was judged when the entitlement is gone, and that the reason is erased', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await rowsOf(fixture.url, 'delete from free_text where request_id = $1', [request]);
    const restore = await fixture.edit('catalogue.yaml', 'id: thing', 'id: gone');
    const view = await viewOf(request);
    await restore();
    expect(view).toMatchObject({
      title: 'The thing',
      about: 'What the tests ask for.',
      class: 'confidential',
      reason: '(erased)',
      targets: [DESCRIBED],
    });
  });

  test('shows what was judged and the ids of the others, while no policy was ever read', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const policy = { ...fixture.deps.policy, lastKnown: () => Promise.resolve(undefined) };
    const view = await readRequestView({ ...fixture.deps, policy }, request);
    expect(view).toMatchObject({ title: 'The thing', class: 'confidential', targets: [DESCRIBED] });
    expect(view?.nameOf('ana' as PersonId)).toEqual({ name: 'Ana', slack: 'U0ANA' });
    expect(view?.nameOf('bo' as PersonId)).toEqual({ name: 'bo' });
    expect(view?.slackOf('cy' as PersonId)).toBeUndefined();
  });

  test.each([
    ['catalogue.yaml', 'resource: thing, level: write', 'resource: thing, level: admin'],
    ['catalogue.yaml', 'title: The thing', 'title: Public status page'],
    ['catalogue.yaml', 'about: What the tests ask for.', 'about: What everybody can see.'],
    ['catalogue.yaml', 'class: confidential', 'class: public'],
    ['people.yaml', 'id: ana, name: Ana', 'id: ana, name: Bo'],
    ['people.yaml', 'slack: U0ANA', 'slack: U0CY9'],
  ] as const)('is what was judged, also when %s says "%s" no more (I11)', async (file, from, to) => {
    const request = await openedWithoutWorkflow(fixture);
    const shownOf = async () => {
      const view = await viewOf(request);
      const { title, about, class: sensitivity, targets, nameOf } = view ?? {};
      return { title, about, sensitivity, targets, requester: nameOf?.('ana' as PersonId) };
    };
    const before = await shownOf();
    const restore = await fixture.edit(file, from, to);
    const after = await shownOf();
    await restore();
    expect(after).toEqual(before);
  });

  test('of a request that an older version stored has no cautions, and access that can widen itself', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const older = {
      plain: 'the thing',
      permissions: ['caution: as it was written then'],
      level: 'write',
      enforcement: 'C',
      residualMs: 0,
    };
    await rowsOf(fixture.url, `update request set shown = jsonb_set(shown, '{targets}', $2) where id = $1`, [
      request,
      JSON.stringify([older]),
    ]);
    expect((await viewOf(request))?.targets).toEqual([
      { ...older, cautions: [], atEnd: [], widens: true, provider: 'fake' },
    ]);
    expect((await fixture.ledger.readShown(request)).targets).toEqual([older]);
  });

  test('has the Slack accounts that people have now, for messages to them', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'slack: U0ANA', 'slack: U0ANA2');
    const view = await viewOf(request);
    await restore();
    expect(['ana', 'eli', 'cy'].map((person) => view?.slackOf(person as PersonId))).toEqual([
      'U0ANA2',
      undefined,
      'U0CY',
    ]);
  });

  test('has the line of each target, also when no provider of it is configured any more (B07)', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const { ledger, policy } = fixture.deps;
    expect((await readRequestView({ ledger, policy }, request))?.targets).toEqual([DESCRIBED]);
  });

  test('is nothing for a request that does not exist', async () => {
    expect(await viewOf(`req_${'0'.repeat(26)}` as never)).toBeUndefined();
  });
});

test('a page has the newest requests that match, and how many match', async () => {
  const [first, second] = [
    await openedWithoutWorkflow(fixture, { person: 'dee', entitlement: 'login' }),
    await openedWithoutWorkflow(fixture, { person: 'dee', entitlement: 'login' }),
  ];
  const page = await pageOf({ requester: 'dee' as PersonId, limit: 1 });
  expect([page.newest.map(({ id }) => id), page.count]).toEqual([[second], 2]);
  const all = await pageOf({ requester: 'dee' as PersonId, limit: 10 });
  expect(all.newest.map(({ id }) => id)).toEqual([second, first]);
});

test('people are named by the policy, and by their ids when it does not know them', async () => {
  const set = await fixture.deps.policy.lastKnown();
  const nameOf = personNames(set);
  expect(nameOf('cy' as PersonId)).toEqual({ name: 'Cy', slack: 'U0CY' });
  expect(nameOf('eli' as PersonId)).toEqual({ name: 'Eli' });
  expect(nameOf('zed' as PersonId)).toEqual({ name: 'zed' });
  expect(personNames(undefined)('bo' as PersonId)).toEqual({ name: 'bo' });
});
