import type { ProfileOutput } from "../../outputs/output.js";
import { FlameGraph } from "./flame-graph.js";

/** Where the cycles went as a flame graph, for speedscope. */
export const flameGraphOutput: ProfileOutput = {
  file: "flame.speedscope.json",
  about: "cycles by device, PASID, stage and level as a flame graph, for speedscope",
  open: (write) =>
    new FlameGraph((file) => {
      write(`${JSON.stringify(file)}\n`);
    }),
};
