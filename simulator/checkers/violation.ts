/** A promise that was broken. `checker` names it, and `what` says what happened. */
export type Violation = Readonly<{ checker: string; what: string }>;
