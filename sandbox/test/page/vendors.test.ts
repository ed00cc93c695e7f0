import { randomBytes } from 'node:crypto';
import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { lantern } from '../../github/seed.ts';
import { startGitHub } from '../../github/server.ts';
import { awsReader, iamAt } from '../../world/aws.ts';
import { githubSandbox } from '../../world/github-sandbox.ts';
import { githubReader } from '../../world/github.ts';
import { postgresReader } from '../../world/postgres.ts';
import { runQuery } from '../../world/query.ts';
import type { AccessRow } from '../../world/access-row.ts';

const soon = () => AbortSignal.timeout(10_000);
const told = (rows: readonly AccessRow[]) =>
  rows.map(({ who, what, state }) => `${who}: ${what}, ${state.kind}`);
const HOUR = 3_600_000;

const server = process.env['TEST_PG_URL'];
if (server === undefined) console.log('skipped: no Postgres');
else
  describe('a real Postgres', () => {
    const tag = randomBytes(4).toString('hex');
    const role = `curfew_lease_${tag}_0`;
    const end = Math.ceil(Date.now() / 1000) * 1000 + HOUR;
    const client = new pg.Client({ connectionString: server });
    const login = new URL(server);
    [login.username, login.password] = [role, 'secret'];
    const reader = postgresReader({
      connectionString: server,
      rolePattern: `^curfew_lease_${tag}`,
    });

    beforeAll(async () => {
      await client.connect();
      await client.query(
        `create role "readers_${tag}";
         create role "${role}" login password 'secret' valid until '${new Date(end).toISOString()}';
         grant "readers_${tag}" to "${role}"`,
      );
    });
    afterAll(async () => {
      await client.query(`drop role "${role}"; drop role "readers_${tag}"`);
      await client.end();
    });

    test('shows a login with its end and its rights', async () => {
      const { rows } = await reader.read(soon());
      expect(told(rows)).toEqual([
        `A lease: a login with the privileges of readers_${tag}, no open sessions, open`,
      ]);
      expect(rows[0]?.state).toEqual({ kind: 'open', until: end });
    });

    test('the terminal shows rows, commands and the server’s messages', async () => {
      expect(await runQuery(login.href, 'select 1 as a, null as b, current_user as c')).toEqual({
        kind: 'rows',
        columns: ['a', 'b', 'c'],
        rows: [['1', '∅', role]],
        more: 0,
      });
      expect(await runQuery(login.href, 'select generate_series(1, 60)')).toMatchObject({
        kind: 'rows',
        more: 10,
      });
      expect(await runQuery(login.href, 'set x.y = 1')).toEqual({ kind: 'done', text: 'SET' });
      expect(await runQuery(login.href, 'select 1; select 2 as z')).toMatchObject({ columns: ['z'] });
      expect(await runQuery(login.href, 'create role x')).toMatchObject({ kind: 'refused', code: '42501' });
    });

    test('after the end the panel shows it as ended, and the server refuses the login', async () => {
      await client.query(`alter role "${role}" valid until '2026-01-01T00:00:00Z'`);
      expect((await reader.read(soon())).rows[0]?.state).toEqual({ kind: 'ended', at: Date.UTC(2026, 0, 1) });
      await client.query(`alter role "${role}" nologin`);
      expect((await reader.read(soon())).rows[0]?.state).toMatchObject({ kind: 'disabled' });
      expect(await runQuery(login.href, 'select 1')).toMatchObject({ kind: 'refused' });
    });
  });

const moto = process.env['TEST_MOTO_URL'];
if (moto === undefined) console.log('skipped: no moto');
else
  test('a simulated AWS: inline policies with their end, and groups', async () => {
    const client = iamAt(moto);
    const UserName = `ana-${randomBytes(4).toString('hex')}`;
    const end = '2027-01-02T12:00:00Z';
    const statement = { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' };
    const timed = { ...statement, Condition: { DateLessThan: { 'aws:CurrentTime': [end] } } };
    const put = (PolicyName: string, Statement: unknown) =>
      client.send(
        new PutUserPolicyCommand({
          UserName,
          PolicyName,
          PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
        }),
      );
    await client.send(new CreateUserCommand({ UserName }));
    await client.send(new CreateGroupCommand({ GroupName: `g-${UserName}` }));
    await put('curfew-x', [timed]);
    await put('standing', statement);
    await client.send(new AddUserToGroupCommand({ UserName, GroupName: `g-${UserName}` }));
    const readAt = (now: string) =>
      awsReader({ client, names: new Map([[UserName, 'Ana Ferreira']]), clock: () => Date.parse(now) }).read(
        soon(),
      );
    const { rows } = await readAt('2027-01-02T11:59:00Z');
    expect(told(rows).toSorted()).toEqual([
      `Ana Ferreira: member of the group g-${UserName}, open`,
      'Ana Ferreira: s3:GetObject, s3:ListBucket, open',
      'Ana Ferreira: s3:GetObject, s3:ListBucket, open',
    ]);
    expect(rows.map(({ state }) => state)).toContainEqual({ kind: 'open', until: Date.parse(end) });
    expect((await readAt('2027-01-02T12:00:00Z')).rows.map(({ state }) => state)).toContainEqual({
      kind: 'ended',
      at: Date.parse(end),
    });
    client.destroy();
  });

test('the simulated GitHub: members and invitations, without an API request', async () => {
  const running = await startGitHub({ seed: lantern });
  try {
    const reader = githubReader({
      source: githubSandbox(running.github),
      org: 'lantern',
      teams: ['orders-oncall'],
      repositories: ['orders'],
      names: new Map([['cy-okafor', 'Cy Okafor']]),
    });
    const { rows } = await reader.read(soon());
    expect(told(rows)).toContain('Cy Okafor: maintainer of the team orders-oncall, open');
    expect(running.requests).toEqual([]);
  } finally {
    await running.stop();
  }
});
