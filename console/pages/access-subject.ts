import { answerPage, type AskedAbout } from '../../audit/questions/index.ts';
import type { PersonId } from '../../core/ids.ts';
import type { QuestionRefusal } from '../../core/question-refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import {
  entitlementAsked,
  personAsked,
  personNotVisible,
  unknownEntitlement,
} from '../../requests/access-questions.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Reader } from '../reader.ts';
import type { AccessQuestion } from './access/question.ts';

type Deps = Pick<ConsoleDeps, 'ledger' | 'policy'>;
type Asked = Pick<AccessQuestion, 'entitlement' | 'person'>;

/** What a question is about, by its ids, when the reader may know it. Both are in the policy files, or somebody had access. */
export async function accessSubject(
  deps: Deps,
  sight: Reader['sight'],
  { entitlement, person }: Asked,
): Promise<Result<AskedAbout, QuestionRefusal>> {
  const who = person === undefined ? ok(undefined) : await personOf(deps, sight, person);
  if (!who.ok) return who;
  const what = entitlement === undefined ? ok(undefined) : await entitlementOf(deps, sight, entitlement);
  if (what.ok) return ok({ entitlement: what.value, person: who.value });
  // Who may see what a person holds may ask whether that is this entitlement.
  const named = await deps.policy.entitlementNamed(entitlement ?? '');
  return who.value !== undefined && named ? ok({ entitlement: named.id, person: who.value }) : what;
}

async function personOf(
  deps: Deps,
  sight: Reader['sight'],
  typed: string,
): Promise<Result<PersonId, QuestionRefusal>> {
  const asked = await personAsked(deps, sight, typed);
  if (!asked.ok) return asked;
  const { id, isListed } = asked.value;
  const isKnown = isListed || (await hadAccess(deps, 'person', id));
  return isKnown ? ok(id) : no(await personNotVisible(deps, sight, typed));
}

async function entitlementOf(
  deps: Deps,
  sight: Reader['sight'],
  typed: string,
): Promise<Result<string, QuestionRefusal>> {
  const asked = await entitlementAsked(deps, sight, typed);
  if (!asked.ok) return asked;
  const { id, isListed } = asked.value;
  const isKnown = isListed || (await hadAccess(deps, 'entitlement', id));
  return isKnown ? ok(id) : no(await unknownEntitlement(deps, typed));
}

/** True when the ledger has access of this person or to this entitlement, whenever that was. */
const hadAccess = async (
  { ledger }: Deps,
  column: 'person' | 'entitlement',
  value: string,
): Promise<boolean> =>
  (await answerPage(ledger, { view: 'access', where: [{ kind: 'is', column, value }] }, { most: 1 })).rows
    .length > 0;
