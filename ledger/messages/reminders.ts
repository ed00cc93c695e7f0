import type { Instant, RequestId } from '../../core/ids.ts';
import { endsSoonAt } from '../../core/request/ends-soon.ts';
import { type Db, toTimestamp } from '../pool.ts';

/**
 * Adds the reminder that access ends soon, which is due then. It names the end that it is about: when the access has another end by
 * then, or none, whoever takes it drops it. So an extension adds a new one, and the old one tells nobody anything.
 */
export async function addReminder(
  db: Db,
  request: RequestId,
  { from, endsAt }: Readonly<{ from: Instant; endsAt: Instant }>,
): Promise<void> {
  await db.query('insert into outbox (request_id, body, next_try_at) values ($1, $2, $3)', [
    request,
    JSON.stringify({ step: 'reminder', from: 0, to: 0, reminder: endsAt }),
    toTimestamp(endsSoonAt({ from, endsAt })),
  ]);
}
