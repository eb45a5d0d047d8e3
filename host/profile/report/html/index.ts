import type { ProfileOutput } from "../../outputs/output.js";
import { ReportRecord } from "./report-record.js";

/** The report to read: one page with everything in it, which needs no network and no scripts. */
export const reportOutput: ProfileOutput = {
  file: "report.html",
  about: "the report with plots and tables, for a browser or a printer",
  open: async (write, context) => {
    // The plotting library takes half a second to load: only who wants a report pays.
    const { reportPage } = await import("./report-page.js");
    return new ReportRecord((record, result) => {
      write(reportPage(record, result, context));
    });
  },
};
