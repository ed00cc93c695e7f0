import { describe, expect, test } from '@jest/globals';
import { manifest } from '../../bot/manifest.ts';
import { requestModal } from '../../bot/cards/request-modal.ts';
import { listenForMessageShortcut } from '../../bot/inbound/open-request-buttons.ts';
import { ANA, fakeBot, withoutForm } from './fake-bot.fixture.ts';
import { openedForm } from './form.fixture.ts';

describe('the shortcut of a message', () => {
  const use = async (more: object = {}) => {
    const bot = fakeBot(undefined);
    listenForMessageShortcut(bot.app, bot.deps);
    const [id = ''] = manifest().features.shortcuts.map((each) => each.callback_id);
    const shortcut = {
      type: 'message_action',
      channel: { id: 'C1' },
      message_ts: '1.7',
      trigger_id: 'TR1',
      user: { id: ANA },
      team: { id: 'T1' },
    };
    expect(await bot.send('shortcut', id, { shortcut, ...more })).toBe(1);
    return bot.calls;
  };
  const nameOf = (name: string) => ({ name });

  test('opens the form, with the link of the message in its reason, and remembers the channel', async () => {
    const fields = { reason: 'https://lantern.slack.com/archives/C1/p17\n' };
    expect(await use()).toEqual([
      ['ack'],
      ['chat.getPermalink', { channel: 'C1', message_ts: '1.7' }],
      [
        'views.open',
        { trigger_id: 'TR1', view: requestModal(openedForm(undefined, 'C1', { fields }), nameOf) },
      ],
    ]);
  });

  test('opens an empty form where Slack gives no link', async () => {
    const { client } = fakeBot(undefined);
    const chat = { ...client.chat, getPermalink: () => Promise.reject(new Error('channel_not_found')) };
    const opened: unknown[] = [];
    const views = { ...client.views, open: async (with_: object) => void opened.push(withoutForm(with_)) };
    expect(await use({ client: { chat, views } })).toEqual([
      ['ack'],
      ['warn', 'the form opens without the link of its message: channel_not_found'],
    ]);
    expect(opened).toEqual([{ trigger_id: 'TR1', view: requestModal(openedForm(undefined, 'C1'), nameOf) }]);
  });
});
