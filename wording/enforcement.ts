import { CURFEW } from '../core/curfew-role.ts';
import { formatDuration } from '../core/duration.ts';
import type { Minutes } from '../core/ids.ts';
import type { DescribedTarget, EnforcementClass } from '../core/target.ts';
import type { Reader } from './target-details.ts';

/**
 * What a reader learns of the end: which class enforces it, or that a session can outlast it. `name` is a short sentence, which differs
 * for each kind. `text` says more.
 */
export type EndNote = Readonly<{ kind: EnforcementClass | 'outlasted'; name: string; text: string }>;

type Wording = Readonly<{ name: string; text: string }>;

const ENFORCEMENT: Readonly<Record<EnforcementClass, Wording>> = {
  A: {
    name: 'The provider ends it.',
    text: 'The permission that Curfew writes contains the time of the end, so it also ends when Curfew is down.',
  },
  B: {
    name: 'The login expires.',
    text: 'Nobody can log in with it after the end, even when Curfew is down.',
  },
  C: {
    name: 'Curfew ends it.',
    text: 'It revokes the access at the end, and tries again until the provider shows that it is gone. While Curfew is down, the access stays.',
  },
};

/** No provider stores a role of Curfew. The role and its end are in the ledger only. */
const ROLE: Wording = {
  name: 'The role ends by itself.',
  text: 'Curfew compares its end with the time at each page and each action, so after the end the role does not count. While Curfew is down, nobody can use it.',
};

/** Only a login is the holder's own. The other sentences speak to nobody. */
const FOR_HOLDER: Readonly<Record<EnforcementClass, Wording>> = {
  ...ENFORCEMENT,
  B: {
    name: 'Your login expires.',
    text: 'You cannot log in with it after the end, even when Curfew is down.',
  },
};

/** `provider`: its name, where it is known. */
type Target = Pick<DescribedTarget, 'enforcement' | 'residualMs'> &
  Readonly<{ provider?: string | undefined }>;

/** How the end of the access is enforced, and which sessions can continue after it. */
export function endNotes(targets: readonly Target[], reader: Reader = 'approver'): readonly EndNote[] {
  const wording = reader === 'holder' ? FOR_HOLDER : ENFORCEMENT;
  const all = targets.map(({ enforcement: kind, provider }): EndNote => ({
    kind,
    ...(provider === CURFEW ? ROLE : wording[kind]),
  }));
  const notes = all.filter(({ name }, at) => all.findIndex((each) => each.name === name) === at);
  const residual = Math.max(0, ...targets.map(({ residualMs }) => residualMs ?? Infinity));
  if (residual === 0) return notes;
  const length = Number.isFinite(residual)
    ? `for up to ${formatDuration((residual / 60_000) as Minutes)}`
    : 'for as long as it stays open';
  return [
    ...notes,
    {
      kind: 'outlasted',
      name: 'A session can outlast the end.',
      text: `One that is open at the end can continue ${length}.`,
    },
  ];
}
