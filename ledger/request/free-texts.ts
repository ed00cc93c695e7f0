import type { RequestId } from '../../core/ids.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { Db } from '../pool.ts';
import { readableText, textHash } from '../salted-text.ts';

/** What a person wrote with a step of a request. It is stored beside the event, and the event has its salted hash. */
export type FreeText = Readonly<{
  kind: 'reason' | 'denial' | 'extension' | 'question' | 'answer';
  salt: string;
  body: string;
}>;

/** The body of an event with the salted hash of what a person wrote with it. The digests of requests and extensions cover the hash of a reason, so these events have it already. */
export const withWrittenHash = (body: object, { kind, salt, body: text }: FreeText): object =>
  kind === 'reason' || kind === 'extension' ? body : { ...body, writtenHash: textHash(salt, text) };

/** A text that a request can have several times is stored with the number of its event. */
export const writeFreeText = (
  db: Db,
  request: RequestId,
  { kind, salt, body, seq }: FreeText & Readonly<{ seq: number }>,
  state: RequestState,
) =>
  kind === 'reason' || (kind === 'denial' && state.kind === 'closed')
    ? db.query(
        `insert into free_text (request_id, kind, salt, body) values ($1, $2, $3, $4)
         on conflict (request_id, kind) do nothing`,
        [request, kind, salt, body],
      )
    : db.query(
        `insert into event_free_text (request_id, seq, kind, salt, body) values ($1, $2, $3, $4, $5)
         on conflict (request_id, seq) do nothing`,
        [request, seq, kind, salt, body],
      );

/** The hash that the event of a text has of it. Null in an event of an earlier version. */
const HASH = `coalesce(e.body ->> 'writtenHash', e.body -> 'details' ->> 'reasonHash', e.body -> 'extension' ->> 'reasonHash') as hash`;

/** The reasons of requests and of their denials, each with the number of its event. */
const OF_REQUESTS = `select t.request_id, e.seq, t.kind, t.salt, t.body, ${HASH}
  from free_text t join event e on e.request_id = t.request_id and e.kind = case t.kind when 'reason' then 'requested' else 'closed' end`;

/** The other texts, which a request can have several times. */
const OF_EVENTS = `select t.request_id, t.seq, t.kind, t.salt, t.body, ${HASH} from event_free_text t join event e using (request_id, seq)`;

type TextRow = Readonly<{
  request_id: RequestId;
  seq: number;
  kind: FreeText['kind'];
  salt: string;
  body: string;
  hash: string | null;
}>;

/** What people wrote about a request, as far as it is not erased. Of several texts of one kind it is the last. */
export type WrittenTexts = Readonly<Partial<Record<FreeText['kind'], string>>>;

/** What people wrote about a request, as far as it is not erased. Of several texts of one kind it is the last. */
export async function readFreeText(db: Db, request: RequestId): Promise<WrittenTexts> {
  const { rows } = await db.query<TextRow>(
    `select * from (${OF_REQUESTS} where t.request_id = $1 union all ${OF_EVENTS} where t.request_id = $1) texts order by seq`,
    [request],
  );
  return Object.fromEntries(rows.map((row) => [row.kind, readableText(row)]));
}

/** What a person wrote with an event, and the number of the event. */
export type FreeTextOfEvent = Readonly<{ seq: number; body: string }>;

/** The questions of approvers and the answers of the requester, as far as they are not erased. */
export async function readQuestions(db: Db, request: RequestId): Promise<readonly FreeTextOfEvent[]> {
  const { rows } = await db.query<TextRow>(
    `${OF_EVENTS} where t.request_id = $1 and t.kind in ('question', 'answer') order by t.seq`,
    [request],
  );
  return rows.map((row) => ({ seq: row.seq, body: readableText(row) }));
}

/** The reasons of some requests and of their denials, as far as they are not erased. */
export async function reasonsOf(
  db: Db,
  requests: readonly RequestId[],
): Promise<ReadonlyMap<RequestId, WrittenTexts>> {
  const { rows } = await db.query<TextRow>(`${OF_REQUESTS} where t.request_id = any ($1)`, [requests]);
  const found = new Map<RequestId, WrittenTexts>();
  for (const row of rows)
    found.set(row.request_id, { ...found.get(row.request_id), [row.kind]: readableText(row) });
  return found;
}
