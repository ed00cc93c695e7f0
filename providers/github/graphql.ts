import type { Octokit } from '@octokit/rest';
import { readQueryErrors } from './failures.ts';
import type { Query } from './queries.ts';

type Variables = Readonly<Record<string, string | null>>;

/**
 * GitHub's answer to a query, or undefined where GitHub does not say it: the App may not see a part, or this GitHub does not
 * have a field. Any other failure is thrown, a rate limit too.
 */
export async function query<Answer>(
  octokit: Octokit,
  { text }: Query<Answer>,
  variables: Variables,
): Promise<Answer | undefined> {
  try {
    return await octokit.graphql<Answer>(text, variables);
  } catch (error) {
    if (readQueryErrors(error)?.kind === 'not-shown') return undefined;
    throw error;
  }
}

/** The items of a list in an answer. GitHub leaves out, as null, what the App may not see. */
export const itemsOf = <T>(list: readonly (T | null | undefined)[] | null | undefined): readonly T[] =>
  (list ?? []).filter((each): each is T => each !== null && each !== undefined);
