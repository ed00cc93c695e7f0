import type { App, ViewStateValue } from '@slack/bolt';
import type { MinuteOfDay } from '../../core/local-time.ts';
import { type MessagePreference, NO_PREFERENCE } from '../../core/message-preference.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { type Phrase, phrase } from '../../wording/phrase.ts';
import { messageModal } from '../cards/modals.ts';
import { clockTime, PREFERENCES, preferencesModal, VALUE } from '../cards/preferences-modal.ts';
import { type BotDeps, callerOf } from '../deps.ts';
import { timeZoneOf } from '../courier/time-zone.ts';
import { strangerPhrase } from './reader.ts';

const TITLE = 'When I get messages';

/** A person says when they want messages. It changes nothing of a request, so it is no click and no event. */
export function listenForMessagePreferences(app: App, deps: BotDeps): void {
  app.action('message-preferences', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    const caller = callerOf(body);
    const person = await deps.inbox.personOf(caller);
    const view = person
      ? preferencesModal({
          ...((await deps.ledger.readMessagePreference(person)) ?? NO_PREFERENCE),
          timeZone: await timeZoneOf(client, caller.user),
        })
      : messageModal(TITLE, await strangerPhrase(deps, caller.user));
    await client.views.open({ trigger_id: body.trigger_id, view });
  });

  app.view('message-preferences', async ({ ack, body, view, client }) => {
    const caller = callerOf(body);
    const person = await deps.inbox.personOf(caller);
    const read = readPreference(view.state.values, await timeZoneOf(client, caller.user));
    if (!read.ok) return ack({ response_action: 'errors', errors: read.error });
    if (person) await deps.ledger.storeMessagePreference(person, read.value);
    const answer = person ? savedPhrase(read.value) : await strangerPhrase(deps, caller.user);
    return ack({ response_action: 'update', view: messageModal(TITLE, answer) });
  });
}

type Values = Readonly<Record<string, Readonly<Record<string, ViewStateValue>>>>;

/** The preference in the fields of the form. The error is a sentence for each field that must be changed. */
export function readPreference(
  values: Values,
  timeZone: string,
): Result<MessagePreference, Record<string, string>> {
  const field = (id: string): ViewStateValue | undefined => values[id]?.[VALUE];
  const time = (id: string): MinuteOfDay | undefined => minuteIn(field(id)?.selected_time);
  const [from, to, at] = [time(PREFERENCES.from), time(PREFERENCES.to), time(PREFERENCES.digestAt)];
  const isDigest = field(PREFERENCES.rhythm)?.selected_option?.value === 'digest';
  if (from === undefined && to !== undefined)
    return no({ [PREFERENCES.from]: 'Say when the quiet hours begin, or leave both times empty.' });
  if (from !== undefined && to === undefined)
    return no({ [PREFERENCES.to]: 'Say when the quiet hours end, or leave both times empty.' });
  if (from !== undefined && from === to)
    return no({ [PREFERENCES.to]: 'The quiet hours must end at another time than they begin.' });
  if (isDigest && at === undefined)
    return no({ [PREFERENCES.digestAt]: 'Say at what time you want the message.' });
  return ok({
    timeZone,
    ...(from === undefined || to === undefined ? {} : { quiet: { from, to } }),
    ...(isDigest && at !== undefined ? { digestAt: at } : {}),
    weekly: (field(PREFERENCES.weekly)?.selected_options ?? []).length > 0,
  });
}

function minuteIn(time: string | null | undefined): MinuteOfDay | undefined {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time ?? '');
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : undefined;
}

const savedPhrase = ({ timeZone, quiet, digestAt, weekly }: MessagePreference): Phrase =>
  phrase`Saved. ${[quiet ? `Quiet hours from ${clockTime(quiet.from)} until ${clockTime(quiet.to)}.` : 'No quiet hours.']} ${[digestAt === undefined ? 'You get a message for each change.' : `What is not urgent comes at ${clockTime(digestAt)}, in one message.`]} ${[weekly ? 'You get a summary of your approvals on Monday.' : 'You get no weekly summary.']} All times are in ${[timeZone]}.`;
