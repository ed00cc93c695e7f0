import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';

type SectionProps = PropsWithChildren<Readonly<{ id: string; title: Child; class?: string }>>;

/** A part of a page with its heading. `id`: the name of the part in the address of the page. */
export const Section: FC<SectionProps> = ({ id, title, class: look, children }) => (
  <section class={look} aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {children}
  </section>
);

/** Facts with their names. A fact without a value is left out. */
export const Facts: FC<Readonly<{ of: readonly (readonly [string, Child])[] }>> = ({ of }) => (
  <dl class="facts">
    {of
      .filter(([, value]) => value !== undefined && value !== null && value !== false)
      .map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
  </dl>
);

/** Why something is not shown or not done, and what to do. */
export const Problem: FC<Readonly<{ why: string }>> = ({ why }) => (
  <p class="notice notice--wrong" role="alert">
    {oneLine(why)}
  </p>
);
