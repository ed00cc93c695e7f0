import { uuidv7 } from 'uuidv7';
import { type Finding, type FindingId, findingIdOf, type FindingKind } from '../../core/findings/finding.ts';
import type { Instant } from '../../core/ids.ts';
import type { Db, HintingDb } from '../pool.ts';

/** What a look or a pass found. It is open, or standing access when it was there at the first pass (`standing` says why). */
export type NewFinding = Omit<
  Finding,
  | 'id'
  | 'state'
  | 'firstSeen'
  | 'lastSeen'
  | 'closedAt'
  | 'closedBy'
  | 'why'
  | 'pending'
  | 'problem'
  | 'leaseOf'
> &
  Readonly<{ standing?: string }>;

/**
 * Records what was found, each access once: what is open already is seen again. Returns the ids of those that are new and
 * open.
 */
export async function recordFindings(
  db: HintingDb,
  found: readonly NewFinding[],
): Promise<readonly FindingId[]> {
  const fresh: FindingId[] = [];
  for (const each of found) {
    const { kind, provider, targetKey, targetName, target, what, subject, lease, level, onLadder, sources } =
      each;
    const { rows } = await db.query<{ id: FindingId; is_new: boolean; is_open: boolean }>(
      `insert into finding as f (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, lease_id, level,
                                 on_ladder, sources, why_no_adopt, why_no_revoke, state, why, closed_at, draw_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
               case when $16::text is null then 'open' else 'adopted' end, $16,
               case when $16::text is not null then ledger_now() end, case when $16::text is null then ledger_now() end)
       on conflict ${each.standing === undefined ? OPEN_KEY : STANDING_KEY} do update set
         ${each.standing === undefined ? SEEN_AGAIN : STILL_STANDING}
       returning id, id = $1 as is_new, state = 'open' as is_open`,
      [
        findingIdOf(uuidv7()),
        kind,
        provider,
        targetKey,
        targetName,
        JSON.stringify(target),
        what,
        subject.id,
        subject.name,
        lease ?? null,
        level,
        onLadder,
        JSON.stringify(sources),
        each.whyNoAdopt ?? null,
        each.whyNoRevoke ?? null,
        each.standing ?? null,
      ],
    );
    if (rows[0]?.is_new && rows[0].is_open) fresh.push(rows[0].id);
  }
  if (fresh.length > 0) db.hint('curfew_finding');
  return fresh;
}

const OPEN_KEY = `(provider, target_key, subject_id, kind, (case kind when 'mark' then lease_id end)) where state = 'open'`;
/** What was adopted stays as it was adopted. More than that is another finding. */
const STILL_STANDING = 'last_seen_at = ledger_now(), subject_name = excluded.subject_name';
const SEEN_AGAIN = `
         subject_name = excluded.subject_name, level = excluded.level, on_ladder = excluded.on_ladder, sources = excluded.sources,
         why_no_adopt = excluded.why_no_adopt, why_no_revoke = excluded.why_no_revoke, last_seen_at = ledger_now(),
         target = excluded.target, what = excluded.what,
         draw_at = case when f.state = 'open' and (f.level, f.subject_name, f.why_no_adopt, f.why_no_revoke)
                               is distinct from (excluded.level, excluded.subject_name, excluded.why_no_adopt, excluded.why_no_revoke)
                        then ledger_now() else f.draw_at end`;
const STANDING_KEY = `(provider, target_key, subject_id) where state = 'adopted'`;

/** Records that standing access was seen again. */
export async function seeStanding(
  db: Db,
  { provider, key, subjects }: Readonly<{ provider: string; key: string; subjects: readonly string[] }>,
): Promise<void> {
  await db.query(
    `update finding set last_seen_at = ledger_now()
      where provider = $1 and target_key = $2 and subject_id = any ($3) and state = 'adopted'`,
    [provider, key, subjects],
  );
}

/**
 * Closes what a whole pass did not show any more. Something that was seen after the pass began is left. Returns how many it
 * closed.
 */
export async function closeGone(
  db: HintingDb,
  {
    provider,
    key,
    kind,
    open,
    present,
    since,
  }: Readonly<{
    provider: string;
    /** The target key; undefined for all targets of the provider. */
    key?: string;
    kind: FindingKind;
    /** What is still unexplained, and what is there at all: the ids of the accounts of `access`, and the leases of `mark`. */
    open: readonly string[];
    present: readonly string[];
    since: Instant;
  }>,
): Promise<number> {
  const { rowCount } = await db.query(
    `update finding set state = 'gone', closed_at = ledger_now(), closed_by = null, decision = null, work_at = null,
            why = 'The provider does not show it any more, or the ledger explains it now.', draw_at = ledger_now()
      where provider = $1 and ($2::text is null or target_key = $2) and kind = $3 and last_seen_at < to_timestamp($6 / 1000.0)
        and ((state = 'open' and (case kind when 'mark' then lease_id else subject_id end) <> all ($4))
          or (state = 'adopted' and subject_id <> all ($5)))`,
    [provider, key ?? null, kind, open, present, since],
  );
  if (rowCount) db.hint('curfew_finding');
  return rowCount ?? 0;
}

/**
 * Closes an open finding as one that is over by itself, because a look at its access showed what the ledger says.
 */
export async function closeExplained(
  db: Db,
  { provider, key, subject }: Readonly<{ provider: string; key: string; subject: string }>,
): Promise<void> {
  await db.query(
    `update finding set state = 'gone', closed_at = ledger_now(), why = 'The account has again what the ledger says.', draw_at = ledger_now()
      where provider = $1 and target_key = $2 and subject_id = $3 and kind = 'access' and state = 'open' and decision is null`,
    [provider, key, subject],
  );
}
