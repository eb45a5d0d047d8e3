import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
/** A file of this package: the same from its sources and from `dist`. */
export function packageFile(path) {
    let folder = new URL(".", import.meta.url);
    while (!isPackage(folder)) {
        const above = new URL("..", folder);
        if (above.href === folder.href)
            throw new Error("the package.json of viommu is missing");
        folder = above;
    }
    return fileURLToPath(new URL(path, folder));
}
/** Version of this package. */
export function packageVersion() {
    const text = readFileSync(packageFile("package.json"), "utf8");
    return JSON.parse(text).version;
}
function isPackage(folder) {
    return existsSync(new URL("package.json", folder));
}
