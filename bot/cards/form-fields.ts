import { parseRequestId, type RequestId, type Minutes } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { SLACK, button } from './elements.ts';
import { capped } from '../../wording/text.ts';
import type { Button } from '@slack/types';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import type { Entitlement } from '../../policy/index.ts';

/** The block ids of the fields. A number after a dot, or after the `-` of a length, says how often Curfew filled the field in. */
export const FIELDS = { what: 'what', length: 'length', reason: 'reason' } as const;

/** The fields of the form, as the person sees them. `…Block` is the id of the block that a field is in. */
export type FormFields = Readonly<{
  whatBlock: string;
  entitlement: string;
  lengthBlock: string;
  length: string;
  reason: string;
}>;

/** Slack's values of a form, by block and by element. */
export type FormValues = Readonly<
  Record<
    string,
    Readonly<Record<string, { value?: string | null; selected_option?: { value: string } | null }>>
  >
>;

export function readFields(values: FormValues): FormFields {
  const blockOf = (field: string) => Object.keys(values).find((id) => id.startsWith(field)) ?? field;
  const [whatBlock, lengthBlock] = [blockOf(FIELDS.what), blockOf(FIELDS.length)];
  return {
    whatBlock,
    entitlement: values[whatBlock]?.['entitlement']?.selected_option?.value ?? '',
    lengthBlock,
    length: (values[lengthBlock]?.['text']?.value ?? '').trim(),
    reason: values[FIELDS.reason]?.['text']?.value ?? '',
  };
}

/** The id of a block whose field Curfew fills in again: Slack keeps the old text of a block whose id stays. */
export function nextBlock(id: string): string {
  const [field = '', times = '1'] = id.split('.');
  return `${field}.${Number(times) + 1}`;
}

/** What the form knows besides its fields. Slack keeps it in `private_metadata` and returns it with each click. */
export type FormMemory = Readonly<{
  /** Names the form from when it was opened, so that what is submitted twice is one request. */
  form?: string;
  /** Where the form was opened. A refusal that comes later is shown there. */
  channel?: string;
  /** The length that Curfew filled in. Any other one comes from the person, and stays when they choose another entitlement. */
  filled?: string;
  /** A length that the person had typed before they pressed the button of another one. It has a button too. */
  typed?: string;
  /** The open requests that the form shows. Another one is shown before the form submits a second request. */
  shown?: readonly RequestId[];
}>;

export const memoryText = ({ form, channel, filled, typed, shown }: FormMemory): string =>
  JSON.stringify({ form, channel, filled, typed, shown });

/** Parses `private_metadata`. A form that an earlier version of Curfew opened has no such text. */
export function parseMemory(metadata: string): FormMemory {
  if (!metadata.startsWith('{')) return {};
  const { form, channel, filled, typed, shown } = JSON.parse(metadata) as Record<string, unknown>;
  const ids = Array.isArray(shown) ? shown : [];
  return {
    ...(typeof form === 'string' ? { form } : {}),
    ...(typeof channel === 'string' ? { channel } : {}),
    ...(typeof filled === 'string' ? { filled } : {}),
    ...(typeof typed === 'string' ? { typed } : {}),
    shown: ids.flatMap((id) => {
      const parsed = parseRequestId(String(id));
      return parsed.ok ? [parsed.value] : [];
    }),
  };
}

/** What fills in the form for a request: what a person typed elsewhere, or what an earlier request had. */
export type Draft = Readonly<{
  /** The name of an entitlement. It can be mistyped. */
  entitlement?: string;
  length?: string;
  reason?: string;
}>;

/**
 * A draft as the value of a button. It decides nothing: the form that the button opens shows it to the person. A reason that
 * the policy would refuse as too long is cut, and so is one of quotation marks only, which take two characters each.
 */
export function draftValue({ entitlement = '', length = '', reason = '' }: Draft): string {
  const text = (typed: string, most: number) => capped(typed.toWellFormed().replaceAll('\0', ''), most);
  const valueWith = (most: number): string =>
    JSON.stringify([text(entitlement, 100), text(length, 50), text(reason, most)]);
  let most: number = LIMITS.reasonLength;
  while ([...valueWith(most)].length > SLACK.buttonValue) most = Math.floor(most * 0.9);
  return valueWith(most);
}

/** Parses the value of a button. Any client can send any value, so what is not a draft is an empty one. */
export function parseDraft(value: unknown): Draft {
  const parts = typeof value === 'string' ? parseJson(value) : undefined;
  if (!Array.isArray(parts)) return {};
  const text = (part: unknown): string => (typeof part === 'string' ? part : '');
  return { entitlement: text(parts[0]), length: text(parts[1]), reason: text(parts[2]) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The buttons beside the field of the length. `typed` is what the person had typed before they pressed another one. */
const LABELS = ['usual', 'half', 'longest', 'typed'] as const;

/** The action id of each button of a length. */
export const LENGTH_ACTION = new RegExp(`^length-(${LABELS.join('|')})$`);

export type LengthChoice = Readonly<{ label: (typeof LABELS)[number]; minutes: Minutes }>;

/** The lengths to offer, each once: the usual one, half of it, the longest, and the one that the person had typed. */
export function lengthChoices(
  { usual, longest }: Pick<Entitlement, 'usual' | 'longest'>,
  typed = '',
): readonly LengthChoice[] {
  const read = parseDuration(typed, longest);
  const all: readonly LengthChoice[] = [
    { label: 'usual', minutes: usual },
    { label: 'half', minutes: Math.floor(usual / 2) as Minutes },
    { label: 'longest', minutes: longest },
    ...(read.ok ? [{ label: 'typed', minutes: read.value } as const] : []),
  ];
  return all.filter(
    ({ minutes }, index) =>
      minutes >= LIMITS.shortestMinutes && all.findIndex((each) => each.minutes === minutes) === index,
  );
}

/** Each button fills in the field with its length. */
export const lengthButtons = (entitlement: Entitlement, typed?: string): readonly Button[] =>
  lengthChoices(entitlement, typed).map(({ label, minutes }) => {
    const length = formatDuration(minutes);
    const text = `${length} · ${label}`;
    return button({
      action: `length-${label}`,
      label: text,
      value: length,
      spoken: `${text}: fill in the length`,
    });
  });
