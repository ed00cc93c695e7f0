import { parseRequestId, type RequestId } from '../../core/ids.ts';

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
