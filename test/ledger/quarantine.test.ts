import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Instant, type LeaseId, leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { NewQuarantine } from '../../ledger/index.ts';
import type { Step } from '../../ledger/request/record.ts';
import { bo, cy, noon } from '../core/request/request.fixture.ts';
import { newRequest, openedIn } from './ledger.fixture.ts';
import { sequenceAll } from './log/log.fixture.ts';
import { atTime, ledger, rows } from './own-ledger.fixture.ts';

const MINUTE = 60_000;

beforeEach(async () => {
  await rows(
    'begin; set local session_replication_role = replica; truncate quarantine, quarantine_lease, quarantine_answer cascade; commit',
  );
});

type NewLine = NewQuarantine['plan'][number];
/** A lease that only the manifest knows, or that it knows in another way. */
const line = (more: Partial<NewLine> & Readonly<{ serial?: number }> = {}): NewLine => {
  const { serial = 1, ...others } = more;
  const request = newRequest();
  return {
    ...{ lease: leaseIdOf(request, 0), request, kind: 'unknown', entry: { serial, provider: 'fake' } },
    ...{ signed: `signed ${serial}`, accessKey: 'a', endsAt: noon },
    ...others,
  };
};
const begin = (...plan: readonly NewLine[]) =>
  ledger.quarantine({ reason: 'restored', ledgerSerial: 1, manifestSerial: 1, plan });
/** Ends the open quarantine. Returns whether it did. */
async function end(): Promise<boolean> {
  const open = await ledger.readQuarantine();
  const answer = { id: newRequest(), quarantine: open?.id ?? 0, account: 'x', person: bo, planDigest: 'd' };
  await ledger.writeQuarantineAnswer(answer);
  return ledger.endQuarantine(answer, { by: bo, serial: 1 });
}
const leasesOf = (lines: readonly Readonly<{ lease: LeaseId }>[]) => lines.map(({ lease }) => lease).sort();

describe('lost leases, which only the manifest knows', () => {
  test('are those of an access that are not gone, whatever became of their quarantine', async () => {
    const lost = [line(), line({ kind: 'not-granted' }), line()] as const;
    const others = [line({ kind: 'later-end' }), line({ kind: 'ended-before' }), line({ accessKey: 'b' })];
    const gone = line();
    await begin(...lost, ...others, gone);
    await ledger.endLostLease(gone.lease, 'none');
    await end();
    expect(leasesOf(await ledger.lostLeasesOn('a'))).toEqual(leasesOf(lost));
    expect((await ledger.readPlanLine(gone.lease))?.goneAt).toEqual(expect.any(Number));
    expect(await ledger.readPlanLine(others[0]?.lease as LeaseId)).toBeUndefined();
  });

  test('of a request are those that are not gone, of its own leases', async () => {
    const { request } = line();
    const of = (lease: number, more: Partial<NewLine> = {}) =>
      line({ request, lease: leaseIdOf(request, lease), ...more });
    const [one, two, gone] = [of(0), of(1, { kind: 'not-granted' }), of(2)];
    await begin(one, two, gone, of(3, { kind: 'later-end' }), line());
    await ledger.endLostLease(gone.lease, 'none');
    expect(leasesOf(await ledger.lostLeasesOf(request))).toEqual(leasesOf([one, two]));
  });

  test('are left while nobody ended them and the ledger has no request of them, the soonest end first', async () => {
    const at = (minute: number, more: Partial<NewLine> = {}) =>
      line({ endsAt: (noon + minute * MINUTE) as Instant, ...more });
    const left = [at(5), at(2), at(2, { kind: 'not-granted' }), at(1)] as const;
    const [gone, goneAtEnd, ended, tried] = [at(1), at(0), at(1), at(1)];
    const opened = await openedIn(ledger);
    await atTime(noon, async () => {
      await begin(
        ...left.toReversed(),
        ...[gone, goneAtEnd, ended, tried, at(0), at(1, { request: opened }), at(1, { kind: 'later-end' })],
      );
      for (const { lease } of [gone, goneAtEnd]) await ledger.endLostLease(lease, 'none');
      const refused = (
        of: NewLine,
        attempt: string,
        code: 'unknown-request' | 'wrong-state' | 'not-allowed',
      ) =>
        ledger.recordRefusal(
          { request: of.request, name: 'x', via: 'cli' },
          { by: bo, tried: attempt as 'end', refusal: { code } as Refusal },
        );
      await refused(ended, 'end', 'unknown-request');
      await refused(tried, 'end', 'wrong-state');
      await refused(left[0], 'approve', 'unknown-request');
      await refused(left[1], 'end', 'not-allowed');
      const sorted = left.toSorted(
        (one, other) => one.endsAt - other.endsAt || (one.lease < other.lease ? -1 : 1),
      );
      expect((await ledger.lostLeasesLeft()).map(({ lease }) => lease)).toEqual(
        sorted.map(({ lease }) => lease),
      );
      const taken = await ledger.takeLostLeases(10, { leases: [], providers: [] });
      expect(taken.map(({ lease }) => lease)).toEqual(expect.arrayContaining([ended.lease, tried.lease]));
      expect(taken).toHaveLength(3);
    });
  });

  test('are over when their request is closed, and not while it waits', async () => {
    const [waits, over] = [await openedIn(ledger), await openedIn(ledger)];
    const endsAt = ((await ledger.now()) + 60 * MINUTE) as Instant;
    await begin(line({ request: waits, endsAt }), line({ request: over, endsAt }));
    const command: Step['command'] = (_state, at) => ({ kind: 'void', why: 'x', at });
    await ledger.record({ request: over, name: 'void', via: 'sweeper', command });
    const taken = await ledger.takeLostLeases(10, { leases: [], providers: [] });
    expect(taken.map(({ request }) => request)).toEqual([over]);
  });

  test('are taken the soonest try first, and then the soonest end', async () => {
    const [late, soon, tried] = [
      line(),
      line({ endsAt: (noon - 1) as Instant }),
      line({ endsAt: (noon - 2) as Instant }),
    ];
    const take = async (most: number) =>
      (await ledger.takeLostLeases(most, { leases: [], providers: [] })).map(({ lease }) => lease);
    await atTime(noon, async () => {
      await begin(tried);
      expect(await take(1)).toEqual([tried.lease]);
      await begin(late, soon);
    });
    await atTime(noon + MINUTE, async () => {
      for (const each of [soon, late, tried]) expect(await take(1)).toEqual([each.lease]);
    });
  });

  test('keep what the first read showed that found them gone', async () => {
    const gone = line();
    await begin(gone);
    for (const [minute, seen] of [
      [0, 'read'],
      [1, 'none'],
    ] as const)
      await atTime(noon + minute * MINUTE, () => ledger.endLostLease(gone.lease, seen));
    expect((await ledger.readPlanLine(gone.lease))?.goneAt).toBe(noon);
    expect(await rows('select seen from quarantine_lease')).toEqual([{ seen: 'read' }]);
  });

  test('are each as the last plan has them', async () => {
    const once = line({ endsAt: noon });
    await begin(once);
    await ledger.endLostLease(once.lease, 'none');
    for (const minute of [1, 2]) {
      await end();
      await begin({ ...once, endsAt: (noon + minute * MINUTE) as Instant });
    }
    const last = await ledger.readPlanLine(once.lease);
    expect([last?.endsAt, last?.goneAt]).toEqual([noon + 2 * MINUTE, undefined]);
  });

  test.each<[string, number, readonly number[]]>([
    ['a moment before the first end', noon - 1, []],
    ['at the end of the first two', noon, [0, 1]],
    ['at the end of the third', noon + 1, [0, 1, 2]],
  ])('are ended %s, also during a quarantine', async (_when, at, due) => {
    const lines = [line(), line({ kind: 'not-granted' }), line({ endsAt: (noon + 1) as Instant })] as const;
    await atTime(noon - 2, () => begin(...lines, line({ kind: 'later-end' })));
    await atTime(at, async () => {
      const taken = await ledger.takeLostLeases(10, { leases: [], providers: [] });
      expect(leasesOf(taken)).toEqual(leasesOf(due.map((index) => lines[index] as NewLine)));
    });
  });

  test('are each tried again later, and not those that the caller works on', async () => {
    const [one, two, three] = [line(), line(), line({ entry: { serial: 1, provider: 'real' } })];
    await atTime(noon, async () => {
      await begin(one, two, three);
      const except = { leases: [two.lease], providers: ['real'] };
      expect(leasesOf(await ledger.takeLostLeases(10, except))).toEqual([one.lease]);
      expect(await ledger.takeLostLeases(10, except)).toEqual([]);
    });
    await atTime(noon + MINUTE, async () =>
      expect(await ledger.takeLostLeases(2, { leases: [], providers: [] })).toHaveLength(2),
    );
  });
});

describe('the later ends of a request', () => {
  const request = newRequest();
  const of = (lease: number, more: Partial<NewLine> = {}) =>
    line({ request: request as RequestId, lease: leaseIdOf(request, lease), kind: 'later-end', ...more });

  test('are those of its leases, while the quarantine is open', async () => {
    await begin(
      of(0),
      of(1, { endsAt: (noon + 1) as Instant }),
      of(2, { kind: 'unknown' }),
      line({ kind: 'later-end' }),
    );
    expect(leasesOf(await ledger.laterEndsOf(request))).toEqual([0, 1].map((at) => leaseIdOf(request, at)));
    await end();
    expect(await ledger.laterEndsOf(request)).toEqual([]);
  });

  test.each([
    ['of a higher serial takes the place of the one before', 2, 3, 3],
    ['of the same serial changes nothing', 2, 2, 2],
    ['of a lower serial changes nothing', 2, 1, 2],
  ])('an entry %s', async (_what, first, second, counts) => {
    for (const serial of [first, second])
      await begin(
        of(0, {
          entry: { serial, provider: 'fake' },
          signed: `signed ${serial} by ${serial === first ? 'first' : 'second'}`,
        }),
      );
    const by = first === counts ? 'first' : 'second';
    expect((await ledger.laterEndsOf(request)).map(({ signed }) => signed)).toEqual([
      `signed ${counts} by ${by}`,
    ]);
  });
});

describe('a quarantine', () => {
  test('is one, however often it begins, and a new one begins after it ended', async () => {
    await begin(line());
    await begin(line());
    const first = await ledger.readQuarantine();
    expect(first?.plan).toHaveLength(2);
    expect(await end()).toBe(true);
    expect(await ledger.isQuarantined()).toBe(false);
    await begin(line());
    const second = await ledger.readQuarantine();
    expect([second?.plan.length, second?.id === first?.id]).toEqual([1, false]);
  });

  test('is ended by one of three answers, and each answer has its outcome', async () => {
    await begin(line());
    const open = await ledger.readQuarantine();
    const answers = ['one', 'two', 'three'].map((id) => ({
      ...{ id, quarantine: open?.id ?? 0, account: id, person: id === 'one' ? bo : cy, planDigest: 'd' },
    }));
    for (const each of answers) await ledger.writeQuarantineAnswer(each);
    const [one, two, three] = answers as [(typeof answers)[0], (typeof answers)[0], (typeof answers)[0]];
    await ledger.refuseQuarantineAnswer(one.id, 'you may not');
    expect(await ledger.endQuarantine(two, { by: cy, serial: 1 })).toBe(true);
    expect(await ledger.endQuarantine(three, { by: bo, serial: 1 })).toBe(false);
    await ledger.refuseQuarantineAnswer(two.id, 'too late');
    const outcomes = await Promise.all(answers.map(({ id }) => ledger.quarantineAnswerOutcome(id)));
    expect(outcomes).toEqual([{ refusal: 'you may not' }, {}, {}]);
    expect(await rows('select ended_by from quarantine')).toEqual([{ ended_by: cy }]);
  });

  test('is two entries of the log, its beginning and its end, with why it began and who ended it (I21, I25)', async () => {
    await begin(line());
    const first = await ledger.readQuarantine();
    await end();
    await begin(line());
    const added = (await sequenceAll(ledger)).filter(({ type }) => type.startsWith('quarantine'));
    const second = String(first && first.id + 1);
    const reason = 'restored';
    expect(added.map(({ type, id, body }) => [type, id, body])).toEqual([
      ['quarantine', String(first?.id), { reason }],
      ['quarantine-end', String(first?.id), { reason, by: bo, plan: 'd' }],
      ['quarantine', second, { reason }],
    ]);
    await end();
    expect((await sequenceAll(ledger)).map(({ type, id }) => [type, id])).toEqual([
      ['quarantine-end', second],
    ]);
  });

  test.each([
    ['ends again', `update quarantine set ended_by = 'cy'`],
    ['is opened again', 'update quarantine set ended_at = null, ended_by = null, plan_digest = null'],
    ['gets another reason', `update quarantine set reason = 'x'`],
    ['is removed', 'delete from quarantine where true'],
    ['is truncated', 'truncate quarantine cascade'],
  ])('that is over never %s, also when the owner of the tables wants it', async (_what, statement) => {
    await begin(line());
    await end();
    await rows('delete from quarantine_answer; delete from quarantine_lease');
    await expect(rows(statement)).rejects.toMatchObject({ code: 'CRF01' });
  });

  test('that is open gets no other reason', async () => {
    await begin(line());
    await expect(rows(`update quarantine set reason = 'x'`)).rejects.toMatchObject({ code: 'CRF01' });
  });
});
