import { beforeEach, expect, test } from '@jest/globals';
import { createResponseUrls, type ResponseUrls } from '../../slack/response-urls.ts';
import { seed } from '../../slack/seed.ts';
import { createStore, type Store } from '../../slack/store.ts';

const MINUTE = 60_000;
let now: number;
let store: Store;
let urls: ResponseUrls;
beforeEach(() => {
  now = Date.UTC(2026, 0, 5, 12);
  store = createStore(seed(), () => now);
  urls = createResponseUrls(store, () => now);
});
const issue = () => urls.issue({ person: 'U0ANAFERR1', channel: 'C0ACCESSRQ' });
const answers = (path: string) => urls.use(path, { text: 'hello' })?.ok === true;

test('an address accepts five responses', () => {
  const [one, other] = [issue(), issue()];
  expect([1, 2, 3, 4, 5, 6].map(() => answers(one))).toEqual([true, true, true, true, true, false]);
  expect(answers(other)).toBe(true);
});

test('an address is valid for thirty minutes, also when others are issued meanwhile', () => {
  const path = issue();
  now += 30 * MINUTE;
  issue();
  expect(answers(path)).toBe(true);
  now += 1;
  expect(answers(path)).toBe(false);
  issue();
  expect(answers(path)).toBe(false);
});

test('an address that was never issued accepts nothing', () => {
  expect(answers('/response/T0LANTERN1/guessed')).toBe(false);
});
