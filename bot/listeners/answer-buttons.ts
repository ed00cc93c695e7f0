import type { App } from '@slack/bolt';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import { readRequestView } from '../../requests/view.ts';
import { parsePressed } from '../blocks/buttons.ts';
import { denyModal } from '../blocks/modals.ts';

const STALE = 'That button is not one of Curfew’s, or it is from a version long gone. Nothing was done.';

/** The buttons of a request. Each press is written down, then acknowledged; the workflow decides. */
export function answerActions(app: App, deps: BotDeps): void {
  for (const kind of ['approve', 'withdraw', 'end'] as const)
    app.action(kind, async ({ ack, body, action, client }) => {
      const caller = callerOf(body);
      const pressed = parsePressed('value' in action ? action.value : undefined);
      if (!pressed) {
        await ack();
        return whisper(client, caller, STALE);
      }
      const { request, digest } = pressed;
      await deps.inbox.receive(caller, { kind, request, body: { digest } });
      return ack();
    });

  app.action('deny', async ({ ack, body, action, client }) => {
    await ack();
    const caller = callerOf(body);
    const pressed = parsePressed('value' in action ? action.value : undefined);
    const facts = pressed && (await readRequestView(deps, pressed.request));
    if (!facts || body.type !== 'block_actions') return whisper(client, caller, STALE);
    const metadata = JSON.stringify({ ...pressed, channel: caller.channel });
    await client.views.open({ trigger_id: body.trigger_id, view: denyModal(facts, metadata) });
  });

  app.view('deny', async ({ ack, body, view }) => {
    const { request, digest, channel } = JSON.parse(view.private_metadata) as Record<
      string,
      string | undefined
    >;
    const pressed = parsePressed(`${request} ${digest}`);
    const note = view.state.values['note']?.['text']?.value?.trim() ?? '';
    if (!pressed || note === '')
      return ack({ response_action: 'errors', errors: { note: 'Say why: they read it word for word.' } });
    const caller = { ...callerOf(body), channel };
    await deps.inbox.receive(caller, {
      kind: 'deny',
      request: pressed.request,
      body: { digest: pressed.digest, note },
    });
    return ack();
  });
}

async function whisper(
  client: Client,
  { channel, user }: { channel: string | undefined; user: string },
  text: string,
) {
  if (channel !== undefined) await client.chat.postEphemeral({ channel, user, text });
}
