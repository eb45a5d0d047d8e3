/**
 * What the notifier does with its group:
 * - "inline-put": looks it up, takes a reference, and drops it at once.
 * - "deferred-put": the same, but a work item drops it (until Linux 5.15).
 * - "free-first": takes no reference, but the unbound list is freed before the notifier is unregistered.
 * - "no-ref": takes no reference (the patch, Linux 5.16; the default).
 */
export type NotifierName = "inline-put" | "deferred-put" | "free-first" | "no-ref";

export interface NotifierPolicy {
  /** The reference that a call takes on the group, and when it drops it. */
  readonly reference: "none" | "inline" | "deferred";
  /** The unbound list is freed before the notifier is unregistered, instead of after. */
  readonly freesListFirst: boolean;
  /** The end of a group asserts that it has no container users. */
  readonly assertsNoUsers: boolean;
}

export const notifierPolicies: Readonly<Record<NotifierName, NotifierPolicy>> = {
  "inline-put": { reference: "inline", freesListFirst: true, assertsNoUsers: false },
  "deferred-put": { reference: "deferred", freesListFirst: true, assertsNoUsers: false },
  "free-first": { reference: "none", freesListFirst: true, assertsNoUsers: true },
  "no-ref": { reference: "none", freesListFirst: false, assertsNoUsers: true },
};
