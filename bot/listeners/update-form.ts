import type { ViewOutput } from '@slack/bolt';
import type { BotDeps, Client } from '../deps.ts';
import type { RequestForm } from '../blocks/request-modal.ts';
import { slackErrorCode } from '../slack-errors.ts';
import { drawnForm } from './form-content.ts';

/**
 * Draws the form again. When it was drawn again meanwhile, because the person did something else too, that later drawing
 * stays: Slack compares the hash of what the person saw.
 */
export async function updateForm(
  deps: BotDeps,
  client: Client,
  { id, hash }: Pick<ViewOutput, 'id' | 'hash'>,
  form: RequestForm,
): Promise<void> {
  const view = await drawnForm(deps, form);
  await client.views.update({ view_id: id, hash, view }).catch((error: unknown) => {
    if (slackErrorCode(error) !== 'hash_conflict') throw error;
  });
}
