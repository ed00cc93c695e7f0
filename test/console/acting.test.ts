import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { type ClickId, clickIdOf, massEndingIdOf, type RequestId } from '../../core/ids.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import type { Stoppable } from '../../inbox/queue.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { approvedWithoutWorkflow, granted, openedWithoutWorkflow } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Browser, type ConsoleFixture, startConsoleFixture, textOf } from './console.fixture.ts';

// Ana requests, Bo and Cy may approve, Dee is an auditor and a security person. Neither Slack nor Temporal runs (F06).

let fixture: ConsoleFixture;
let deciding: Stoppable | undefined;
const decide = () => {
  const { deps } = fixture.requests;
  deciding = startDispatcher({
    ledger: deps.ledger,
    decide: (click) => decideClick(deps, click),
    onError: (error) => console.error(error),
  });
};
beforeAll(async () => {
  fixture = await startConsoleFixture();
  await fixture.requests.edit('people.yaml', 'slack: U0DEE', 'fake: dee, slack: U0DEE');
  decide();
});
afterEach(() => expect(fixture.errors).toEqual([]));
afterAll(async () => {
  await deciding?.stop();
  await fixture?.stop();
});

const stateOf = async (request: RequestId) => (await fixture.requests.state(request)).kind;
const digestOf = async (request: RequestId): Promise<string> => {
  const state = await fixture.requests.state(request);
  if (state.kind === 'blank') throw new Error('there is no such request');
  return digestToAnswer(state);
};

/** Sends the form of an answer, and reads the page that follows. */
async function answer(browser: Browser, request: RequestId, fields: Readonly<Record<string, string>>) {
  const sent = await browser.post(`/requests/${request}/answers`, {
    digest: await digestOf(request),
    ...fields,
  });
  if (sent.status !== 303) return { status: sent.status, page: await sent.text() };
  return { status: 303, page: await browser.reads(sent.headers.get('location') ?? '/') };
}

describe('a request can be answered in the console (slack.md, rule 17)', () => {
  test('an approver reads exactly what they give, and approves it', async () => {
    const request = await openedWithoutWorkflow(fixture.requests);
    const bo = await fixture.as('bo');
    const page = await bo.reads(`/requests/${request}`);
    expect(page).toMatch(/Approve… Ana gets, for 1 h from the last approval on: write access to thing/);
    const { page: after } = await answer(bo, request, { kind: 'approve' });
    expect(after).toMatch(/You approved it\..*in the console Bo approved the request/);
    expect(await stateOf(request)).toBe('granting');
    expect(
      await rowsOf(
        fixture.requests.url,
        `select via, account, person from click where request_id = '${request}' and kind = 'approve'`,
      ),
    ).toEqual([{ via: 'console', account: 'lantern|bo', person: 'bo' }]);
  });

  test('a denial has its reason, and the requester reads it', async () => {
    const request = await openedWithoutWorkflow(fixture.requests);
    await answer(await fixture.as('cy'), request, { kind: 'deny', note: 'not today' });
    expect(await stateOf(request)).toBe('closed');
    expect(await (await fixture.as('ana')).reads(`/requests/${request}`)).toContain(
      'Reason of the denial not today',
    );
  });

  test('its requester withdraws it, and ends what is live', async () => {
    const pending = await openedWithoutWorkflow(fixture.requests);
    await answer(await fixture.as('ana'), pending, { kind: 'withdraw' });
    expect(await stateOf(pending)).toBe('closed');
    const live = await approvedWithoutWorkflow(fixture.requests);
    await granted(fixture.requests, live);
    const page = await (await fixture.as('ana')).reads(`/requests/${live}`);
    expect(page).toMatch(/End the access now… Curfew revokes from Ana what this request gave/);
    await answer(await fixture.as('ana'), live, { kind: 'end' });
    expect(await stateOf(live)).toBe('revoking');
  });
});

describe('a question and a later end (slack.md, rule 17)', () => {
  test('an approver asks, the requester reads it and answers, and the approver reads that', async () => {
    const request = await openedWithoutWorkflow(fixture.requests);
    const [bo, ana] = [await fixture.as('bo'), await fixture.as('ana')];
    expect(await bo.reads(`/requests/${request}`)).toContain('Ask the requester…');
    const asked = await answer(bo, request, { kind: 'ask', note: 'Which <b>ticket</b>?' });
    expect(asked.page).toContain('Your question is sent.');
    expect(asked.page).toMatch(/Waiting for Ana to answer a question of Bo , since .*the request lapses/);
    expect(asked.page).not.toContain('Waiting for approval');
    expect(await ana.reads('/')).toMatch(
      /Bo asked you about The thing , .* Answer it on the page of the request\./,
    );
    for (const browser of [ana, bo])
      expect(await browser.reads('/')).toMatch(/The thing the access Ana , to answer a question of Bo/);
    expect(await bo.reads('/')).not.toContain('asked you');
    expect(await ana.reads(`/requests/${request}`)).toMatch(
      /Answer the question….*Bo asks: Which <b>ticket<\/b>\?/,
    );
    const said = await answer(ana, request, { kind: 'answer', note: 'OPS-1' });
    expect(said.page).toContain('Your answer is sent.');
    expect(await ana.reads('/')).not.toMatch(/asked/);
    expect(await bo.reads(`/requests/${request}`)).toMatch(/Question Bo : Which <b>ticket<\/b>\? OPS-1/);
    await answer(ana, request, { kind: 'withdraw' });
  });

  test('a requester requests a later end, and an approver approves exactly that', async () => {
    const live = await approvedWithoutWorkflow(fixture.requests);
    await granted(fixture.requests, live);
    const ana = await fixture.as('ana');
    expect(await ana.reads(`/requests/${live}`)).toMatch(
      /Extend the access….*15 min more 30 min more 1 h more/,
    );
    const sent = await ana.post(`/requests/${live}/extensions`, { length: '30m', reason: 'not done yet' });
    expect(await ana.reads(sent.headers.get('location') ?? '')).toContain(
      'The later end is requested. Until it is approved, the access ends as before.',
    );
    const bo = await fixture.as('bo');
    for (const person of ['bo', 'dee'])
      expect(await (await fixture.as(person)).reads('/')).toMatch(
        /Waiting for an answer .*Ana The thing a later end Bo , Cy/,
      );
    expect(await bo.reads(`/requests/${live}`)).toMatch(
      /Reason of the extension not done yet.*Ana keeps this access until/,
    );
    await answer(bo, live, { kind: 'approve' });
    const state = await fixture.requests.state(live);
    expect(state.kind === 'active' && state.extension?.kind).toBe('started');
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a length that is too long', { length: '100h', reason: 'x' }, /longer than the policy allows/],
    ['a length that cannot be read', { length: 'soon', reason: 'x' }, /This is not a length of time/],
    ['no reason', { length: '15m', reason: ' ' }, /Say why you need the access/],
  ])('but not with %s', async (_what, fields, words) => {
    const live = await approvedWithoutWorkflow(fixture.requests);
    await granted(fixture.requests, live);
    const ana = await fixture.as('ana');
    const sent = await ana.post(`/requests/${live}/extensions`, fields);
    const page = await ana.reads(sent.headers.get('location') ?? '');
    expect(page).toMatch(words);
    expect(page).not.toContain('The later end is requested.');
    const state = await fixture.requests.state(live);
    expect(state.kind === 'active' && state.extension).toBeUndefined();
  });

  test.each(['bo', 'dee'])('%s is not offered to extend the access of somebody else', async (person) => {
    const live = await approvedWithoutWorkflow(fixture.requests);
    await granted(fixture.requests, live);
    const browser = await fixture.as(person);
    expect(await browser.reads(`/requests/${live}`)).not.toContain('Extend the access…');
    const sent = await browser.post(`/requests/${live}/extensions`, { length: '15m', reason: 'x' });
    expect(await browser.reads(sent.headers.get('location') ?? '')).toMatch(/Only the requester can do this/);
    expect(await stateOf(live)).toBe('active');
  });
});

describe('the outcome of what somebody did', () => {
  let approved: RequestId;
  let link: string;
  beforeAll(async () => {
    approved = await openedWithoutWorkflow(fixture.requests);
    await answer(await fixture.as('bo'), approved, { kind: 'approve' });
    const [click] = await rowsOf<{ id: string }>(
      fixture.requests.url,
      `select id from click where request_id = '${approved}' and kind = 'approve'`,
    );
    link = `?click=${click?.id}`;
  });
  const isShownTo = async (person: string, path: string) =>
    /You approved it\.|It is recorded/.test(await (await fixture.as(person)).reads(path));

  test('is shown to them on the page of the request', async () =>
    expect(await isShownTo('bo', `/requests/${approved}${link}`)).toBe(true));

  test('is never shown to somebody else', async () =>
    expect(await isShownTo('cy', `/requests/${approved}${link}`)).toBe(false));

  test('is not shown on the page of another request', async () => {
    const other = await openedWithoutWorkflow(fixture.requests);
    expect(await isShownTo('bo', `/requests/${other}${link}`)).toBe(false);
    await answer(await fixture.as('ana'), other, { kind: 'withdraw' });
  });

  test('is not shown for the id of a click that does not exist', async () =>
    expect(await isShownTo('bo', `/requests/${approved}?click=${clickIdOf(uuidv7())}`)).toBe(false));

  test('is that of the click in the ledger, whatever else the address says', async () =>
    expect(await (await fixture.as('bo')).reads(`/requests/${approved}${link}&tried=deny`)).toContain(
      'You approved it.',
    ));
});

describe('with the same refusals as elsewhere', () => {
  test.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
    ['the requester approves their own request', 'ana', { kind: 'approve' }, /your own request/i],
    ['a denial has no reason', 'bo', { kind: 'deny', note: ' ' }, /reason/i],
    ['an auditor approves', 'dee', { kind: 'approve' }, /approve/i],
    [
      'the digest is that of something else',
      'bo',
      { kind: 'approve', digest: 'x' },
      /changed|different|other/i,
    ],
  ])('%s', async (_what, person, fields, words) => {
    const request = await openedWithoutWorkflow(fixture.requests);
    const { page } = await answer(await fixture.as(person), request, fields);
    expect(page).toMatch(words);
    expect(page).not.toContain('You approved it.');
    expect(await stateOf(request)).toBe('pending');
    await answer(await fixture.as('ana'), request, { kind: 'withdraw' });
  });

  test('and no form offers what would be refused', async () => {
    const request = await openedWithoutWorkflow(fixture.requests);
    const offered = async (person: string) =>
      [
        ...['Approve…', 'Deny…', 'Withdraw…', 'End the access now…'],
        ...['Extend the access…', 'Ask the requester…', 'Answer the question…'],
      ].filter((each) => page[person]?.includes(each));
    const page: Record<string, string> = {};
    for (const person of ['ana', 'bo', 'dee'])
      page[person] = await (await fixture.as(person)).reads(`/requests/${request}`);
    expect([await offered('ana'), await offered('bo'), await offered('dee')]).toEqual([
      ['Withdraw…'],
      ['Approve…', 'Deny…', 'Ask the requester…'],
      [],
    ]);
  });

  test('also to an approver whom the policy does not name any more', async () => {
    const request = await openedWithoutWorkflow(fixture.requests);
    const restore = await fixture.requests.edit('people.yaml', 'owners: [bo, cy]', 'owners: [cy]');
    const page = await (await fixture.as('bo')).reads(`/requests/${request}`);
    await restore();
    expect(page).not.toMatch(/Approve…|Deny…|Ask the requester…/);
    await answer(await fixture.as('ana'), request, { kind: 'withdraw' });
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['an unknown kind', { kind: 'deliver' }],
    ['no kind', { kind: '' }],
    ['a text that is too long', { kind: 'deny', note: 'x'.repeat(20_000) }],
  ])('a form with %s is refused', async (_what, fields) => {
    const request = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
    expect((await answer(await fixture.as('bo'), request, fields)).status).toBe(400);
    await answer(await fixture.as('ana'), request, { kind: 'withdraw' });
  });

  test('what somebody may not see they cannot answer', async () => {
    const request = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
    const eve = await fixture.as('dee');
    const restore = await fixture.requests.edit(
      'catalogue.yaml',
      'auditors: [person:dee]',
      'auditors: [person:bo]',
    );
    expect((await answer(eve, request, { kind: 'approve' })).status).toBe(404);
    await restore();
  });
});

describe('everything of a person can be ended', () => {
  test('by a security person, who reads exactly what would end, and then how far it is', async () => {
    const request = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
    const dee = await fixture.as('dee');
    expect(await dee.reads('/people/ana')).toContain('End everything of them…');
    const page = await dee.reads('/people/ana/end');
    expect(page).toMatch(/This ends everything of Ana : \d+ requests? of 1 person/);
    expect(page).toMatch(/nothing of it is granted or extended until 2 security people lift the lock/);
    const sent = await dee.post('/people/ana/end', { reason: 'the laptop is stolen' });
    expect(await dee.reads(sent.headers.get('location') ?? '')).toMatch(
      /Everything is being ended\..*(Ended: \d+ of|are ended|ending the request|is ended)/,
    );
    expect(await stateOf(request)).toBe('closed');
  });
  test('and afterwards the page of the person says that a lock holds, and how it is lifted', async () => {
    const lock = /Dee ended everything of Ana , .*until the lock is lifted\. Lifted by 0 of 2\./;
    const dee = await fixture.as('dee');
    for (const path of ['/people/ana', '/people/ana/end']) {
      expect(await dee.reads(path)).toMatch(lock);
      expect(await dee.reads(path)).toMatch(/You lift it at the command line: curfew locks lift \w+/);
    }
    const ana = await (await fixture.as('ana')).reads('/people/ana');
    expect(ana).toMatch(lock);
    expect(ana).toMatch(/A security person lifts it at the command line/);
    expect(await dee.reads('/people/bo')).not.toContain('lock');
  });

  test('and it says what a provider may still refuse, and how that is undone by hand', async () => {
    const [massEnding] = await fixture.requests.ledger.readLocks();
    if (!massEnding) throw new Error('there is no lock');
    const step = { provider: 'fake', seen: 'all is denied', done: [], again: [] };
    await fixture.requests.ledger.writeCutOff(massEnding.id, { ...step, toUndo: ['Delete the policy.'] });
    for (const reader of ['dee', 'ana'])
      expect(await (await fixture.as(reader)).reads('/people/ana')).toMatch(
        /fake may still refuse this access, because all access of this person was cut off\. Undo this there by hand: Delete the policy\./,
      );
    expect(await (await fixture.as('dee')).reads('/people/bo')).not.toContain('may still refuse');
  });
  test('shows access that Curfew did not grant, which it does not end', async () => {
    const [dee, standing] = [
      await fixture.as('dee'),
      /Access that Curfew did not grant \(1\) Ending all requests of a person does not remove this access\./,
    ];
    expect(await dee.reads('/people/ana')).toContain('Access that Curfew did not grant (0)');
    expect(await dee.reads('/people/ana/end')).not.toContain('did not grant');
    await rowsOf(
      fixture.requests.url,
      `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
       values ('find_ana', 'access', 'fake', 'thing', 'thing', '{}', 'thing', 'ana', 'ana', 'read', true, '[]', 'adopted')`,
    );
    for (const path of ['/people/ana', '/people/ana/end']) {
      const text = await dee.reads(path);
      expect(text).toMatch(standing);
      expect(text).toMatch(/ana fake: thing read [\d: -]+ standing/);
    }
  });
  test('whom a search for the name brings there, also one who is no auditor', async () => {
    const restore = await fixture.requests.edit(
      'catalogue.yaml',
      'auditors: [person:dee]',
      'auditors: [person:bo]',
    );
    const dee = await fixture.as('dee');
    expect(await dee.reads('/requests?q=person%3Aana')).toMatch(/End everything of Ana…/);
    expect((await dee.get('/requests?q=ana')).headers.get('location')).toBe('/requests?q=person%3Aana');
    expect((await dee.get('/people/ana')).headers.get('location')).toBe('/people/ana/end');
    expect(await dee.reads('/people/ana/end')).toMatch(/End everything of Ana/);
    const cy = await fixture.as('cy');
    expect(await cy.reads('/requests?q=person%3Aana')).not.toMatch(/End everything/);
    await restore();
  });
  test('and only they read on its page how far that is', async () => {
    const [click] = await rowsOf<{ id: string }>(
      fixture.requests.url,
      `select id from click where kind = 'end-all' and person = 'dee'`,
    );
    const shown = /Everything is being ended/;
    const reads = async (person: string, path: string) =>
      shown.test(await (await fixture.as(person)).reads(`${path}?click=${click?.id}`));
    expect(await reads('dee', '/people/ana/end')).toBe(true);
    expect([await reads('dee', '/people/dee/end'), await reads('ana', '/people/ana/end')]).toEqual([
      false,
      false,
    ]);
  });
  test('and there they read what goes on at the providers, and how it is undone', async () => {
    const { requests } = fixture;
    const [click] = await rowsOf<{ id: ClickId }>(
      requests.url,
      `select id from click where kind = 'end-all' and person = 'dee'`,
    );
    const id = click?.id ?? ('' as ClickId);
    await requests.ledger.writeCutOff(massEndingIdOf(id), {
      ...{ provider: 'aws-iam', seen: 'a policy refuses every call; sessions of roles go on' },
      ...{ toUndo: ['Delete the policy.'], done: [], again: [] },
    });
    const page = await (await fixture.as('dee')).reads(`/people/ana/end?click=${id}`);
    expect(page).toMatch(
      /What goes on at the providers Cut off at once at aws-iam : a policy refuses every call; sessions of roles go on\. To undo by hand at aws-iam : Delete the policy\./,
    );
    expect(page).toMatch(/Access of Ana that Curfew did not grant was not changed\./);
    expect(page).toMatch(/Access that Curfew did not grant \(1\)/);
  });
  test('and by nobody else', async () => {
    for (const person of ['bo', 'cy']) {
      const browser = await fixture.as(person);
      expect((await browser.get('/people/ana/end')).status).toBe(404);
      expect((await browser.post('/people/ana/end', { reason: 'x' })).status).toBe(404);
    }
  });
  test('and by the person', async () => {
    const ana = await fixture.as('ana');
    expect(textOf(await (await ana.get('/people/ana/end')).text())).toContain('This makes no lock');
  });
});

test('while no worker runs, an answer is stored, and counts when one does (I16)', async () => {
  await deciding?.stop();
  const request = await openedWithoutWorkflow(fixture.requests, { person: 'dee' });
  const { page } = await answer(await fixture.as('bo'), request, { kind: 'deny', note: 'no' });
  expect(page).toContain('It is recorded. A worker decides it as soon as one runs.');
  expect(await stateOf(request)).toBe('pending');
  decide();
  await until('the denial counts', async () => (await stateOf(request)) === 'closed');
});
