import type { Password } from '../../requests/take-password.ts';
import { utcMinute } from '../../wording/text.ts';
import { ask } from './ask.ts';
import { printable } from './output.ts';

/** Writes the text, and returns when it is written. Throws when nobody reads it any more. */
const written = (text: string): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
  );

/** Erases the password where it is stored. It is called when the person has it. */
type Erase = () => Promise<void>;

// What xterm calls the alternate screen. Text on it does not stay in the history of the terminal.
const [ENTER, LEAVE] = ['\u001b[?1049h\u001b[H', '\u001b[2J\u001b[?1049l'];

/** Shows the password on a separate screen until the person presses Enter. */
export async function showPassword({ text, endsAt }: Password, erase: Erase): Promise<void> {
  try {
    await written(
      `${ENTER}Your password. It is shown only once, and only to you. Copy it now.\n\n${printable(text)}\n\n` +
        `It stops working ${utcMinute(endsAt)}. Do not share it: you are responsible for everything that is done with it.\n\n`,
    );
    const erased = await erase().then(
      () => ({ ok: true as const }),
      (error: unknown) => ({ ok: false as const, error }),
    );
    await ask('Press Enter when you have copied it. ');
    if (!erased.ok) throw erased.error;
  } finally {
    process.stdout.write(LEAVE);
  }
  process.stdout.write('The password was shown and is erased.\n');
}

/** Writes only the password, for another program. */
export async function printPassword({ text }: Password, erase: Erase): Promise<void> {
  await written(`${printable(text)}\n`);
  await erase();
}
