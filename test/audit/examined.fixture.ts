import { examination } from '../../audit/examination.ts';
import type { Ledger } from '../../ledger/index.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { LOG_NAME, trusted } from './log.fixture.ts';

/** A ledger of a test, and the address of its database with the owner as the user. */
export type Examined = Readonly<{ ledger: Ledger; url: string }>;

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A process that examines the log. It remembers nothing between two steps. */
export const examiner = ({ ledger }: Pick<Examined, 'ledger'>, days = 7): (() => Promise<void>) =>
  examination(ledger, { name: LOG_NAME, trusted }, { report: SILENT, days });

/** Does the next step, which is due now. */
export async function examineNext(examined: Examined, step = examiner(examined)): Promise<void> {
  await rowsOf(examined.url, 'update log_examination set due_at = ledger_now()');
  await step();
}

/** Why the quarantine began that is open now. */
export async function quarantineNow({ url }: Pick<Examined, 'url'>): Promise<string | undefined> {
  const [open] = await rowsOf<{ reason: string }>(
    url,
    'select reason from quarantine where ended_at is null',
  );
  return open?.reason;
}

/** Ends the quarantine that is open, as a person does. */
export const endQuarantineOf = ({ url }: Pick<Examined, 'url'>): Promise<unknown> =>
  rowsOf(
    url,
    `update quarantine set ended_at = ledger_now(), ended_by = 'dee', plan_digest = 'x' where ended_at is null`,
  );

/** Examines until a pass is over or a quarantine began. Returns why it began. */
export async function examineAll(examined: Examined): Promise<string | undefined> {
  const { endedAt } = await examined.ledger.lastExamination();
  for (;;) {
    await examineNext(examined);
    const reason = await quarantineNow(examined);
    if (reason !== undefined || (await examined.ledger.lastExamination()).endedAt !== endedAt) return reason;
  }
}
