import type { Instant, MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import { endingOf, type MassEnding } from '../../core/mass-ending.ts';
import type { Command } from '../../core/request/commands.ts';
import { decide } from '../../core/request/decide.ts';
import type { Event } from '../../core/request/events.ts';
import { evolve, stateAfter } from '../../core/request/evolve.ts';
import { isNewsForWorkflow } from '../../core/request/progress.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { RequestState } from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { clickBehind, eraseFreeText, storeOutcome } from '../clicks/click-outcomes.ts';
import { CHANNELS } from '../clicks/clicks.ts';
import type { Notification } from '../messages/outbox.ts';
import { restoredEvent, storedEvent, type StoredTexts } from './event-texts.ts';
import { type FreeText, withWrittenHash, writeFreeText } from './free-texts.ts';
import { assertHeld, type HeldLock } from '../leases/lock.ts';
import { lockOn } from '../mass-endings/mass-endings.ts';
import { type Db, type HintingDb, now, toInstant, toTimestamp } from '../pool.ts';
import { project } from './project.ts';
import { addWakeUp } from '../clicks/wake-ups.ts';

/** What a step came through: Slack, the command line, the console, the workflow or the sweeper. */
export const VIAS = [...CHANNELS, 'workflow', 'sweeper'] as const;
export type Via = (typeof VIAS)[number];

/** An event with its number in the trail of its request. */
export type NumberedEvent = Readonly<{ seq: number; event: Event; via: Via }>;

/**
 * One step of a request. `name` makes it idempotent: the same step again adds no event. The step of a person has the same
 * outcome again. A report of a process is refused when the state does not allow it any more.
 * `command` is called under the request's lock, with the current state and the ledger's time.
 */
export type Step = Readonly<{
  request: RequestId;
  name: string;
  via: Via;
  command: (state: RequestState, at: Instant) => Command | Promise<Command>;
  /** The lock under which the caller acted. When somebody else took it since, nothing is recorded. */
  lock?: HeldLock;
  /** What the person wrote. It is stored beside the events when the step succeeds. */
  freeText?: FreeText;
}>;

export type RecordResult = Readonly<{
  outcome: Result<readonly Event[], Refusal>;
  state: RequestState;
  /** The ledger's time of the decision. */
  at: Instant;
}>;

/**
 * Decides one step on the ledger's own state and clock. In the caller's transaction it records the events, updates
 * the leases, and adds the notification. What a workflow or a button decided before is only a prediction. A refused
 * attempt of a person is an event too (I19).
 */
export async function record(db: HintingDb, step: Step): Promise<RecordResult> {
  await lockRequest(db, step.request);
  if (step.lock) await assertHeld(db, step.lock);
  const state = stateAfter(await readEvents(db, step.request));
  const end = await endOfTrail(db, step.request);
  const at = await nowAfter(db, end);

  const before = await stepOutcome(db, step);
  if (before && isOfPerson(step)) return { outcome: before, state, at };
  if (await endedByLock(db, step, state)) return record(db, step);

  const command = await step.command(state, at);
  const outcome = decide(state, command);
  if (before && outcome.ok) return { outcome: before, state, at };
  const attempt = outcome.ok ? undefined : refusedAttempt(command, outcome.error);
  if (attempt && (await settledAsRepeated(db, step, attempt))) return { outcome, state, at };
  const events = outcome.ok ? outcome.value : attempt ? [attempt] : [];
  await append(db, { ...step, from: end.seq, freeText: outcome.ok ? step.freeText : undefined }, events);
  const next = events.reduce(evolve, state);
  await project(db, { request: step.request, state: next, events });
  if (outcome.ok && step.freeText)
    await writeFreeText(db, step.request, { ...step.freeText, seq: end.seq }, next);
  // The workflow knows what its own activities record.
  if (step.via !== 'workflow' && isNewsForWorkflow(state, next)) await addWakeUp(db, step.request);
  return { outcome, state: next, at };
}

/**
 * True when the request is in the scope of a lock and this ended it. So every other step finds it ended, and nothing is activated or
 * extended while a lock holds (I18).
 */
async function endedByLock(
  db: HintingDb,
  { request, name, via }: Step,
  state: RequestState,
): Promise<boolean> {
  if (isOfMassEnding(name) || !isNotEnded(state)) return false;
  const { requester, entitlement, targets } = state.details;
  const lock = await lockOn(db, {
    requester,
    entitlement,
    targets: targets.map((provider) => ({ provider })),
  });
  if (!lock) return false;
  const { outcome } = await massEnd(db, lock, { request, via });
  return outcome.ok;
}

type NotEnded = Extract<RequestState, { kind: 'pending' | 'granting' | 'active' }>;
const isNotEnded = (state: RequestState): state is NotEnded =>
  state.kind === 'pending' || state.kind === 'granting' || state.kind === 'active';

/** Ends one request for a mass ending: the one step of it. A request that is over already stays as it is. */
export const massEnd = (
  db: HintingDb,
  massEnding: MassEnding,
  { request, via }: Pick<Step, 'request' | 'via'>,
): Promise<RecordResult> =>
  record(db, {
    request,
    name: `${MASS_END}${massEnding.id}`,
    via,
    command: (_state, at) => ({ kind: 'mass-end', ending: endingOf(massEnding), at }),
  });

/** Ends the lost leases of a request that this ledger does not have. The trail says who tried it, as when somebody ends only this one. */
export const endLostRequest = (
  db: HintingDb,
  { id, by }: EndsLost,
  { request, via }: Pick<Step, 'request' | 'via'>,
): Promise<RecordResult['outcome']> =>
  recordRefusal(
    db,
    { request, name: id === undefined ? 'void' : `${MASS_END}${id}`, via },
    { by, tried: 'end', refusal: { code: 'unknown-request' } },
  );

/** The mass ending that ends a lost lease, and its person. Without one, its person left. */
export type EndsLost = Readonly<{ id?: MassEndingId; by: PersonId | null }>;

export const MASS_END = 'mass-end/';
const isOfMassEnding = (name: string): boolean => name.startsWith(MASS_END);

/** What a person did has one outcome for ever. What a process reports is judged by the state that it finds. */
const isOfPerson = ({ request, name }: Step): boolean => clickBehind(request, name) !== undefined;

type Refused = Extract<Event, { kind: 'refused' }>;
export type RefusedAttempt = Omit<Refused, 'kind' | 'at'>;

/** Records a refusal that was decided without the state of the request. A step that was recorded before keeps its outcome. */
export async function recordRefusal(
  db: HintingDb,
  step: Omit<Step, 'command'>,
  refused: RefusedAttempt,
): Promise<RecordResult['outcome']> {
  await lockRequest(db, step.request);
  const before = await stepOutcome(db, step);
  if (before) return before;
  const end = await endOfTrail(db, step.request);
  const attempt: Refused = { kind: 'refused', ...refused, at: await nowAfter(db, end) };
  if (!(await settledAsRepeated(db, step, attempt))) await append(db, { ...step, from: end.seq }, [attempt]); // It changes no state, so nothing else is updated.
  return no(refused.refusal);
}

/** A trail has one refusal for each person, attempt and reason. An earlier version could record any number. */
const MOST_REFUSALS = 500;

/** A request's events in order, from number `since` on, with at most 500 refusals. */
export async function readTrail(db: Db, request: RequestId, since = 0): Promise<readonly NumberedEvent[]> {
  const { rows } = await db.query<{ seq: number; via: Via } & StoredRow>(
    `select seq, body, via, salt, texts from ${STORED}
      where request_id = $1 and seq >= $2
        and (${CHANGES_STATE} or seq in (select seq from event where request_id = $1 and seq >= $2 and kind = 'refused' order by seq limit $3))
      order by seq`,
    [request, since, MOST_REFUSALS],
  );
  return rows.map(({ seq, body, via, ...texts }) => ({ seq, event: restoredEvent(body, texts), via }));
}

/** An event as it is stored, and the texts beside it. */
export type StoredRow = StoredTexts & Readonly<{ body: unknown }>;
export const STORED = 'event left join event_text using (request_id, seq)';

/** The events that change the state: all but refusals. So the time to compute a state does not grow with what is refused. */
export const CHANGES_STATE = `kind <> 'refused'`;

/** A request's events that change its state, in order. */
export async function readEvents(db: Db, request: RequestId): Promise<readonly Event[]> {
  const { rows } = await db.query<StoredRow>(
    `select body, salt, texts from ${STORED} where request_id = $1 and ${CHANGES_STATE} order by seq`,
    [request],
  );
  return rows.map(({ body, ...texts }) => restoredEvent(body, texts));
}

/** The state of a request, and the ledger's time. */
export async function readState(db: Db, request: RequestId): Promise<{ state: RequestState; at: Instant }> {
  return { state: stateAfter(await readEvents(db, request)), at: await now(db) };
}

/** The number of the next event, and the time of the last one. */
type EndOfTrail = Readonly<{ seq: number; at: Instant }>;

async function endOfTrail(db: Db, request: RequestId): Promise<EndOfTrail> {
  const { rows } = await db.query<{ seq: number; at: Date }>(
    'select seq, at from event where request_id = $1 order by seq desc limit 1',
    [request],
  );
  const [last] = rows;
  return last ? { seq: last.seq + 1, at: toInstant(last.at) } : { seq: 0, at: 0 as Instant };
}

/** The time of a new event is never earlier than the last one, even when the server's clock goes back. */
const nowAfter = async (db: Db, { at }: EndOfTrail): Promise<Instant> =>
  Math.max(await now(db), at) as Instant;

/** Until the transaction ends, other steps of the request wait. */
export const lockRequest = (db: Db, request: RequestId) =>
  db.query(
    `insert into request_lock (request_id) values ($1)
     on conflict (request_id) do update set request_id = excluded.request_id`,
    [request],
  );

async function stepOutcome(
  db: Db,
  { request, name }: Pick<Step, 'request' | 'name'>,
): Promise<RecordResult['outcome'] | undefined> {
  const { rows } = await db.query<StoredRow>(
    `select body, salt, texts from ${STORED} where request_id = $1 and step = $2 order by seq`,
    [request, name],
  );
  const events = rows.map(({ body, ...texts }) => restoredEvent(body, texts));
  const [first] = events;
  if (!first) return undefined;
  return first.kind === 'refused' ? no(first.refusal) : ok(events);
}

/** A system command that comes too late is not an attempt of a person. */
const refusedAttempt = (command: Command, refusal: Refusal): Refused | undefined =>
  'by' in command
    ? { kind: 'refused', by: command.by, tried: command.kind, refusal, at: command.at }
    : undefined;

/**
 * True when the same person was refused the same thing with the same code before. Then the trail has it, and does not
 * grow, however often somebody presses a button and whatever they type. The person is told again. The outcome of the click is stored at once,
 * because no event says how that click was decided.
 */
async function settledAsRepeated(
  db: HintingDb,
  { request, name }: Pick<Step, 'request' | 'name'>,
  attempt: Refused,
): Promise<boolean> {
  const first = await firstRefusal(db, request, attempt);
  if (first === undefined) return false;
  await notifyAgain(db, request, { step: name, from: first, to: first + 1 });
  const click = clickBehind(request, name);
  if (!click) return true;
  await eraseFreeText(db, click);
  await storeOutcome(db, click, { kind: 'refused', refusal: attempt.refusal });
  return true;
}

/** Accounts without a person are told apart by why they may do nothing. Every other text of a refusal is left out, because it may be anything. */
async function firstRefusal(
  db: Db,
  request: RequestId,
  { by, tried, refusal }: Refused,
): Promise<number | undefined> {
  const { rows } = await db.query<{ seq: number }>(
    `select seq from event
      where request_id = $1 and kind = 'refused' and coalesce(body ->> 'by', '') = $2 and body ->> 'tried' = $3
        and body -> 'refusal' ->> 'code' = $4 and ($5::text is null or body -> 'refusal' ->> 'why' = $5)
      limit 1`,
    [
      ...[request, by ?? ('' as PersonId), tried, refusal.code],
      refusal.code === 'not-a-member' ? refusal.why : null,
    ],
  );
  return rows[0]?.seq;
}

/** What is appended: from which number on, and what a person wrote. The first event has its hash. */
type Appended = Pick<Step, 'request' | 'name' | 'via'> &
  Readonly<{ from: number; freeText?: FreeText | undefined }>;

async function append(
  db: HintingDb,
  { request, name, via, from, freeText }: Appended,
  events: readonly Event[],
): Promise<void> {
  for (const [index, event] of events.entries()) {
    const { body: bare, salt, texts } = storedEvent(event);
    const body = freeText && index === 0 ? withWrittenHash(bare, freeText) : bare;
    const at = [request, from + index];
    await db.query(
      `insert into event (request_id, seq, step, kind, body, via, at) values ($1, $2, $3, $4, $5, $6, $7)`,
      [...at, name, event.kind, JSON.stringify(body), via, toTimestamp(event.at)],
    );
    if (texts.length > 0)
      await db.query('insert into event_text (request_id, seq, salt, texts) values ($1, $2, $3, $4)', [
        ...at,
        salt,
        JSON.stringify(texts),
      ]);
  }
  if (events.length > 0) await notify(db, request, { step: name, from, to: from + events.length });
  const click = clickBehind(request, name);
  if (click) await eraseFreeText(db, click);
}

type NewNotification = Pick<Notification, 'step' | 'from' | 'to'>;

/** One such notification waits at a time, so that an outage of Slack collects no more of them. */
async function notifyAgain(db: HintingDb, request: RequestId, body: NewNotification): Promise<void> {
  await db.query(
    `insert into outbox (request_id, body)
     select $1, $2::jsonb
      where not exists (select from outbox
                         where request_id = $1 and sent_at is null and body -> 'from' = $2::jsonb -> 'from')`,
    [request, JSON.stringify({ ...body, repeated: true })],
  );
  db.hint('curfew_outbox');
}

async function notify(db: HintingDb, request: RequestId, body: NewNotification): Promise<void> {
  await db.query('insert into outbox (request_id, body) values ($1, $2)', [request, JSON.stringify(body)]);
  db.hint('curfew_outbox');
}
