import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** images/BUILD.json: who built the images, and what came out. */
export interface BuildRecord {
  readonly compiler: string;
  readonly target: string;
  readonly linker: string;
  readonly images: readonly { name: string; bytes: number; sha256: string }[];
}

export const imagesFolder = fileURLToPath(new URL("../../images/", import.meta.url));
export const firmwareFolder = fileURLToPath(new URL("../../firmware/", import.meta.url));

export const buildRecord = JSON.parse(
  readFileSync(`${imagesFolder}BUILD.json`, "utf8"),
) as BuildRecord;

export const imageNames = buildRecord.images.map((image) => image.name);

export function readImage(name: string): Buffer {
  return readFileSync(imagesFolder + name);
}
