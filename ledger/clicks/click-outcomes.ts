import { clickIdOfRequest, type ClickId, type RequestId } from '../../core/ids.ts';
import type { Click } from './clicks.ts';
import type { Db, HintingDb } from '../pool.ts';
import { addWakeUp } from './wake-ups.ts';

/** The click that caused a step of a request, by the step's name; undefined for steps of the system. */
export function clickBehind(request: RequestId, step: string): ClickId | undefined {
  if (step === 'open') return clickIdOfRequest(request);
  return step.startsWith('click/') ? (step.slice('click/'.length) as ClickId) : undefined;
}

/** Erases from a click what its person wrote. After the click was acted on, that text is in free_text or nowhere. */
export async function eraseFreeText(db: Db, id: ClickId): Promise<void> {
  await db.query(`update click set body = body - 'reason' - 'note' - 'title' where id = $1`, [id]);
}

/** Accepts the submission of a request: its workflow is started, which judges it. */
export async function acceptSubmission(db: HintingDb, { id, request }: Click): Promise<void> {
  await storeOutcome(db, id, { kind: 'started' });
  await addWakeUp(db, request);
}

/** Stores the definite outcome of a click. */
export async function storeOutcome(db: Db, id: ClickId, outcome: unknown): Promise<void> {
  await db.query(`update click set done_at = ledger_now(), outcome = $2 where id = $1 and done_at is null`, [
    id,
    JSON.stringify(outcome),
  ]);
}

/** The outcome of a click, or undefined while it has none. */
export async function clickOutcome(db: Db, id: ClickId): Promise<unknown> {
  const { rows } = await db.query<{ outcome: unknown }>('select outcome from click where id = $1', [id]);
  return rows[0]?.outcome ?? undefined;
}
