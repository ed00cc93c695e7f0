/** `--as` of the commands that act as a person. */
export const AS_OPTION = ['--as <person>', 'act as this person (sandbox only)'] as const;

export const AS_HELP = `
You act as yourself: as the person in people.yaml who has the account "unix: <your login>".
Only in the sandbox can you act as somebody else, with --as. Curfew records the login and that
you used the command line.`;
