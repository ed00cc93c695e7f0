import { expect } from '@jest/globals';
import { createSign } from 'node:crypto';
import { lantern } from '../../github/seed.ts';
import { startGitHub, type Options, type GithubServer } from '../../github/server.ts';
import { createChecker } from './openapi.fixture.ts';

const checkExchange = createChecker();
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Generating keys is slow, so the organisation is generated once and copied for each test. */
const organisation = lantern();

export const T0 = Date.UTC(2026, 10, 2, 9);

/** A clock that moves only when a test calls `pass`. */
export function clock(start = T0) {
  let now = start;
  return { now: () => now, pass: (ms: number) => void (now += ms) };
}

type Claims = Readonly<{ alg?: string; iss?: unknown; iat?: number; exp?: number; key?: string }>;

export function jwt({ github }: GithubServer, now: number, over: Claims = {}): string {
  const { alg = 'RS256', key = github.credentials.privateKey, ...claims } = over;
  const seconds = Math.floor(now / 1000);
  const body = { iss: String(github.credentials.appId), iat: seconds - 30, exp: seconds + 540, ...claims };
  const unsigned = `${encode({ alg, typ: 'JWT' })}.${encode(body)}`;
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(key, 'base64url')}`;
}

export type Answer = Readonly<{ status: number; body: unknown; headers: Headers }>;

/**
 * Sends one request. When GitHub's OpenAPI description is available, checks the request and the response with
 * it.
 */
export async function callApi(
  running: GithubServer,
  token: string | undefined,
  route: string,
  sent?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const answer = await fetch(`${running.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(token ? { authorization: `token ${token}` } : {}), ...headers },
    ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
  });
  const text = await answer.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  const { pathname } = new URL(path, running.url);
  if (typeof sent !== 'string')
    expect(checkExchange({ method, path: pathname, sent, status: answer.status, answered: body })).toEqual(
      [],
    );
  return { status: answer.status, body, headers: answer.headers };
}

/** Starts a simulated GitHub with its own clock, and a token with all permissions of the App. */
export async function startTestGithub(options: Partial<Options> = {}) {
  const time = clock();
  const running = await startGitHub({ seed: () => structuredClone(organisation), now: time.now, ...options });
  const mint = async (body?: unknown): Promise<Answer> => {
    const { installationId } = running.github.credentials;
    return callApi(
      running,
      jwt(running, time.now()),
      `POST /app/installations/${installationId}/access_tokens`,
      body,
    );
  };
  const tokenFor = async (body?: unknown): Promise<string> => {
    const answer = await mint(body);
    return (answer.body as { token: string }).token;
  };
  const token = await tokenFor();
  const send = (route: string, sent?: unknown, headers?: Record<string, string>) =>
    callApi(running, token, route, sent, headers);
  return { ...running, running, time, mint, tokenFor, token, send };
}
