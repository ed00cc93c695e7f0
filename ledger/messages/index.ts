import type { Bound } from '../bind.ts';
import {
  deferMessage,
  takeDeferredMessages,
  markDeferredSent,
  requestsApprovedBy,
} from './deferred-messages.ts';
import { readMessagePreference, storeMessagePreference } from './message-preferences.ts';
import { takeNotifications, redrawCards, backlog, keepNotification, markSent, retryLater } from './outbox.ts';
import {
  postedMessages,
  claimPlace,
  keepPlace,
  releasePlace,
  unansweredPosts,
  forgetPost,
  savePostedMessage,
  addMessage,
} from './posted-messages.ts';

/** The part of the ledger about messages in Slack. */
export const MESSAGES = {
  query: {
    redrawCards,
    backlog,
    keepNotification,
    retryLater,
    postedMessages,
    claimPlace,
    keepPlace,
    releasePlace,
    unansweredPosts,
    forgetPost,
    savePostedMessage,
    addMessage,
    readMessagePreference,
    storeMessagePreference,
    deferMessage,
    takeDeferredMessages,
    markDeferredSent,
    requestsApprovedBy,
  },
  tx: { takeNotifications, markSent },
};

export interface MessageLedger extends Bound<typeof MESSAGES> {}
