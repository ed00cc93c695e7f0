import { describe, expect, test } from '@jest/globals';
import { questionBlocks } from '../../bot/cards/shared-lines.ts';
import { approverCard, requesterCard } from '../../bot/cards/request-cards.ts';
import { listenForAnswerForms } from '../../bot/inbound/answer-forms.ts';
import { guestFacts } from '../core/account.fixture.ts';
import { ana, ask, bo, request, withdraw } from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';
import { DIGEST, viewAfter } from './request-view.fixture.ts';

const VALUE = `${request} ${DIGEST}`;
const bodyOf = (user: string) => ({
  type: 'block_actions',
  user: { id: user, team_id: 'T1' },
  channel: { id: 'C1' },
  trigger_id: 'TR1',
});
const open = viewAfter([]);
const questioned = viewAfter([ask(bo)]);
const botOf = (...args: Parameters<typeof fakeBot>) => {
  const made = fakeBot(...args);
  listenForAnswerForms(made.app, made.deps);
  return made;
};

describe.each([
  ['ask', BO, open],
  ['answer', ANA, questioned],
] as const)('the button "%s"', (kind, user, view) => {
  const bot = () => botOf(view);
  const body = bodyOf(user);

  test('opens a form that remembers the request, what was on the screen, and the place', async () => {
    const { send, calls } = bot();
    await send('action', kind, { body, action: { type: 'button', value: VALUE } });
    const opened = calls[1]?.[1] as { view: { callback_id: string; private_metadata: string } };
    expect([calls[0], opened.view.callback_id, JSON.parse(opened.view.private_metadata)]).toEqual([
      ['ack'],
      kind,
      { request, digest: DIGEST, channel: 'C1' },
    ]);
  });

  test('with a wrong value is answered in the channel', async () => {
    const { send, calls } = bot();
    await send('action', kind, { body, action: { type: 'button', value: 'orders' } });
    expect(calls.map(([what]) => what)).toEqual(['ack', 'chat.postEphemeral']);
  });

  const submit = async (text: string) => {
    const { send, calls } = bot();
    await send('view', kind, {
      body: { user: { id: ANA }, team: { id: 'T1' }, trigger_id: 'TR1' },
      view: {
        private_metadata: JSON.stringify({ request, digest: DIGEST, channel: 'C1' }),
        state: { values: { note: { text: { value: text } } } },
      },
    });
    return calls;
  };

  test('the form is stored with the place of the click, and then acknowledged (I16)', async () => {
    expect(await submit(' a text\n')).toEqual([
      [
        'receive',
        { user: ANA, team: 'T1', channel: 'C1', message: undefined, trigger: 'TR1' },
        { kind, request, body: { digest: DIGEST, note: 'a text' } },
      ],
      ['ack'],
    ]);
  });

  test('an empty form stays open and stores nothing', async () => {
    const [[what, answer] = []] = await submit(' \u3164');
    expect([what, answer]).toMatchObject(['ack', { response_action: 'errors' }]);
  });
});

describe('a click that would be refused', () => {
  type More = Parameters<typeof fakeBot>[1];
  const guest: More = { readAccount: () => Promise.resolve(guestFacts(BO)) };
  const sam: More = { inbox: { personOf: () => Promise.resolve('sam') } };

  test.each<[why: string, kind: 'ask' | 'answer', user: string, view: typeof open, more: More]>([
    ['the requester asks', 'ask', ANA, open, {}],
    ['who asks is no approver of the request', 'ask', 'U0SAMRAO01', open, sam],
    ['who asks is a guest', 'ask', BO, open, guest],
    ['a question is open already', 'ask', BO, questioned, {}],
    ['the request was withdrawn', 'ask', BO, viewAfter([withdraw(ana)]), {}],
    ['somebody who is not in the people file asks', 'ask', 'U0GIL', open, {}],
    ['an approver answers', 'answer', BO, questioned, {}],
    ['nobody asked a question', 'answer', ANA, open, {}],
  ])('is stored without a text and opens no form: %s', async (_why, kind, user, view, more) => {
    const { send, calls } = botOf(view, more);
    await send('action', kind, { body: bodyOf(user), action: { type: 'button', value: VALUE } });
    expect(calls).toEqual([
      [
        'receive',
        { user, team: 'T1', channel: 'C1', message: undefined, trigger: 'TR1' },
        { kind, request, body: { digest: DIGEST } },
      ],
      ['ack'],
    ]);
  });
});

test('a card shows the last two questions with their answers, and counts the earlier ones', () => {
  const view = viewAfter([], {
    questions: [
      { by: bo, question: 'the first?', answer: 'yes' },
      { by: bo, question: 'the second?', answer: '*no* <!here>' },
      { by: bo, question: 'the third?' },
    ],
  });
  const shown = JSON.stringify(questionBlocks(view));
  expect(shown).toContain('and 1 earlier question');
  expect(shown).not.toContain('the first?');
  expect(shown.indexOf('the second?')).toBeLessThan(shown.indexOf('*no* <!here>'));
  expect(shown).toContain('the third?');
  for (const { blocks } of [requesterCard(view), approverCard(view, bo)])
    expect(JSON.stringify(blocks)).toContain('the third?');
  expect(questionBlocks(viewAfter([]))).toEqual([]);
  expect(view.state.details.requester).toBe(ana);
});
