import type { PlantedBug } from './bug.ts';
import { CLICK_BUGS } from './clicks.ts';
import { DECISION_BUGS } from './decisions.ts';
import { DOUBT_BUGS } from './doubts.ts';
import { EXTENSION_BUGS } from './extensions.ts';
import { FAILOVER_BUGS } from './failover.ts';
import { GRANT_BUGS } from './grants.ts';
import { LOCK_BUGS } from './locks.ts';
import { OUTAGE_BUGS } from './outages.ts';
import { REAPER_BUGS } from './reaper.ts';
import { REVOCATION_BUGS } from './revocations.ts';

export type { PlantedBug } from './bug.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...GRANT_BUGS,
  ...REVOCATION_BUGS,
  ...DOUBT_BUGS,
  ...OUTAGE_BUGS,
  ...FAILOVER_BUGS,
  ...REAPER_BUGS,
  ...LOCK_BUGS,
  ...CLICK_BUGS,
  ...DECISION_BUGS,
  ...EXTENSION_BUGS,
];
