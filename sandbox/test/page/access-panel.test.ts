import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { githubRest } from '../../world/github-rest.ts';
import { githubReader } from '../../world/github.ts';
import { mergeReading, type SeenRow } from '../../world/history.ts';
import { postgresReader } from '../../world/postgres.ts';
import { parseConnection, runQuery } from '../../world/query.ts';
import type { AccessRow } from '../../world/access-row.ts';
import { watchVendors, readSection, type VendorReader } from '../../world/vendor-watcher.ts';

describe('the panel', () => {
  const reader = (read: VendorReader['read']): VendorReader => ({
    name: 'x',
    title: 'X',
    where: 'everywhere',
    read,
  });

  test('a vendor that does not respond is shown as a message without error details', async () => {
    const before = [{ id: '1', who: 'Ana', what: 'w', state: { kind: 'open' } }] as const;
    const down = reader(() => Promise.reject(new Error('ECONNREFUSED 10.0.0.1')));
    const { section, seen } = await readSection(down, before, 0, 1000);
    expect(seen).toBe(before);
    expect(section.message).toMatchObject({ kind: 'down' });
    expect(JSON.stringify(section)).not.toMatch(/ECONN|Error|10\.0\.0\.1/);
  });

  test('it reads only while somebody watches, calls listeners after changes only, and reads at once on readNow', async () => {
    let reads = 0;
    let who = 'nobody';
    let told: (() => void) | undefined;
    const world = watchVendors(
      [
        reader(async () => {
          reads += 1;
          return {
            rows: who === 'nobody' ? [] : [{ id: '1', who, what: 'w', state: { kind: 'open' } }],
            empty: 'Nobody.',
          };
        }),
      ],
      { everyMs: 3_600_000 },
    );
    const change = () =>
      new Promise<void>((resolve) => {
        told = resolve;
      });
    world.readNow();
    expect(reads).toBe(0);
    let first = change();
    const stop = world.watch(() => told?.());
    await first;
    expect(world.sections[0]?.message).toEqual({ kind: 'empty', text: 'Nobody.' });
    who = 'Ana';
    first = change();
    world.readNow();
    await first;
    expect(world.sections[0]?.rows[0]?.who).toBe('Ana');
    stop();
    const before = reads;
    world.readNow();
    expect(reads).toBe(before);
    world.stop();
  });
});

describe('new rows and rows that disappeared', () => {
  const row = (id: string): AccessRow => ({ id, who: id, what: 'w', state: { kind: 'open' } });
  const told = (rows: readonly SeenRow[]) =>
    rows.map(({ id, since, state }) => `${id} ${since ?? '-'} ${state.kind}`);

  test('new rows come first, and a row that disappeared is kept as gone for ten minutes', () => {
    const first = mergeReading(undefined, [row('standing')], 1);
    const second = mergeReading(first, [row('standing'), row('new')], 2);
    const third = mergeReading(second, [row('standing')], 3);
    expect(told(second)).toEqual(['new 2 open', 'standing - open']);
    expect(told(third)).toEqual(['standing - open', 'new 2 gone']);
    expect(told(mergeReading(third, [row('standing')], 700_000))).toEqual(['standing - open']);
    expect(told(mergeReading(third, [row('new')], 4))).toEqual(['new 4 open', 'standing - gone']);
  });

  test('of more than three rows that disappeared the newest three stay', () => {
    const ended = ['a', 'b', 'c', 'd'].reduce<readonly SeenRow[]>(
      (seen, id, index) => mergeReading(mergeReading(seen, [row(id)], index), [], index),
      mergeReading(undefined, [], 0),
    );
    expect(ended.map(({ id }) => id)).toEqual(['d', 'c', 'b']);
  });
});

describe('GitHub', () => {
  let server: Server;
  let baseUrl = '';
  const seen: string[] = [];
  const answers: Record<string, unknown> = {
    '/orgs/lantern/teams/deployers/members': [{ login: 'ana-ferreira' }],
    '/orgs/lantern/teams/deployers/invitations': [{ id: 7, login: 'bo-lindqvist' }],
    '/repos/lantern/orders/collaborators': [{ login: 'stranger', role_name: 'maintain' }],
    '/repos/lantern/orders/invitations': [
      { id: 8, invitee: { login: 'ana-ferreira' }, permissions: 'write' },
    ],
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://x').pathname;
      seen.push(`${request.headers.authorization} ${path}`);
      response
        .writeHead(answers[path] ? 200 : 404, { 'content-type': 'application/json' })
        .end(JSON.stringify(answers[path] ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    baseUrl = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  const names = new Map([['ana-ferreira', 'Ana Ferreira']]);
  const options = () => ({
    source: githubRest({ baseUrl, token: () => 't', org: 'lantern' }),
    org: 'lantern',
    teams: ['deployers'],
    repositories: ['orders'],
    names,
  });

  test('members, collaborators and open invitations are distinguished', async () => {
    const { rows } = await githubReader(options()).read(AbortSignal.timeout(2000));
    expect(rows.map(({ who, what, state }) => `${who}: ${what}, ${state.kind}`)).toEqual([
      'Ana Ferreira: member of the team deployers, open',
      'bo-lindqvist: member of the team deployers, waiting',
      'stranger: maintain on lantern/orders, open',
      'Ana Ferreira: write on lantern/orders, waiting',
    ]);
    expect(seen.every((line) => line.startsWith('Bearer t '))).toBe(true);
  });

  test('a refusal by GitHub is an error, not an empty team', async () => {
    await expect(
      githubReader({ ...options(), teams: ['none'] }).read(AbortSignal.timeout(2000)),
    ).rejects.toThrow('404');
  });
});

describe('the terminal connects to databases of this sandbox only', () => {
  test.each([
    ['postgres://u:p@127.0.0.1:5432/orders', true],
    ['postgresql://u:p@localhost/orders', true],
    ['postgres://u:p@[::1]/orders', true],
    ['postgres://u:p@10.0.0.8/orders', false],
    ['postgres://u:p@127.0.0.1.evil.example/orders', false],
    ['postgres://u:p@127.0.0.1/orders?host=10.0.0.8', false],
    ['postgres:///orders?host=/var/run', false],
    ['http://127.0.0.1/', false],
    ['', false],
    ['postgres://', false],
  ])('%s: %s', (text, allowed) => expect(parseConnection(text).ok).toBe(allowed));

  test('a host in the list of allowed hosts is allowed too', () => {
    expect(parseConnection('postgres://u:p@db.example/x', new Set(['db.example'])).ok).toBe(true);
  });

  test('a server that does not respond gets a message', async () => {
    expect(await runQuery('postgres://u:p@127.0.0.1:1/x', 'select 1')).toMatchObject({
      kind: 'refused',
      text: 'The database does not answer.',
    });
    await expect(
      postgresReader({ connectionString: 'postgres://u:p@127.0.0.1:1/x' }).read(AbortSignal.timeout(2000)),
    ).rejects.toThrow();
  });
});
