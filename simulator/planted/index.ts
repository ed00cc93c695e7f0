import type { PlantedBug } from './bug.ts';
import { DECISION_BUGS } from './decisions.ts';
import { GRANT_BUGS } from './grants.ts';
import { LOCK_BUGS } from './locks.ts';
import { REVOCATION_BUGS } from './revocations.ts';

export type { PlantedBug } from './bug.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...GRANT_BUGS,
  ...REVOCATION_BUGS,
  ...LOCK_BUGS,
  ...DECISION_BUGS,
];
