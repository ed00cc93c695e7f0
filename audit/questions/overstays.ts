import type { AuditQuery } from '../../ledger/index.ts';
import { type Period, within } from './period.ts';

/** How long the calls that revoke access may take after its end (I3). */
export const ALLOWED_SECONDS = 60;

/** Access that was held for more than `seconds` after its planned end. There should be none over `ALLOWED_SECONDS`. */
export const overstays = (seconds: number = ALLOWED_SECONDS, period: Period = {}): AuditQuery => ({
  view: 'overstay',
  where: [{ kind: 'over', column: 'seconds', value: seconds }, ...within('at', period)],
});
