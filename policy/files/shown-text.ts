import { z } from 'zod';
import { isBlank, oneLine } from '../../core/text.ts';

/** Text that people read in Slack and at a terminal: one line in which nothing is hidden (T48). */
export const shownText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => oneLine(text) === text, {
      error: 'has a line end or a hidden character. Write one line of characters that are seen',
    });

/** The same text, of which a reader sees something. */
export const shownName = (most: number) =>
  shownText(most).refine((text) => !isBlank(text), { error: 'is empty, or looks empty' });
