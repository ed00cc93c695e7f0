/** The words after `/access` that ask who has which access, or what happened to a request. */
export const QUESTION_WORDS = ['who', 'mine', 'waiting', 'live', 'story'] as const;
export type QuestionWord = (typeof QUESTION_WORDS)[number];

/** The other words that `/access` understands by itself. */
export const OTHER_WORDS = ['help', 'list', 'end'] as const;

/** What `/access` understands by itself. No entitlement may have one of these as its id or as a synonym. */
export const COMMAND_WORDS = [...OTHER_WORDS, ...QUESTION_WORDS] as const;
