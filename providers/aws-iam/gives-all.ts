import { readDocument, shapeOf, type Statement } from './policy.ts';

const listOf = (value: unknown): readonly string[] =>
  [value].flat().filter((each): each is string => typeof each === 'string');

/**
 * True when a policy document allows every action on every resource of these statements, at any time and without a condition. It looks at the
 * text of the statements only: a `Deny` elsewhere, a boundary or a condition may still prevent the access.
 */
export function givesAll(document: string, statements: readonly Statement[]): boolean {
  const { Statement: all } = Object(readDocument(document)) as { Statement?: unknown };
  const allowing = [all]
    .flat()
    .map((each) => Object(each) as Record<string, unknown>)
    .filter(({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined);
  const allows = (action: string, resource: string): boolean =>
    allowing.some(
      ({ Action, Resource }) =>
        listOf(Action).some((pattern) => shapeOf(pattern).test(action)) &&
        listOf(Resource).some((pattern) => resourceShape(pattern).test(resource)),
    );
  return statements.every(({ Action, Resource }) =>
    Action.every((action) => Resource.every((resource) => allows(action, resource))),
  );
}

/** The wildcards of actions and resources are the same, and resources distinguish upper and lower case. */
const resourceShape = (pattern: string): RegExp => new RegExp(shapeOf(pattern).source);
