import { jest } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { connect, type GitHubDeps } from '../../providers/github/client.ts';
import { toFault } from '../../providers/github/failures.ts';
import { githubProvider } from '../../providers/github/index.ts';
import { neverAborts } from './never-aborts.fixture.ts';

type Headers = Readonly<Record<string, string>>;

/** A short key is generated quickly, and nobody checks the signature here. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

class Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
  constructor(code: number, body: unknown, headers: Headers = {}) {
    this.status = code;
    this.body = body;
    this.headers = headers;
  }
}
class Turns {
  readonly answers: readonly unknown[];
  constructor(answers: readonly unknown[]) {
    this.answers = answers;
  }
}
/** An answer with this status and GitHub's message. */
export const status = (code: number, message = '', headers: Headers = {}) =>
  new Answer(code, { message }, headers);
/** An answer of a gateway in front of GitHub: it has no id of the call. */
export const ofGateway = (code: number, body?: unknown) =>
  new Answer(code, body, { 'x-github-request-id': '' });
/** One answer after the other. The last one is also the answer to all further calls. */
export const inTurn = (...answers: readonly unknown[]) => new Turns(answers);

/**
 * The answer to each call, such as `GET /users/ana`. A value is the content of an answer with status 200. A function gets all
 * calls until now and returns the answer.
 */
export type Answers = Readonly<Record<string, unknown>>;
export type Sent = Readonly<{ call: string; body: unknown; url: URL; init: RequestInit }>;

/**
 * A GitHub without a server: these answers, and otherwise 404 for a read and success for a write. `sent` has every
 * call.
 */
export function scripted(
  answers: Answers = {},
  deps: Partial<GitHubDeps> = {},
  options: Parameters<typeof connect>[1] = {},
) {
  const sent: Sent[] = [];
  let tokens = 0;
  const otherwise = (call: string): unknown => {
    if (call.endsWith('/access_tokens')) return new Answer(201, { token: `ghs_${(tokens += 1)}` });
    return call.startsWith('GET') ? status(404, 'Not Found') : new Answer(204, undefined);
  };
  jest.spyOn(globalThis, 'fetch').mockImplementation((address, init = {}) => {
    const url = new URL(address instanceof Request ? address.url : address);
    const call = `${init.method} ${url.pathname}`;
    sent.push({ call, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined, url, init });
    const known = answers[call];
    const turn = sent.filter((each) => each.call === call).length - 1;
    const inTurnNow = known instanceof Turns ? (known.answers[turn] ?? known.answers.at(-1)) : known;
    const next: unknown = typeof inTurnNow === 'function' ? inTurnNow(sent) : inTurnNow;
    const answer = next ?? otherwise(call);
    const { status: code, body, headers } = answer instanceof Answer ? answer : new Answer(200, answer);
    return Promise.resolve(
      new Response(body === undefined ? null : JSON.stringify(body), {
        status: code,
        headers: { 'content-type': 'application/json', 'x-github-request-id': 'ABC1', ...headers },
      }),
    );
  });
  const settings = { appId: 7001, privateKey, installationId: 8001, ...deps };
  const client = connect(settings, options);
  return {
    client,
    provider: githubProvider(settings),
    sent,
    /** A client with a token. */
    octokit: () => client.withToken({ permissions: { metadata: 'read' } }, neverAborts),
    /** Each call that changes something, with what was sent. */
    writes: () =>
      sent
        .filter(({ call }) => !call.startsWith('GET') && call !== GRAPHQL && !call.endsWith('/access_tokens'))
        .map(({ call, body }) => (body === undefined ? call : `${call} ${JSON.stringify(body)}`)),
    /** What was sent for each token. */
    scopes: () => sent.filter(({ call }) => call.endsWith('/access_tokens')).map(({ body }) => body),
  };
}

export const GRAPHQL = 'POST /graphql';
/** The answer to a query. With errors, parts of `data` may be null. */
export const answered = (data: unknown, ...errors: readonly object[]) => ({
  data,
  ...(errors.length > 0 ? { errors } : {}),
});
/** GitHub's error for what the App may not see. */
export const forbidden = { type: 'FORBIDDEN', message: 'Resource not accessible by integration' };

export const missing = status(404, 'Not Found');

/** The result of a call, or the code and the message of its fault. */
export const outcome = <T>(call: Promise<T>): Promise<T | string> =>
  call.catch((error: unknown) => toFault(error).message);
