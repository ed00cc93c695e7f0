import type { Finding, FindingId, FindingState } from '../../core/findings/finding.ts';
import type { ClickId, Instant, PersonId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Channel } from '../clicks/clicks.ts';
import { wantManifestOfHolding } from '../manifest-entries/manifest-entries.ts';
import { type Db, type HintingDb, now } from '../pool.ts';
import { takeDue } from '../take-due.ts';
import { readableText, salted } from '../salted-text.ts';
import { findingOf, readFinding, SELECT_FINDING } from './read-findings.ts';
import { lockDecisions, type Removals, removalsOfFinding } from './removals.ts';

/** What somebody decided about a finding. `judge` is called under the lock of the decisions, on the state of that moment. */
export type FindingDecision = Readonly<{
  click: ClickId;
  finding: FindingId;
  kind: 'adopt' | 'revoke';
  by: PersonId | null;
  via: Channel;
  reason?: string;
  confirmed?: number;
  /** Names what the person was shown of the finding. */
  seen: string;
  judge(finding: Finding | undefined, history: FindingHistory): Promise<Refusal | undefined>;
}>;

/**
 * What is known when a decision is judged. `removals`: what was revoked at the same target within the last hour. `waitingAdopters`: the other people
 * who wanted to adopt just what this person saw, while a second one was needed. `certifiers`: who certified it in a review.
 */
export type FindingHistory = Readonly<{
  removals: Removals;
  waitingAdopters: readonly PersonId[];
  certifiers: readonly PersonId[];
}>;

/** Judges and records a decision, once. A refusal that repeats another is not recorded again. The sweeper carries it out. */
export async function decideFinding(
  db: HintingDb,
  { click, finding: id, kind, by, via, reason, confirmed, seen, judge }: FindingDecision,
): Promise<Result<undefined, Refusal>> {
  await lockDecisions(db);
  const before = await db.query<{ refusal: Refusal | null }>(
    'select refusal from finding_decision where click_id = $1',
    [click],
  );
  const [known] = before.rows;
  if (known) return known.refusal ? no(known.refusal) : ok(undefined);
  const finding = await readFinding(db, id);
  const removals = finding ? await removalsOfFinding(db, finding) : { count: 0, members: 0 };
  const people = await db.query<Omit<FindingHistory, 'removals'>>(
    `select array(select distinct by from finding_decision
                   where finding_id = $1 and kind = 'adopt' and seen = $2 and by <> $3 and refusal ->> 'code' = 'second-person-needed') as "waitingAdopters",
            array(select distinct by from review_decision where line_id = $1 and kind = 'certify' and refusal is null) as certifiers`,
    [id, seen, by],
  );
  const { waitingAdopters = [], certifiers = [] } = people.rows[0] ?? {};
  const refusal = await judge(finding, { removals, waitingAdopters, certifiers });
  if (refusal && (await wasRefusedBefore(db, { finding: id, kind, by, seen }, refusal))) return no(refusal);
  const written = refusal || reason === undefined ? undefined : salted(reason);
  await db.query(
    `insert into finding_decision (click_id, finding_id, kind, by, via, confirmed, refusal, seen, reason_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[click, id, kind, by, via, confirmed ?? null, refusal ? JSON.stringify(refusal) : null, seen],
      written?.hash ?? null,
    ],
  );
  if (refusal) return no(refusal);
  if (written)
    await db.query('insert into finding_reason (click_id, salt, body) values ($1, $2, $3)', [
      ...[click, written.salt, written.body],
    ]);
  await db.query(
    `update finding set decision = $2, work_at = ledger_now(), draw_at = ledger_now(), problem = null where id = $1`,
    [id, click],
  );
  db.hint('curfew_finding');
  return ok(undefined);
}

/** Whether the same was refused before. A second person must have seen the same as the first one, so there it counts what was seen. */
async function wasRefusedBefore(
  db: Db,
  { finding, kind, by, seen }: Pick<FindingDecision, 'finding' | 'kind' | 'by' | 'seen'>,
  refusal: Refusal,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from finding_decision
      where finding_id = $1 and kind = $2 and by is not distinct from $3 and refusal = $4 and ($5 or seen = $6)`,
    [finding, kind, by, JSON.stringify(refusal), refusal.code !== 'second-person-needed', seen],
  );
  return rowCount !== 0;
}

/** A decision that is carried out. */
export type FindingWork = Readonly<{
  finding: Finding;
  click: ClickId;
  kind: 'adopt' | 'revoke';
  by: PersonId;
  via: Channel;
  /** Names what the person was shown of the finding. */
  seen: string;
  now: Instant;
}>;

/** Takes one decision that is due. It is due again after a minute, in case that this process does not finish. */
export async function takeFindingWork(
  db: Db,
  { findings, providers }: Readonly<{ findings: readonly FindingId[]; providers: readonly string[] }>,
): Promise<FindingWork | undefined> {
  const [taken] = await takeDue<{ id: FindingId; click: ClickId }>(db, {
    table: 'finding',
    key: 'id',
    dueAt: 'work_at',
    againAfter: `interval '1 minute'`,
    where: 'id <> all ($2) and provider <> all ($3)',
    returning: 'id, decision as click',
    values: [findings, providers],
  });
  if (!taken) return undefined;
  const found = await db.query(`${SELECT_FINDING} where f.id = $1`, [taken.id]);
  // The decision counts only when a worker recorded it.
  const decided = await db.query<Pick<FindingWork, 'kind' | 'by' | 'via' | 'seen'>>(
    `select kind, by, via, seen from finding_decision where click_id = $1 and finding_id = $2 and refusal is null`,
    [taken.click, taken.id],
  );
  const [decision] = decided.rows;
  return decision && found.rows[0]
    ? { ...decision, finding: findingOf(found.rows[0]), click: taken.click, now: await now(db) }
    : undefined;
}

/** How an attempt to carry out a decision ended. */
export type EndedWork = Readonly<{ id: FindingId }> &
  Readonly<
    | { problem: string }
    /** It is another finding than the one that was decided, so it is open again. */
    | { changed: string }
    | {
        state: Exclude<FindingState, 'open'>;
        by: PersonId | null;
        via: Channel | null;
        why: string;
        /** The level that was adopted. When the finding has another one now, nothing is recorded, and the decision is judged again. */
        level?: string;
      }
  >;

/** Records how the attempt ended. After a failure it is due again in half a minute. */
export async function endFindingWork(db: HintingDb, { id, ...how }: EndedWork): Promise<void> {
  if ('problem' in how) {
    await db.query(
      `update finding set problem = $2, work_at = ledger_now() + interval '30 seconds',
              draw_at = case when problem is distinct from $2 then ledger_now() else draw_at end where id = $1 and state = 'open'`,
      [id, how.problem.slice(0, 500)],
    );
    return;
  }
  if ('changed' in how) {
    await db.query(
      `update finding set decision = null, work_at = null, problem = $2, draw_at = ledger_now() where id = $1 and state = 'open'`,
      [id, how.changed],
    );
    db.hint('curfew_finding');
    return;
  }
  if (how.level !== undefined && !(await isAdoptable(db, id, how.level))) return;
  // The same account has one standing access at a target: a higher one takes the place of the one before.
  if (how.state === 'adopted')
    await db.query(
      `update finding s set state = 'gone', closed_at = ledger_now(), why = 'Higher access was adopted.', draw_at = ledger_now()
         from finding f where f.id = $1 and s.state = 'adopted' and s.id <> f.id
          and (s.provider, s.target_key, s.subject_id) = (f.provider, f.target_key, f.subject_id)`,
      [id],
    );
  await db.query(
    `update finding set state = $2, closed_by = $3, closed_via = $4, why = $5, closed_at = ledger_now(), decision = null,
            work_at = null, problem = null, draw_at = ledger_now()
      where id = $1 and state = 'open'`,
    [id, how.state, how.by, how.via, how.why],
  );
  db.hint('curfew_finding');
}

/** True while an open finding has this level and may be adopted. Its row is locked until the end of the transaction. */
async function isAdoptable(db: Db, id: FindingId, level: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from finding where id = $1 and state = 'open' and level = $2 and why_no_adopt is null for update`,
    [id, level],
  );
  return rowCount === 1;
}

/** Raises the prior state of the open holding of an access, because somebody adopted more as standing access: its end restores that. */
export async function raisePrior(
  db: Db,
  {
    provider,
    key,
    subject,
    level,
  }: Readonly<{ provider: string; key: string; subject: string; level: string }>,
): Promise<void> {
  const { rows } = await db.query<{ id: number }>(
    `update holding set prior = $4 where provider = $1 and target_key = $2 and subject_id = $3 and closed_at is null returning id`,
    [provider, key, subject, level],
  );
  // The reaper restores what the manifest has.
  for (const { id } of rows) await wantManifestOfHolding(db, id);
}

/** What the person wrote who adopted something, while it is not erased. */
export async function adoptReason(db: Db, id: FindingId): Promise<string | undefined> {
  const { rows } = await db.query<{ salt: string | null; body: string; hash: string | null }>(
    `select r.salt, r.body, d.reason_hash as hash from finding_decision d join finding_reason r using (click_id)
      where d.finding_id = $1 and d.kind = 'adopt' and d.refusal is null order by d.at desc limit 1`,
    [id],
  );
  return rows[0] && readableText(rows[0]);
}
