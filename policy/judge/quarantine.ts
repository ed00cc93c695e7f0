import type { PersonId } from '../../core/ids.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected, spellSelector } from '../files/selector.ts';

/** Whether this person may end the quarantine of the ledger: only the active security people of the catalogue may. The error says why not. */
export function mayEndQuarantine(
  { security, directory }: PolicySet,
  person: PersonId,
): Result<undefined, string> {
  if (!security)
    return no(
      'the catalogue has no "security", so it names nobody who may. The operator of Curfew can add it',
    );
  const isNamed = security.people.some((selector) => isSelected(directory, selector, person));
  if (isNamed && directory.people.get(person)?.active) return ok(undefined);
  return no(`only the security people may: ${security.people.map(spellSelector).join(', ')}`);
}
