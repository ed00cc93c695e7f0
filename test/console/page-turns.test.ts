import { beforeEach, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { pageTurns } from '../../console/turns.ts';
import { keyOfSession, SESSIONS } from './sessions.fixture.ts';
import { until } from '../until.fixture.ts';

// Each page is made until the test ends it.

let made: string[];
let ends: Map<string, () => void>;
let app: Hono;
beforeEach(() => {
  made = [];
  ends = new Map();
  app = new Hono();
  app.use(pageTurns(keyOfSession(...SESSIONS)));
  app.all('/:page', async (c) => {
    const page = c.req.param('page');
    made.push(page);
    await new Promise<void>((resolve) => ends.set(page, resolve));
    if (page === 'broken') throw new Error('broken');
    return c.text(page);
  });
  app.onError((_error, c) => c.text('broken', 500));
});

const open = async (person: string, page: string, more: RequestInit = {}): Promise<number> =>
  (await app.request(`/${page}`, { ...more, headers: { cookie: `__Host-curfew-session=${person}` } })).status;
const isMade = (page: string) => until(`${page} is made`, () => ends.get(page));

test('the second page of a session is made after the first one, and that of another session at once', async () => {
  const [first, second, other] = [open('ana', 'first'), open('ana', 'second'), open('bo', 'other')];
  await isMade('other');
  expect(made.toSorted()).toEqual(['first', 'other']);
  (await isMade('first'))();
  (await isMade('second'))();
  ends.get('other')?.();
  expect(await Promise.all([first, second, other])).toEqual([200, 200, 200]);
});

test('the second page of a person in another session is made after the first one', async () => {
  const pages = [open('ana', 'first'), open('ana-phone', 'second'), open('bo', 'other'), open('cy', 'third')];
  await isMade('third');
  await isMade('other');
  expect(made.toSorted()).toEqual(['first', 'other', 'third']);
  for (const page of ['first', 'second', 'other', 'third']) (await isMade(page))();
  expect(await Promise.all(pages)).toEqual([200, 200, 200, 200]);
});

test('a session that nobody has takes the turn of nobody else', async () => {
  const pages = [open('ana', 'first'), open('planted', 'other'), open('another', 'third')];
  await isMade('third');
  await isMade('other');
  for (const page of ['first', 'other', 'third']) (await isMade(page))();
  expect(await Promise.all(pages)).toEqual([200, 200, 200]);
});

test('a page is made after one that failed', async () => {
  const [first, second] = [open('ana', 'broken'), open('ana', 'second')];
  (await isMade('broken'))();
  (await isMade('second'))();
  expect(await Promise.all([first, second])).toEqual([500, 200]);
});

test('a page whose reader left before its turn is not made', async () => {
  const left = new AbortController();
  const pages = [open('ana', 'first'), open('ana', 'left', { signal: left.signal }), open('ana', 'last')];
  const [end] = [await isMade('first')];
  left.abort();
  end();
  (await isMade('last'))();
  expect(await Promise.all(pages)).toEqual([200, 499, 200]);
  expect(made).toEqual(['first', 'last']);
});

test('a form does not wait for a page', async () => {
  const page = open('ana', 'page');
  await isMade('page');
  const form = open('ana', 'form', { method: 'POST' });
  (await isMade('form'))();
  expect(await form).toBe(200);
  ends.get('page')?.();
  expect(await page).toBe(200);
});
