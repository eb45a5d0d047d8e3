import { writeFileSync } from "node:fs";
import { debatesPage } from "./debates-page.js";

/** Writes docs/driver-debates.md below the working directory, which is the root of the package. */
writeFileSync("docs/driver-debates.md", await debatesPage());
