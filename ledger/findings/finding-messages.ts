import type { Finding, FindingId } from '../../core/findings/finding.ts';
import type { Db } from '../pool.ts';
import { takeDue } from '../take-due.ts';
import { findingOf, SELECT_FINDING } from './read-findings.ts';

/** The findings that one message shows, oldest first, and which attempt took it. */
export type FindingMessage = Readonly<{ message: FindingId; findings: readonly Finding[]; token: string }>;

/**
 * Takes the findings of one message that must be drawn. What is new since the last call is one message together, so that many findings
 * are no flood. It is due again after 30 seconds, in case that this process does not finish.
 */
export async function takeFindingMessage(db: Db): Promise<FindingMessage | undefined> {
  await db.query(
    `update finding set message = (select min(id) from finding where message is null and state = 'open' and draw_at is not null)
      where id in (select id from finding where message is null and state = 'open' and draw_at is not null for update skip locked)`,
  );
  const rows = await takeDue<{ message: FindingId; token: string }>(db, {
    table: 'finding',
    key: 'message',
    dueAt: 'draw_at',
    againAfter: `interval '30 seconds'`,
    where: 'message is not null',
    returning: 'message, draw_at::text as token',
  });
  const [taken] = rows;
  if (!taken) return undefined;
  const found = await db.query(`${SELECT_FINDING} where f.message = $1 order by f.id`, [taken.message]);
  // One statement sets one time for each row, so the latest one is that of the whole message.
  const token =
    rows
      .map((each) => each.token)
      .sort()
      .at(-1) ?? taken.token;
  return { message: taken.message, token, findings: found.rows.map(findingOf) };
}

/** The messages show the findings as they were taken. What changed meanwhile is drawn again. */
export async function endFindingMessage(db: Db, { message, token }: FindingMessage): Promise<void> {
  await db.query(
    `update finding set draw_at = null where message = $1 and draw_at <= $2::timestamptz and draw_at > ledger_now()`,
    [message, token],
  );
}
