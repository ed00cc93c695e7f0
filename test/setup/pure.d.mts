export const PURE: readonly string[];
