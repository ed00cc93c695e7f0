import { expect } from '@jest/globals';
import { createSign } from 'node:crypto';
import { lantern } from '../../github/seed.ts';
import { startGitHub, type Options, type GithubServer } from '../../github/server.ts';
import { createChecker } from './openapi.fixture.ts';

const complaints = createChecker();
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Making keys is slow, so the organisation is made once and copied. */
const made = lantern();

export const T0 = Date.UTC(2026, 10, 2, 9);

/** A clock that tests move by hand. */
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

/** One call. Where the published description is there, both the question and the answer are held to it. */
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
    expect(complaints({ method, path: pathname, sent, status: answer.status, answered: body })).toEqual([]);
  return { status: answer.status, body, headers: answer.headers };
}

/** A fresh GitHub with a clock of its own, and a token that may do all the App may do. */
export async function startTestGithub(options: Partial<Options> = {}) {
  const time = clock();
  const running = await startGitHub({ seed: () => structuredClone(made), now: time.now, ...options });
  const mint = async (asked?: unknown): Promise<Answer> => {
    const { installationId } = running.github.credentials;
    return callApi(
      running,
      jwt(running, time.now()),
      `POST /app/installations/${installationId}/access_tokens`,
      asked,
    );
  };
  const tokenFor = async (asked?: unknown): Promise<string> => {
    const { body } = await mint(asked);
    return (body as { token: string }).token;
  };
  const token = await tokenFor();
  const ask = (route: string, sent?: unknown, headers?: Record<string, string>) =>
    callApi(running, token, route, sent, headers);
  return { ...running, running, time, mint, tokenFor, token, ask };
}
