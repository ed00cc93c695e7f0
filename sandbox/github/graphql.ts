import {
  buildSchema,
  type DocumentNode,
  execute,
  type ExecutionResult,
  GraphQLError,
  parse,
  validate,
} from 'graphql';
import { bodyOf, type Api, type Call } from './http.ts';
import { accountNamed, nodeIn, organisationNamed } from './graphql-nodes.ts';
import { SCHEMA } from './graphql-schema.ts';
import { Problem } from './problem.ts';

const schema = buildSchema(SCHEMA);

/**
 * `POST /graphql`. A query that fails in one place is answered with status 200, `null` in that place and an entry in
 * `errors` with GitHub's `type` ("Forming calls with GraphQL", "Rate limits and query limits for the GraphQL API").
 */
export function graphqlRoutes(api: Api): void {
  api.post('/graphql', async (c) => {
    const { query, variables } = await bodyOf(c, { query: 'string', variables: 'object' });
    if (typeof query !== 'string')
      throw new Problem(400, 'A query attribute must be specified and must be a string.');
    const checked = checkedQuery(query);
    const { data, errors }: ExecutionResult =
      'errors' in checked
        ? checked
        : await execute({
            schema,
            document: checked.document,
            variableValues: variables as Record<string, unknown> | undefined,
            rootValue: {
              node: ({ id }: { id: string }) => nodeIn(c, id),
              organization: ({ login }: { login: string }) => organisationNamed(c, login),
              user: ({ login }: { login: string }) => accountNamed(c, login),
            },
          });
    return c.json({
      ...(data === undefined ? {} : { data }),
      ...(errors ? { errors: errors.map(spelled) } : {}),
    });
  });
}

type Checked = Readonly<{ document: DocumentNode }> | Readonly<{ errors: readonly GraphQLError[] }>;

/** The same few queries come again and again, and to check one takes longer than to answer it. */
const checkedQueries = new Map<string, Checked>();

function checkedQuery(query: string): Checked {
  const known = checkedQueries.get(query);
  if (known) return known;
  const checked = check(query);
  checkedQueries.set(query, checked);
  return checked;
}

function check(query: string): Checked {
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    return errors.length > 0 ? { errors } : { document };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

function spelled(error: GraphQLError) {
  const { message, path, locations, extensions, originalError } = error;
  // Not an error that GitHub would give, but a bug of the simulated GitHub. Log it for the developer.
  if (originalError && !(originalError instanceof GraphQLError))
    console.error('sandbox GitHub:', originalError);
  return {
    ...(typeof extensions['type'] === 'string' ? { type: extensions['type'] } : {}),
    ...(path ? { path } : {}),
    locations,
    message,
  };
}

/** GitHub answers a query beyond the hourly limit with status 200 and this error. */
export const rateLimited = (c: Call): Response =>
  c.json({ errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation.' }] });
