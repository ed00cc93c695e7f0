import { html } from 'hono/html';
import { z } from 'zod';
import type { ActionResult, Workspace } from '../model.ts';
import { OptionRows } from './blocks/select.tsx';
import type { Viewer } from './viewer.ts';

const PlainSchema = z.object({
  type: z.literal('plain_text'),
  text: z.string(),
  emoji: z.boolean().exactOptional(),
});
const OptionSchema = z.object({
  text: z.object({
    type: z.enum(['plain_text', 'mrkdwn']),
    text: z.string(),
    emoji: z.boolean().exactOptional(),
  }),
  value: z.string(),
  description: PlainSchema.exactOptional(),
});
const EnteredOneSchema = z.union([z.string(), OptionSchema]);
const EnteredSchema = z.union([EnteredOneSchema, z.array(EnteredOneSchema), z.null()]);
const ValuesSchema = z.record(z.string(), z.record(z.string(), EnteredSchema));
const PlaceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), channel: z.string(), ts: z.string() }),
  z.object({ kind: z.literal('view'), viewId: z.string() }),
]);
const ClickSchema = z.object({
  place: PlaceSchema,
  action_id: z.string(),
  block_id: z.string().exactOptional(),
  chosen: EnteredSchema.exactOptional(),
  values: ValuesSchema.exactOptional(),
});

/** The actions that the client script can request for a person. */
export const ActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), channel: z.string(), text: z.string().max(4000) }),
  z.object({
    kind: z.literal('say'),
    channel: z.string(),
    text: z.string().max(4000),
    thread: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('click'), click: ClickSchema }),
  z.object({ kind: z.literal('submit'), viewId: z.string(), values: ValuesSchema }),
  z.object({ kind: z.literal('close'), viewId: z.string(), all: z.boolean() }),
  z.object({
    kind: z.literal('suggest'),
    id: z.string(),
    search: z.object({
      place: PlaceSchema,
      action_id: z.string(),
      block_id: z.string().exactOptional(),
      typed: z.string().max(500),
    }),
  }),
  z.object({
    kind: z.literal('shortcut'),
    callback_id: z.string(),
    channel: z.string(),
    ts: z.string(),
  }),
  z.object({ kind: z.literal('home') }),
]);
export type PageAction = z.infer<typeof ActionSchema>;

const perform = (workspace: Workspace, person: string, act: PageAction): Promise<ActionResult> => {
  switch (act.kind) {
    case 'command':
      return workspace.command(person, act.channel, act.text);
    case 'say':
      return workspace.say(person, act.channel, act.text, act.thread);
    case 'click':
      return workspace.click(person, act.click);
    case 'submit':
      return workspace.submit(person, act.viewId, act.values);
    case 'close':
      return workspace.close(person, act.viewId, act.all);
    case 'suggest':
      return workspace.suggest(person, act.search);
    case 'shortcut':
      return workspace.shortcut(person, act.callback_id, act.channel, act.ts);
    case 'home':
      return workspace.openHome(person);
  }
};

/**
 * Runs an action of a person and returns the result for the person's screen. Suggested options are returned
 * as HTML.
 */
export async function runAction(
  workspace: Workspace,
  viewer: Viewer,
  act: PageAction,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await perform(workspace, viewer.id, act);
  switch (answer.kind) {
    case 'options': {
      const groups = answer.groups.length > 0 ? answer.groups : [{ options: answer.options }];
      const count = groups.reduce((sum, { options }) => sum + options.length, 0);
      const rows = (
        <OptionRows id={act.kind === 'suggest' ? act.id : 'options'} groups={groups} viewer={viewer} />
      );
      return { kind: 'options', count, html: await html`${rows}` };
    }
    case 'updated':
    case 'pushed':
      return { kind: answer.kind };
    default:
      return answer;
  }
}
