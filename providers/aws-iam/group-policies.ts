import { Fault } from '../../core/faults.ts';
import type { Permission } from '../provider.ts';
import type { AccountGroup, IamAccount } from './account.ts';
import { statementsOf } from './policy-document.ts';
import { readDocument, shapeOf, type Allows } from './policy.ts';
import { describeRisk, risksOf } from './risks.ts';
import type { PreflightApi } from './simulation.ts';

/**
 * Warns of a group whose policies let its members keep or widen their access. Inline policies and those of the account are
 * in what was read of the account. Policies that AWS manages are read one by one.
 */
export async function warnOfGroup(
  api: PreflightApi,
  group: AccountGroup,
  { policies }: IamAccount,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const own = new Map(policies.map(({ arn, document }) => [arn, document]));
  const unread: string[] = [];
  const documents = [...group.documents];
  for (const arn of group.attached) {
    const document = own.get(arn) ?? (await readManaged(api, arn, signal));
    if (document === undefined) unread.push(arn);
    else documents.push(document);
  }
  const allows = allowsOfDocuments(documents.map(readDocument));
  return [
    ...risksOf(allows).map((risk) => ({
      severity: 'excess' as const,
      what: `members of the group ${group.name}: ${describeRisk(risk)}`,
    })),
    ...unread.map((arn) => ({
      severity: 'unknown' as const,
      what: `what ${arn} allows to members of the group ${group.name}. Allow iam:GetPolicy and iam:GetPolicyVersion on it`,
    })),
  ];
}

async function readManaged(api: PreflightApi, arn: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await api.managedPolicy(arn, signal);
  } catch (error) {
    if (error instanceof Fault && error.code === 'provider-forbidden') return undefined;
    throw error;
  }
}

/** Whether any document allows an action, somewhere and under some condition, and no document denies it everywhere. */
export function allowsOfDocuments(documents: readonly unknown[]): Allows {
  const statements = documents.flatMap(statementsOf);
  const matchers = (wanted: string) =>
    statements
      .filter(({ Effect }) => Effect === wanted)
      .map((statement) => [statement, matcherOf(statement)] as const);
  const allowing = matchers('Allow');
  const denying = matchers('Deny').filter(
    ([{ Resource, Condition }]) => Condition === undefined && [Resource].flat().includes('*'),
  );
  return (action) =>
    allowing.some(([, matches]) => matches(action)) && !denying.some(([, matches]) => matches(action));
}

type Loose = Readonly<Record<string, unknown>>;

function matcherOf({ Action, NotAction }: Loose): Allows {
  const shapes = (patterns: unknown) =>
    [patterns].flat().flatMap((pattern) => (typeof pattern === 'string' ? [shapeOf(pattern)] : []));
  if (NotAction !== undefined) {
    const except = shapes(NotAction);
    return (action) => !except.some((shape) => shape.test(action));
  }
  const actions = shapes(Action);
  return (action) => actions.some((shape) => shape.test(action));
}
