import type { PersonId } from '../../core/ids.ts';
import { isTimeZone } from '../../core/local-time.ts';
import { type MessagePreference, NO_PREFERENCE } from '../../core/message-preference.ts';
import type { Db } from '../pool.ts';

type Row = Readonly<{
  time_zone: string;
  quiet_from: number | null;
  quiet_to: number | null;
  digest_at: number | null;
  weekly: boolean;
}>;

/** When a person wants messages; undefined when they did not say. A time zone that this computer does not know any more is UTC. */
export async function readMessagePreference(
  db: Db,
  person: PersonId,
): Promise<MessagePreference | undefined> {
  const { rows } = await db.query<Row>(
    'select time_zone, quiet_from, quiet_to, digest_at, weekly from message_preference where person = $1',
    [person],
  );
  return rows.map(preferenceOf)[0];
}

const preferenceOf = ({ time_zone, quiet_from, quiet_to, digest_at, weekly }: Row): MessagePreference => ({
  timeZone: isTimeZone(time_zone) ? time_zone : NO_PREFERENCE.timeZone,
  ...(quiet_from === null || quiet_to === null ? {} : { quiet: { from: quiet_from, to: quiet_to } }),
  ...(digest_at === null ? {} : { digestAt: digest_at }),
  weekly,
});

export async function storeMessagePreference(
  db: Db,
  person: PersonId,
  { timeZone, quiet, digestAt, weekly }: MessagePreference,
): Promise<void> {
  await db.query(
    `insert into message_preference (person, time_zone, quiet_from, quiet_to, digest_at, weekly)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (person) do update
       set time_zone = excluded.time_zone, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
           digest_at = excluded.digest_at, weekly = excluded.weekly, changed_at = ledger_now()`,
    [person, timeZone, quiet?.from ?? null, quiet?.to ?? null, digestAt ?? null, weekly],
  );
}
