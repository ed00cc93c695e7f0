import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect, type Scope } from '../../providers/github/client.ts';
import { assertAllowed } from '../../providers/github/allow-list.ts';
import { neededFor } from '../../providers/github/preflight.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import type { Instant } from '../../core/ids.ts';
import { QUERY_TEXTS } from '../../providers/github/queries.ts';
import { ROOT } from '../../scripts/import-table.ts';
import { newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

type Access = 'read' | 'write';
const page = readFileSync(join(ROOT, 'docs/providers/github.md'), 'utf8');
/** The calls of the page, with their permissions. */
const CALLS = (/```permissions\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
  .trim()
  .split('\n')
  .map((line) => {
    const [, permission = '', access = 'read', method = '', template = ''] =
      /^(\w+)=(read|write) +([A-Z]+) (\S+)$/.exec(line) ?? [];
    return { permission, access: access as Access, method, template };
  });

/** Real things of the sandbox. The invitation does not exist, so that a call with the permission is answered 404. */
const VALUES: Readonly<Record<string, string>> = {
  owner: 'lantern',
  repo: 'orders',
  org: 'lantern',
  org_id: '3001',
  team_slug: 'orders-oncall',
  team_id: '5001',
  username: ANA,
  account_id: '4101',
  repository_id: '6001',
  invitation_id: '1',
};
const filled = (template: string) =>
  template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => VALUES[name] ?? '');
/** A body that can be sent with the call, or none. */
const BODIES: readonly unknown[] = [
  undefined,
  { role: 'member' },
  { permission: 'pull' },
  { permissions: 'read' },
  { query: QUERY_TEXTS[0], variables: { team: 'T_1', login: ANA } },
];
const bodyOf = (method: string, path: string): unknown =>
  BODIES.find((body) => {
    try {
      assertAllowed(method, path, body === undefined ? undefined : JSON.stringify(body));
      return true;
    } catch {
      return false;
    }
  });

/** The status, and the permission that GitHub says the call needs, with a token for these permissions. */
async function send(method: string, template: string, permissions: Scope['permissions']) {
  const octokit = await connect(fixture.deps).withToken({ permissions }, neverAborts);
  const path = filled(template);
  try {
    const { status } = await octokit.request(
      `${method} ${path}`,
      Object(bodyOf(method, path)) as Record<string, unknown>,
    );
    return [status];
  } catch (error) {
    const { status, response } = Object(error) as {
      status?: number;
      response?: { headers: Record<string, string> };
    };
    return [status, response?.headers['x-accepted-github-permissions']];
  }
}

/** Every permission that Curfew can use. */
const ALL = {
  administration: 'write',
  members: 'write',
  metadata: 'read',
  organization_administration: 'read',
} as const;

describe('each call of the page', () => {
  test('is one that the code can send, and the page has every call but those for a token', () => {
    const source = readFileSync(join(ROOT, 'providers/github/allow-list.ts'), 'utf8');
    const allowed = source.split('const ALLOWED_CALLS')[1]?.match(/^ {2}(get\(|\{)/gm)?.length;
    expect(allowed).toBe(CALLS.length + 2);
    for (const { method, template } of CALLS) {
      const path = filled(template);
      const body = bodyOf(method, path);
      expect(() =>
        assertAllowed(method, path, body === undefined ? undefined : JSON.stringify(body)),
      ).not.toThrow();
    }
  });

  test.each(CALLS.map((call) => [`${call.method} ${call.template}`, call] as const))(
    'needs the permission that the page says, and no more: %s',
    async (_call, { method, template, permission, access }) => {
      fixture.github.setInstallation({ permissions: ALL });
      const enough = { metadata: 'read', [permission]: access } as Scope['permissions'];
      expect((await send(method, template, enough))[0]).not.toBe(403);
      if (permission === 'metadata') return; // Every App has it.
      const { [permission as 'members']: _lacking, ...without } = ALL;
      const less = access === 'write' ? { ...without, [permission]: 'read' } : without;
      expect(await send(method, template, less)).toEqual([403, `${permission}=${access}`]);
    },
  );
});

describe('an App with exactly the permissions of the page', () => {
  const cases: readonly (readonly [string, GitHubTarget, object])[] = [
    ['teams', ONCALL, { members: 'write', metadata: 'read' }],
    ['repositories', ORDERS, { administration: 'write', members: 'read', metadata: 'read' }],
  ];
  test.each(cases)(
    'can do everything for %s, and the doctor finds nothing',
    async (_what, target, needed) => {
      expect(neededFor([target])).toEqual(needed);
      fixture.github.setInstallation({ permissions: needed as Record<string, Access> });
      const { provider } = fixture;
      const asked = { targets: [target], duty: 'grant' } as const;
      expect((await provider.preflight(asked, neverAborts)).permissions).toEqual([]);
      const seen = await provider.observe({ account: ANA, target }, neverAborts);
      const level = provider.level(target);
      const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
      const intent = { lease: newLease(), subject: seen.subject, target: seen.target, level, endsAt };
      expect(await provider.ensurePresent(intent, neverAborts)).toMatchObject({ level });
      const receipt = await provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts);
      expect(receipt).toMatchObject({ level: 'none', found: level });
    },
  );
});
