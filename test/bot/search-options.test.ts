import { describe, expect, test } from '@jest/globals';
import { nothingFoundPhrase, searchOptions } from '../../bot/cards/search-options.ts';
import { entitlementOption } from '../../bot/cards/request-modal.ts';
import { listenForEntitlementSearch } from '../../bot/inbound/request-form.ts';
import { plainText } from '../../bot/cards/mrkdwn.ts';
import type { RequestFilter } from '../../ledger/index.ts';
import type { Entitlement } from '../../policy/index.ts';
import { choices } from '../../sandbox/slack/objects.ts';
import { policyOf } from '../policy/quickstart.fixture.ts';
import { ANA, fakeBot } from './fake-bot.fixture.ts';

const all = [...policyOf().entitlements.values()];
const [first, second] = all as [Entitlement, Entitlement];
const copies = (many: number) => Array.from({ length: many }, (_, index) => ({ ...first, id: `e${index}` }));
const text = (shown: string) => ({ type: 'plain_text', text: shown, emoji: false });

describe('the options of the search are', () => {
  test('one list when nothing is recent', () =>
    expect(searchOptions('', { recent: [], others: all })).toEqual({ options: all.map(entitlementOption) }));

  test('a group of what is recent, and one of the others', () =>
    expect(searchOptions('', { recent: [second], others: [first] })).toEqual({
      option_groups: [
        { label: text('Recent'), options: [entitlementOption(second)] },
        { label: text('All'), options: [entitlementOption(first)] },
      ],
    }));

  test('one group when everything is recent, because Slack takes no empty group', () =>
    expect(searchOptions('', { recent: [first], others: [] })).toEqual({
      option_groups: [{ label: text('Recent'), options: [entitlementOption(first)] }],
    }));

  test.each([
    [0, 150, 100],
    [5, 150, 100],
    [5, 10, 15],
  ])('at most a hundred: %i recent and %i others are %i', (recent, others, shown) => {
    const offered = searchOptions('', { recent: copies(recent), others: copies(others) });
    const options =
      'options' in offered ? offered.options : offered.option_groups.flatMap((each) => each.options);
    expect(options).toHaveLength(shown);
  });

  test.each([
    ['', 'There is nothing that you can request yet'],
    ['  kafka ', 'No match for “kafka”. What to do?'],
    ['*bold* <!channel>\n', 'No match for “*bold* <!channel>”. What to do?'],
    ['x'.repeat(200), `No match for “${'x'.repeat(44)}…”. What to do?`],
  ])('one that says so when nothing has "%s"', (typed, shown) => {
    const offered = searchOptions(typed, { recent: [], others: [] });
    expect(choices(offered, '')).toEqual([]);
    expect('options' in offered && offered.options.map((each) => each.text.text)).toEqual([shown]);
  });
});

describe('the option that nothing was found', () => {
  const chosen = (typed: string) => {
    const offered = searchOptions(typed, { recent: [], others: [] });
    return plainText(nothingFoundPhrase('options' in offered ? (offered.options[0]?.value ?? '') : '') ?? []);
  };

  test('says what was searched and what to do', () =>
    expect(chosen('kafka')).toMatch(
      /^Nothing that you can request has “kafka” in its name or description, or in its databases, .*Try one word of it, or type \/access list.*catalogue\.yaml\.$/,
    ));

  test('says what to do for a person who can request nothing', () =>
    expect(chosen('')).toMatch(/^There is nothing that you can request yet\. Ask the operator/));

  test('is not an entitlement', () => expect(nothingFoundPhrase('nothing-found')).toBeUndefined());
});

describe('the search in the form', () => {
  const found = async (value: string, more: Parameters<typeof fakeBot>[1] = {}, user = ANA) => {
    const bot = fakeBot(undefined, more);
    listenForEntitlementSearch(bot.app, bot.deps);
    await bot.send('options', 'entitlement', { body: { user: { id: user } }, payload: { value } });
    return bot;
  };
  const ids = async (...args: Parameters<typeof found>) => {
    const [[, answer] = []] = (await found(...args)).calls;
    return [...JSON.stringify(answer).matchAll(/"value":"([^"]*)"/g)].map(([, id]) => id);
  };

  test('offers what the person may request and has the text in a target', async () =>
    expect(await ids('orders_reader')).toEqual(['orders-db']));

  test('finds what is at a provider by the account of the person there', async () =>
    expect(await ids('ana-ferreira')).toEqual(['orders-oncall', 'infra-maintain']));

  test('offers first what the person requested last', async () => {
    const filters: RequestFilter[] = [];
    const listRequests = (filter: RequestFilter) =>
      Promise.resolve((filters.push(filter), [{ entitlement: 'aws-admins' }]));
    expect((await ids('', { ledger: { listRequests } }))[0]).toBe('aws-admins');
    expect(filters).toEqual([{ requester: 'ana', limit: 200 }]);
  });

  test('says what was searched when nothing has the text', async () =>
    expect(await ids('kafka')).toEqual([':nothing-found kafka']));

  test('says that there is nothing to a person who can request nothing, whatever they typed', async () => {
    const policy = { ...fakeBot(undefined).deps.policy, requestableBy: () => Promise.resolve([]) };
    expect(await ids('orders', { policy })).toEqual([':nothing-found ']);
  });

  test('offers nothing to somebody whom Curfew does not know', async () =>
    expect((await found('', {}, 'U0GIL')).calls).toEqual([['ack', { options: [] }]]));
});
