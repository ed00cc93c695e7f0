import type { PastAccess } from '../../core/past-access.ts';

/** Why somebody has access that Curfew did not grant, in words. Nothing for what it granted. */
export const BASIS_WORDS: Readonly<Record<PastAccess['basis'], string>> = {
  granted: '',
  adopted: 'standing access',
  finding: 'not explained',
};
