import type { App } from '@slack/bolt';
import { findEntitlements } from '../../requests/find-entitlements.ts';
import { readSearched } from '../../requests/read-searched.ts';
import { searchOptions } from '../blocks/search-options.ts';
import { type BotDeps, callerOf } from '../deps.ts';

/** The search in the form: only what this person may request. */
export function listenForEntitlementSearch(app: App, deps: BotDeps): void {
  app.options('entitlement', async ({ ack, body, payload }) => {
    const person = await deps.inbox.personOf(callerOf(body));
    if (!person) return ack({ options: [] });
    const searched = await readSearched(deps, person);
    // For a person who can request nothing, it does not matter what they typed.
    const typed = searched.requestable.length === 0 ? '' : payload.value;
    return ack(searchOptions(typed, findEntitlements(typed, searched)));
  });
}
