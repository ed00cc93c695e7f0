import { html } from 'hono/html';
import { z } from 'zod';
import type { Answer, Workspace } from '../model.ts';
import { OptionRows } from './blocks/select.tsx';
import type { Viewer } from './viewer.ts';

const Plain = z.object({
  type: z.literal('plain_text'),
  text: z.string(),
  emoji: z.boolean().exactOptional(),
});
const OptionShape = z.object({
  text: z.object({
    type: z.enum(['plain_text', 'mrkdwn']),
    text: z.string(),
    emoji: z.boolean().exactOptional(),
  }),
  value: z.string(),
  description: Plain.exactOptional(),
});
const One = z.union([z.string(), OptionShape]);
const Typed = z.union([One, z.array(One), z.null()]);
const Values = z.record(z.string(), z.record(z.string(), Typed));
const Place = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), channel: z.string(), ts: z.string() }),
  z.object({ kind: z.literal('view'), viewId: z.string() }),
]);
const ClickShape = z.object({
  place: Place,
  action_id: z.string(),
  block_id: z.string().exactOptional(),
  chosen: Typed.exactOptional(),
  values: Values.exactOptional(),
});

/** What the client script may ask for on behalf of a person. */
export const ActShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), channel: z.string(), text: z.string().max(4000) }),
  z.object({
    kind: z.literal('say'),
    channel: z.string(),
    text: z.string().max(4000),
    thread: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('click'), click: ClickShape }),
  z.object({ kind: z.literal('submit'), viewId: z.string(), values: Values }),
  z.object({ kind: z.literal('close'), viewId: z.string(), all: z.boolean() }),
  z.object({
    kind: z.literal('suggest'),
    id: z.string(),
    search: z.object({
      place: Place,
      action_id: z.string(),
      block_id: z.string().exactOptional(),
      typed: z.string().max(500),
    }),
  }),
  z.object({ kind: z.literal('home') }),
]);
export type Act = z.infer<typeof ActShape>;

const perform = (workspace: Workspace, person: string, act: Act): Promise<Answer> => {
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
    case 'home':
      return workspace.openHome(person);
  }
};

/** Acts as a person and says what their screen shows of it. Suggestions come back drawn, ready for the list. */
export async function answerAct(
  workspace: Workspace,
  viewer: Viewer,
  act: Act,
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
