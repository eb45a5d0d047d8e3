export * from "./reuse-distances.js";
