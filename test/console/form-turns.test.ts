import { beforeEach, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { formTurns, TooManyWaiting } from '../../console/turns.ts';
import { keyOfSession, SESSIONS } from './sessions.fixture.ts';
import { until } from '../until.fixture.ts';

// Each form is received until the test ends it.

let received: string[];
let ends: Map<string, () => void>;
let app: Hono;
beforeEach(() => {
  received = [];
  ends = new Map();
  app = new Hono();
  const inTurn = formTurns(keyOfSession(...SESSIONS));
  for (const path of ['/', '/people/:id/end']) app.post(path, inTurn);
  app.on('POST', ['/', '/people/:id/end'], async (c) => {
    const { name = '' } = await c.req.parseBody<{ name?: string }>();
    received.push(name);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return c.text(name);
  });
  app.onError((error, c) => c.text('not received', error instanceof TooManyWaiting ? 429 : 500));
});

const send = async (person: string, kind: string, name: string): Promise<number> => {
  const body = new URLSearchParams({ ...(kind === 'end-all' ? {} : { kind }), name });
  return (
    await app.request(kind === 'end-all' ? '/people/ana/end' : '/', {
      method: 'POST',
      body,
      headers: { cookie: `__Host-curfew-session=${person}` },
    })
  ).status;
};
const isReceived = (name: string) => until(`${name} is received`, () => ends.get(name));

test('the second form of a person from another session is received after the first one', async () => {
  const sent = [
    send('ana', 'approve', 'first'),
    send('ana-phone', 'ask', 'second'),
    send('bo', 'approve', 'other'),
    send('cy', 'approve', 'third person'),
  ];
  await isReceived('third person');
  await isReceived('other');
  expect(received.toSorted()).toEqual(['first', 'other', 'third person']);
  for (const name of ['first', 'second', 'other', 'third person']) (await isReceived(name))();
  expect(await Promise.all(sent)).toEqual([200, 200, 200, 200]);
});

test('the second form of a session is received after the first one, and that of another session at once', async () => {
  const sent = [
    send('ana', 'approve', 'first'),
    send('ana', 'ask', 'second'),
    send('bo', 'approve', 'other'),
  ];
  await isReceived('other');
  expect(received.toSorted()).toEqual(['first', 'other']);
  (await isReceived('first'))();
  (await isReceived('second'))();
  ends.get('other')?.();
  expect(await Promise.all(sent)).toEqual([200, 200, 200]);
});

test.each(['end', 'withdraw', 'object', 'deny', 'end-all'])(
  'a form to %s waits for no other form (I14)',
  async (kind) => {
    const sent = [
      send('ana', 'approve', 'first'),
      send('ana', 'approve', 'second'),
      send('ana', kind, 'one'),
      send('ana', kind, 'other'),
    ];
    for (const name of ['one', 'other', 'first', 'second']) (await isReceived(name))();
    expect(await Promise.all(sent)).toEqual([200, 200, 200, 200]);
    expect(received.at(-1)).toBe('second');
  },
);

test.each(['end', 'end-all'])(
  'of forms to %s, ten of a session are received at once, and every other one after them (I14, T30)',
  async (kind) => {
    const names = Array.from({ length: 30 }, (_, at) => `form ${at}`);
    const sent = names.map((name) => send('ana', kind, name));
    await isReceived('form 9');
    expect(received).toHaveLength(10);
    for (const name of names) (await isReceived(name))();
    expect(await Promise.all(sent)).toEqual(names.map(() => 200));
  },
);

test.each([['approve', 11]])(
  'of forms to %s, one more than %i of a session is not received, and the others are (T30)',
  async (kind, most) => {
    const names = Array.from({ length: most }, (_, at) => `form ${at}`);
    const sent = names.map((name) => send('ana', kind, name));
    await isReceived('form 0');
    expect(await send('ana', kind, 'too many')).toBe(429);
    for (const name of names) (await isReceived(name))();
    expect(await Promise.all(sent)).toEqual(names.map(() => 200));
    expect(received.toSorted()).toEqual(names.toSorted());
    const last = send('ana', kind, 'last');
    (await isReceived('last'))();
    expect(await last).toBe(200);
  },
);
