import type { FC } from 'hono/jsx';

/** The command and the SQL that give the answer of a page, so that an auditor can repeat it without the console. */
export type SameAnswer = Readonly<{ command: string | undefined; sql: string | undefined }>;

export const SameAnswerElsewhere: FC<Readonly<{ same: SameAnswer }>> = ({ same: { command, sql } }) => (
  <details class="same-answer">
    <summary>The same answer without this page</summary>
    {command !== undefined && (
      <>
        <p>In a terminal:</p>
        <pre tabindex={0}>
          <code>{command}</code>
        </pre>
      </>
    )}
    {sql !== undefined && (
      <>
        <p>
          In SQL, as a login with the role <code>curfew_auditor</code>:
        </p>
        <pre tabindex={0}>
          <code>{sql}</code>
        </pre>
      </>
    )}
  </details>
);
