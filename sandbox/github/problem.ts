import type { components } from '@octokit/openapi-types';

type Body = components['schemas']['basic-error'] & {
  errors?: components['schemas']['validation-error']['errors'];
};

const DOCS = 'https://docs.github.com/rest';

/**
 * An error response, with GitHub's own message. Routes throw it and the pipeline turns it into a response.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    extra: { errors?: NonNullable<Body['errors']>; headers?: Record<string, string>; docs?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = extra.headers ?? {};
    this.body = {
      message,
      ...(extra.errors ? { errors: extra.errors } : {}),
      documentation_url: `${DOCS}${extra.docs ?? ''}`,
      status: String(status),
    };
  }
}

export const notFound = (): Problem => new Problem(404, 'Not Found');
/**
 * GitHub's response when the token covers the resource and lacks the permission. "The X-Accepted-GitHub-Permissions header
 * identifies the permissions that are required" (Troubleshooting the REST API).
 */
export const notForIntegration = (permission: string, access: string): Problem =>
  new Problem(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': `${permission}=${access}` },
  });
/** Another change of the same thing has not finished. */
export const conflicting = (): Problem =>
  new Problem(409, 'A conflicting operation is still in progress. Try again later.');
/** "Once a repository is archived, you cannot add or remove collaborators or teams." */
export const archived = (): Problem => new Problem(403, 'Repository was archived so is read-only.');
export const badCredentials = (message = 'Bad credentials'): Problem => new Problem(401, message);
export const invalid = (message: string, errors?: NonNullable<Body['errors']>): Problem =>
  new Problem(422, message, errors ? { errors } : {});

/** A secondary rate limit: 403 or 429, with the seconds to wait in `retry-after`. */
export const slowDown = (seconds: number | undefined, status: 403 | 429 = 403): Problem =>
  new Problem(
    status,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    {
      docs: '/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
    },
  );
