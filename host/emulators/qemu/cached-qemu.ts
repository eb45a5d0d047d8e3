import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the setup of the Linux tests keeps what it gets (test/linux/setup/cache.sh). */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const general = env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(env["VIOMMU_CACHE"] ?? join(general, "viommu"), "linux");
}

/** The QEMU that the setup of the Linux tests has got, the newest if there are several. */
export function cachedQemu(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const cache = cacheFolder(env);
  if (!existsSync(cache)) return undefined;
  return readdirSync(cache)
    .filter((name) => name.startsWith("sid-"))
    .map((name) => join(cache, name))
    .filter((root) => existsSync(join(root, "versions.txt")))
    .map((root) => join(root, "qemu-system-x86_64"))
    .filter((program) => existsSync(program))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}
