import type { PolicySet } from '../policy/index.ts';
import type { Names } from './parts/names.tsx';

/** Names by the policy as it was last read. Who or what left the files is called by their id. */
export const namesOf = (policy: PolicySet | undefined): Names => ({
  person: (id) => policy?.directory.people.get(id)?.name ?? id,
  entitlement: (id) => policy?.entitlements.get(id)?.title ?? id,
});
