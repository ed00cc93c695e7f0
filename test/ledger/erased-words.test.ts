import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { exportLog } from '../../audit/export.ts';
import { verifyBundle } from '../../audit/verify/verify.mjs';
import { clickIdOf, massEndingIdOf, type Instant, type PersonId, type RequestId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import { reviewIdOf } from '../../core/reviews/review.ts';
import { type Erased, erasePerson } from '../../ledger/erasure/erase.ts';
import { textHash } from '../../ledger/salted-text.ts';
import { LOG_KEYS, publishAll } from '../audit/published.fixture.ts';
import {
  ana,
  answer,
  ask,
  bo,
  cy,
  dee,
  deny,
  denyExtension,
  extend,
} from '../core/request/request.fixture.ts';
import {
  approve,
  confirmGranted,
  confirmRevoked,
  end,
  grantedIn,
  observed,
  openedIn,
  opening,
  newRequest,
  shown,
  stepOf,
  target,
} from './ledger.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

// A column that keeps a word of a person breaks the promise of `curfew audit erase`. So each word that is erased begins with the same letters, and this
// test looks for them in every column of every table.

const WORD = 'quokka';
const word = (what: string): string => `${WORD}-${what}`;
const ACCOUNTS = ['fake', 'other'].map((provider) => ({
  ...target,
  provider,
  account: `Quokka-at-${provider}`,
  lockKey: `thing-of-${provider}`,
}));
const PAST = { from: 0 as Instant, to: 8e12 as Instant };

/** Every column of every table that has the word, as text or as bytes. */
async function columnsWithWord(): Promise<readonly string[]> {
  const columns = await rows<{ place: string; table: string; column: string }>(
    `select format('%s.%s', c.relname, a.attname) as place, format('%I.%I', n.nspname, c.relname) as table, format('%I', a.attname) as column
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where c.relkind in ('r', 'p', 'm') and not c.relispartition and a.attnum > 0 and not a.attisdropped
        and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%' order by 1`,
  );
  const hex = Buffer.from(WORD).toString('hex');
  const looks = columns.map(
    ({ place, table, column }) =>
      `select '${place}' as place where exists (select from ${table} where ${column}::text ilike any ('{%${WORD}%,%${hex}%}'))`,
  );
  const found = await rows<{ place: string }>(`${looks.join(' union all ')} order by 1`);
  return found.map(({ place }) => place);
}

const said = async (
  request: RequestId,
  kind: 'denial' | 'question' | 'answer' | 'extension',
  command: Parameters<typeof stepOf>[2],
) => {
  const { outcome } = await ledger.record({
    ...stepOf(request, `click/${uuidv7()}`, command),
    freeText: { kind, salt: 's', body: word(kind) },
  });
  expect(outcome).toMatchObject({ ok: true });
};

const mine = { name: 'Quokka Ferreira', slack: 'U1' };
const more = {
  targets: ACCOUNTS,
  shown: { ...shown, requester: mine },
  reason: { salt: 's', body: word('reason') },
};

/** A request of ana with two targets that was granted, with every text that a request can have. */
async function longRequest(): Promise<RequestId> {
  const id = newRequest();
  await ledger.open(opening(id, more));
  await said(id, 'question', (at) => ask(bo, at));
  await said(id, 'answer', (at) => answer(ana, at));
  await ledger.record(approve(id));
  for (const lease of await ledger.leasesOf(id)) {
    const { provider, account, lockKey } = lease.target;
    await ledger.withLock(`${provider}\n${lockKey}\n${account.toLowerCase()}`, () => Promise.resolve());
    const subject = { id: `id-at-${provider}`, name: account };
    await ledger.intend({
      lease,
      observed: { ...observed, subject, key: lockKey },
      level: 'write',
      via: 'workflow',
    });
    await ledger.record(confirmGranted(lease, `${account} has write`));
  }
  await said(id, 'extension', (at, state) => {
    if (state.kind !== 'active') throw new Error('the request is not active');
    const command = extend(at, { from: state.endsAt }) as Extract<Command, { kind: 'extend' }>;
    const reasonHash = textHash('s', word('extension'));
    return { ...command, extension: { ...command.extension, reasonHash } };
  });
  await said(id, 'denial', (at) => denyExtension(bo, at));
  return id;
}

/** Ends a request. Nobody has anything left to do about its access. */
async function endedAndSettled(request: RequestId): Promise<void> {
  await ledger.record(end(request));
  for (const lease of await ledger.leasesOf(request)) await ledger.record(confirmRevoked(lease));
  await settle();
}

/** As when the last looks at the accesses, and what the manifest needs, are done. */
async function settle(): Promise<void> {
  await rows('update access_check set next_at = null, problem = null');
  await rows('update use_plan set next_at = null');
  await rows(`update manifest_entry set written = wanted, state = 'over'`);
}

/** What a click of ana leaves: its text is gone when it was decided, and what they typed besides is not. */
async function click(kind: 'request' | 'end', via: 'slack' | 'cli', request: RequestId): Promise<void> {
  const id = clickIdOf(uuidv7());
  const body = { entitlement: word('typed'), length: word('length'), note: word('note') };
  await rows(
    `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
     values ($1, $2, $3, $4, $5, 'ana', $6, now(), $7)`,
    [
      ...[id, kind, request, via, via === 'cli' ? word('os-login') : 'U1', JSON.stringify(body)],
      JSON.stringify({ kind: 'refused', refusal: { code: 'not-allowed', why: word('why') } }),
    ],
  );
}

/** What ana did as an approver, a security person and an auditor, and what was written about them there. */
async function otherWork(): Promise<void> {
  const asked = await openedIn(ledger, {
    details: { ...opening(newRequest()).details, requester: cy },
    requirements: { stages: [{ needs: 1, approvers: [{ person: ana, because: 'x' }] }], policy: 'p1' },
  });
  await said(asked, 'question', (at) => ask(ana, at));
  await said(asked, 'denial', (at) => deny(ana, at));

  const massEnding = massEndingIdOf(clickIdOf(uuidv7()));
  await ledger.writeMassEnding({
    id: massEnding,
    scope: { kind: 'everything' },
    by: ana,
    reason: word('ending'),
  });
  const ofAna = massEndingIdOf(clickIdOf(uuidv7()));
  await ledger.writeMassEnding({
    id: ofAna,
    scope: { kind: 'person', person: ana },
    by: dee,
    reason: 'left',
  });
  const cut = { provider: 'fake', done: [], again: [] };
  await ledger.writeCutOff(ofAna, { ...cut, seen: word('cut'), toUndo: [word('undo')] });

  const review = reviewIdOf(clickIdOf(uuidv7()));
  const order = { scope: {}, ...PAST, due: PAST.to, accounts: [] };
  await ledger.openReview({ id: review, by: ana, title: word('title'), ...order });
  for (const [at, line] of (await ledger.reviewLines(review)).entries())
    await ledger.decideLine({
      ...{ click: clickIdOf(uuidv7()), review, line: line.id, kind: 'object', via: 'cli' },
      ...{ by: at === 0 ? ana : ('gil' as PersonId), reason: word(`objection-${at}`) },
      judge: () => Promise.resolve(undefined),
    });

  await ledger.recordFindings([
    {
      ...{ kind: 'access', provider: 'fake', targetKey: 't', targetName: 't', target: {}, what: 't' },
      ...{ subject: { id: 'id-of-an-older-name', name: 'quokka-AT-fake' }, level: 'write', onLadder: true },
      sources: [{ level: 'write', through: word('group') }],
    },
  ]);
  const [finding] = await rows<{ id: never }>('select id from finding');
  await ledger.decideFinding({
    ...{ click: clickIdOf(uuidv7()), finding: finding?.id as never, kind: 'revoke', by: ana, via: 'cli' },
    ...{ seen: 's', reason: word('finding'), judge: () => Promise.resolve(undefined) },
  });
  const why = word('receipt');
  await rows(
    `update finding set state = 'revoked', why = $1, problem = $1, closed_at = now(), decision = null, work_at = null`,
    [why],
  );

  await rows(
    `insert into console_session (id_hash, person, account, zone, own_zone, ended_at) values (sha256('x'), 'ana', $1, 'UTC', 'UTC', now())`,
    [word('sign-in')],
  );
  await rows(
    `insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id)
     values ('restored', 1, 2, now(), 'dee', 'd', nextval('log_id'))`,
  );
  await rows(
    `insert into quarantine_answer (id, quarantine_id, account, person, plan_digest, decided_at)
     select 'answer', id, $1, 'ana', 'd', now() from quarantine`,
    [word('answer-login')],
  );
}

/** What vendors say, and what a plan of a quarantine has, about the accesses of a request. */
async function faultsOf(request: RequestId): Promise<void> {
  const fault = `provider-refused: ${word('fault')}`;
  await rows('update lease set last_fault = $2 where request_id = $1', [request, fault]);
  await rows(
    'update access_check set problem = $2 where lease_id in (select id from lease where request_id = $1)',
    [request, fault],
  );
  await rows('update outbox set last_fault = $2 where request_id = $1', [request, fault]);
  const entry = {
    serial: 1,
    provider: 'other',
    targetKey: 'x',
    subject: { id: 'id-at-other', name: word('entry') },
  };
  await rows(
    `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at, gone_at, seen)
     select id, 'lease_lost', 'unknown', $1, $2, 'req_lost', '["other","x","id-at-other"]', now(), now(), $2 from quarantine`,
    [JSON.stringify(entry), word('signed')],
  );
}

let folder: string;
let request: RequestId;
let erased: Erased;

/** The report of the verifier about an export of everything. */
async function verified(name: string) {
  await publishAll(ledger);
  const bundle = join(folder, name);
  const { trusted } = LOG_KEYS;
  const keys = { name: LOG_KEYS.name, trusted, witnesses: [], places: new Map(), exportedAt: new Date(0) };
  await exportLog(ledger, bundle, keys);
  return verifyBundle(bundle, { keys: trusted.map(({ text }) => text) });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-erase-'));
  request = await longRequest();
  await endedAndSettled(request);
  const denied = await openedIn(ledger, more);
  await said(denied, 'denial', (at) => deny(bo, at));
  await click('end', 'cli', request);
  await click('request', 'slack', newRequest());
  await otherWork();
  await faultsOf(request);
  await settle();
  await rows('update access_check set problem = $1', [word('problem')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what a person wrote and how they are called (T37)', () => {
  test('is in these columns before, and the log verifies', async () => {
    expect(await columnsWithWord()).toEqual([
      'access_check.problem',
      'access_period.account_name',
      'click.account',
      'click.body',
      'click.outcome',
      'console_session.account',
      'event_free_text.body',
      'event_text.texts',
      'finding.problem',
      'finding.sources',
      'finding.subject_name',
      'finding.why',
      'finding_reason.body',
      'free_text.body',
      'holding.subject_name',
      'lease.last_fault',
      'lease.lock_key',
      'mass_ending_cut_off_text.seen',
      'mass_ending_cut_off_text.to_undo',
      'mass_ending_reason.body',
      'outbox.last_fault',
      'provider_lock.key',
      'quarantine_answer.account',
      'quarantine_lease.entry',
      'quarantine_lease.seen',
      'quarantine_lease.signed',
      'request.shown',
      'request.targets',
      'review_reason.body',
      'review_text.title',
    ]);
    expect(await verified('before')).toMatchObject({ ok: true, problems: [] });
  });

  test('is in no column of any table after an erasure, and the log still verifies', async () => {
    erased = await erasePerson(database.url, { person: ana, by: 'root' });
    expect(await columnsWithWord()).toEqual([]);
    expect(erased).toMatchObject({ requests: 2, open: 0, unsettled: 0 });
    expect(await verified('after')).toMatchObject({ ok: true, problems: [] });
  });

  test('is gone, and who held what and when is answered as before', async () => {
    const held = await rows(
      'select person, entitlement, provider, target_name, account_name, account_id, level from audit.access where basis = $1 order by provider',
      ['granted'],
    );
    const access = { person: ana, entitlement: 'orders-db', level: 'write', account_name: '(erased)' };
    expect(held).toMatchObject([
      { ...access, provider: 'fake', target_name: 'thing-of-fake', account_id: 'id-at-fake' },
      { ...access, provider: 'other', target_name: 'thing-of-other', account_id: 'id-at-other' },
    ]);
    const keys = await rows<{ id: string; lock_key: string }>(
      'select id, lock_key from lease where request_id = $1 order by position',
      [request],
    );
    expect(keys.map(({ lock_key }) => lock_key)).toEqual(
      keys.map(({ id }, at) => `${ACCOUNTS[at]?.provider}\n${ACCOUNTS[at]?.lockKey}\n${id}`),
    );
  });

  test('can be erased again, which changes nothing more', async () => {
    const before = await rows('select lock_key from lease order by id');
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({
      ...erased,
      texts: 0,
      names: expect.any(Number),
    });
    expect(await rows('select lock_key from lease order by id')).toEqual(before);
  });

  test('the same access can be requested, granted and revoked again afterwards', async () => {
    const again = await longRequest();
    await endedAndSettled(again);
    expect((await ledger.readState(again)).state.kind).toBe('closed');
  });
});

/** Each reason for which a provider may still be asked about an access, as a statement about the lease `$1`. */
const STILL_NEEDED: readonly (readonly [why: string, statement: string])[] = [
  ['a look at the access is due', 'update access_check set next_at = now() where lease_id = $1'],
  ['a reading of its use is due', 'update use_plan set next_at = now() where lease_id = $1'],
  [
    'its entry in the manifest must be written',
    'insert into manifest_entry (lease_id, wanted, written) values ($1, 2, 1) on conflict (lease_id) do update set wanted = excluded.wanted, written = excluded.written',
  ],
  [
    'the access is in doubt',
    `update provider_lock set doubt_until = now() + interval '1 hour', doubt_since = now() where key = (select lock_key from lease where id = $1)`,
  ],
  [
    'a verification is due',
    'update provider_lock set verify_at = now() where key = (select lock_key from lease where id = $1)',
  ],
  [
    'another lease of the same account has access',
    'update holding set closed_at = null where id = (select holding_id from lease where id = $1)',
  ],
];

describe('the account of a closed request stays', () => {
  test.each(STILL_NEEDED)('while %s, and is erased afterwards', async (_why, statement) => {
    await erasePerson(database.url, { person: ana, by: 'root' });
    const its = await longRequest();
    await endedAndSettled(its);
    const [lease] = await ledger.leasesOf(its);
    await rows(statement, [lease?.id]);
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({ unsettled: 1 });
    expect((await columnsWithWord()).filter((each) => !each.startsWith('access_period'))).toEqual([
      'holding.subject_name',
      'lease.lock_key',
      'provider_lock.key',
      'request.targets',
    ]);
    await settle();
    await rows('update provider_lock set doubt_until = null, doubt_since = null, verify_at = null');
    await rows('update holding set closed_at = coalesce(closed_at, now())');
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({ unsettled: 0 });
    expect(await columnsWithWord()).toEqual([]);
  });
});

test('an erasure of somebody who only typed something is in the log', async () => {
  const id = clickIdOf(uuidv7());
  await rows(
    `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
     values ($1, 'request', 'req_refused', 'cli', 'os', 'zed', '{"entitlement":"typed"}', now(), '{"kind":"refused"}')`,
    [id],
  );
  const nothing = { requests: 0, texts: 0, open: 0, unsettled: 0 };
  expect(await erasePerson(database.url, { person: 'zed', by: 'root' })).toEqual({ ...nothing, names: 1 });
  expect(await rows(`select requests from erasure where person = 'zed'`)).toEqual([{ requests: 0 }]);
});

describe('an erasure leaves alone', () => {
  test('what an open request needs, and the texts of it', async () => {
    const open = await longRequest();
    expect(await erasePerson(database.url, { person: ana, by: 'root' })).toMatchObject({ open: 1 });
    expect((await ledger.readTargets(open)).map(({ account }) => account)).toEqual(
      ACCOUNTS.map(({ account }) => account),
    );
    expect(await ledger.readFreeText(open)).toMatchObject({
      reason: word('reason'),
      question: word('question'),
    });
    await endedAndSettled(open);
  });

  test('a submission that waits for its workflow, with what the person typed', async () => {
    const id = clickIdOf(uuidv7());
    const body = { entitlement: 'orders-db', length: '1h', reason: word('waiting') };
    await rows(
      `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
       values ($1, 'request', 'req_waiting', 'cli', 'os', 'ana', $2, now(), '{"kind":"started"}')`,
      [id, JSON.stringify(body)],
    );
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect((await ledger.readClick(id))?.body).toEqual(body);
    await rows('delete from click where id = $1', [id]);
  });

  test('the cut-offs of a mass ending whose lock holds', async () => {
    const id = massEndingIdOf(clickIdOf(uuidv7()));
    const scope = { kind: 'person', person: ana } as const;
    await ledger.writeMassEnding({ id, scope, by: dee, reason: 'left', needs: 1 });
    await ledger.writeCutOff(id, { provider: 'fake', seen: 'cut', toUndo: ['undo it'], done: [], again: [] });
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect(await ledger.readCutOffs(id)).toEqual([{ provider: 'fake', seen: 'cut', toUndo: ['undo it'] }]);
    await ledger.writeLift({
      ...{ id, by: bo, click: clickIdOf(uuidv7()) },
      mayLift: () => Promise.resolve(true),
    });
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect(await ledger.readCutOffs(id)).toEqual([{ provider: 'fake', seen: '(erased)', toUndo: [] }]);
  });

  test('the names of other people at the same targets', async () => {
    const others = ACCOUNTS.map((each) => ({ ...each, account: 'cy' }));
    const details = { ...opening(newRequest()).details, requester: cy };
    const its = await grantedIn(ledger, { details, targets: others }, 'write', {
      readAt: Infinity as Instant,
    });
    await endedAndSettled(its);
    await erasePerson(database.url, { person: ana, by: 'root' });
    expect((await ledger.readTargets(its)).map(({ account }) => account)).toEqual(['cy', 'cy']);
  });
});
