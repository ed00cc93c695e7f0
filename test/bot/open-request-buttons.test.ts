import { describe, expect, test } from '@jest/globals';
import type { ModalView } from '@slack/types';
import { messageModal } from '../../bot/cards/modals.ts';
import { seenRequestModal } from '../../bot/cards/request-cards.ts';
import { listenForOpenRequests } from '../../bot/inbound/open-request-buttons.ts';
import type { RequestView } from '../../requests/view.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { withdraw, ana } from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot, type FakeBot } from './fake-bot.fixture.ts';
import { linesOf } from './block-lines.fixture.ts';
import { DIGEST, viewAfter } from './request-view.fixture.ts';

const pending = viewAfter([]);
const body = { type: 'block_actions', user: { id: ANA }, team: { id: 'T1' }, trigger_id: 'TR1' };
const form = {
  id: 'V7',
  hash: 'H7',
  private_metadata: `{"channel":"C9","filled":"1 h","shown":["${pending.id}"]}`,
  state: {
    values: {
      what: { entitlement: { selected_option: { value: 'orders-db' } } },
      'length-orders-db': { text: { value: '2h' } },
      reason: { text: { value: 'why' } },
    },
  },
};
type Press = Readonly<{ value?: string; body?: object; view?: RequestView; ledger?: object }>;
const press = async (
  id: string,
  { value = pending.id, body: more = {}, view = pending, ledger = {} }: Press,
): Promise<FakeBot['calls']> => {
  const bot = fakeBot(view, { ledger });
  listenForOpenRequests(bot.app, bot.deps);
  await bot.send('action', id, { body: { ...body, ...more }, action: { type: 'button', value } });
  return bot.calls;
};

describe('the button See it', () => {
  const shown = (calls: FakeBot['calls']) =>
    calls.map(([what, more]) => [what, (more as { view?: ModalView } | undefined)?.view?.blocks.length ?? 0]);

  test('opens the request of its requester, as its card shows it, without buttons', async () => {
    const [, [what, opened] = []] = await press('see-request', {});
    const { view } = opened as { view: ModalView };
    expect([what, view.title.text]).toEqual(['views.open', 'Your request']);
    const lines = linesOf(view.blocks);
    expect(lines).toContain('> incident 4312');
    expect(lines.filter((line) => line.includes('['))).toEqual([]);
  });

  test('opens it over the form', async () =>
    expect(shown(await press('see-request', { body: { view: form } }))).toEqual([
      ['ack', 0],
      ['views.push', seenRequestModal(pending).blocks.length],
    ]));

  test.each([
    ['to nobody else', { body: { user: { id: BO } } }, 'not-requester'],
    ['for no request', { value: 'nonsense' }, 'unknown-request'],
  ] as const)('shows nothing %s', async (_who, more, code) =>
    expect((await press('see-request', more)).at(-1)).toEqual([
      'views.open',
      { trigger_id: 'TR1', view: messageModal('Your request', refusalPhrase({ code })) },
    ]),
  );
});

describe('the button Withdraw', () => {
  const value = `${pending.id} ${DIGEST}`;
  const answered = { clickOutcome: () => Promise.resolve({ kind: 'answered' }) };
  const received = { kind: 'withdraw', request: pending.id, body: { digest: DIGEST } };
  const rows = { listRequests: () => Promise.resolve([{ id: pending.id, entitlement: 'orders-db' }]) };

  test('stores the click, and draws the form again with what is open then and what was typed', async () => {
    const view = viewAfter([withdraw(ana)]);
    const calls = await press('withdraw-open', { value, view, body: { view: form }, ledger: answered });
    expect(calls.map(([what]) => what)).toEqual(['receive', 'ack', 'views.update']);
    expect(calls[0]?.[2]).toEqual(received);
    const [, , [, updated] = []] = calls;
    const { view: drawn, hash } = updated as { view: ModalView; hash: string };
    const text = JSON.stringify(drawn.blocks);
    expect([hash, drawn.submit?.text]).toEqual(['H7', 'Request']);
    expect(linesOf(drawn.blocks)[0]).toMatch(/^Withdrawn by .* No access was granted\.$/);
    expect(text).toMatch(/"initial_value":"2h".*"initial_value":"why"/);
    expect(text).not.toContain('You requested this already');
  });

  test('says in the message what became of the request, and leaves the message as it is', async () => {
    const withdrawn = viewAfter([withdraw(ana)]);
    const container = { container: { message_ts: '1.7' } };
    const calls = await press('withdraw-open', { value, view: withdrawn, body: container, ledger: answered });
    expect(calls[0]?.[1]).toMatchObject({ user: ANA, message: undefined });
    expect(calls.map(([what]) => what)).toEqual(['receive', 'ack', 'respond']);
    expect(calls[2]?.[1]).toMatchObject({
      response_type: 'ephemeral',
      replace_original: false,
      text: expect.stringMatching(/^Withdrawn by .* No access was granted\.$/),
    });
  });

  test('says nothing in the message when the withdrawal was refused, because the courier does', async () => {
    const refused = {
      clickOutcome: () => Promise.resolve({ kind: 'refused', refusal: { code: 'wrong-state' } }),
    };
    const calls = await press('withdraw-open', { value, ledger: refused });
    expect(calls.map(([what]) => what)).toEqual(['receive', 'ack']);
  });

  test('keeps the offer when the withdrawal was refused', async () => {
    const refused = {
      ...rows,
      clickOutcome: () => Promise.resolve({ kind: 'refused', refusal: { code: 'wrong-state' } }),
    };
    const calls = await press('withdraw-open', { value, body: { view: form }, ledger: refused });
    expect(JSON.stringify(calls.at(-1))).toContain('You requested this already');
  });

  test('with a wrong value is acknowledged and changes nothing', async () =>
    expect(await press('withdraw-open', { value: 'nonsense' })).toEqual([['ack']]));
});
