import { ALLOWED_SECONDS } from '../../core/numbers.ts';
import type { AuditQuery } from '../../ledger/index.ts';
import { type Period, within } from './period.ts';

/** Access that was held for more than `seconds` after its planned end. There should be none over `ALLOWED_SECONDS`. */
export const overstays = (seconds: number = ALLOWED_SECONDS, period: Period = {}): AuditQuery => ({
  view: 'overstay',
  where: [{ kind: 'over', column: 'seconds', value: seconds }, ...within('at', period)],
});
