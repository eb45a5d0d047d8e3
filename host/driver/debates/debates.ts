import type { Scenario } from "../explore/index.js";
import { cookieAnswers, faultCookies } from "../scenarios/fault-cookies.js";
import { prqReportAgainstRemoval } from "../scenarios/prq-report-against-removal.js";
import { responseAgainstRemoval } from "../scenarios/response-against-removal.js";
import { tableScan } from "../scenarios/table-scan.js";
import { vfioNotifier } from "../scenarios/vfio-notifier.js";

/** A question of design that kernel developers argued about, with a scenario whose variants are the answers. */
export interface Debate {
  /** "I.1" */
  readonly id: string;
  readonly question: string;
  readonly scenario: Scenario<unknown>;
  /** Variants that are answers. Default: all. */
  readonly answers?: readonly string[];
  /** The task whose way is the one in question, and what it does. */
  readonly path: { readonly task: string; readonly does: string };
  /** Interleavings that the search through all orders may take for a variant. */
  readonly search: number;
}

export const debates: readonly Debate[] = [
  {
    id: "I.1",
    question: "What keeps the fault data of a device while somebody uses it?",
    scenario: responseAgainstRemoval,
    path: { task: "reporter", does: "reports a group of two page requests" },
    search: 5000,
  },
  {
    id: "I.2",
    question: "By what name does user space answer a group of page requests?",
    scenario: faultCookies,
    answers: cookieAnswers,
    path: { task: "device", does: "reports the requests of a hostile device" },
    search: 300,
  },
  {
    id: "I.3",
    question: "How does the interrupt thread find the device of a page request?",
    scenario: prqReportAgainstRemoval,
    path: { task: "page request thread", does: "reads one page request and reports it" },
    search: 1000,
  },
  {
    id: "I.4",
    question: "When is a page-table page freed that was taken out of its table?",
    scenario: tableScan,
    path: { task: "mapper", does: "unmaps a page and maps a large one over it" },
    search: 300,
  },
  {
    id: "I.5",
    question: "What keeps the VFIO group while the notifier of its IOMMU group runs?",
    scenario: vfioNotifier,
    path: { task: "sibling", does: "unbinds a driver, which calls the notifier twice" },
    search: 5000,
  },
];
