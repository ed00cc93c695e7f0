import { createHash } from 'node:crypto';
import type { FC, PropsWithChildren } from 'hono/jsx';
import { CLICKS } from '../../core/click-kinds.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import type { ActResult } from '../act.ts';
import { Words } from './phrase.tsx';

type ActFormProps = PropsWithChildren<
  Readonly<{
    /** Where the form is sent. */
    path: string;
    /** What is sent with what the reader writes. */
    fields: Readonly<Record<string, string>>;
    /** The words of the button. */
    button: string;
    /** What else decides what the form does, beside where and what it sends. */
    about?: string;
    /** What the button is called where its words alone do not say it. */
    label?: string;
    /** A button that stands out. */
    isMain?: true;
    /** Shown after the button. */
    after?: string;
  }>
>;

/**
 * A form that does one thing. Its id is made of what it does. A page that is updated while it is open merges two forms only when they have the same
 * id, so no form becomes another one while somebody uses it.
 */
export const ActForm: FC<ActFormProps> = ({
  path,
  fields,
  button,
  about,
  label,
  isMain,
  after,
  children,
}) => (
  <form id={idOf({ path, fields, button, about })} method="post" action={path}>
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    {children}
    <button class={isMain ? 'main' : undefined} aria-label={label}>
      {button}
    </button>
    {after !== undefined && <p class="soft">{after}</p>}
  </form>
);

type ClosedActFormProps = ActFormProps & Readonly<{ summary: string; summaryLabel?: string }>;

/** The same, closed until the reader opens it. What is open is open for this form only. */
export const ClosedActForm: FC<ClosedActFormProps> = ({ summary, summaryLabel, ...form }) => (
  <details class="action" id={`open-${idOf({ ...form, about: form.about })}`}>
    <summary aria-label={summaryLabel}>{summary}</summary>
    <ActForm {...form} isMain />
  </details>
);

type Identity = Pick<ActFormProps, 'path' | 'fields' | 'button'> & Readonly<{ about: string | undefined }>;

const idOf = ({ path, fields, button, about }: Identity): string =>
  `act-${createHash('sha256')
    .update(JSON.stringify([path, fields, button, about]))
    .digest('base64url')
    .slice(0, 22)}`;

/** What became of what the reader did. */
export const Outcome: FC<Readonly<{ of: Pick<ActResult, 'kind' | 'outcome'> }>> = ({
  of: { kind, outcome },
}) => {
  if (outcome === undefined)
    return (
      <p class="notice notice--careful" role="status">
        It is recorded. A worker decides it as soon as one runs. Load this page again to see what became of
        it.
      </p>
    );
  if (outcome.kind === 'refused')
    return (
      <p class="notice notice--wrong" role="alert">
        <Words of={refusalPhrase(outcome.refusal, kind)} />
      </p>
    );
  return (
    <p class="notice" role="status">
      {CLICKS[kind].done}
    </p>
  );
};
