import { beforeEach, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { turnKey } from '../../console/turns.ts';
import type { PersonId } from '../../core/ids.ts';

let reads: number;
let person: PersonId | undefined;
let app: Hono;
beforeEach(() => {
  [reads, person] = [0, 'ana' as PersonId];
  const keyOf = turnKey({ personOfSession: () => Promise.resolve(((reads += 1), person)) });
  app = new Hono();
  app.get('/', async (c) => c.json((await keyOf(c)) ?? null));
});
const keyFor = async (session?: string): Promise<unknown> =>
  (await app.request('/', session ? { headers: { cookie: `__Host-curfew-session=${session}` } } : {})).json();

test('the person of a session is read once, and all sessions of a person have one turn', async () => {
  const keys = [await keyFor('one'), await keyFor('one'), await keyFor('two'), await keyFor('one')];
  expect([keys, reads]).toEqual([Array.from({ length: 4 }, () => 'person ana'), 2]);
});

test('a session that nobody has is read again, and has a turn of its own', async () => {
  person = undefined;
  const keys = [await keyFor('one'), await keyFor('one'), await keyFor('two')];
  expect([keys[0] === keys[1], keys[0] === keys[2], reads]).toEqual([true, false, 3]);
  person = 'ana' as PersonId;
  expect(await keyFor('one')).toBe('person ana');
});

test('without a session there is no turn, and nothing is read', async () =>
  expect([await keyFor(), reads]).toEqual([null, 0]));

test('at most ten thousand sessions are remembered', async () => {
  for (let session = 0; session < 10_000; session += 1) await keyFor(`s${session}`);
  expect(reads).toBe(10_000);
  await keyFor('one more');
  await keyFor('s0');
  expect(reads).toBe(10_002);
});
