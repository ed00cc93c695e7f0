import { describe, expect, test } from '@jest/globals';
import { questionBlocks } from '../../bot/blocks/questions.ts';
import { approverCard } from '../../bot/blocks/request-card.ts';
import { requesterCard } from '../../bot/blocks/requester-card.ts';
import { listenForQuestions } from '../../bot/listeners/question-forms.ts';
import { ana, bo, request } from '../core/request/request.fixture.ts';
import { ANA, BO, fakeBot } from './fake-bot.fixture.ts';
import { DIGEST, viewAfter } from './request-view.fixture.ts';

const VALUE = `${request} ${DIGEST}`;
const body = {
  type: 'block_actions',
  user: { id: BO, team_id: 'T1' },
  channel: { id: 'C1' },
  trigger_id: 'TR1',
};

describe.each(['ask', 'answer'] as const)('the button "%s"', (kind) => {
  const bot = (view = viewAfter([])) => {
    const made = fakeBot(view);
    listenForQuestions(made.app, made.deps);
    return made;
  };

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
