import { describe, expect, test } from '@jest/globals';
import { listenForMessagePreferences, readPreference } from '../../bot/inbound/message-preferences.ts';
import { clockTime, preferencesModal } from '../../bot/cards/preferences-modal.ts';
import type { MessagePreference } from '../../core/message-preference.ts';
import { checkView } from '../../sandbox/slack/views.ts';
import { ana } from '../core/request/request.fixture.ts';
import { ANA, fakeBot } from './fake-bot.fixture.ts';

const body = { type: 'block_actions', user: { id: ANA, team_id: 'T1' }, trigger_id: 'TR1' };
const FULL: MessagePreference = {
  timeZone: 'Europe/Lisbon',
  quiet: { from: 1320, to: 425 },
  digestAt: 540,
  weekly: true,
};
const value = (field: object) => ({ value: field });
/** What Slack sends of a form that was filled in like this. */
const fields = (
  from: string | null,
  to: string | null,
  rhythm: string,
  at: string | null,
  weekly = true,
) => ({
  'quiet-from': value({ type: 'timepicker', selected_time: from }),
  'quiet-to': value({ type: 'timepicker', selected_time: to }),
  rhythm: value({ type: 'radio_buttons', selected_option: { value: rhythm } }),
  'digest-at': value({ type: 'timepicker', selected_time: at }),
  weekly: value({ type: 'checkboxes', selected_options: weekly ? [{ value: 'weekly' }] : [] }),
});
const read = (...given: Parameters<typeof fields>) =>
  readPreference(fields(...given) as never, 'Europe/Lisbon');

describe('the form in which a person says when they want messages', () => {
  test.each<[string, MessagePreference]>([
    ['nothing', { timeZone: 'UTC', weekly: true }],
    ['everything', FULL],
    ['no summary', { timeZone: 'Asia/Kolkata', weekly: false }],
  ])('is a view that Slack takes, and shows what was said before: %s', (_what, preference) => {
    const view = preferencesModal(preference);
    expect(checkView(view)).toEqual([]);
    const shown = JSON.stringify(view);
    const times = [preference.quiet?.from, preference.quiet?.to, preference.digestAt ?? 540];
    expect([...shown.matchAll(/"initial_time":"([^"]*)"/g)].map(([, time]) => time)).toEqual(
      times.flatMap((time) => (time === undefined ? [] : [clockTime(time)])),
    );
    expect(shown).toContain(
      `"initial_option":{"text":{"type":"plain_text","text":"${preference.digestAt === undefined ? 'A message for each change' : 'One message a day'}"`,
    );
    expect(shown.includes('"initial_options"')).toBe(preference.weekly);
    expect(shown).toContain(`All times are in ${preference.timeZone}`);
  });

  test.each<[string, Parameters<typeof fields>, MessagePreference]>([
    ['everything', ['22:00', '07:05', 'digest', '09:00'], FULL],
    ['nothing', [null, null, 'each', '09:00', false], { timeZone: 'Europe/Lisbon', weekly: false }],
    [
      'no time of a digest that is not wanted',
      [null, null, 'each', null],
      { timeZone: 'Europe/Lisbon', weekly: true },
    ],
  ])('is read: %s', (_what, given, expected) =>
    expect(read(...given)).toEqual({ ok: true, value: expected }),
  );

  test.each<[string, Parameters<typeof fields>, string]>([
    ['a beginning without an end', ['22:00', null, 'each', null], 'quiet-to'],
    ['an end without a beginning', [null, '07:00', 'each', null], 'quiet-from'],
    ['an end at the beginning', ['07:00', '07:00', 'each', null], 'quiet-to'],
    ['a digest without a time', [null, null, 'digest', null], 'digest-at'],
    ['a time that no clock shows', ['25:00', '07:00', 'each', null], 'quiet-from'],
  ])('has an error beside the field: %s', (_what, given, field) =>
    expect(read(...given)).toEqual({ ok: false, error: { [field]: expect.stringMatching(/\.$/) } }),
  );
});

describe('a person', () => {
  const listening = (more: object = {}) => {
    const bot = fakeBot(undefined, more);
    listenForMessagePreferences(bot.app, bot.deps);
    return bot;
  };

  test('opens the form with their Slack time zone, and what they said before', async () => {
    const bot = listening({
      ledger: { readMessagePreference: () => Promise.resolve({ ...FULL, timeZone: 'UTC' }) },
    });
    await bot.send('action', 'message-preferences', { body });
    expect(bot.calls).toEqual([
      ['ack'],
      ['views.open', { trigger_id: 'TR1', view: preferencesModal({ ...FULL, timeZone: 'Europe/Lisbon' }) }],
    ]);
  });

  test('saves it, and reads what is saved', async () => {
    const bot = listening();
    const values = fields('22:00', '07:05', 'digest', '09:00');
    await bot.send('view', 'message-preferences', { body, view: { state: { values } } });
    expect(bot.calls[0]).toEqual(['storeMessagePreference', ana, FULL]);
    expect(JSON.stringify(bot.calls[1])).toContain('Saved. ');
    expect(bot.calls[1]).toMatchObject(['ack', { response_action: 'update' }]);
  });

  test('who made a mistake keeps the form, and nothing is saved', async () => {
    const bot = listening();
    const values = fields('22:00', null, 'each', null);
    await bot.send('view', 'message-preferences', { body, view: { state: { values } } });
    expect(bot.calls).toMatchObject([['ack', { response_action: 'errors' }]]);
  });

  test('whom Curfew does not know saves nothing, and reads why', async () => {
    const bot = listening();
    const stranger = { ...body, user: { id: 'U0GIL', team_id: 'T1' } };
    await bot.send('action', 'message-preferences', { body: stranger });
    const values = fields(null, null, 'each', null);
    await bot.send('view', 'message-preferences', { body: stranger, view: { state: { values } } });
    expect(bot.calls.map(([what]) => what)).toEqual(['ack', 'views.open', 'ack']);
    expect(JSON.stringify(bot.calls)).toMatch(
      /not linked to an active person.*not linked to an active person/,
    );
  });
});
