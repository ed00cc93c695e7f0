import { type AccessSubject, answerPage } from '../../audit/questions/index.ts';
import type { AuditCondition, Ledger } from '../../ledger/index.ts';
import { targetWords } from '../../wording/target-name.ts';
import { CommandError } from '../terminal/exit.ts';
import { entitlementNamed, listedEntitlement } from '../terminal/known-names.ts';

/**
 * An entitlement of the catalogue, else what the ledger knows by this name: an entitlement of the past, or a target. With a provider, a
 * target comes first.
 */
export async function subjectTyped(
  ledger: Ledger,
  config: string | undefined,
  what: string,
  provider: string | undefined,
): Promise<AccessSubject> {
  const target = { kind: 'target', name: what, ...(provider === undefined ? {} : { provider }) } as const;
  if (provider !== undefined && (await isKnown(ledger, target))) return target;
  const listed = await listedEntitlement(config, what);
  if (listed) return { kind: 'entitlement', id: listed.id };
  const id = what.toLowerCase();
  if (await isKnown(ledger, { kind: 'is', column: 'entitlement', value: id }))
    return { kind: 'entitlement', id };
  if (await isKnown(ledger, target)) return target;
  const inWords = await targetInWords(ledger, what);
  if (inWords !== undefined) return { ...target, name: inWords };
  return { kind: 'entitlement', id: (await entitlementNamed(config, what))?.id ?? id };
}

/**
 * The id of an entitlement of the catalogue, by its id or a synonym, or of one of the past that the ledger knows. Throws when neither has it, so that
 * a spelling mistake is no empty answer.
 */
export async function entitlementTyped(
  ledger: Ledger,
  config: string | undefined,
  typed: string,
): Promise<string> {
  const listed = await listedEntitlement(config, typed);
  if (listed) return listed.id;
  if (await isKnown(ledger, { kind: 'is', column: 'entitlement', value: typed })) return typed;
  await entitlementNamed(config, typed);
  throw new CommandError(
    'notFound',
    `The ledger has no access by an entitlement "${typed}", and the catalogue cannot be read.\n  to do: set CURFEW_CONFIG to the folder with catalogue.yaml.`,
  );
}

/** The target that tables show with these words, or that has this name; undefined when Curfew looks at no such target. */
async function targetInWords(ledger: Ledger, what: string): Promise<string | undefined> {
  const isIt = (text: string): boolean => text.toLowerCase() === what.toLowerCase();
  return (await ledger.watchedTargets()).find((name) => isIt(name) || isIt(targetWords(name)));
}

/** True when the ledger has access of this kind, whenever that was. */
export const isKnown = async (ledger: Ledger, condition: AuditCondition): Promise<boolean> =>
  (await answerPage(ledger, { view: 'access', where: [condition] }, { most: 1 })).rows.length > 0;

/** Throws when the ledger has no target and no access at the provider that was typed. */
export async function providerIsKnown(ledger: Ledger, provider: string | undefined): Promise<void> {
  if (
    provider === undefined ||
    (await ledger.firstLook({ kind: 'provider', name: provider })).kind !== 'none'
  )
    return;
  if (!(await isKnown(ledger, { kind: 'is', column: 'provider', value: provider })))
    throw new CommandError('notFound', `The ledger has no target and no access at a provider "${provider}".`);
}
