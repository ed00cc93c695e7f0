import { beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { FINDING_STATES, type FindingId } from '../../core/findings/finding.ts';
import { type ClickId, clickIdOf, type Instant, type LeaseId, type PersonId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { FindingDecision, NewFinding } from '../../ledger/index.ts';
import { bo, cy, dee, noon, sam } from '../core/request/request.fixture.ts';
import { grantedIn, revokedIn, target } from './ledger.fixture.ts';
import { atTime, ledger, rows } from './own-ledger.fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TABLES =
  'finding, finding_decision, review_decision, access_check, target_pass, request, lease, event, holding';

/** Each test begins with an empty ledger. */
beforeEach(async () => {
  await rows(`begin; set local session_replication_role = replica; truncate ${TABLES} cascade; commit`);
});

const click = (): ClickId => clickIdOf(uuidv7());
/** What an account has at the target `t` that nobody explains. */
const found = (name: string, more: Partial<NewFinding> = {}): NewFinding => ({
  ...{ kind: 'access', provider: 'fake', targetKey: 't', targetName: 't', target: {}, what: 't' },
  ...{ subject: { id: `id-${name}`, name }, level: 'write', onLadder: true, sources: [] },
  ...more,
});
const all = () => ledger.listFindings({ states: FINDING_STATES, limit: 100 });
/** The accounts of the findings in a state, in the order of their names. */
const those = async (...states: readonly string[]) =>
  (await all()).flatMap(({ state, subject }) => (states.includes(state) ? [subject.name] : [])).sort();
const findingOf = async (name: string): Promise<FindingId> => {
  const finding = (await all()).find(({ subject }) => subject.name === name);
  if (!finding) throw new Error(`there is no finding of ${name}`);
  return finding.id;
};
const decided = (finding: FindingId, more: Partial<FindingDecision> = {}) =>
  ledger.decideFinding({
    ...{ click: click(), finding, kind: 'adopt', by: bo, via: 'cli', seen: 's1' },
    judge: () => Promise.resolve(undefined),
    ...more,
  });
const refusing = (refusal: Refusal) => ({ judge: () => Promise.resolve(refusal) });
const SECOND: Refusal = { code: 'second-person-needed', why: 'unknown-account' };
const NONE = { findings: [], providers: [] };

describe('a whole pass through a target', () => {
  const elsewhere = [
    found('other-target', { targetKey: 'u' }),
    found('other-provider', { provider: 'real' }),
    found('mark', { kind: 'mark', lease: 'lease_1' as LeaseId, targetKey: 't' }),
  ];
  const pass = { provider: 'fake', key: 't', kind: 'access', since: noon as Instant } as const;

  test('closes what it does not show any more of three accounts, and nothing elsewhere', async () => {
    await atTime(noon - 1, async () => {
      await ledger.recordFindings([found('a'), found('b'), found('c'), ...elsewhere]);
      await ledger.recordFindings(['d', 'e', 'f'].map((name) => found(name, { standing: 'x' })));
    });
    const closed = await ledger.closeGone({
      ...pass,
      open: ['id-b'],
      present: ['id-a', 'id-b', 'id-e', 'id-f'],
    });
    expect(closed).toBe(3);
    expect(await those('gone')).toEqual(['a', 'c', 'd']);
    expect(await those('open')).toEqual(['b', 'mark', 'other-provider', 'other-target']);
    expect(await those('adopted')).toEqual(['e', 'f']);
  });

  test('leaves what was seen after it began', async () => {
    await atTime(noon - 1, async () => void (await ledger.recordFindings([found('before')])));
    await atTime(noon, async () => void (await ledger.recordFindings([found('after')])));
    await ledger.closeGone({ ...pass, open: [], present: [] });
    expect(await those('open')).toEqual(['after']);
  });

  test('sees standing access of each of three accounts again, and of nobody else', async () => {
    await atTime(noon, async () => {
      await ledger.recordFindings(['a', 'b', 'c', 'd'].map((name) => found(name, { standing: 'x' })));
      await ledger.recordFindings([
        found('b', { level: 'admin' }),
        found('c', { targetKey: 'u', standing: 'x' }),
      ]);
    });
    await atTime(noon + MINUTE, () =>
      ledger.seeStanding({ provider: 'fake', key: 't', subjects: ['id-a', 'id-b', 'id-c'] }),
    );
    const again = (await all()).filter(({ lastSeen }) => lastSeen === noon + MINUTE);
    expect(
      again.map(({ subject, state, targetKey }) => `${subject.name} ${state} ${targetKey}`).sort(),
    ).toEqual(['a', 'b', 'c'].map((name) => `${name} adopted t`));
  });
});

describe('access that a look explains', () => {
  test('closes the open finding of its account at its target, and no other one', async () => {
    await ledger.recordFindings([found('a'), found('b'), found('c'), found('b', { targetKey: 'u' })]);
    await ledger.recordFindings([
      found('d', { standing: 'x' }),
      found('b', { kind: 'mark', lease: 'lease_1' as LeaseId }),
    ]);
    for (const subject of ['id-b', 'id-d'])
      await ledger.closeExplained({ provider: 'fake', key: 't', subject });
    const gone = (await all()).filter(({ state }) => state === 'gone');
    expect(gone.map(({ subject, targetKey, kind }) => [subject.name, targetKey, kind])).toEqual([
      ['b', 't', 'access'],
    ]);
  });

  test('does not close it while a decision is carried out', async () => {
    await ledger.recordFindings([found('a')]);
    await decided(await findingOf('a'), { kind: 'revoke' });
    await ledger.closeExplained({ provider: 'fake', key: 't', subject: 'id-a' });
    expect(await those('open')).toEqual(['a']);
  });
});

describe('whoever decides about a finding is told', () => {
  test('who else wanted to adopt just what they see, while a second person is needed', async () => {
    await ledger.recordFindings([found('a'), found('b')]);
    const [finding, other] = [await findingOf('a'), await findingOf('b')];
    await decided(finding, { by: bo, ...refusing(SECOND) });
    await decided(finding, { by: cy, ...refusing(SECOND) });
    await decided(finding, { by: sam, seen: 's2', ...refusing(SECOND) });
    await decided(finding, { by: 'zed' as PersonId, ...refusing({ code: 'not-a-decider' }) });
    await decided(finding, { by: 'eve' as PersonId, kind: 'revoke', ...refusing(SECOND) });
    await decided(other, { by: 'eli' as PersonId, ...refusing(SECOND) });
    const seen: unknown[] = [];
    const judge: FindingDecision['judge'] = (_finding, { waitingAdopters }) => {
      seen.push(waitingAdopters);
      return Promise.resolve(SECOND);
    };
    for (const by of [dee, cy]) await decided(finding, { by, judge });
    expect(seen).toEqual([
      [bo, cy],
      [bo, dee],
    ]);
  });

  test('who certified it in a review, each of three, and not who was refused or objected', async () => {
    await ledger.recordFindings([found('a')]);
    const finding = await findingOf('a');
    const line = (by: PersonId, kind: string, refusal: string | null, of = finding as string) =>
      rows(
        `insert into review_decision (click_id, review_id, line_id, kind, by, via, refusal)
         values ($1, 'review_' || $1, $2, $3, $4, 'cli', $5)`,
        [click(), of, kind, by, refusal],
      );
    for (const by of [bo, cy, sam]) await line(by, 'certify', null);
    await line(dee, 'certify', '{"code":"not-a-reviewer"}');
    await line('eve' as PersonId, 'object', null);
    await line('eli' as PersonId, 'certify', null, 'find_other');
    let told: readonly PersonId[] = [];
    await decided(finding, {
      judge: (_finding, { certifiers }) => {
        told = certifiers;
        return Promise.resolve(undefined);
      },
    });
    expect(told).toEqual([bo, cy, sam]);
  });
});

describe('a decision is carried out', () => {
  test('only when it was recorded without a refusal, and for its own finding (T24)', async () => {
    await ledger.recordFindings([found('a'), found('b'), found('c')]);
    const [refused, ofOther, real] = [click(), click(), click()];
    await decided(await findingOf('a'), { click: refused, ...refusing(SECOND) });
    await decided(await findingOf('b'), { click: ofOther });
    await ledger.endFindingWork({ id: await findingOf('b'), changed: 'x' });
    await rows(`update finding set decision = $2, work_at = ledger_now() where subject_name = $1`, [
      'a',
      refused,
    ]);
    expect(await ledger.takeFindingWork(NONE)).toBeUndefined();
    await rows(`update finding set decision = $2, work_at = ledger_now() where subject_name = $1`, [
      'a',
      ofOther,
    ]);
    expect(await ledger.takeFindingWork(NONE)).toBeUndefined();
    await decided(await findingOf('c'), { click: real });
    expect(await ledger.takeFindingWork(NONE)).toMatchObject({ click: real, by: bo, kind: 'adopt' });
  });

  const adopted = async (name: string, more: object = {}) =>
    ledger.endFindingWork({
      ...{
        id: await findingOf(name),
        state: 'adopted',
        by: bo,
        via: 'cli',
        why: 'x',
        level: 'write',
        ...more,
      },
    });

  test('and takes the place of the standing access of the same account at the same target', async () => {
    await ledger.recordFindings([
      found('a', { standing: 'x', level: 'read' }),
      found('a', { standing: 'x', level: 'read', targetKey: 'u' }),
      found('b', { standing: 'x' }),
    ]);
    await ledger.recordFindings([found('a')]);
    await adopted('a');
    const standing = (await all()).filter(({ state }) => state === 'adopted');
    expect(
      standing.map(({ subject, level, targetKey }) => `${subject.name} ${level} ${targetKey}`).sort(),
    ).toEqual(['a read u', 'a write t', 'b write t']);
  });

  test.each<[string, Partial<NewFinding>]>([
    ['it has another level now', { level: 'admin' }],
    ['it cannot be adopted any more', { whyNoAdopt: 'a request gave it' }],
  ])('but is not recorded when %s', async (_why, change) => {
    await ledger.recordFindings([found('a')]);
    await ledger.recordFindings([found('a', change)]);
    await adopted('a');
    expect(await those('open')).toEqual(['a']);
  });

  test('and raises the prior state of the open holding of its account alone', async () => {
    const requests = ['one', 'two', 'three'].map((name) => ({ id: `id-${name}`, name }));
    for (const subject of requests) await grantedIn(ledger, {}, 'write', { subject });
    const over = await grantedIn(ledger, {}, 'write', { subject: { id: 'id-two', name: 'two' }, key: 'z' });
    await revokedIn(ledger, over);
    for (const key of ['x', 'z'])
      await ledger.raisePrior({ provider: 'fake', key, subject: 'id-two', level: 'admin' });
    const priors = await rows<{ subject: string; prior: string }>(
      'select subject_id as subject, prior from holding order by id',
    );
    expect(priors.map(({ prior }) => prior)).toEqual(['none', 'admin', 'none', 'none']);
  });
});

describe('what counts for the cap of a target (B18)', () => {
  const revokedAt = (at: number, finding: NewFinding) =>
    atTime(at, async () => {
      const [id] = await ledger.recordFindings([finding]);
      if (!id) throw new Error('it is not new');
      await ledger.endFindingWork({ id, state: 'revoked', by: bo, via: 'cli', why: 'x' });
    });
  const count = async () => (await ledger.removalsAt('fake', 't')).count;

  test('what was revoked there within an hour', async () => {
    await revokedAt(noon - HOUR, found('an hour ago'));
    await revokedAt(noon - HOUR + 1, found('less'));
    await revokedAt(noon - 1, found('now'));
    await revokedAt(noon - 1, found('other', { targetKey: 'u' }));
    await revokedAt(noon - 1, found('elsewhere', { provider: 'real' }));
    await atTime(noon, async () => expect(await count()).toBe(2));
  });

  test('what is being revoked there, and not what is being adopted', async () => {
    await ledger.recordFindings([found('a'), found('b'), found('c'), found('d', { targetKey: 'u' })]);
    for (const [name, kind] of Object.entries({ a: 'revoke', b: 'adopt', c: 'revoke', d: 'revoke' } as const))
      await decided(await findingOf(name), { kind });
    expect(await count()).toBe(2);
  });

  /** The leases of three requests whose receipts are recorded, at the target `x`. */
  const over = async (): Promise<readonly LeaseId[]> => {
    const leases: LeaseId[] = [];
    for (const name of ['one', 'two', 'three']) {
      const request = await grantedIn(ledger, {}, 'write', { subject: { id: `id-${name}`, name } });
      await revokedIn(ledger, request);
      leases.push(...(await ledger.leasesOf(request)).map(({ id }) => id));
    }
    return leases;
  };
  const claim = (lease: LeaseId, most: number) =>
    ledger.claimRemoval({ lease, provider: 'fake', key: 'x' }, (removals) => removals.count < most);

  test('what looks revoke again: two of three that claim a place at the same moment, when there are two', async () => {
    const leases = await over();
    const claims = await Promise.all(leases.map((lease) => claim(lease, 2)));
    expect(claims.filter((each) => each !== undefined)).toHaveLength(2);
    expect((await ledger.removalsAt('fake', 'x')).count).toBe(2);
    const [first] = claims.flatMap((each) => each ?? []);
    if (first) await ledger.releaseRemoval(first);
    expect((await ledger.removalsAt('fake', 'x')).count).toBe(1);
  });

  test('for an hour', async () => {
    const [lease] = await over();
    await atTime(noon, async () => void (await claim(lease as LeaseId, 1)));
    await atTime(noon + HOUR - 1, async () => expect((await ledger.removalsAt('fake', 'x')).count).toBe(1));
    await atTime(noon + HOUR, async () => expect((await ledger.removalsAt('fake', 'x')).count).toBe(0));
  });
});

describe('looks at the access of leases', () => {
  const isGone = async () =>
    (
      await rows<{ gone: boolean }>('select gone_at is not null as gone from access_check order by lease_id')
    ).map(({ gone }) => gone);

  test('nothing is left only of those that ended more than a quarter of an hour ago', async () => {
    const leases: LeaseId[] = [];
    const request = async (endedAt: number | undefined) => {
      const id = await grantedIn(ledger);
      if (endedAt !== undefined) await atTime(endedAt, () => revokedIn(ledger, id));
      leases.push(...(await ledger.leasesOf(id)).map((lease) => lease.id));
    };
    const now = await ledger.now();
    for (const endedAt of [now - 20 * MINUTE, now - 16 * MINUTE, now - 14 * MINUTE, undefined])
      await request(endedAt);
    await ledger.recordGone(leases);
    expect(await isGone()).toEqual([true, true, false, false]);
  });

  test('a look that ends after a newer change records nothing', async () => {
    const request = await grantedIn(ledger);
    await rows('update access_check set next_at = ledger_now()');
    const check = await ledger.takeAccessCheck({ leases: [], providers: [] });
    if (!check) throw new Error('no look is due');
    await revokedIn(ledger, request);
    await rows(`update access_check set changed_at = to_timestamp($1 / 1000.0)`, [check.changedAt]);
    await ledger.endAccessCheck({ check, done: 3, gone: true });
    expect(await isGone()).toEqual([false]);
  });
});

describe('what the ledger knows of the accounts at a target', () => {
  const SETTLED = (noon + HOUR) as Instant;
  const known = async (key = 'x') => {
    const found_ = await ledger.knownAt('fake', { key, settledBefore: SETTLED });
    return Object.fromEntries(
      [...found_].map(([subject, { leases, ...more }]) => [
        subject,
        { ...more, leases: leases.map(({ standing, level }) => `${standing} ${level}`) },
      ]),
    );
  };
  const subject = (name: string) => ({ subject: { id: name, name } });

  test('is each lease of each of three accounts, with where it stands', async () => {
    await atTime(noon, async () => {
      await grantedIn(ledger, {}, 'write', subject('a'));
      await grantedIn(ledger, { targets: [{ ...target, level: 'read' }] }, 'read', subject('a'));
      await revokedIn(ledger, await grantedIn(ledger, {}, 'write', { ...subject('b'), prior: 'read' }));
      await grantedIn(ledger, { targets: [{ ...target, lockKey: 'y' }] }, 'write', subject('elsewhere'));
    });
    await atTime(noon + HOUR + 1, async () => void (await grantedIn(ledger, {}, 'write', subject('c'))));
    expect(await known()).toEqual({
      a: { subject: 'a', prior: 'none', leases: ['live write', 'live read'] },
      b: { subject: 'b', restored: 'read', leases: ['over write'] },
      c: { subject: 'c', prior: 'none', leases: ['unsettled write'] },
    });
  });

  test('is standing access, and what was revoked so lately that a read may still show it', async () => {
    const at = (name: string, more: Partial<NewFinding> = {}) => found(name, { targetKey: 'x', ...more });
    await ledger.recordFindings(['a', 'b'].map((name) => at(name, { standing: 'x', level: 'admin' })));
    await ledger.recordFindings([
      at('c'),
      at('d'),
      at('open'),
      at('e', { kind: 'mark', lease: 'lease_1' as LeaseId }),
    ]);
    for (const [name, when] of Object.entries({ c: SETTLED - 1, d: SETTLED + 1, e: SETTLED + 1 })) {
      const id = await findingOf(name);
      await atTime(when, () => ledger.endFindingWork({ id, state: 'revoked', by: bo, via: 'cli', why: 'x' }));
    }
    expect(await known()).toEqual({
      'id-a': { subject: 'id-a', standing: 'admin', leases: [] },
      'id-b': { subject: 'id-b', standing: 'admin', leases: [] },
      'id-d': { subject: 'id-d', isSettling: true, leases: [] },
    });
  });
});
